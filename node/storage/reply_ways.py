"""The addresses to which somebody can answer a letter about a conversation: only their secrets' hashes."""

from datetime import datetime, timedelta

from sqlalchemy import select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import reply_ways

KEPT = timedelta(days=180)  # as long as what was said


def add(tx: Transaction, secret: str, resident_id: str, response_id: str, at: datetime) -> None:
    """Keep a new way for one person into one conversation, beside those of earlier letters."""
    of = {"resident_id": resident_id, "response_id": response_id, "created": at}
    tx.run(reply_ways.insert(), {"token_hash": hashed(secret), **of})


def whose(tx: Transaction, secret: str, at: datetime) -> tuple[str, str] | None:
    """Who answers by this secret, in which conversation; whether it is open yet is another question."""
    of = select(reply_ways.c.resident_id, reply_ways.c.response_id)
    kept = of.where(reply_ways.c.token_hash == hashed(secret), reply_ways.c.created > at - KEPT)
    row = tx.run(kept).first()
    return (row[0], row[1]) if row else None


def forget(tx: Transaction, at: datetime) -> None:
    """Drop those of long ago."""
    tx.run(reply_ways.delete().where(reply_ways.c.created <= at - KEPT))
