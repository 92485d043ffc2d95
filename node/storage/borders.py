"""Which areas touch, as a map says: a proposal for the operator, never a border by itself. And how far each
is from ours, counted once, when a map is read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from node.neighbourhood.distance import steps
from node.storage.database import Transaction
from node.storage.tables import borders, distances


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
    measure(tx)


def measured(tx: Transaction) -> bool:
    """Whether the distances are there, seen from our own area; without a map there is nothing to measure."""
    own = select(distances.c.away).where(distances.c.code == tx.home.area.code)
    there = tx.run(select(borders.c.code).limit(1)).scalar() is not None
    return not there or tx.run(own).scalar() == 0


def away(tx: Transaction, codes: Collection[str]) -> dict[str, int]:
    """How many neighbourhoods further each of these areas is, as far as the map knows."""
    wanted = select(distances.c.code, distances.c.away).where(distances.c.code.in_(codes))
    return {code: int(number) for code, number in tx.run(wanted)} if codes else {}


def measure(tx: Transaction) -> None:
    """Count anew how far every area of the map is from ours."""
    tx.run(distances.delete())
    kept = {border.code: border.touches for border in everyone(tx)}
    found = steps(tx.home.area.code, kept) if kept else {}
    if found:
        tx.run(distances.insert(), [{"code": code, "away": number} for code, number in found.items()])


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
