"""Threads: what the poster and one helper write to each other, and nobody else reads (`wire.md` 7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Post, unshowable
from node.neighbourhood.refusal import Conflict, Invalid, TooMany, phrase
from node.neighbourhood.response import Response, ResponseState

STAYS_OPEN = timedelta(days=30)  # after the end of the agreement
TEXT_LENGTH = 4000
LATELY = timedelta(hours=1)
LATELY_MOST = 60  # messages of one side in one thread
IN_ALL_MOST = 2000


class Side(StrEnum):
    """Who of the two."""

    POSTER = "poster"
    HELPER = "helper"

    @property
    def other(self) -> "Side":
        return Side.HELPER if self is Side.POSTER else Side.POSTER


@dataclass(frozen=True)
class Message:
    """One message of a thread. `text` is empty once it was taken back; `changed`: when it was last written
    anew, with an account elsewhere."""

    id: str
    uri: str
    response_id: str
    side: Side
    text: str
    created: datetime
    deleted: datetime | None = None
    changed: datetime | None = None


@dataclass(frozen=True)
class Thread:
    """What the poster and one helper have to do with each other, as `side` of the two sees it.

    `match` is the newest agreement on the answer, also one that was cancelled.
    """

    post: Post
    response: Response
    match: Match | None
    side: Side

    @property
    def owner(self) -> str | None:
        """The resident of ours who is this side."""
        return self.post.author if self.side is Side.POSTER else self.response.resident

    @property
    def other(self) -> str | None:
        """The resident of ours who is the other side; None when that one lives elsewhere."""
        return self.response.resident if self.side is Side.POSTER else self.post.author

    @property
    def node_id(self) -> str | None:
        """The node where the other lives; None when that is ours."""
        return self.response.node_id if self.post.own else self.post.node_id

    @property
    def account_id(self) -> str | None:
        """The account of other software that the other writes from, if they do."""
        return self.response.account_id if self.side is Side.POSTER else None

    @property
    def name(self) -> str:
        """What the other is called here. Empty when the words of the post are gone."""
        return self.response.name if self.side is Side.POSTER else self.post.author_name

    @property
    def alone(self) -> bool:
        """Whether the other is gone, from here and everywhere."""
        return self.other is None and self.node_id is None and self.account_id is None

    @property
    def agreed(self) -> bool:
        """Whether an agreement runs between the two."""
        return self.match is not None and self.match.state is MatchState.AGREED

    def open_at(self, at: datetime) -> bool:
        """Whether the two can still write: while there are two, and it is not over."""
        return not self.alone and is_open(self.response, self.match, at)


def side_of(post: Post, response: Response, resident_id: str) -> Side | None:
    """Who of the two a resident of ours is; None for everybody else, whatever office they hold."""
    if not post.kind.agrees:
        return None
    if post.own and post.author == resident_id:
        return Side.POSTER
    return Side.HELPER if response.resident == resident_id else None


def is_open(response: Response, match: Match | None, at: datetime) -> bool:
    """Whether the two can still write: from the answer until 30 days after the end of the agreement.

    `match` is the newest agreement on the answer, also one that was cancelled.
    """
    if match is None:
        return response.state in (ResponseState.PENDING, ResponseState.ACCEPTED)
    if match.state is MatchState.AGREED:
        return True
    return match.ended is not None and at < match.ended + STAYS_OPEN


def require_open(thread: Thread, at: datetime) -> None:
    """Refuse to write in a conversation that is over."""
    if not thread.open_at(at):
        raise Conflict(phrase("This conversation is closed: the answer or the agreement is over."))


def require_pace(lately: int, in_all: int) -> None:
    """Refuse to write more in one conversation than people do. `lately`: by the same side in the last
    hour."""
    if lately >= LATELY_MOST:
        raise TooMany(phrase("That is a lot in one hour. Wait a while, then write on."), wait=3600)
    if in_all >= IN_ALL_MOST:
        raise Conflict(phrase("This conversation is full. Ring each other, or make a new post."))


def checked_message(text: str) -> str:
    """What one writes to the other, as plain text."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"text": phrase("Write something first.")})
    if len(text) > TEXT_LENGTH:
        raise Invalid({"text": phrase("At most %(most)d letters.", most=TEXT_LENGTH)})
    if unshowable(text):
        raise Invalid({"text": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return text
