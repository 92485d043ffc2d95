"""One writer, many in a COMMIT, each act for itself; and an answer only when it is kept."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from node.neighbourhood.refusal import Conflict
from node.storage.database import PRAGMAS, Database, InUse, Stopped, Transaction
from node.storage.file import File
from node.storage.tables import seen
from tests import town


def note(tx: Transaction, what: object) -> object:
    """An act of two rows."""
    for half in ("a", "b"):
        tx.run(seen.insert(), {"uri": f"{what}{half}", "origin": "", "at": town.NOON})
    return what


def note_and_refuse(tx: Transaction, what: object) -> None:
    note(tx, what)
    raise Conflict("too late")


def noted(tx: Transaction) -> int:
    """How many acts are kept; half of one fails."""
    rows = int(tx.run(select(func.count()).select_from(seen)).scalar_one())
    assert rows % 2 == 0
    return rows // 2


def commits_of(database: Database) -> list[object]:
    """Grows by one with every COMMIT."""
    commits: list[object] = []
    assert isinstance(database._kept, File)
    event.listen(
        database._kept.line.engine,
        "before_cursor_execute",
        lambda *said: commits.append(said[2]) if said[2] == "COMMIT" else None,
    )
    return commits


async def together(*tasks: Any) -> list[Any]:
    """Hand all in before any is answered; what each gave or raised."""
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 30)


async def test_an_answer_comes_when_others_can_read_it(database: Database) -> None:
    for what in range(5):
        assert await database.writing(note, what) == what
        assert await database.reading(noted) == what + 1


async def test_an_error_undoes_its_own_act_and_no_other(database: Database) -> None:
    acts = [note_and_refuse if what % 3 == 0 else note for what in range(30)]
    answers = await together(*(database.writing(act, what) for what, act in enumerate(acts)))
    assert [isinstance(answer, Conflict) for answer in answers] == [what % 3 == 0 for what in range(30)]
    assert await database.reading(noted) == 20


async def test_the_same_row_twice_is_one_error_and_one_row(database: Database) -> None:
    answers = await together(*(database.writing(note, "same") for _ in range(10)))
    assert sum(isinstance(answer, DBAPIError) for answer in answers) == 9
    assert await database.reading(noted) == 1


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.reading(note, "quietly")
    assert await database.reading(noted) == 0


async def test_a_closed_database_says_so(url: str, tmp_path: Path) -> None:
    async with town.opened(tmp_path, url=url) as database:
        pass
    with pytest.raises(Stopped):
        await database.writing(note, "late")


async def test_stopping_finishes_what_was_handed_in(file: Database, tmp_path: Path) -> None:
    tasks = [asyncio.create_task(file.writing(note, what)) for what in range(300)]
    await asyncio.sleep(0)  # all are handed in
    await file.stop()
    assert await together(*tasks) == list(range(300))
    assert _kept(file) == 300


async def test_a_look_sees_one_unchanging_view(file: Database) -> None:
    await file.writing(note, "before")

    def look(tx: Transaction) -> tuple[int, int]:
        before = noted(tx)
        with sqlite3.connect(file.sqlite_path or "") as other:
            other.executemany("INSERT INTO seen VALUES (?, '', 0)", [("c",), ("d",)])
        other.close()
        return before, noted(tx)

    assert await file.reading(look) == (1, 1)
    assert await file.reading(noted) == 2


async def test_postgresql_keeps_one_view_as_well(postgresql: str, tmp_path: Path) -> None:
    async with town.opened(tmp_path, url=postgresql) as database:
        said = await database.reading(lambda tx: tx.run(text("SHOW transaction_isolation")).scalar())
    assert said == "repeatable read"


# SQLite alone


async def test_every_connection_is_set_as_it_should_be(file: Database) -> None:
    def found(tx: Transaction) -> dict[str, object]:
        names = [*PRAGMAS, "query_only"]
        return {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    expected: dict[str, object] = {  # once more by hand: each of these has a reason in the design
        "busy_timeout": 10_000,
        "journal_mode": "wal",
        "synchronous": 2,  # FULL: what was acknowledged survives the plug
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
    }
    assert await file.writing(found) == {**expected, "query_only": 0}
    assert await file.reading(found) == {**expected, "query_only": 1}


async def test_the_file_is_for_its_owner_alone(file: Database) -> None:
    await file.writing(note, "private")
    assert file.sqlite_path is not None
    files = list(file.sqlite_path.parent.glob(f"{file.sqlite_path.name}*"))
    assert len(files) == 4  # the database, its log and its index, the lock
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


async def test_many_acts_share_one_commit(file: Database) -> None:
    commits = commits_of(file)
    await together(*(file.writing(note, what) for what in range(200)))
    assert len(commits) < 40
    assert await file.reading(noted) == 200


async def test_a_second_database_on_the_file_is_refused(file: Database) -> None:
    second = Database(f"sqlite:///{file.sqlite_path}", town.home())
    with pytest.raises(InUse, match="another process works with"):
        await second.start()
    await second.stop()
    await file.stop()
    await second.start()
    assert await second.writing(note, "now") == "now"
    await second.stop()


async def test_who_goes_away_leaves_all_others_sound(file: Database) -> None:
    tasks = [asyncio.create_task(file.writing(note, what)) for what in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    answers = await together(*tasks)
    assert [answer for answer in answers if isinstance(answer, int)] == list(range(1, 100, 2))
    assert await file.writing(note, "after") == "after"
    assert 51 <= await file.reading(noted) <= 101


async def test_a_killed_writer_acknowledges_nothing_that_is_not_kept(file: Database) -> None:
    tasks = [asyncio.create_task(file.writing(note, what)) for what in range(400)]
    await tasks[0]
    [writer] = [task for task in asyncio.all_tasks() if task.get_name() == "database writer"]
    writer.cancel()
    answers = await together(*tasks)
    assert {type(answer) for answer in answers} <= {int, Stopped}
    assert sum(isinstance(answer, int) for answer in answers) <= _kept(file)
    with pytest.raises(Stopped):
        await file.writing(note, "late")


async def test_a_full_disk_is_the_error_of_what_has_no_room_and_ends_with_the_disk(file: Database) -> None:
    def allow(tx: Transaction, more: int) -> None:
        used = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {used + more}")

    def fill(tx: Transaction, what: object) -> object:
        tx.run(seen.insert(), {"uri": f"{what}a", "origin": "x" * 100_000, "at": town.NOON})
        return note(tx, f"{what}-")

    await file.writing(note, "before")
    await file.writing(allow, 0)
    small = [file.writing(note, what) for what in range(10)]
    *kept, big = await together(*small, file.writing(fill, "big"))
    assert kept == list(range(10))
    assert isinstance(big, DBAPIError)
    assert "full" in str(big)
    assert await file.reading(noted) == 11
    await file.writing(allow, 1000)
    assert await file.writing(note, "after") == "after"
    assert await file.reading(noted) == 12


async def test_what_was_done_before_one_failed_is_done_once(file: Database) -> None:
    done: list[object] = []

    def act(tx: Transaction, what: int) -> object:
        done.append(what)
        return note(tx, what)

    jobs = [file.writing(act, what) for what in range(20)]
    jobs.insert(10, file.writing(note_and_refuse, "never"))
    answers = await together(*jobs)
    assert isinstance(answers.pop(10), Conflict)
    assert answers == list(range(20))
    assert await file.reading(noted) == 20
    assert len(done) > 20  # the ten before it were undone with it, and done again


async def test_what_made_another_fail_is_kept_also_when_nobody_waits_for_it_any_more(file: Database) -> None:
    """It was refused because of something: then that is so."""
    loop, gone = asyncio.get_running_loop(), threading.Event()

    def goes_away() -> None:
        first.cancel()
        gone.set()

    def too_late(tx: Transaction) -> None:
        loop.call_soon_threadsafe(goes_away)
        if gone.wait(30) and noted(tx):
            raise Conflict("somebody was first")

    first = asyncio.create_task(file.writing(note, "first"))
    second = asyncio.create_task(file.writing(too_late))
    answers = await together(first, second)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError, Conflict]
    assert await file.reading(noted) == 1


async def test_a_commit_that_fails_reaches_all_in_it(file: Database) -> None:
    """A rule that is only looked at in the end stands in for a disk that fails then."""

    def fails_at_commit(tx: Transaction) -> None:
        tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        tx.run(text("INSERT INTO roles (resident_id, role, granted) VALUES ('nobody', 'broker', 0)"))

    answers = await together(*(file.writing(note, what) for what in range(5)), file.writing(fails_at_commit))
    assert all(isinstance(answer, DBAPIError) for answer in answers)
    assert await file.reading(noted) == 0
    assert await file.writing(note, "after") == "after"


def _kept(database: Database) -> int:
    """What stands in the file, read by somebody else."""
    with sqlite3.connect(database.sqlite_path or "") as other:
        (rows,) = other.execute("SELECT count(*) FROM seen").fetchone()
    other.close()
    return int(rows) // 2
