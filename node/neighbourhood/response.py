"""Responses (reacties): somebody wants to help with a request, or to use an offer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import Kind, Post, unshowable
from node.neighbourhood.refusal import Conflict, Invalid, Words, phrase

TEXT_LENGTH = 2000
WHEN_LENGTH = 120
WAITING_OF_NODE = 20  # answers to one post that may wait for a choice, of one other node

WAITING_OF_ACCOUNTS = 20  # the same, of all accounts of other software together


class ResponseState(StrEnum):
    """What has become of somebody's yes."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why a yes was not needed, as it travels (`wire.md` 6)."""

    CLOSED = "closed"
    TAKEN = "taken"
    DECLINED = "declined"
    UNKNOWN = "unknown"


LIVE = (ResponseState.PENDING, ResponseState.ACCEPTED)


@dataclass(frozen=True)
class Response:
    """One person's yes to one post. At the post's home all of them; elsewhere only one's own people's.

    `uri` is the id of its Offer. `resident` is set where the person lives, `node_id` at the home of the post
    when they live elsewhere; `account_id` when they wrote from an account of other software (then `uri` is
    the id of their Note). `when`: when it suits them, in their words. `answer` is the id of the activity that
    answered it, sent again on replay.
    """

    id: str
    uri: str
    post_id: str
    party: str
    name: str
    text: str
    state: ResponseState
    created: datetime
    resident: str | None = None
    node_id: str | None = None
    answer: str | None = None
    decided: datetime | None = None
    account_id: str | None = None
    when: str = ""

    @property
    def away(self) -> bool:
        """Whether who gave it lives elsewhere: at another node, or with an account on other software."""
        return self.node_id is not None or self.account_id is not None


def checked_text(text: str) -> str:
    """The sentence that goes with a yes."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"text": phrase("Write when you can, or what you can do.")})
    if len(text) > TEXT_LENGTH:
        raise Invalid({"text": phrase("At most %(most)d letters.", most=TEXT_LENGTH)})
    if unshowable(text):
        raise Invalid({"text": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return text


def checked_answer(text: str, when: str) -> tuple[str, str]:
    """The sentence of a yes, and when it suits; with what is wrong with either."""
    errors: dict[str, Words] = {}
    for check, said in ((checked_text, text), (checked_when, when)):
        try:
            check(said)
        except Invalid as wrong:
            errors |= wrong.errors
    if errors:
        raise Invalid(errors)
    return checked_text(text), checked_when(when)


def checked_when(when: str) -> str:
    """When it suits whoever answers, in a few words; it may be left out."""
    when = " ".join(when.split())
    if len(when) > WHEN_LENGTH:
        raise Invalid({"when": phrase("At most %(most)d letters.", most=WHEN_LENGTH)})
    if unshowable(when):
        raise Invalid({"when": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return when


def require_answerable(post: Post, at: datetime) -> None:
    """Refuse a yes that comes too late, and say what became of the post."""
    if post.answerable(at):
        return
    if _full(post):
        if post.kind is Kind.EVENT:
            raise Conflict(phrase("It is full: there is no place left."))
        raise Conflict(phrase("Somebody already helps with this. Thank you!"))
    raise Conflict(phrase("This is no longer open."))


def too_late(post: Post) -> Reason:
    """Why a yes that came too late is not needed."""
    return Reason.TAKEN if _full(post) else Reason.CLOSED


def _full(post: Post) -> bool:
    return post.places > 0 and post.places_left == 0
