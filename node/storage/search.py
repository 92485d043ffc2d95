"""Search: posts by the words in them, the newest first, and only for whoever may see them.

The words narrow what a list shows anyway (`posts.shown`), so nobody finds what they may not read. However
common a word is, no more than some thousand posts are looked at for one answer; the rest is a page further.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from node.neighbourhood.folding import SHORTEST, Word
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.storage import trigrams
from node.storage.database import Transaction
from node.storage.filter import Filter
from node.storage.posts import COLUMNS, listing, of_row, shown
from node.storage.tables import posts

MOST = 3000  # posts looked at for one answer
FIRST = 200  # of those, the newest first: a common word is among them
_NEWEST = (posts.c.created.desc(), posts.c.id.desc())


@dataclass(frozen=True)
class Found:
    """What was found; `further`: the place in the list where the search stopped looking, if it did."""

    posts: list[Post]
    further: tuple[datetime, str] | None = None


def search(
    tx: Transaction, who: Resident | None, wanted: Filter, words: Sequence[Word], at: datetime
) -> Found:
    """The posts of this list with all these words, newest first; without words the list itself."""
    if not words:
        return Found(listing(tx, who, wanted, at))
    where = shown(who, replace(wanted, starting_from=None), at)
    if tx.connection.dialect.name != "sqlite":
        return _by_server(tx, where, words, wanted.limit)
    numbers = trigrams.numbers(tx, words, MOST + 1)
    if numbers is not None and len(numbers) <= MOST:
        return Found(_of_these(tx, numbers, [*where, *_having(tx, words, posts.c.folded)], wanted.limit))
    return _among_the_newest(tx, where, words, wanted.limit)


def _by_server(tx: Transaction, where: list[ColumnElement[bool]], words: Sequence[Word], limit: int) -> Found:
    """PostgreSQL finds long words by its own index (pg_trgm)."""
    if all(len(form) < SHORTEST for word in words for form in word):
        return _among_the_newest(tx, where, words, limit)
    having = _having(tx, words, posts.c.folded)
    return Found(_read(tx, select(*COLUMNS).where(*where, *having).order_by(*_NEWEST).limit(limit)))


def _of_these(
    tx: Transaction, numbers: Sequence[int], where: list[ColumnElement[bool]], limit: int
) -> list[Post]:
    these = func.json_each(bindparam("numbers")).table_valued("value")
    which = posts.c.number.in_(select(these.c.value))
    statement = select(*COLUMNS).where(which, *where).order_by(*_NEWEST).limit(limit)
    return _read(tx, statement, numbers=json.dumps(numbers))


def _among_the_newest(
    tx: Transaction, where: list[ColumnElement[bool]], words: Sequence[Word], limit: int
) -> Found:
    """What no index narrows down: a word of two letters, or one that stands nearly everywhere."""
    found = _among(tx, where, words, limit, FIRST)
    if len(found) == limit:
        return Found(found)
    found = _among(tx, where, words, limit, MOST)
    if len(found) == limit:
        return Found(found)
    last = select(posts.c.created, posts.c.id).where(*where).order_by(*_NEWEST).offset(MOST - 1).limit(1)
    end = tx.run(last).first()
    return Found(found, (end.created, end.id) if end is not None else None)


def _among(
    tx: Transaction, where: list[ColumnElement[bool]], words: Sequence[Word], limit: int, most: int
) -> list[Post]:
    newest = select(*COLUMNS, posts.c.folded).where(*where).order_by(*_NEWEST).limit(most).subquery()
    having = _having(tx, words, newest.c.folded)
    order = (newest.c.created.desc(), newest.c.id.desc())
    return _read(tx, select(newest).where(*having).order_by(*order).limit(limit))


def _read(tx: Transaction, statement: Select[Any], **values: str) -> list[Post]:
    return [of_row(row) for row in tx.run(statement, values).mappings()]


def _having(tx: Transaction, words: Sequence[Word], folded: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """That all the words stand in it, each in one of its forms."""
    if tx.connection.dialect.name == "sqlite":
        return [or_(*(func.instr(folded, form) > 0 for form in word)) for word in words]
    return [or_(*(folded.contains(form, autoescape=True) for form in word)) for word in words]
