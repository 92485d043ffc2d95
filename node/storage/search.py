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

MOST = 2000  # posts looked at for one answer
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
        return _by_server(tx, wanted, where, words)
    numbers = trigrams.numbers(tx, words, MOST + 1)
    if numbers is not None and len(numbers) <= MOST:
        return Found(_of_these(tx, numbers, [*where, *_having(tx, words, posts.c.folded)], wanted.limit))
    return _among_the_newest(tx, wanted, where, words)


def _by_server(
    tx: Transaction, wanted: Filter, where: list[ColumnElement[bool]], words: Sequence[Word]
) -> Found:
    """PostgreSQL finds long words by its own index (pg_trgm)."""
    if all(len(form) < SHORTEST for word in words for form in word):
        return _among_the_newest(tx, wanted, where, words)
    having = _having(tx, words, posts.c.folded)
    statement = select(*COLUMNS).where(*where, *having).order_by(*_NEWEST).limit(wanted.limit)
    return Found(_read(tx, statement))


def _of_these(
    tx: Transaction, numbers: Sequence[int], where: list[ColumnElement[bool]], limit: int
) -> list[Post]:
    these = func.json_each(bindparam("numbers")).table_valued("value")
    which = posts.c.number.in_(select(these.c.value))
    statement = select(*COLUMNS).where(which, *where).order_by(*_NEWEST).limit(limit)
    return _read(tx, statement, numbers=json.dumps(numbers))


def _among_the_newest(
    tx: Transaction, wanted: Filter, where: list[ColumnElement[bool]], words: Sequence[Word]
) -> Found:
    """What no index narrows down: a word of two letters, or one that stands nearly everywhere. So many of
    the newest are looked at, whoever may see them, and it is told where that ended."""
    these: list[ColumnElement[bool]] = []
    if wanted.open_only or wanted.answerable:
        these.append(posts.c.ended.is_(None))
    if wanted.before is not None:
        these.append(posts.c.created <= wanted.before[0])
    last = select(posts.c.created, posts.c.id).where(*these).order_by(*_NEWEST).offset(MOST).limit(1)
    end = tx.run(last).first()
    if end is not None:
        where = [*where, posts.c.created >= end.created]
    having = _having(tx, words, posts.c.folded)
    statement = select(*COLUMNS).where(*where, *having).order_by(*_NEWEST).limit(wanted.limit)
    found = _read(tx, statement)
    if end is None or len(found) == wanted.limit:
        return Found(found)
    return Found(found, (end.created, end.id))


def _read(tx: Transaction, statement: Select[Any], **values: str) -> list[Post]:
    return [of_row(row) for row in tx.run(statement, values).mappings()]


def _having(tx: Transaction, words: Sequence[Word], folded: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """That all the words stand in it, each in one of its forms."""
    if tx.connection.dialect.name == "sqlite":
        return [or_(*(func.instr(folded, form) > 0 for form in word)) for word in words]
    return [or_(*(folded.contains(form, autoescape=True) for form in word)) for word in words]
