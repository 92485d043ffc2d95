"""What somebody began to write and did not post: one text of each kind for each person, seen by nobody else.

Before signing in it belongs to a secret in one browser, kept here as a hash: who has not that cookie finds
nothing, and a node keeps only so many of those, for a day. Signing in there makes it the person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from node.neighbourhood.post import Kind
from node.storage.database import Transaction
from node.storage.tables import drafts

KEPT = timedelta(days=30)
KEPT_OF_STRANGERS = timedelta(days=1)
STRANGERS_MOST = 1000
_STRANGER = "browser:"


@dataclass(frozen=True)
class Draft:
    """The fields of a form, as they were last sent, and when."""

    kind: Kind
    fields: dict[str, str]
    at: datetime


def of_browser(secret: str) -> str:
    """Whose a text is that was written before signing in."""
    return _STRANGER + sha256(secret.encode()).hexdigest()


def keep(tx: Transaction, owner: str, kind: Kind, fields: Mapping[str, str], at: datetime) -> None:
    """Keep these fields over what was kept of that kind."""
    same = and_(drafts.c.owner == owner, drafts.c.kind == kind)
    values: dict[str, Any] = {"fields": dict(fields), "at": at}
    if not tx.add_new(drafts, owner=owner, kind=kind, **values):
        tx.run(drafts.update().where(same).values(**values))


def of(tx: Transaction, owner: str, kind: Kind, at: datetime) -> Draft | None:
    """What was begun of a kind; None when there is nothing, or its time is over."""
    same = and_(drafts.c.owner == owner, drafts.c.kind == kind)
    row = tx.run(select(drafts.c.kind, drafts.c.fields, drafts.c.at).where(same, ~_over(at))).first()
    return Draft(*row) if row else None


def kind_of(tx: Transaction, owner: str, key: str) -> Kind | None:
    """What kind of post somebody began on the form with this key."""
    found = tx.run(select(drafts.c.kind, drafts.c.fields).where(drafts.c.owner == owner))
    return next((kind for kind, fields in found if fields.get("key") == key), None)


def has_room(tx: Transaction, at: datetime) -> bool:
    """Whether the text of one more stranger is kept."""
    theirs = and_(_OF_STRANGERS, ~_over(at))
    return int(tx.run(select(func.count()).select_from(drafts).where(theirs)).scalar_one()) < STRANGERS_MOST


def drop(tx: Transaction, owner: str, kind: Kind) -> None:
    """It was posted, or thrown away."""
    tx.run(drafts.delete().where(drafts.c.owner == owner, drafts.c.kind == kind))


def adopt(tx: Transaction, owner: str, resident_id: str, at: datetime) -> Kind | None:
    """Who wrote in this browser signed in there: it is theirs now; of which kind the last of it was. What
    they began before of the same kind makes way, for this is what they came with."""
    found = select(drafts).where(drafts.c.owner == owner, ~_over(at)).order_by(drafts.c.at)
    theirs = tx.run(found).mappings().all()
    for row in theirs:
        keep(tx, resident_id, row["kind"], row["fields"], row["at"])
    tx.run(drafts.delete().where(drafts.c.owner == owner))
    return theirs[-1]["kind"] if theirs else None


def forget(tx: Transaction, at: datetime, limit: int) -> int:
    """Drop what is past its time; says how much that was."""
    old = select(drafts.c.owner, drafts.c.kind).where(_over(at)).limit(limit)
    found = tx.run(old).all()
    for owner, kind in found:
        tx.run(drafts.delete().where(drafts.c.owner == owner, drafts.c.kind == kind))
    return len(found)


_OF_STRANGERS = drafts.c.owner.startswith(_STRANGER)


def _over(at: datetime) -> ColumnElement[bool]:
    return or_(drafts.c.at < at - KEPT, and_(_OF_STRANGERS, drafts.c.at < at - KEPT_OF_STRANGERS))
