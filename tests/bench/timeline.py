"""timeline and bytes-per-post: what 2,000 people read after some years, and what that weighs."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from node import clock
from node.acts import held
from node.federation import reading
from node.neighbourhood.resident import Resident
from node.settings import Settings
from node.storage import access, residents, seen, timers, trigrams
from node.storage import posts as kept
from node.storage.database import Transaction
from node.storage.tables import posts as table
from node.ui.session import cookie
from tests.bench import others, sending, served
from tests.bench.driving import asked, get
from tests.bench.figures import Figure, Size, cpu_seconds, pairs

BARE = "20 joined rows by bare SQL"
BARE_THERE = 8000  # of those a CPU-second, on the machine of the targets
PIECE = 5000
OPEN, NEAR = 0.02, 0.4  # the part that still waits for somebody, and of that the part of neighbours


def timeline(size: Size) -> Iterator[Figure]:
    """A member's home: who it is, what is open here and next door, HTML and HTTP."""
    members, count = size.of(2000, 5), size.of(200_000, 200)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        secrets = served.prepared(settings, lambda tx: people(tx, members))
        served.filled(settings, years(count))
        bare = _bare(settings)
        with served.serving(settings) as pid, closing(sqlite3.connect(bare)) as database:
            if not size.quick:
                served.await_quiet(pid)
                _pages(pid, settings, secrets, 50)  # templates and statements are made at their first use
            value, plain = pairs(
                size.pairs,
                lambda: _pages(pid, settings, secrets, size.of(400, 5)),
                lambda: _rows(database, size.of(4000, 5)),
            )
            pages = asked(settings.port, _asks(settings, secrets[:1]) * size.of(20, 2), 1)
    yield Figure(
        "timeline",
        value,
        "pages/CPU-s",
        600,
        2000,
        reference=plain,
        against=BARE,
        ceiling=BARE_THERE,
        notes=(
            f"{members:,} members, {count:,} posts, {len(pages[0].body):,} bytes, alone in "
            f"{sorted(page.seconds for page in pages)[len(pages) // 2] * 1000:.1f} ms",
        ),
    )


def people(tx: Transaction, count: int) -> list[str]:
    at, secrets = clock.now(), [uuid4().hex for _ in range(count)]
    for number, secret in enumerate(secrets):
        person = Resident(f"{number:032x}", f"Buur {number}", "nl", at, admitted=at)
        residents.add(tx, person, f"buur{number}@bench.example")
        if number < 50:
            access.add_session(tx, secret, person.id, at + timedelta(days=30), at)
    others.know(tx, others.some(8, 9), at)
    timers.once(tx, "node", "clean", at)  # today's tidying is done: these years were lived day by day
    return secrets[:50]


def years(count: int) -> Iterator[Callable[[Transaction], None]]:
    """Five years of posts, by thousands: the newest of them partly open, all others done."""
    at = clock.now()
    for start in range(0, count, PIECE):
        numbers = range(start, min(start + PIECE, count))
        yield partial(_fill, numbers=numbers, count=count, at=at)


def _fill(tx: Transaction, numbers: range, count: int, at: datetime) -> None:
    """Rows as the real code writes them: one is made by it, the others are like that one."""
    other = others.some(1, 9)[0]
    said: dict[str, Any] = sending.create(other, at)
    told = reading.post(said["object"], other.node(), at)
    if told is None:
        raise SystemExit("the node does not read what its neighbours say")
    kept.add(tx, told)
    one = dict(tx.run(select(table).where(table.c.id == told.id)).mappings().one())
    tx.run(table.delete().where(table.c.id == told.id))
    rows = [_row(one, number, count, at) for number in numbers]
    tx.run(table.insert(), [row | {"number": one["number"] + n} for n, row in enumerate(rows)])


def _row(one: dict[str, Any], number: int, count: int, at: datetime) -> dict[str, Any]:
    key, age = uuid4().hex, timedelta(days=5 * 365) * ((count - number) / count)
    opened = number >= count * (1 - OPEN * 2) and number % 2 == 1
    near = opened and number % 10 < NEAR * 10  # those of neighbours that are over are not kept
    stand = {"state": "open", "expires": at + timedelta(days=20)}
    if not opened:
        stand = {"state": "done", "expires": at - age + timedelta(days=14), "ended": at - age}
    whose = {"node_id": f"{number % 8:032x}", "author": None}
    if not near:
        whose = {"node_id": None, "author": f"{number % 5:032x}"}
    more = {"id": key, "uri": f"http://x.example/ap/o/{key}", "created": at - age, "updated": at - age}
    return {**one, **stand, **whose, **more}


def _asks(settings: Settings, secrets: list[str]) -> list[bytes]:
    name = cookie(settings, "session")
    seal = cookie(settings, "seal")
    return [
        get("/", settings.port, cookie=f"{name}={secret}; {seal}=bench", accept="text/html")
        for secret in secrets
    ]


def _pages(pid: int, settings: Settings, secrets: list[str], count: int) -> float:
    asks = _asks(settings, secrets)
    before = cpu_seconds(pid)
    answers = asked(settings.port, [asks[number % len(asks)] for number in range(count)], 8)
    if any(answer.status != 200 or b"card" not in answer.body for answer in answers):
        raise SystemExit(f"no home page: {answers[0].status}")
    return count / max(cpu_seconds(pid) - before, 0.01)


def _bare(settings: Settings) -> Path:
    """The same rows in a file that has the index this one question wants."""
    copy = settings.dir / "bare.db"
    with closing(sqlite3.connect(settings.dir / "node.db")) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as database:
        database.execute("CREATE INDEX newest ON posts (state, created)")
        database.commit()
    return copy


def _rows(database: sqlite3.Connection, count: int) -> float:
    statement = (
        "SELECT p.*, n.name FROM posts p LEFT JOIN nodes n ON n.id = p.node_id WHERE p.state = 'open' "
        "AND p.expires > ? ORDER BY p.created DESC LIMIT 20"
    )
    moment, began = time.time() * 1000, time.process_time()
    for _ in range(count):
        database.execute(statement, (moment,)).fetchall()
    return count / max(time.process_time() - began, 0.001)


def bytes_per_post(size: Size) -> Iterator[Figure]:
    """What a post of a neighbour takes on disk, with its line in both books, and found by its words."""
    count, senders = size.of(20_000, 50), others.some(8, 9)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        at = clock.now()
        served.prepared(settings, lambda tx: others.know(tx, senders, at))
        before = (settings.dir / "node.db").stat().st_size
        pieces = [lambda tx: _take_in(tx, senders, min(1000, count))] * max(1, count // 1000)
        served.filled(settings, iter(pieces))
        while served.prepared(settings, trigrams.learn):
            pass
        after = (settings.dir / "node.db").stat().st_size
        said = len(sending.request(senders[0], 80, at).partition(b"\r\n\r\n")[2])
    yield Figure(
        "bytes-per-post",
        (after - before) / count,
        "B",
        2500,
        1200,
        more_is_better=False,
        reference=said,
        against="the bytes of its message",
        notes=(f"{count:,} posts of neighbours, with the index of their words",),
    )


def _take_in(tx: Transaction, senders: list[others.Other], count: int) -> None:
    at = clock.now()
    for number in range(count):
        sender = senders[number % len(senders)]
        said: dict[str, Any] = sending.create(sender, at)
        told = reading.post(said["object"], sender.node(), at)
        if told is None:
            raise SystemExit("the node does not read what its neighbours say")
        seen.first_time(tx, said["id"], sender.origin, at)
        held.take_in(tx, sender.node(), told, said["id"], at)
