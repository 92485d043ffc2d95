"""Reports (meldingen): somebody says that something is wrong with a post, or with what somebody else wrote
about it. A supervisor looks and decides.

A report alone changes nothing, with one exception: two different people of the post's own neighbourhood take
it out of sight until a supervisor has looked. What another node reports never does.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from node.neighbourhood.post import unshowable
from node.neighbourhood.refusal import Invalid, phrase

TEXT_LENGTH = 1000
REASON_LENGTH = 500
A_DAY = 10  # by one person
PULLS_BACK = 2  # so many different people take a post out of sight, until a supervisor has looked
PULLS_BACK_AFTER_OK = 5  # so many, when a supervisor said lately that it may stay
OK_FADES = timedelta(days=7)
OPEN_OF_NODE = 20  # of one other node: what comes beyond is dropped
A_DAY_OF_NODE = 100
OPEN_OF_STRANGERS = 50  # of all nodes together that we do not know
_NUMBER = re.compile(r"(?:\d[ ().\-/]{0,2}){9,}")


class ReportCategory(StrEnum):
    """What is wrong, in the words that travel (`wire.md` 10)."""

    PRIVACY = "privacy"
    UNSAFE = "unsafe"
    RUDE = "rude"
    FRAUD = "fraud"
    SPAM = "spam"
    OTHER = "other"


class ReportState(StrEnum):
    """What was made of it: open until somebody acted on it, or said that the post may stay."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Measure(StrEnum):
    """What a supervisor does when a report is right: out of sight for now, away for good, or ask its writer
    to change it."""

    HIDE = "hide"
    REMOVE = "remove"
    ASK = "ask"


@dataclass(frozen=True)
class Report:
    """One report about a post. `resident` reported it here, or `node_id` passed one on (`uri` is its Flag).
    Both: a supervisor of ours wrote it to that node, which decides (`sent_on`). With `response_id` it is
    about that answer to the post, with `message_id` too about one message in the conversation on it.

    `text` are the words of the reporter, for the supervisor of this node alone. `outcome` is what the
    reporter reads in the end.
    """

    id: str
    uri: str
    post_id: str
    category: ReportCategory
    text: str
    state: ReportState
    created: datetime
    resident: str | None = None
    node_id: str | None = None
    decided: datetime | None = None
    outcome: str = ""
    response_id: str | None = None
    message_id: str | None = None

    @property
    def sent_on(self) -> bool:
        """Whether it waits for another node, and not for a decision of ours."""
        return self.resident is not None and self.node_id is not None


def pulls_back(reporters: int, ok: datetime | None, at: datetime) -> bool:
    """Whether so many different people of this neighbourhood take a post out of sight. `ok`: when a
    supervisor last said that it may stay; that fades."""
    fresh = ok is not None and at < ok + OK_FADES
    return reporters >= (PULLS_BACK_AFTER_OK if fresh else PULLS_BACK)


def checked_category(word: str) -> ReportCategory:
    """What is wrong: one of the list."""
    try:
        return ReportCategory(word)
    except ValueError:
        raise Invalid({"category": phrase("Choose what is wrong.")}) from None


def checked_measure(word: str) -> Measure:
    """What to do about it: one of the list."""
    try:
        return Measure(word)
    except ValueError:
        raise Invalid({"what": phrase("Choose one of the list.")}) from None


def checked_text(text: str, category: ReportCategory) -> str:
    """The reporter's own words: they may be left out, unless nothing of the list fits."""
    text = _plain(text, "text", TEXT_LENGTH)
    if not text and category is ReportCategory.OTHER:
        raise Invalid({"text": phrase("Tell us in a few words what is wrong.")})
    return text


def checked_reason(reason: str, own: bool = True) -> str:
    """Why a supervisor decides so. Never left out: the writer of one of our `own` posts reads it, and so do
    the other supervisors."""
    reason = _plain(reason, "reason", REASON_LENGTH)
    if not reason:
        for_writer, for_us = phrase("Write why. The writer reads it."), phrase("Write why.")
        raise Invalid({"reason": for_writer if own else for_us})
    return reason


def checked_outside(words: str, field: str, needed: bool = False) -> str:
    """Words of a supervisor that leave this node: no telephone number and no mail address in them."""
    words = _plain(words, field, REASON_LENGTH)
    if not words and needed:
        raise Invalid({field: phrase("Tell us in a few words what is wrong.")})
    if "@" in words or _NUMBER.search(words):
        raise Invalid({field: phrase("This is read elsewhere. Leave out numbers and mail addresses.")})
    return words


def _plain(words: str, field: str, most: int) -> str:
    words = words.replace("\r\n", "\n").strip()
    if len(words) > most:
        raise Invalid({field: phrase("At most %(most)d letters.", most=most)})
    if unshowable(words):
        raise Invalid({field: phrase("There is a sign in it that cannot be shown. Type it again.")})
    return words
