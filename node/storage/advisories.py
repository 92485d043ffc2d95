"""Whom a hub advises to block: at the hub its own list, at a member what its operator has to decide."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from node.neighbourhood.refusal import NotFound, phrase
from node.storage.database import Transaction
from node.storage.tables import advisories

OPEN, TAKEN, IGNORED = "open", "taken", "ignored"
MOST = 1000


@dataclass(frozen=True)
class Advisory:
    """One of them. `uri` is the id of the hub's Block; `state` what became of it at this node: open, taken or
    ignored. At the hub it is always taken."""

    uri: str
    subject: str
    summary: str
    created: datetime
    expires: datetime | None
    state: str

    @property
    def key(self) -> str:
        """What it is called in an address of ours: short, whatever its id at the hub looks like."""
        return hashlib.sha256(self.uri.encode()).hexdigest()[:32]


def add(tx: Transaction, advisory: Advisory) -> bool:
    """Keep a new one; False when it is here already."""
    return tx.add_new(advisories, **vars(advisory))


def set_state(tx: Transaction, uri: str, state: str) -> None:
    tx.run(advisories.update().where(advisories.c.uri == uri).values(state=state))


def remove(tx: Transaction, uri: str) -> bool:
    """It is no longer advised; False when it was not here."""
    return tx.run(advisories.delete().where(advisories.c.uri == uri)).rowcount > 0


def by_uri(tx: Transaction, uri: str) -> Advisory | None:
    row = tx.run(select(advisories).where(advisories.c.uri == uri)).mappings().first()
    return Advisory(**row) if row else None


def by_key(tx: Transaction, key: str, at: datetime) -> Advisory:
    """One that holds. Raises NotFound."""
    found = next((one for one in current(tx, at) if one.key == key), None)
    if found is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return found


def waiting(tx: Transaction, at: datetime) -> int:
    """How many wait for the operator."""
    return sum(one.state == OPEN for one in current(tx, at))


def current(tx: Transaction, at: datetime) -> list[Advisory]:
    """Those that still hold, the newest first."""
    holds = or_(advisories.c.expires.is_(None), advisories.c.expires > at)
    order = (advisories.c.created.desc(), advisories.c.uri)
    return [
        Advisory(**row)
        for row in tx.run(select(advisories).where(holds).order_by(*order).limit(MOST)).mappings()
    ]


def ended(tx: Transaction, at: datetime) -> list[Advisory]:
    """Those whose time is over."""
    return [
        Advisory(**row) for row in tx.run(select(advisories).where(advisories.c.expires <= at)).mappings()
    ]
