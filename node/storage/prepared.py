"""Statements that are asked for every message: worked out once, then run on the driver itself.

SQLAlchemy takes 25 microseconds to get a statement to SQLite that it ran a thousand times before, and SQLite
takes 5 to do it. On PostgreSQL the way over the socket costs more than that: there they run as all others.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Executable, Insert, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
_Process = Callable[[Any], Any] | None


class Prepared:
    """One statement with the names of its values: `bindparam`s, or the `columns` that an INSERT is given."""

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None) -> None:
        self.statement: Final = statement
        self._columns = columns
        self._ready: _Ready | None = None

    def first(self, connection: Connection, values: Values) -> dict[str, Any] | None:
        """The first row that it finds, by the names of its columns."""
        if connection.dialect.name != "sqlite":
            found = connection.execute(self.statement, dict(values)).mappings().first()
            return dict(found) if found is not None else None
        ready = self._ready or self._make_ready(connection.dialect)
        return ready.read(_executed(connection, ready, values).fetchone())

    def run(self, connection: Connection, values: Values) -> int:
        """Do it; how many rows it changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, dict(values)).rowcount
        ready = self._ready or self._make_ready(connection.dialect)
        return int(_executed(connection, ready, values).rowcount)

    def _make_ready(self, dialect: Dialect) -> "_Ready":
        self._ready = _Ready(self.statement, self._columns, dialect)
        return self._ready


class _Ready:
    """A statement in SQLite's words, with the order of its values and how each is written down and read."""

    def __init__(self, statement: Any, columns: tuple[str, ...] | None, dialect: Dialect) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # nobody asks for the number of the new row
        said = statement.compile(dialect=dialect, column_keys=list(columns) if columns else None)
        self.sql = str(said)
        if "POSTCOMPILE" in self.sql or getattr(said, "insert_prefetch", None):
            raise TypeError("Its words depend on its values: such a statement cannot be prepared.")
        binds = [said.binds[name] for name in said.positiontup or []]
        self._fixed = {bind.key: bind.value for bind in binds if not bind.required}
        self._writes = [(bind.key, _writing(bind.type, dialect)) for bind in binds]
        shown = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._reads = [(str(column.key), _reading(column.type, dialect)) for column in shown]

    def given(self, values: Values) -> list[Any]:
        """The values in the order of the statement, as they are kept. KeyError when one is missing."""
        if self._fixed:
            values = {**self._fixed, **values}
        return [values[name] if write is None else write(values[name]) for name, write in self._writes]

    def read(self, row: tuple[Any, ...] | None) -> dict[str, Any] | None:
        """A row as plain values by their names."""
        if row is None:
            return None
        pairs = zip(self._reads, row, strict=True)
        return {name: value if read is None else read(value) for (name, read), value in pairs}


def _executed(connection: Connection, ready: _Ready, values: Values) -> sqlite3.Cursor:
    """Within the transaction that is open. Raises what SQLAlchemy would."""
    raw: Any = connection.connection.dbapi_connection
    try:
        done: sqlite3.Cursor = raw.execute(ready.sql, ready.given(values))
    except sqlite3.Error as error:
        raise DBAPIError.instance(ready.sql, None, error, sqlite3.Error, hide_parameters=True) from error
    return done


def _writing(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
