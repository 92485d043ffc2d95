"""inbox-ed and inbox-storm: messages of 500 neighbours, every check on, 202 only after COMMIT.

The reference is the sum of the parts that cannot be left out, done one after another: JSON, digest, canonical
form, two Ed25519 signatures, and a row in SQLite with 100 to a COMMIT.
"""

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node import clock
from node.federation.multikey import from_multibase
from node.settings import Settings
from tests.bench import others, sending, served
from tests.bench.driving import Answer, asked
from tests.bench.figures import Figure, Size, cpu_seconds, megabytes, pairs
from tests.bench.others import Other, Town

CONNECTIONS = 32
STRANGERS = 50
PARTS = "the sum of its parts"
FLOOR = 4000  # of those parts, a CPU-second, on the machine of the targets


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


@contextmanager
def neighbour(size: Size) -> Iterator[Neighbour]:
    """Receipts wait: a node sends each at most one a minute, which a run of seconds would overrate."""
    at, count = clock.now(), size.of(500, 5)
    port = served.free_port()
    senders, strangers = others.some(count, port), others.some(STRANGERS, port, count)
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
    """Distinct signed Creates a CPU-second."""
    count = size.of(3000, 20)
    with neighbour(size) as ours:
        value, parts = pairs(size.pairs, lambda: good(ours, count), lambda: _parts(ours, count))
        memory = megabytes(ours.pid, "VmHWM")
    yield Figure(
        "inbox-ed",
        value,
        "messages/CPU-s",
        1000,
        2000,
        reference=parts,
        against=PARTS,
        ceiling=FLOOR,
        notes=(f"{memory:.0f} MB at most",),
    )


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


def _parts(ours: Neighbour, count: int) -> float:
    """The same work without a server, a second of CPU: the floor that no node can beat in Python."""
    requests = ours.creates(min(count, 500))
    sender_of = {other.actor: other.key.private.public_key() for other in ours.senders}
    with TemporaryDirectory() as place, closing(sqlite3.connect(Path(place) / "parts.db")) as database:
        database.isolation_level = None
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE it (uri TEXT PRIMARY KEY, body)"
        )
        began = time.process_time()
        for start in range(0, len(requests), 100):
            database.execute("BEGIN IMMEDIATE")
            for request in requests[start : start + 100]:
                _part(request, sender_of, database)
            database.execute("COMMIT")
        return len(requests) / max(time.process_time() - began, 0.001)


def _part(request: bytes, keys: dict[str, Ed25519PublicKey], database: sqlite3.Connection) -> None:
    body = request.partition(b"\r\n\r\n")[2]
    said = json.loads(body)
    sha256(body).digest()
    proof = said.pop("proof")
    value = proof.pop("proofValue")
    plain = [_canonical(proof), _canonical(said)]
    hashes = b"".join(sha256(text).digest() for text in plain)
    key = keys[said["actor"]]
    key.verify(from_multibase(value), hashes)
    key.verify(from_multibase(value), hashes)  # that of the request: another text, the same work
    database.execute("INSERT INTO it VALUES (?, ?)", (said["id"], body))


def _canonical(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
