"""Posts: what the four kinds share. Their words, their states, who they are for and how long they
stay."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from unicodedata import category

from node.neighbourhood.category import Category
from node.neighbourhood.node import Area
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.when import DayPart, Days, Repeats

TITLE_LENGTH = 120
TEXT_LENGTH = 4000
PLACES_MOST = 50
ERASED_AFTER = timedelta(days=30)  # copies get a Delete this long after closing (`wire.md` 4)


class Kind(StrEnum):
    """Something is asked or offered, told, or going to happen."""

    REQUEST = "request"
    OFFER = "offer"
    NOTICE = "notice"
    EVENT = "event"

    @property
    def agrees(self) -> bool:
        """Whether an answer to it is a yes that leads to an agreement."""
        return self in (Kind.REQUEST, Kind.OFFER)


class Audience(StrEnum):
    """Who may see a post, each ring holding the one before it."""

    NEIGHBOURHOOD = "neighbourhood"
    ADJACENT = "adjacent"
    MUNICIPALITY = "municipality"
    PUBLIC = "public"


RINGS = tuple(Audience)
"""From the nearest outwards."""


class Urgency(StrEnum):
    """How soon help is wanted."""

    URGENT = "urgent"
    WEEK = "week"
    WHENEVER = "whenever"


class Decide(StrEnum):
    """How it is settled who helps: the poster picks, or the first yes has it."""

    CHOOSE = "choose"
    FIRST = "first"


class State(StrEnum):
    """Where a post is in its life. A holder of a copy knows open, agreed, done, closed, expired and
    hidden."""

    DRAFT = "draft"
    WAITING = "waiting"
    OPEN = "open"
    RELEASED = "released"
    RESPONDED = "responded"
    PROPOSED = "proposed"
    AGREED = "agreed"
    DONE = "done"
    THANKED = "thanked"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REFERRED = "referred"
    DUPLICATE = "duplicate"
    SOLVED_ELSEWHERE = "solved_elsewhere"
    PAUSED = "paused"
    HIDDEN = "hidden"


ANSWERABLE = frozenset({State.OPEN, State.RELEASED, State.RESPONDED, State.PROPOSED})
ENDED = frozenset(
    {
        State.DONE,
        State.THANKED,
        State.CLOSED,
        State.EXPIRED,
        State.REFERRED,
        State.DUPLICATE,
        State.SOLVED_ELSEWHERE,
    }
)
PRIVATE = frozenset({State.DRAFT, State.WAITING, State.WITHDRAWN, State.HIDDEN, State.REFERRED})
"""Seen by nobody but whose post it is."""

LISTING_STATE = {
    **dict.fromkeys(ANSWERABLE, "open"),
    State.AGREED: "matched",
    State.DONE: "fulfilled",
    State.THANKED: "fulfilled",
    **dict.fromkeys((State.CLOSED, State.DUPLICATE, State.SOLVED_ELSEWHERE, State.PAUSED), "closed"),
    State.EXPIRED: "expired",
    State.WAITING: "hidden",
    State.REFERRED: "hidden",
    State.HIDDEN: "hidden",
}
"""What other nodes are told of a state (`wire.md` 4)."""

HELD_STATE = {
    "open": State.OPEN,
    "matched": State.AGREED,
    "fulfilled": State.DONE,
    "closed": State.CLOSED,
    "expired": State.EXPIRED,
    "hidden": State.HIDDEN,
}
"""What a holder makes of what it was told."""


@dataclass(frozen=True)
class PostDraft:
    """What somebody filled in, not yet looked at. `None` means: not said."""

    kind: Kind
    title: str
    text: str
    category: str
    audience: str | None = None
    urgency: str | None = None
    decide: str | None = None
    places: int | None = None
    expires: datetime | None = None
    language: str = "nl"
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""
    widen: bool = False
    when: str = ""
    day_part: str | None = None
    repeats: str | None = None


@dataclass(frozen=True)
class Post:
    """A post of any kind, our own (`node_id` is None) or a copy held for another node.

    `author` is the resident at home; on the wire there is only a name and a party id, fresh for each post.
    An event has `starts` and `place`, and ends when it `expires`; its `places` are 0 when all may come.
    `widen`: the poster agreed that it goes on, ring by ring, while nobody answers; `released` is when it last
    did. `hidden`: our own supervisor does not show this copy here. `when`, `day_part` and `repeats` are of
    requests and offers: on which days (None: any), and how often. `photos`: how many its page at home shows.
    """

    id: str
    uri: str
    kind: Kind
    title: str
    text: str
    category: Category
    audience: Audience
    urgency: Urgency
    state: State
    author_name: str
    party: str
    area: Area
    created: datetime
    updated: datetime
    expires: datetime
    decide: Decide = Decide.CHOOSE
    places: int = 1
    places_left: int = 1
    language: str = "nl"
    author: str | None = None
    node_id: str | None = None
    ended: datetime | None = None
    starts: datetime | None = None
    place: str = ""
    widen: bool = False
    released: datetime | None = None
    hidden: bool = False
    when: Days | None = None
    day_part: DayPart = DayPart.ANY
    repeats: Repeats = Repeats.ONCE
    photos: int = 0

    @property
    def ends(self) -> datetime | None:
        """When an event is over."""
        return self.expires if self.kind is Kind.EVENT else None

    @property
    def own(self) -> bool:
        """Whether this node is the post's home, and so decides about it."""
        return self.node_id is None

    @property
    def shared(self) -> bool:
        """Whether a post of ours goes to other nodes at all."""
        return self.own and self.audience is not Audience.NEIGHBOURHOOD

    def answerable(self, at: datetime) -> bool:
        """Whether somebody can still say: I will, I come, or something about it."""
        unlimited = not self.kind.agrees and self.places == 0
        return self.state in ANSWERABLE and self.expires > at and (unlimited or self.places_left > 0)

    def moved(self, state: State, at: datetime) -> "Post":
        """The same post in another state; the copies hear of it as an Update with a newer `updated`."""
        ended = at if state in ENDED or state is State.WITHDRAWN else None
        return replace(self, state=state, updated=later(self.updated, at), ended=ended)


def later(before: datetime, at: datetime) -> datetime:
    """The moment of a change: now, but always after the change before, for the newest `updated` wins
    everywhere."""
    return max(at, before + timedelta(milliseconds=1))


def unshowable(words: str) -> bool:
    """Whether there is a sign in it that cannot be shown or kept: a control character, or half of a pair."""
    return any(category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in words)


def require_running(post: Post) -> None:
    """Refuse to change what has ended or was taken back."""
    if post.state is State.WITHDRAWN:
        raise Conflict(phrase("This was withdrawn."))
    if post.state in (State.DONE, State.THANKED):
        raise Conflict(phrase("This is done already."))
