"""inbox-ed, inbox-rsa and inbox-storm: messages of 500 neighbours, every check on, 202 only after COMMIT.

The reference is the sum of the parts that cannot be left out (`parts`).
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from node import clock
from node.settings import Settings
from tests.bench import others, parts, sending, served
from tests.bench.driving import Answer, asked
from tests.bench.figures import Figure, Size, cpu_seconds, megabytes, pairs
from tests.bench.others import Other, Town

CONNECTIONS = 32
STRANGERS = 50
PARTS = "the sum of its parts"
FLOOR, FLOOR_RSA = 4000, 9000  # of those parts, a CPU-second, on the machine of the targets


@dataclass
class Neighbour:
    """A node with many neighbours, running, and those neighbours, listening."""

    settings: Settings
    pid: int
    town: Town
    senders: list[Other]
    strangers: list[Other]

    def take(self, requests: list[bytes]) -> tuple[list[Answer], float]:
        """Send these; the answers, and the CPU-seconds they took."""
        before = cpu_seconds(self.pid)
        answers = asked(self.settings.port, requests, CONNECTIONS)
        return answers, max(cpu_seconds(self.pid) - before, 0.01)

    def creates(self, count: int) -> list[bytes]:
        return sending.creates(self.senders, count, self.settings.port)

    def stored(self) -> int:
        """How many posts of others it holds."""
        with closing(sqlite3.connect(self.settings.dir / "node.db")) as database:
            found = database.execute("SELECT count(*) FROM posts WHERE node_id IS NOT NULL").fetchone()
        return int(found[0])


@contextmanager
def neighbour(size: Size, by_rsa: bool = False) -> Iterator[Neighbour]:
    """Receipts wait: a node sends each at most one a minute, which a run of seconds would overrate."""
    at, count = clock.now(), size.of(500, 5)
    port = served.free_port()
    senders, strangers = others.some(count, port, 0, by_rsa), others.some(STRANGERS, port, count)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        served.prepared(settings, lambda tx: others.know(tx, senders, at, at + timedelta(days=1)))
        with (
            others.listening([*senders, *strangers], settings.home.actor) as town,
            served.serving(settings) as pid,
        ):
            if not size.quick:
                served.await_quiet(pid)
            yield Neighbour(settings, pid, town, senders, strangers)


def inbox_ed(size: Size) -> Iterator[Figure]:
    """Signed by RFC 9421, with a proof: two Ed25519 signatures a message."""
    yield _inbox(size, Figure("inbox-ed", 0, "messages/CPU-s", 1000, 2000, against=PARTS, ceiling=FLOOR))


def inbox_rsa(size: Size) -> Iterator[Figure]:
    """Signed in draft-cavage, without a proof: one RSA signature."""
    row = Figure("inbox-rsa", 0, "messages/CPU-s", 2000, 4500, against=PARTS, ceiling=FLOOR_RSA)
    yield _inbox(size, row, by_rsa=True)


def _inbox(size: Size, row: Figure, by_rsa: bool = False) -> Figure:
    """Distinct signed Creates a CPU-second; each makes a post."""
    count = size.of(10_000, 20)
    with neighbour(size, by_rsa) as ours:
        value, floor = pairs(size.pairs, lambda: good(ours, count), lambda: parts.rate(ours.senders, count))
        memory, stored = megabytes(ours.pid, "VmHWM"), ours.stored()
    if stored != count * size.pairs:
        raise SystemExit(f"{stored} posts are kept, of {count * size.pairs}")
    return replace(row, value=value, reference=floor, notes=(f"{memory:.0f} MB at most",))


def inbox_storm(size: Size) -> Iterator[Figure]:
    """What is good among 30 % doubles, 5 % false signatures and 10 % unknown keys, a CPU-second."""
    count, notes = size.of(3000, 40), list[str]()
    with neighbour(size) as ours:
        value, calm = pairs(size.pairs, lambda: _storm(ours, count, notes), lambda: good(ours, count))
    yield Figure(
        "inbox-storm",
        value / calm,
        "of inbox-ed",
        0.5,
        0.8,
        notes=(f"{value:,.0f} good messages/CPU-s against {calm:,.0f}", *dict.fromkeys(notes)),
    )


def good(ours: Neighbour, count: int) -> float:
    requests = ours.creates(count)
    answers, cpu = ours.take(requests)
    if any(answer.status != 202 for answer in answers):
        raise SystemExit(f"not all were taken in: {[a.status for a in answers if a.status != 202][:5]}")
    return count / cpu


def _storm(ours: Neighbour, count: int, notes: list[str]) -> float:
    """Goodput: only what is new, true and known counts; the rest only costs."""
    chance, at, port = random.Random(count), clock.now(), ours.settings.port
    fresh = ours.creates(count * 55 // 100)
    doubles = chance.choices(fresh, k=count * 30 // 100)
    liar = ours.strangers[0].key
    false = [sending.request(ours.senders[n % 5], port, at, liar) for n in range(count * 5 // 100)]
    unknown = sending.creates(ours.strangers, count * 10 // 100, port)
    storm = [*fresh, *doubles, *false, *unknown]
    chance.shuffle(storm)
    answers, cpu = ours.take(storm)
    refused = sum(answer.status == 401 for answer in answers)
    if refused != len(false) or any(answer.status not in (202, 401) for answer in answers):
        raise SystemExit(f"{refused} were refused, of {len(false)} that are false")
    keys = [times for uri, times in ours.town.asked.items() if uri in {one.actor for one in ours.strangers}]
    notes.append(f"{len(keys)} unknown keys, none fetched more than {max(keys)} times")
    return len(fresh) / cpu
