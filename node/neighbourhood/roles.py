"""Who may do what: one table for people. (For nodes it is the table in `federation.receiving`.)"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from typing import Protocol

from node.neighbourhood.refusal import Invalid, NotAllowed, phrase


class Role(StrEnum):
    """An office in the neighbourhood, granted to a person until a day."""

    BOOSTER = "booster"
    BROKER = "broker"
    SUPERVISOR = "supervisor"
    CONNECTOR = "connector"
    OPERATOR = "operator"


def last_moment(day: date, zone: tzinfo) -> datetime:
    """Until when a role lasts that was granted until a day: the end of that day, by the clock of the node."""
    try:
        return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)
    except OverflowError:
        raise Invalid({"until": phrase("Choose another moment.")}) from None


class Part(StrEnum):
    """How a person stands to the thing at hand, beside the roles."""

    ACCOUNT = "account"  # signed in, let in or not
    RESIDENT = "resident"  # let in by the neighbourhood
    OWNER = "owner"  # let in, and the post or answer is theirs


class Deed(StrEnum):
    """Everything a person can do here that changes something or shows what is not for everyone."""

    JOIN = "join"
    READ_OWN = "read own"
    POST = "post"
    EDIT_POST = "edit post"
    SEE_COPIES = "see copies"
    ANSWER = "answer"
    SEE_ANSWERS = "see answers"
    WITHDRAW_ANSWER = "withdraw answer"
    DECLINE_ANSWER = "decline answer"
    AGREE = "agree"
    CANCEL_AS_POSTER = "cancel as poster"
    COMPLETE = "complete"
    HIDE_ANSWER = "hide answer"
    WRITE = "write"
    RELEASE_CONTACT = "release contact"
    INVITE_HELPER = "invite helper"
    ANSWER_INVITE = "answer invite"
    SEE_BOARD = "see board"
    CLOSE_FOR_POSTER = "close for poster"
    REFER = "refer"
    REPORT = "report"
    SEE_QUEUE = "see queue"
    MODERATE = "moderate"
    CHOOSE_DISTRICTS = "choose districts"
    CHOOSE_MAIL = "choose mail"
    SEE_NODES = "see nodes"
    RUN_BORDERS = "run borders"
    RUN_RESIDENTS = "run residents"
    VOUCH = "vouch"
    SEE_DESK = "see desk"
    PROVE = "prove"
    WRITE_LETTERS = "write letters"
    BRING_BACK = "bring back"


MAY: dict[Deed, frozenset[Role | Part]] = {
    Deed.JOIN: frozenset({Part.ACCOUNT}),
    Deed.READ_OWN: frozenset({Part.ACCOUNT}),
    Deed.POST: frozenset({Part.RESIDENT}),
    Deed.EDIT_POST: frozenset({Part.OWNER}),
    Deed.SEE_COPIES: frozenset({Part.OWNER, Role.BROKER, Role.SUPERVISOR}),
    Deed.ANSWER: frozenset({Part.RESIDENT}),
    Deed.SEE_ANSWERS: frozenset({Part.OWNER, Role.BROKER}),
    Deed.WITHDRAW_ANSWER: frozenset({Part.OWNER}),
    Deed.DECLINE_ANSWER: frozenset({Part.OWNER, Role.BROKER}),
    Deed.AGREE: frozenset({Part.OWNER, Role.BROKER}),
    Deed.CANCEL_AS_POSTER: frozenset({Part.OWNER, Role.BROKER}),
    Deed.COMPLETE: frozenset({Part.OWNER, Role.BROKER}),
    Deed.HIDE_ANSWER: frozenset({Part.OWNER, Role.SUPERVISOR}),
    Deed.WRITE: frozenset({Part.OWNER}),
    Deed.RELEASE_CONTACT: frozenset({Part.OWNER}),
    Deed.INVITE_HELPER: frozenset({Role.BROKER}),
    Deed.ANSWER_INVITE: frozenset({Part.OWNER}),
    Deed.SEE_BOARD: frozenset({Role.BROKER}),
    Deed.CLOSE_FOR_POSTER: frozenset({Part.OWNER, Role.BROKER}),
    Deed.REFER: frozenset({Role.BROKER}),
    Deed.REPORT: frozenset({Part.RESIDENT}),
    Deed.SEE_QUEUE: frozenset({Role.SUPERVISOR}),
    Deed.MODERATE: frozenset({Role.SUPERVISOR}),
    Deed.CHOOSE_DISTRICTS: frozenset({Part.RESIDENT}),
    Deed.CHOOSE_MAIL: frozenset({Part.RESIDENT}),
    Deed.SEE_NODES: frozenset({Part.RESIDENT}),
    Deed.RUN_BORDERS: frozenset({Role.OPERATOR}),
    Deed.RUN_RESIDENTS: frozenset({Role.OPERATOR}),
    Deed.VOUCH: frozenset({Part.RESIDENT}),
    Deed.SEE_DESK: frozenset({Role.CONNECTOR, Role.SUPERVISOR, Role.OPERATOR}),
    Deed.PROVE: frozenset({Role.CONNECTOR, Role.OPERATOR}),
    Deed.WRITE_LETTERS: frozenset({Role.CONNECTOR, Role.OPERATOR}),
    Deed.BRING_BACK: frozenset({Role.CONNECTOR, Role.SUPERVISOR, Role.OPERATOR}),
}


_LOOKS = frozenset({Deed.SEE_COPIES, Deed.SEE_ANSWERS})


class Person(Protocol):
    """What the table needs to know of somebody."""

    @property
    def id(self) -> str: ...
    @property
    def admitted(self) -> object: ...
    @property
    def roles(self) -> frozenset[Role]: ...


def parts(by: Person | None, owner: str | None) -> Iterable[Role | Part]:
    """Every way in which this person stands to a thing of `owner` (a resident's id)."""
    if by is None:
        return
    yield Part.ACCOUNT
    if by.admitted is None:
        return
    yield Part.RESIDENT
    yield from by.roles
    if owner is not None and by.id == owner:
        yield Part.OWNER


def may(by: Person | None, deed: Deed, owner: str | None = None) -> bool:
    """Whether the table lets this person do it, to a thing of `owner`."""
    return not MAY[deed].isdisjoint(parts(by, owner))


def require(by: Person | None, deed: Deed, owner: str | None = None) -> None:
    """Refuse whoever the table does not name: the first line of every act."""
    if may(by, deed, owner):
        return
    if by is None:
        raise NotAllowed(phrase("Sign in first."))
    if by.admitted is None:
        raise NotAllowed(phrase("You are not let in yet. Use your invitation code, or ask the operator."))
    if deed in _LOOKS:
        raise NotAllowed(phrase("This is not for you to see."))
    if Part.OWNER in MAY[deed]:
        raise NotAllowed(phrase("This is not yours to change."))
    raise NotAllowed(phrase("You need another role for this."))
