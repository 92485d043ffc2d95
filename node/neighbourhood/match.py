"""Matches (afspraken): one post, one helper, agreed. The home of the post decides, once."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.response import Response, ResponseState

NOON = timedelta(hours=12)
BEHIND, AHEAD = timedelta(days=1), timedelta(days=366)


class MatchState(StrEnum):
    """What has become of an agreement."""

    AGREED = "agreed"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Match:
    """An agreement between the poster and one helper. `place` numbers the helpers of a group job from 1.

    `agreed_for`: when it is to be; the beginning of a day is some time on that day.
    """

    id: str
    uri: str
    post_id: str
    response_id: str
    place: int
    state: MatchState
    created: datetime
    ended: datetime | None = None
    agreed_for: datetime | None = None

    def to_be(self, zone: tzinfo) -> datetime:
        """From when on it can have worked out: when it was to be, on a day without a time at noon, else when
        it was agreed."""
        if self.agreed_for is None:
            return self.created
        return self.agreed_for + (NOON if has_no_time(self.agreed_for, zone) else timedelta(0))


def has_no_time(moment: datetime, zone: tzinfo) -> bool:
    """Whether a moment stands for a whole day."""
    return moment.astimezone(zone).time() == time()


def checked_agreed_for(moment: datetime, at: datetime) -> datetime:
    """When it is to be: from yesterday on, and within a year."""
    if not at - BEHIND <= moment <= at + AHEAD:
        raise Invalid({"agreed_for": phrase("Choose a day from today on, within a year.")})
    return moment


def free_place(post: Post, taken: frozenset[int]) -> int:
    """The place a new helper gets; refused when there is none, for then somebody else was first."""
    for place in range(1, post.places + 1):
        if place not in taken:
            return place
    raise Conflict(phrase("Somebody already helps with this. Thank you!"))


def require_pickable(post: Post, response: Response, at: datetime) -> None:
    """Refuse to agree on what is over, or with whom is no longer waiting for an answer."""
    if post.kind is Kind.NOTICE:
        raise Conflict(phrase("Nothing is agreed on a notice."))
    if post.kind is Kind.EVENT:
        raise Conflict(phrase("Nothing is agreed on an event: whoever says so comes."))
    if post.places_left == 0:
        raise Conflict(phrase("Somebody already helps with this. Thank you!"))
    if response.state is ResponseState.WITHDRAWN:
        raise Conflict(phrase("This helper took the answer back."))
    if response.state is not ResponseState.PENDING:
        raise Conflict(phrase("This answer was dealt with already."))
    if not post.answerable(at):
        raise Conflict(phrase("This is no longer open."))


def state_after(post: Post, running: int, done: int, pending: int, invited: int = 0) -> State:
    """The state of a post that its answers and agreements give it: `running` agreed, `done` helped,
    `pending` waiting, `invited` asked by a broker.

    *Proposed* is shown when somebody was asked and nobody answered yet: an answer there is comes before one
    that may come.
    """
    if done >= post.places:
        return State.DONE
    if running + done >= post.places:
        return State.AGREED
    if pending:
        return State.RESPONDED
    if invited:
        return State.PROPOSED
    return State.RELEASED if post.released else State.OPEN
