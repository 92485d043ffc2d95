"""Letters go once, at last, and none holds up another."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from node import clock
from node.acts import residents, timers
from node.mail import carriers, worker
from node.mail.worker import LEASE, WAITS
from node.storage import letters
from node.storage.database import Database
from tests import town
from tests.mail.conftest import Mailbox, Write, settings_for

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
NO_NIGHT = {"day": "0:00-24:00"}


@dataclass
class Van:
    """A carrier that notes what it carries, and may have trouble. With `hold` it waits for that many."""

    trouble: Callable[[str], Exception | None] = lambda _: None
    carried: list[str] = field(default_factory=list)
    out: int = 0
    most_out: int = 0
    hold: int = 0
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, message: EmailMessage) -> None:
        self.out += 1
        self.most_out = max(self.out, self.most_out)
        try:
            if self.out == self.hold:
                self.loaded.set()
            if self.hold:
                await self.gate.wait()
            if error := self.trouble(str(message["To"])):
                raise error
            self.carried.append(str(message["To"]))
        finally:
            self.out -= 1


@pytest.fixture
def van(mailbox: Mailbox) -> Van:
    van = Van()
    mailbox.carrier = van
    return van


async def to(write: Write, mailbox: Mailbox, *names: str) -> None:
    for name in names:
        await write("agreed", resident_id=mailbox.cast.all()[name].id)


async def test_a_letter_goes_and_so_does_its_row(mailbox: Mailbox, write: Write, van: Van) -> None:
    await to(write, mailbox, "poster", "helper")
    await mailbox.send()
    assert van.carried == ["bea@example.org", "merel@example.org"]
    assert await mailbox.rows() == []


async def test_what_fails_is_tried_again_with_growing_waits(
    mailbox: Mailbox, write: Write, van: Van, tmp_path: Path
) -> None:
    mailbox.settings = settings_for(tmp_path, pace=NO_NIGHT)
    van.trouble = lambda _: OSError("no route to bea@example.org")
    await to(write, mailbox, "poster")
    at, waits = NOON, []
    while True:
        await mailbox.send(at)
        [row] = await mailbox.rows()
        assert row["error"] == "OSError: no route to …"
        if row["due"] is None:
            break
        waits.append(row["due"] - at)
        assert (
            await worker.send_due(mailbox.database, mailbox.settings, van, row["due"] - timedelta(seconds=1))
            is False
        )
        at = row["due"]
    assert waits[: len(WAITS)] == WAITS
    assert sorted(waits) == waits
    assert timedelta(days=2) < at - NOON <= timedelta(days=3)


async def test_after_some_days_it_stays_for_the_operator_and_then_is_forgotten(
    mailbox: Mailbox, write: Write, van: Van
) -> None:
    van.trouble = lambda _: OSError("no route")
    await to(write, mailbox, "poster")
    await mailbox.send(NOON + 3 * DAY)
    [row] = await mailbox.rows()
    assert (row["due"], row["attempts"]) == (None, 1)
    van.trouble = lambda _: None
    assert await mailbox.send(NOON + 10 * DAY) == []
    await mailbox.database.writing(timers.tick, NOON + 29 * DAY)
    assert len(await mailbox.rows()) == 1
    await mailbox.database.writing(timers.tick, NOON + 31 * DAY)
    assert await mailbox.rows() == []


async def test_nobody_waits_for_days_to_get_in(mailbox: Mailbox, van: Van) -> None:
    van.trouble = lambda _: OSError("no route")
    await mailbox.database.writing(residents.ask_signin, "bea@example.org", "192.0.2.1", NOON)
    for minutes in (0, 1, 6, 21):
        await mailbox.send(NOON + timedelta(minutes=minutes))
    [row] = await mailbox.rows()
    assert (row["attempts"], row["due"]) == (4, None)


async def test_an_address_that_takes_no_mail_is_not_tried_again(
    mailbox: Mailbox, write: Write, van: Van
) -> None:
    van.trouble = lambda _: carriers.Refused("550 bea@example.org is unknown")
    await to(write, mailbox, "poster")
    await mailbox.send()
    [row] = await mailbox.rows()
    assert (row["due"], row["error"]) == (None, "Refused: 550 … is unknown")


async def test_one_letters_failure_is_its_own(mailbox: Mailbox, write: Write, van: Van) -> None:
    van.trouble = lambda to: OSError("no") if to.startswith("merel") else None
    await to(write, mailbox, "helper", "poster")
    await write("danced", resident_id=mailbox.cast.poster.id)
    await to(write, mailbox, "helper", "other")
    await mailbox.send()
    assert van.carried == ["bea@example.org", "tariq@example.org"]
    assert [row["what"] for row in await mailbox.rows()] == ["agreed", "danced", "agreed"]
    van.trouble = lambda _: None
    await mailbox.send(NOON + WAITS[0])
    assert van.carried[2:] == ["merel@example.org"] * 2
    [row] = await mailbox.rows()
    assert (row["what"], row["due"], row["error"]) == ("danced", None, "cannot be written: KeyError")


async def test_who_wants_to_sign_in_goes_before_all_others(mailbox: Mailbox, write: Write, van: Van) -> None:
    await to(write, mailbox, *["helper", "other"] * 10)
    await mailbox.database.writing(residents.ask_signin, "bea@example.org", "192.0.2.1", NOON)
    await mailbox.send()
    assert van.carried.index("bea@example.org") < worker.CONNECTIONS
    assert len(van.carried) == 21


async def test_at_most_two_connections_at_once(mailbox: Mailbox, write: Write, van: Van) -> None:
    await to(write, mailbox, *["poster", "helper", "other"] * 8)
    van.hold = 2
    sending = asyncio.create_task(mailbox.send())
    await asyncio.wait_for(van.loaded.wait(), 10)
    van.gate.set()
    await asyncio.wait_for(sending, 10)
    assert len(van.carried) == 24
    assert van.most_out == 2


async def test_a_worker_that_was_killed_leaves_its_letters_to_the_next(
    mailbox: Mailbox, write: Write, van: Van
) -> None:
    await to(write, mailbox, "poster")
    van.hold = 1
    sending = asyncio.create_task(mailbox.send())
    await asyncio.wait_for(van.loaded.wait(), 10)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    van.hold = 0
    await mailbox.send(NOON + LEASE - timedelta(seconds=1))
    assert van.carried == []
    await mailbox.send(NOON + LEASE)
    assert van.carried == ["bea@example.org"]


async def test_two_workers_send_no_letter_twice(postgresql: str, tmp_path: Path) -> None:
    settings, van = settings_for(tmp_path), Van()
    async with town.opened(tmp_path, url=postgresql) as database:
        cast = await database.writing(town.people)
        for number in range(30):
            person = list(cast.all().values())[number % 8]
            await database.writing(letters.add, "agreed", NOON, resident_id=person.id)

        async def work() -> None:
            while await worker.send_due(database, settings, van, NOON):
                pass

        await asyncio.wait_for(asyncio.gather(work(), work(), work()), 30)
    assert len(van.carried) == 30


# The loop


@asynccontextmanager
async def running(database: Database, directory: Path, **change: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(worker.run(database, settings_for(directory, **change)))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def emptied(mailbox: Mailbox) -> None:
    """Wait until no letter waits, at most ten seconds."""
    async with asyncio.timeout(10):
        while True:
            change = mailbox.database.change()
            if await mailbox.rows() == []:
                return
            await change.wait()


class Heard(logging.Handler):
    """Waits for the log to say something."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.event.set()


async def test_a_letter_goes_as_soon_as_it_is_committed(
    mailbox: Mailbox, write: Write, tmp_path: Path
) -> None:
    async with running(mailbox.database, tmp_path, pace=NO_NIGHT):  # at whatever hour this is tried
        for _ in range(3):
            await write("agreed", resident_id=mailbox.cast.poster.id, at=clock.now())
            await emptied(mailbox)
            assert len(mailbox.new()) == 1


async def test_without_a_way_out_letters_wait_and_the_log_says_so_once(
    mailbox: Mailbox, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "node.mail")
    async with running(mailbox.database, tmp_path, mail_folder="") as task:
        for _ in range(3):
            await to(write, mailbox, "poster")
        assert len(await mailbox.rows()) == 3
        assert not task.done()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "mail_host or mail_folder" in caplog.text


async def test_the_loop_outlives_a_database_that_fails(tmp_path: Path) -> None:
    log, heard = logging.getLogger("node.mail"), Heard()
    log.addHandler(heard)
    broken = Database(f"sqlite:///{tmp_path / 'empty.db'}", town.home())  # no tables in it
    await broken.start()
    async with running(broken, tmp_path) as task:
        await asyncio.wait_for(heard.event.wait(), 10)
        assert not task.done()
    await broken.stop()
    log.removeHandler(heard)
