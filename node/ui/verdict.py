"""What a supervisor or a broker decided about one's own post, as its writer reads it on the post's page; and
what a supervisor took away of what people said."""

from dataclasses import dataclass
from datetime import datetime

from node.neighbourhood.activity import Entry, Happening
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.resident import Resident
from node.storage import log
from node.storage.database import Transaction

_BY_SUPERVISOR = (Happening.HELD, Happening.HIDDEN, Happening.SHOWN, Happening.REPORT_DECIDED)
_STEPS = (*_BY_SUPERVISOR, Happening.EDITED)
HELD = phrase(
    "A supervisor looks at childcare first. You get a mail, and then your neighbours see it. "
    "Until then only you do."
)
REPORTED = phrase("Neighbours reported your post. It is out of sight until a supervisor has looked.")
HIDDEN = phrase("A supervisor put your post out of sight. Change it, and it is looked at again.")
CHANGED = phrase("You changed it. A supervisor looks at it again; until then only you see it.")
REMOVED = phrase("A supervisor removed your post.")
ASKED = phrase("A supervisor asks you to change your post.")
TAKEN = phrase("A supervisor took this away.")
BACK = phrase("A supervisor looked at your post. It is in sight again.")
ENDED = {
    **dict.fromkeys(
        (State.CLOSED, State.SOLVED_ELSEWHERE),
        phrase("The broker closed this for you. You can open it again."),
    ),
    State.REFERRED: phrase(
        "The broker handed this to a professional. Only you see it now; you can open it again."
    ),
}


@dataclass(frozen=True)
class Verdict:
    """What was decided, why and when. `good`: there is nothing to do any more."""

    words: Words
    why: str
    at: datetime
    good: bool = False


def verdict(tx: Transaction, who: Resident | None, post: Post) -> Verdict | None:
    """The last that a supervisor or a broker decided about a post, for its writer alone; None when there is
    nothing."""
    if who is None or not post.own or post.author != who.id:
        return None
    if ended := _ended(tx, post):
        return ended
    steps = [entry for entry in log.of(tx, post.id) if entry.what in _STEPS]
    last = next((entry for entry in reversed(steps) if entry.what in _BY_SUPERVISOR), None)
    if last is None:
        return None
    changed = steps[-1].what is Happening.EDITED
    if changed and post.state is not State.WAITING:
        return None
    if last.what is Happening.HELD:
        return Verdict(HELD, "", last.at, good=True)
    words = CHANGED if changed else _words(last, post)
    return Verdict(words, last.why or "", last.at, good=last.what is Happening.SHOWN)


def taken(tx: Transaction, key: str) -> Verdict | None:
    """That a supervisor took an answer or a message away, by its id; None when nobody did."""
    found = [entry for entry in log.of(tx, key) if entry.what is Happening.HIDDEN]
    return Verdict(TAKEN, found[-1].why or "", found[-1].at) if found else None


def _ended(tx: Transaction, post: Post) -> Verdict | None:
    """Why a broker ended it; nothing when its writer did so."""
    if post.state not in ENDED:
        return None
    ends = [entry for entry in log.of(tx, post.id) if entry.what in (Happening.CLOSED, Happening.REFERRED)]
    if not ends or ends[-1].who in (None, post.author):
        return None
    return Verdict(ENDED[post.state], ends[-1].why or "", ends[-1].at, good=True)


def _words(last: Entry, post: Post) -> Words:
    if last.what is Happening.SHOWN:
        return BACK
    if last.what is Happening.HIDDEN:
        return HIDDEN if last.who is not None else REPORTED
    return REMOVED if post.state is State.WITHDRAWN else ASKED
