"""Which areas touch, as a map says: a proposal for the operator, never a border by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from node.storage.database import Transaction
from node.storage.tables import borders


@dataclass(frozen=True)
class Border:
    """An area by its CBS code, and the codes of those it touches. `year` is that of the map."""

    code: str
    name: str
    touches: tuple[str, ...]
    year: str


def replace(tx: Transaction, found: Iterable[Border]) -> None:
    """Keep these, in the place of all that were kept."""
    tx.run(borders.delete())
    rows = [{**vars(border), "touches": list(border.touches)} for border in found]
    if rows:
        tx.run(borders.insert(), rows)


def everyone(tx: Transaction) -> list[Border]:
    """All areas that are kept, by code."""
    columns = [borders.c[name] for name in ("code", "name", "touches", "year")]
    return [
        Border(row[0], row[1], tuple(row[2]), row[3])
        for row in tx.run(select(*columns).order_by(borders.c.code))
    ]


def touching(tx: Transaction, code: str) -> list[Border]:
    """The areas that touch this one, whichever of the two says so; one without a name is in no file that was
    read."""
    kept = {border.code: border for border in everyone(tx)}
    own = set(kept[code].touches) if code in kept else set()
    near = {border.code for border in kept.values() if code in border.touches} | own
    return [kept.get(one, Border(one, "", (code,), "")) for one in sorted(near - {code})]
