"""Thank-yous: a few words from who asked to who helped, and whether both want others to read them too."""

from dataclasses import dataclass
from datetime import datetime

from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, phrase
from node.neighbourhood.thread import Side, Thread, checked_message

WORDS_LENGTH = 500


@dataclass(frozen=True)
class Thanks:
    """The thank-you on one answer. Its words are a message of the conversation, and stand nowhere else: taken
    back or away there, they are gone everywhere.

    `giver_yes`, `thanked_yes`: since when who wrote it, and who is thanked, want everybody to read it.
    """

    response_id: str
    message_id: str
    giver_yes: datetime | None = None
    thanked_yes: datetime | None = None

    @property
    def public(self) -> bool:
        """Whether everybody may read it: both said so, each for these very words."""
        return self.giver_yes is not None and self.thanked_yes is not None


def giver(post: Post) -> Side:
    """Who of the two was helped, and so says thank you."""
    return Side.POSTER if post.kind is Kind.REQUEST else Side.HELPER


def may_stand(thread: Thread) -> bool:
    """Whether it can be shown to others at all: only where both live, for each says yes at home."""
    return thread.post.own and thread.owner is not None and thread.other is not None


def require_helped(thread: Thread) -> None:
    """Refuse to thank before it worked out, or who was not helped."""
    if thread.side is not giver(thread.post):
        raise NotAllowed(phrase("Who was helped says thank you."))
    if thread.match is None or thread.match.state is not MatchState.DONE:
        raise Conflict(phrase("Say first that it worked out."))


def checked_thanks(text: str) -> str:
    """A few words, as plain text."""
    text = checked_message(text)
    if len(text) > WORDS_LENGTH:
        raise Invalid({"text": phrase("At most %(most)d letters.", most=WORDS_LENGTH)})
    return text
