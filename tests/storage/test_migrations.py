"""The schema is made step by step, and comes out as the tables are written down."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from node.storage import schema
from node.storage.database import Database, Transaction
from node.storage.tables import metadata
from tests import town


def differences(tx: Transaction) -> list[object]:
    opts = {"compare_type": True, "include_name": _is_written_down, "include_object": _is_compared}
    context = MigrationContext.configure(tx.connection, opts=opts)
    return list(compare_metadata(context, metadata))


def _is_written_down(name: str | None, kind: str, _: object) -> bool:
    """The index of words is a virtual table of SQLite, with three tables of its own: FTS5 keeps them."""
    words = {"trigrams", "trigrams_data", "trigrams_idx", "trigrams_config"}
    return kind != "table" or name not in words


def _is_compared(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Nor is that of PostgreSQL, which is only there where its extension may be had."""
    return kind != "index" or name != "ix_posts_folded"


def rules(tx: Transaction) -> set[str]:
    """What alembic does not compare: the CHECKs, and which rows a partial index covers."""
    found = {
        str(check["name"])
        for t in metadata.tables
        for check in inspect(tx.connection).get_check_constraints(t)
    }
    for name in metadata.tables:
        for index in inspect(tx.connection).get_indexes(name):
            if not _is_compared(index, index["name"], "index"):
                continue
            options = dict(index.get("dialect_options", {}))
            where = options.get("sqlite_where", options.get("postgresql_where"))
            words = re.sub(r"::\w+|[()]", "", str(where)).replace("!=", "<>")
            found.add(f"{index['name']} {index['unique']:d} {words}")
    if tx.connection.dialect.name == "sqlite":
        found |= set(tx.run(text("SELECT sql FROM sqlite_master WHERE name = 'trigrams'")).scalars())
    return found


def set_version(tx: Transaction, version: str) -> None:
    tx.run(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


async def test_the_steps_make_the_tables_as_they_are_written_down(url: str, tmp_path: Path) -> None:
    database = Database(url or f"sqlite:///{tmp_path / 'node.db'}", town.home())
    await database.start()
    try:
        await schema.prepare(database)
        assert await database.reading(differences) == []
        assert await database.reading(schema.current) == schema.newest()
        assert await database.reading(rules) == await _rules_as_written(database, tmp_path)
    finally:
        await database.stop()


async def _rules_as_written(database: Database, directory: Path) -> set[str]:
    """On an SQLite file, those of a second one; on PostgreSQL, those of the same database made anew."""
    if database.sqlite_path:
        async with town.opened(directory, "second") as second:
            return await second.reading(rules)
    engine = create_async_engine(database.driver_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    return await database.reading(rules)


async def test_a_second_time_there_is_nothing_to_do(database: Database) -> None:
    for _ in range(2):
        await schema.prepare(database)
    assert await database.reading(schema.current) == schema.newest()


async def test_a_schema_of_a_later_program_is_refused_and_left_alone(database: Database) -> None:
    await database.writing(set_version, "9999")
    with pytest.raises(schema.Newer, match="use a newer program"):
        await schema.prepare(database)
    assert await database.reading(schema.current) == "9999"


async def test_before_a_step_a_private_copy_is_made(file: Database) -> None:
    await file.writing(town.people)
    await file.writing(set_version, "0000")
    with pytest.raises(RuntimeError, match="0000"):  # a step nobody knows: it goes wrong, and nothing is lost
        await schema.prepare(file)
    assert file.sqlite_path is not None
    copy = file.sqlite_path.with_suffix(f".before-{schema.newest()}.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT count(*) FROM residents").fetchone() == (9,)
    kept.close()
    assert await file.reading(schema.current) == "0000"


def test_every_step_follows_the_one_before() -> None:
    steps = sorted(
        path.name for path in (Path(schema.__file__).parent / "migrations/versions").glob("[0-9]*.py")
    )
    assert [name[:4] for name in steps] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert schema.newest() == steps[-1][:4]
