"""What was deleted: remembered, so that nothing revives what other nodes took back (`wire.md` 1.7), and so
that whoever asks for what of ours was public hears that it is gone."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from node.storage.database import Prepared, Transaction
from node.storage.tables import tombstones

KEPT = timedelta(days=90)
_BURIED = Prepared(select(tombstones.c.at).where(tombstones.c.uri == bindparam("uri")))


def bury(tx: Transaction, uri: str, at: datetime) -> None:
    """Remember that this was deleted."""
    insert = tx.insert(tombstones).values(uri=uri, at=at)
    tx.run(insert.on_conflict_do_update(index_elements=["uri"], set_={"at": insert.excluded.at}))


def buried(tx: Transaction, uri: str, since: datetime | None = None) -> bool:
    """Whether this was deleted (at `since` or later)."""
    at = buried_at(tx, uri)
    return at is not None and (since is None or at >= since)


def buried_at(tx: Transaction, uri: str) -> datetime | None:
    """When this was deleted, if it was."""
    found = tx.row(_BURIED, uri=uri)
    return found["at"] if found else None


def unbury(tx: Transaction, uri: str) -> None:
    """Its home itself shows it again."""
    tx.run(tombstones.delete().where(tombstones.c.uri == uri))


def forget(tx: Transaction, at: datetime) -> None:
    tx.run(tombstones.delete().where(tombstones.c.at < at - KEPT))
