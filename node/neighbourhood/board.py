"""The broker's board: in which column a post stands, how long it waits there, and why it needs somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from node.neighbourhood.pace import Pace
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State, Urgency, unshowable
from node.neighbourhood.refusal import Invalid, Words, phrase

URGENCIES = tuple(Urgency)
"""The most urgent first."""
EXPLANATION_LENGTH = 500


class Column(StrEnum):
    """Where on the board a post stands, from left to right."""

    NEW = "new"
    NO_RESPONSE = "no_response"
    RESPONSES = "responses"
    PROPOSED = "proposed"
    AGREED = "agreed"
    AFTERCARE = "aftercare"


@dataclass(frozen=True)
class Standing:
    """What became of a post so far, as far as the board needs it: how many, and the oldest of each.

    `turned`: when it last began to wait anew, because a helper fell away or it was opened again. `agreed` and
    `agreed_since` are of the agreements that run.
    """

    responses: int = 0
    response_since: datetime | None = None
    invites: int = 0
    invite_since: datetime | None = None
    agreed: int = 0
    agreed_since: datetime | None = None
    turned: datetime | None = None


@dataclass(frozen=True)
class Item:
    """One card of the board. `since`: from when it waits where it stands. `top`: it comes before the others,
    for one of the reasons in `why`."""

    post: Post
    column: Column
    since: datetime
    top: bool
    why: tuple[Words, ...]
    responses: int
    invites: int

    def waits(self, at: datetime) -> timedelta:
        """How long it waits."""
        return max(at - self.since, timedelta(0))

    def hours(self, at: datetime) -> int:
        """The same in whole hours."""
        return int(self.waits(at) / timedelta(hours=1))


Board = dict[Column, list[Item]]


def board(found: Iterable[tuple[Post, Standing]], pace: Pace, at: datetime) -> Board:
    """All columns, also the empty ones; in each what needs somebody now, then the most urgent, then what
    waits longest."""
    made: Board = {column: [] for column in Column}
    for post, standing in found:
        item = placed(post, standing, pace, at)
        if item is not None:
            made[item.column].append(item)
    for items in made.values():
        items.sort(key=_order)
    return made


def placed(post: Post, standing: Standing, pace: Pace, at: datetime) -> Item | None:
    """The card of a post of our own; None when it does not belong on the board.

    Requests, and offers that somebody answered. What is over stays for a week of aftercare.
    """
    place = _place(post, standing, pace, at)
    if place is None:
        return None
    column, since = place
    why = (*_why(column, post, at - since, pace), *_ending(column, post, pace, at))
    return Item(post, column, since, bool(why), why, standing.responses, standing.invites)


def _place(post: Post, standing: Standing, pace: Pace, at: datetime) -> tuple[Column, datetime] | None:
    if not post.own or not post.kind.agrees:
        return None
    if post.state in (State.DONE, State.THANKED):
        over = post.ended or post.updated
        return (Column.AFTERCARE, over) if at < over + pace.aftercare[1] else None
    if post.state is State.AGREED and standing.agreed_since is not None:
        late = at >= standing.agreed_since + pace.aftercare[0]
        return (Column.AFTERCARE if late else Column.AGREED), standing.agreed_since
    if post.state not in ANSWERABLE or post.expires <= at:
        return None
    if standing.response_since is not None:
        return Column.RESPONSES, standing.response_since
    if post.kind is Kind.OFFER:
        return None
    if standing.invite_since is not None:
        return Column.PROPOSED, standing.invite_since
    since = max(post.created, standing.turned or post.created)
    quiet = at >= since + pace.no_response[URGENCIES.index(post.urgency)]
    return (Column.NO_RESPONSE if quiet else Column.NEW), since


def _why(column: Column, post: Post, waits: timedelta, pace: Pace) -> tuple[Words, ...]:
    """Why it is on top: its timer ran out."""
    if column is Column.NO_RESPONSE:
        if waits >= pace.nobody:
            return (phrase("Nobody at all. Choose: call, refer, or close it with an explanation."),)
        return (phrase("No response in time."),)
    if column is Column.RESPONSES and waits >= pace.unpicked + pace.unpicked_broker:
        return (phrase("There is an answer that nobody chose. Who asked was reminded."),)
    if column is Column.AFTERCARE and post.state is State.AGREED:
        return (phrase("Did it work out? Ask after it."),)
    return ()


def _ending(column: Column, post: Post, pace: Pace, at: datetime) -> tuple[Words, ...]:
    """Why it is on top: soon nobody can answer any more."""
    waits = column in (Column.NEW, Column.NO_RESPONSE, Column.RESPONSES, Column.PROPOSED)
    if waits and post.kind is Kind.REQUEST and post.expires <= at + pace.remind[1]:
        return (phrase("It ends within a day. Keep it up longer, call, or close it with an explanation."),)
    return ()


def checked_explanation(words: str) -> str:
    """Why a broker closes somebody's post, in words they can read: nobody's question ends in silence."""
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid({"words": phrase("Write why, in a sentence that the poster can read.")})
    if len(words) > EXPLANATION_LENGTH:
        raise Invalid({"words": phrase("At most %(most)d letters.", most=EXPLANATION_LENGTH)})
    if unshowable(words):
        raise Invalid({"words": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return words


def _order(item: Item) -> tuple[bool, int, datetime, str]:
    return not item.top, URGENCIES.index(item.post.urgency), item.since, item.post.id
