"""Matches (afspraken): one post, one helper, agreed. The home of the post decides, once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.response import Response, ResponseState


class MatchState(StrEnum):
    """What has become of an agreement."""

    AGREED = "agreed"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Match:
    """An agreement between the poster and one helper. `place` numbers the helpers of a group job from 1."""

    id: str
    uri: str
    post_id: str
    response_id: str
    place: int
    state: MatchState
    created: datetime
    ended: datetime | None = None


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
