"""flood: one server sends far more than it may while others say their say and somebody reads.

It is of other software, unknown here, and every one of its messages is well signed; what it says is written
to our Group. The others are neighbours with posts. Before that, many accounts that nobody here knows are
deleted: their servers tell everybody.
"""

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from node import clock
from node.settings import Settings
from tests.bench import others, sending, served
from tests.bench.driving import Line, asked, get, run
from tests.bench.figures import Figure, Size, cpu_seconds, crowded, megabytes, quantile
from tests.bench.others import Other, Town

A_SECOND, AT_ONCE = 500, 100
QUIET, QUIET_A_SECOND, PAGES_A_SECOND = 5, 5, 10
DELETES, SERVERS = 1500, 50


class Stranger(Other):
    """An account on other software."""

    def document(self, path: str, neighbour: str) -> dict[str, Any] | None:
        if path != f"/ap/buurt/b{self.number}":
            return None
        key = {"id": self.rsa.key_id, "owner": self.actor, "publicKeyPem": self.keys[self.rsa.key_id]}
        said = {"id": self.actor, "type": "Person", "preferredUsername": f"b{self.number}"}
        context = "https://www.w3.org/ns/activitystreams"
        return {"@context": context, **said, "inbox": f"{self.actor}/inbox", "publicKey": key}


@dataclass(frozen=True)
class Answered:
    """The status of an answer, and how many seconds after the moment when its request was due it came."""

    status: int
    seconds: float


@dataclass
class Shore:
    """A node, running; its neighbours; and strangers, of whom the first will flood it."""

    settings: Settings
    pid: int
    town: Town
    neighbours: list[Other]
    strangers: list[Stranger]


def flood(size: Size) -> Iterator[Figure]:
    """What comes of the Deletes, and how long the others wait for their answers (p95)."""
    with _shore(size) as shore:
        yield _deleted(shore, size.of(DELETES, 20))
        yield _flooded(shore, size.of(20.0, 1.0))


@contextmanager
def _shore(size: Size) -> Iterator[Shore]:
    at, port = clock.now(), served.free_port()
    neighbours = others.some(QUIET, port)
    strangers = [Stranger(QUIET + number, port, True) for number in range(SERVERS)]
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        served.prepared(settings, lambda tx: others.know(tx, neighbours, at, at + timedelta(days=1)))
        with (
            others.listening([*neighbours, *strangers], settings.home.actor) as town,
            served.serving(settings) as pid,
        ):
            if not size.quick:
                served.await_quiet(pid)
            yield Shore(settings, pid, town, neighbours, strangers)


def _deleted(shore: Shore, count: int) -> Figure:
    at, port = clock.now(), shore.settings.port
    requests = [_delete(shore.strangers[number % SERVERS], port, at, number) for number in range(count)]
    shore.town.forget()
    rows, before = _rows(shore.settings), cpu_seconds(shore.pid)
    answers = Counter(answer.status for answer in asked(port, requests, 32))
    used = cpu_seconds(shore.pid) - before
    fetched, added = sum(shore.town.asked.values()), _rows(shore.settings) - rows
    words = f"{count:,} Deletes: {fetched} fetched, {added} rows; {used / count * 1000:.2f} CPU-ms each"
    notes = (words, f"answers: {_counted(answers)}")
    return Figure("flood-deletes", fetched + added, "fetches and rows", 0, 0, False, notes=notes)


def _flooded(shore: Shore, seconds: float) -> Figure:
    before, settings = megabytes(shore.pid), shore.settings
    guilty, waves = shore.strangers[0], int(seconds * A_SECOND)
    at, calm = clock.now(), int(seconds * QUIET_A_SECOND)
    wave = [_note(guilty, settings, at) for _ in range(waves)]
    said = [sending.creates([sender], calm, settings.port) for sender in shore.neighbours]
    pages = [get("/", settings.port, accept="text/html")] * int(seconds * PAGES_A_SECOND)
    used, began = cpu_seconds(shore.pid), time.monotonic()
    found = run(
        lambda: _all(
            settings.port,
            (wave, A_SECOND, AT_ONCE),
            (pages, PAGES_A_SECOND, 1),
            *((requests, QUIET_A_SECOND, 1) for requests in said),
        )
    )
    took, used = time.monotonic() - began, cpu_seconds(shore.pid) - used
    drowned, read, heard = found[0], found[1], [answer for one in found[2:] for answer in one]
    if {answer.status for answer in heard} != {202} or {answer.status for answer in read} != {200}:
        raise SystemExit(f"somebody else was turned away: {_statuses(heard)}; pages {_statuses(read)}")
    late = [answer.seconds * 1000 for answer in heard]
    most = megabytes(shore.pid, "VmHWM")
    return Figure(
        "flood",
        quantile(late, 0.95),
        "ms (p95 of the others)",
        500,
        None,
        more_is_better=False,
        notes=(
            f"{waves / took:,.0f} a second from one server; answers: {_statuses(drowned)}",
            f"{len(heard):,} messages of {QUIET} others, all taken in: p50 {quantile(late, 0.5):.0f} ms, "
            f"slowest {max(late):.0f} ms",
            f"{len(read):,} pages: p95 {quantile([page.seconds * 1000 for page in read], 0.95):.0f} ms",
            f"{used / took:.2f} of a core; {most:.0f} MB at most, {before:.0f} before",
            crowded(),
        ),
    )


async def _all(port: int, *streams: tuple[Sequence[bytes], float, int]) -> list[list[Answered]]:
    """Each stream: its requests, how many a second, and over how many connections."""
    return await asyncio.gather(*(_stream(port, *stream) for stream in streams))


async def _stream(port: int, requests: Sequence[bytes], a_second: float, lines: int) -> list[Answered]:
    """Requests at their moments: an answer that is late makes none of the others less late."""
    began, found = time.monotonic(), list[Answered]()

    async def one(first: int) -> None:
        line = Line(port)
        for number in range(first, len(requests), lines):
            due = began + number / a_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            answer = await line.ask(requests[number])
            found.append(Answered(answer.status, time.monotonic() - due))
        line.close()

    async with asyncio.TaskGroup() as group:
        for first in range(min(lines, len(requests))):
            group.create_task(one(first))
    return found


def _note(sender: Other, settings: Settings, at: Any) -> bytes:
    """A message to our Group, as other software writes it."""
    group, key = settings.home.actor, uuid4().hex
    note = {
        "id": f"{sender.origin}/notes/{key}",
        "type": "Note",
        "attributedTo": sender.actor,
        "to": [group],
        "content": f"<p>{sending.WORDS}</p>",
        "tag": [{"type": "Mention", "href": group, "name": f"@{settings.acct}"}],
    }
    return _signed(sender, settings.port, at, "Create", f"{sender.origin}/said/{key}", note)


def _delete(sender: Other, port: int, at: Any, number: int) -> bytes:
    """An account says that it is gone. Its server does not know it any more, nor its key."""
    gone = Gone(sender.number, sender.port, True, number)
    return _signed(gone, port, at, "Delete", f"{gone.actor}#delete", gone.actor)


@dataclass(frozen=True)
class Gone(Other):
    """An account that is deleted, one of many on a server."""

    which: int = 0

    @property
    def actor(self) -> str:
        return f"{self.origin}/users/gone{self.which}"


def _signed(sender: Other, port: int, at: Any, kind: str, uri: str, thing: object) -> bytes:
    context = "https://www.w3.org/ns/activitystreams"
    said = {"@context": context, "id": uri, "type": kind, "actor": sender.actor, "object": thing}
    return sending.signed_by_rsa(json.dumps(said).encode(), port, sender, at)


def _rows(settings: Settings) -> int:
    """How many rows there are in the whole database."""
    with closing(sqlite3.connect(settings.dir / "node.db")) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        counts = [database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names]
    return int(sum(counts))


def _statuses(answers: Sequence[Answered]) -> str:
    return _counted(Counter(answer.status for answer in answers))


def _counted(statuses: Counter[int]) -> str:
    return ", ".join(f"{count:,} times {status}" for status, count in sorted(statuses.items()))
