"""Where the copies of a post are, and what happened to it, in words."""

from dataclasses import dataclass
from datetime import datetime

from node.neighbourhood.activity import Entry, Happening
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.response import Response
from node.storage import applause, log, outbox, spread
from node.storage.database import Transaction
from node.storage.outbox import Copy

HAPPENED = {
    Happening.POSTED: phrase("Posted."),
    Happening.EDITED: phrase("Changed."),
    Happening.EXTENDED: phrase("Kept up longer."),
    Happening.WIDENED: phrase("More neighbours may see it now."),
    Happening.NARROWED: phrase("Fewer neighbours may see it now."),
    Happening.PAUSED: phrase("Put on hold."),
    Happening.REOPENED: phrase("Opened again."),
    Happening.CLOSED: phrase("Closed."),
    Happening.REFERRED: phrase("Handed to a professional."),
    Happening.WITHDRAWN: phrase("Taken back, everywhere."),
    Happening.EXPIRED: phrase("The time was over."),
    Happening.ANSWERED: phrase("Somebody answered."),
    Happening.ANSWER_WITHDRAWN: phrase("Somebody took an answer back."),
    Happening.ANSWER_DECLINED: phrase("Somebody got a kind no."),
    Happening.ANSWER_TAKEN: phrase("Somebody heard that help was found already."),
    Happening.ANSWER_HIDDEN: phrase("An answer was hidden."),
    Happening.AGREED: phrase("Agreed."),
    Happening.CANCELLED: phrase("The agreement is off."),
    Happening.DONE: phrase("Done."),
    Happening.THANKED: phrase("Somebody said thank you."),
    Happening.HIDDEN: phrase("Out of sight."),
    Happening.SHOWN: phrase("In sight again."),
    Happening.INVITED_HELPER: phrase("A broker asked somebody to help."),
    Happening.INVITE_DECLINED: phrase("Who was asked could not help this time."),
    Happening.INVITE_OVER: phrase("Who was asked need not answer any more."),
    Happening.REMINDED: phrase("We sent a reminder."),
    Happening.RELEASED: phrase("Nobody answered, so more neighbourhoods see it now."),
}
"""What is told of a happening. Who answered is not in it: not everybody who reads this may know."""
RELEASED = {  # by the ring that it went to
    Audience.ADJACENT: phrase("Nobody answered, so the neighbourhoods next door see it too now."),
    Audience.MUNICIPALITY: phrase("Nobody answered, so the whole municipality sees it now."),
}

SERVERS_MOST = 30  # by name; more are counted
WITH_REASON = {Happening.CANCELLED, Happening.ANSWER_WITHDRAWN, Happening.CLOSED, Happening.REFERRED}
NOT_BY_BROKER = {  # but by a supervisor, or said already
    *(Happening.HIDDEN, Happening.SHOWN, Happening.WITHDRAWN),
    *(Happening.INVITED_HELPER, Happening.INVITE_DECLINED),
}
REASONS = {"ill": phrase("ill")}


@dataclass(frozen=True)
class Bead:
    """One node on the line *where is it now?*"""

    state: str
    name: str
    here: bool
    at: datetime


@dataclass(frozen=True)
class Elsewhere:
    """What is known of a public post on other software: `servers` that were sent it, and how many `more`; how
    often it was `liked` there and `passed_on`. Such servers never say what became of it."""

    servers: list[Bead]
    more: int
    liked: int
    passed_on: int


@dataclass(frozen=True)
class Happened:
    """One line of what happened. `by_broker`: not the poster did it, nor a helper, but a broker for them."""

    at: datetime
    words: Words
    by_broker: bool
    why: str


def beads(tx: Transaction, post: Post) -> list[Bead]:
    """Home first, then every node that got a copy: as it stands now, each node once."""
    latest: dict[str, Copy] = {copy.url: copy for copy in outbox.copies_of(tx, post.id)}
    home = Bead("home", tx.home.area.name, True, post.created)
    return [home, *(Bead(copy.state, copy.name, False, copy.at) for copy in latest.values())]


def elsewhere(tx: Transaction, post: Post) -> Elsewhere:
    """A post of ours on other software. Only for who looks after it: a number that everybody sees would make
    a contest of asking for help."""
    servers = spread.of_post(tx, post.id)
    shown = [Bead(one.state, one.host, False, one.at) for one in servers[:SERVERS_MOST]]
    return Elsewhere(shown, max(0, len(servers) - SERVERS_MOST), *applause.of_post(tx, post.id))


def happened(tx: Transaction, post: Post, answers: list[Response]) -> list[Happened]:
    """What happened to a post of our own, the newest first."""
    helpers = {answer.resident or answer.node_id or answer.account_id for answer in answers}
    entries = [entry for entry in log.of(tx, post.id) if entry.what in HAPPENED]
    return [_told(entry, post.author, helpers) for entry in reversed(entries)]


def _told(entry: Entry, author: str | None, helpers: set[str | None]) -> Happened:
    others = entry.who is not None and entry.who != author and entry.who not in helpers
    why = entry.why if entry.why and entry.what in WITH_REASON else ""
    by_broker = others and entry.what not in NOT_BY_BROKER
    words = HAPPENED[entry.what]
    if entry.what is Happening.RELEASED and entry.why in RELEASED:
        words = RELEASED[Audience(entry.why)]
    return Happened(entry.at, words, by_broker, REASONS.get(why, why))
