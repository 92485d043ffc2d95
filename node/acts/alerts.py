"""Letters that somebody elsewhere can cause as often as they like: one an hour about the same thing, whatever
they do. What comes meanwhile is told when the hour is over."""

from datetime import datetime, timedelta

from node.neighbourhood.roles import Role
from node.storage import access, letters, residents
from node.storage.database import Transaction

EVERY = timedelta(hours=1)


def to_role(tx: Transaction, role: Role, what: str, at: datetime) -> None:
    """Let everybody know who holds this role."""
    for resident_id in residents.holding(tx, role, at):
        to(tx, what, at, resident_id)


def to(tx: Transaction, what: str, at: datetime, resident_id: str | None, **facts: str) -> None:
    """Let one person know, unless they are going to read the same anyway."""
    if resident_id is None or letters.waits(tx, what, resident_id, facts):
        return
    about = " ".join([resident_id, *facts.values()])
    lately = access.tries_since(tx, what, about, at - EVERY) > 0
    access.note_try(tx, what, about, at)
    due = at + EVERY if lately else at
    letters.add(tx, what, at, resident_id=resident_id, due=due, **facts)
