"""All that a node keeps, as a test compares it, and whether there is anything left to do."""

from typing import Any

from sqlalchemy import func, select

from node.clock import now
from node.storage import lookups, seen
from node.storage.database import Transaction
from node.storage.tables import destinations, metadata

Rows = dict[str, list[tuple[Any, ...]]]


def idle(tx: Transaction) -> bool:
    """A destination that is being delivered to stays due until it is given back."""
    due = (
        tx.run(select(func.min(destinations.c.due))).scalar(),
        lookups.next_due(tx),
        seen.next_receipts(tx),
    )
    return all(moment is None or moment > now() for moment in due)


def rows(tx: Transaction, but: set[str]) -> Rows:
    found: Rows = {}
    for name, one in metadata.tables.items():
        columns = [column for column in one.c if f"{name}.{column.name}" not in but]
        if name not in but:
            found[name] = sorted((tuple(row) for row in tx.run(select(*columns))), key=repr)
    return found
