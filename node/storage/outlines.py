"""The outlines of areas, for the map."""

from collections.abc import Iterable

from sqlalchemy import select

from node.neighbourhood.outline import Outline
from node.storage.database import Transaction
from node.storage.tables import outlines


def replace(tx: Transaction, found: Iterable[Outline]) -> None:
    """Keep these, in the place of all that were kept."""
    tx.run(outlines.delete())
    rows = [{**vars(one), "rings": [[list(step) for step in ring] for ring in one.rings]} for one in found]
    if rows:
        tx.run(outlines.insert(), rows)


def everyone(tx: Transaction) -> list[Outline]:
    """All that are kept, by code."""
    statement = select(outlines.c.code, outlines.c.name, outlines.c.rings).order_by(outlines.c.code)
    return [
        Outline(row.code, row.name, [[(x, y) for x, y in ring] for ring in row.rings])
        for row in tx.run(statement)
    ]


def any_kept(tx: Transaction) -> bool:
    """Whether there is a map."""
    return tx.run(select(outlines.c.code).limit(1)).first() is not None
