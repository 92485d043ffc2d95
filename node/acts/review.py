"""Looked at first: what may harm a child is read by a supervisor before any neighbour reads it."""

from datetime import datetime

from node.neighbourhood.activity import Happening
from node.neighbourhood.category import LOOKED_AT_FIRST
from node.neighbourhood.post import ANSWERABLE, Post, State
from node.neighbourhood.roles import Role
from node.storage import letters, log, residents
from node.storage.database import Transaction


def becomes_due(before: Post, after: Post) -> bool:
    """Whether a change makes it something that is looked at first. What goes on between two people already
    is not taken from them: there a report does that."""
    new = after.category in LOOKED_AT_FIRST and before.category not in LOOKED_AT_FIRST
    return new and before.state in (*ANSWERABLE, State.PAUSED)


def ask(tx: Transaction, post: Post, who: str, at: datetime) -> None:
    """It waits in the queue, and the supervisors hear; not about their own. Where nobody else could look the
    operators hear instead, so that it does not wait for ever."""
    log.record(tx, Happening.HELD, who, post.id, at)
    supervisors = [one for one in residents.holding(tx, Role.SUPERVISOR, at) if one != post.author]
    for supervisor in supervisors:
        letters.add(tx, "held", at, resident_id=supervisor, post=post.id)
    for operator in [] if supervisors else residents.holding(tx, Role.OPERATOR, at):
        letters.add(tx, "nobody looks", at, resident_id=operator)
