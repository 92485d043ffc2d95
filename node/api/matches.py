"""Agreements, in JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from node.acts import matches as acts
from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood.match import Match as Kept
from node.neighbourhood.match import MatchState
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may
from node.storage import matches as kept
from node.storage import posts
from node.storage.database import Transaction

Key = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
PostKey = Annotated[Key, Meta(description="The id of the request, or of the offer.")]


class Match(Struct):
    """An agreement between who posted and one helper. `request` is the post's id, also of an offer.
    `agreed_for`: when it is to be, if that was said; the beginning of a day (on the clock there) is some time
    on that day."""

    id: str
    request: str
    response: str
    state: MatchState
    created: Moment
    agreed_for: Moment | UnsetType = UNSET


class Matches(Struct):
    """A page of agreements, newest first."""

    items: list[Match]
    next: str | None


class MatchesAsked(PageAsked, forbid_unknown_fields=True):
    """Which agreements are wanted."""

    request: PostKey | UnsetType = UNSET


class NewMatch(Struct, forbid_unknown_fields=True):
    """Which answer is picked. `request` is the post's id, also when that is an offer."""

    request: Key
    response: Key


def listing(tx: Transaction, call: Call[MatchesAsked]) -> Matches:
    """The agreements in which one asks or helps; on a post of this neighbourhood a broker sees them all."""
    asked = call.asked
    post_id = None if asked.request is UNSET else asked.request
    one = None if post_id and _all_of(tx, call.by, post_id, call.at) else call.by.id
    found = kept.page(tx, one, post_id, lists.before(asked), asked.limit + 1)
    shown, more = lists.page(found, asked.limit, lambda match: lists.by_time(match.created, match.id))
    return Matches([_shown(match) for match in shown], more)


def make(tx: Transaction, call: Call[NewMatch]) -> Match:
    """Pick an answer: that is the agreement."""
    return _shown(acts.agree(tx, call.by, call.asked.request, call.asked.response, call.at))


def move(
    act: Callable[[Transaction, Resident, str, datetime], Kept], tx: Transaction, call: Call[Nothing]
) -> Match:
    """Say that it is done, or that it is off."""
    return _shown(act(tx, call.by, call.key, call.at))


def _all_of(tx: Transaction, by: Resident, post_id: str, at: datetime) -> bool:
    try:
        post = posts.see(tx, by, post_id, at)
    except NotFound:
        return False
    return post.own and may(by, Deed.SEE_ANSWERS, post.author)


def _shown(match: Kept) -> Match:
    return Match(
        match.id, match.post_id, match.response_id, match.state, match.created, match.agreed_for or UNSET
    )
