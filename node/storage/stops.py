"""The secrets in letters that end what they are about, without signing in. Only their hashes are kept."""

from datetime import datetime, timedelta

from sqlalchemy import select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import stops

KEPT = timedelta(days=120)


def add(tx: Transaction, secret: str, resident_id: str, what: str, at: datetime) -> None:
    """Keep a new secret, beside those of earlier letters."""
    tx.run(
        stops.insert(),
        {"token_hash": hashed(secret), "resident_id": resident_id, "what": what, "created": at},
    )


def whose(tx: Transaction, secret: str, at: datetime) -> tuple[str, str] | None:
    """Whose letters end by this secret, and which; looking changes nothing."""
    of = select(stops.c.resident_id, stops.c.what)
    row = tx.run(of.where(stops.c.token_hash == hashed(secret), stops.c.created > at - KEPT)).first()
    return (row[0], row[1]) if row else None


def forget(tx: Transaction, at: datetime) -> None:
    """Drop those of long ago."""
    tx.run(stops.delete().where(stops.c.created <= at - KEPT))
