"""Invites: a broker asks one helper, here or at another node, whether they want to help (`wire.md` 6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from node.neighbourhood.post import Kind, Post, Urgency
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.response import require_answerable

LASTS = timedelta(days=3)
LASTS_URGENT = timedelta(hours=24)
LASTS_MOST = timedelta(days=14)  # what another node may ask of one of our people
WAITING_MOST = 5  # so many questions of others wait for one helper at a time; who asks more hears no


class InviteState(StrEnum):
    """What became of an invite.

    `taken`: it was no longer needed, mostly because somebody else was first. `expired`: no answer in time.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Invite:
    """One helper asked for one post. `post_id` is the request, `offer_id` the helper's own offer.

    At the home of the request `by` is the broker, and `node_id` the helper's node (None: they live here).
    At the helper's node `resident` is the helper, and `node_id` the home of the request.
    """

    id: str
    uri: str
    post_id: str
    offer_id: str
    state: InviteState
    created: datetime
    expires: datetime
    node_id: str | None = None
    resident: str | None = None
    by: str | None = None
    response_id: str | None = None
    decided: datetime | None = None

    def live(self, at: datetime) -> bool:
        """Whether a yes to it still counts as the first."""
        return self.state is InviteState.PENDING and self.expires > at


def lasts_until(post: Post, at: datetime) -> datetime:
    """Until when the helper can say yes: a day when it is urgent, else three, and never past the post's
    end."""
    return min(at + (LASTS_URGENT if post.urgency is Urgency.URGENT else LASTS), post.expires)


def require_askable(post: Post, offer: Post, at: datetime) -> None:
    """Refuse to ask anybody for what is not an open request of our own, or through what is not an open
    offer."""
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    if post.kind is not Kind.REQUEST:
        raise Conflict(phrase("Somebody can be asked to help with a request alone."))
    require_answerable(post, at)
    if offer.kind is not Kind.OFFER or offer.hidden or not offer.answerable(at):
        raise Conflict(phrase("This offer is not open now."))
