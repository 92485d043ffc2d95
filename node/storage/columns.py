"""How values are kept: types that SQLite's STRICT tables and PostgreSQL read the same way."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from node.neighbourhood.when import Days, read

Whole = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of up to 64 bits; as a primary key SQLite makes it the row's own number."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Moment(TypeDecorator[datetime]):
    """A point in time, kept as whole milliseconds since 1970 UTC; a time without zone is refused."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


class Flag(TypeDecorator[bool]):
    """Yes or no, kept as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Span(TypeDecorator[Days]):
    """From one day to another, kept in their one spelling."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Days | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Days | None:
        return None if value is None else read(value)


class Document(TypeDecorator[Any]):
    """Plain values (dicts, lists, texts, numbers), kept as JSON text with its keys in order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Word(TypeDecorator[StrEnum]):
    """One of a fixed list of words; a word that is not in the list is refused when read and when written."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._words = {word.value: word for word in kind}  # an eighth of the time that the kind itself takes

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else (self._words.get(value) or self.kind(value)).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._words.get(value) or self.kind(value)


class NextNumber(FunctionElement[int]):
    """What a new post is called in the index of words: one more than the last. SQLite alone has that index,
    and one writer; PostgreSQL needs no number."""

    inherit_cache = True


@compiles(NextNumber, "sqlite")
def _after_the_last(*_: Any, **__: Any) -> str:
    last = "SELECT max(number) FROM posts WHERE number IS NOT NULL"
    known = "SELECT until FROM trigrams_known"  # no number twice, also when the last post is gone
    return f"(max(coalesce(({last}), 0), coalesce(({known}), 0)) + 1)"


@compiles(NextNumber)
def _no_number(*_: Any, **__: Any) -> str:
    return "NULL"
