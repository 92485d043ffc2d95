"""Websites of the neighbourhood's own, and what they told when they were last read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.website import Entry, Website
from node.storage.database import Transaction
from node.storage.tables import entries, websites

_ENTRY = [entries.c[name] for name in Entry.__dataclass_fields__]


def add(tx: Transaction, website: Website) -> bool:
    """Keep one; False when its address is here already."""
    return tx.add_new(websites, **vars(website))


def save(tx: Transaction, website: Website) -> None:
    tx.run(websites.update().where(websites.c.id == website.id), vars(website))


def remove(tx: Transaction, website_id: str) -> None:
    """It goes, with all that it told."""
    tx.run(entries.delete().where(entries.c.website == website_id))
    tx.run(websites.delete().where(websites.c.id == website_id))


def get(tx: Transaction, website_id: str) -> Website:
    """Raises NotFound."""
    row = tx.run(select(websites).where(websites.c.id == website_id)).mappings().first()
    if row is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return Website(**row)


def everyone(tx: Transaction) -> list[Website]:
    """By name."""
    found = tx.run(select(websites).order_by(func.lower(websites.c.name), websites.c.id)).mappings()
    return [Website(**row) for row in found]


def count(tx: Transaction) -> int:
    return int(tx.run(select(func.count()).select_from(websites)).scalar_one())


def tell(tx: Transaction, website_id: str, told: Sequence[Entry]) -> None:
    """What stands there now, instead of what stood there; what has no date there keeps the one of when it was
    first seen."""
    mine = entries.c.website == website_id
    seen = {row.key: row.at for row in tx.run(select(entries.c.key, entries.c.at).where(mine))}
    tx.run(entries.delete().where(mine))
    for one in {one.key: one for one in told}.values():
        at = min(one.at, seen.get(one.key, one.at))
        tx.run(entries.insert(), {**vars(one), "at": at, "website": website_id})


def news(tx: Transaction, since: datetime, limit: int) -> list[tuple[str, Entry]]:
    """The newest, each with the name of its website."""
    fresh = and_(entries.c.starts.is_(None), entries.c.at >= since)
    return _found(tx, fresh, entries.c.at.desc(), limit)


def events(tx: Transaction, since: datetime, until: datetime | None, limit: int) -> list[tuple[str, Entry]]:
    """What goes on or begins from then on, soonest first; with `until` no later than that."""
    ahead = func.coalesce(entries.c.ends, entries.c.starts) > since
    if until is not None:
        ahead = and_(ahead, entries.c.starts <= until)
    return _found(tx, and_(entries.c.starts.is_not(None), ahead), entries.c.starts, limit)


def _found(
    tx: Transaction, which: ColumnElement[bool], order: ColumnElement[object], limit: int
) -> list[tuple[str, Entry]]:
    statement = (
        select(websites.c.name, *_ENTRY)
        .join_from(entries, websites, entries.c.website == websites.c.id)
        .where(which)
        .order_by(order, entries.c.key)
        .limit(limit)
    )
    return [(row[0], Entry(*row[1:])) for row in tx.run(statement)]
