"""ceilings: what the parts do by themselves on this machine, to know what the other figures mean."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node import clock
from tests.bench import others, sending
from tests.bench.figures import Figure, Size


def ceilings(size: Size) -> Iterator[Figure]:
    """Each a CPU-second; the reference is the page of the targets, measured on its machine."""
    seconds = size.of(0.5, 0.01)
    private = Ed25519PrivateKey.generate()
    public, text = private.public_key(), b"x" * 300
    signature = private.sign(text)
    document: Any = sending.create(others.some(1, 9)[0], clock.now())
    body = json.dumps(document)
    parts: list[tuple[str, Callable[[], object], float]] = [
        ("Ed25519 sign", lambda: private.sign(text), 22_300),
        ("Ed25519 verify", lambda: public.verify(signature, text), 6850),
        (f"JSON loads of {len(body):,} bytes", lambda: json.loads(body), 0),
        ("JCS by rfc8785", lambda: rfc8785.dumps(document), 0),
        ("JCS by sorted keys", lambda: json.dumps(document, sort_keys=True, ensure_ascii=False), 0),
    ]
    for name, part, there in parts:
        yield _beside(f"ceiling {name}", _rate(part, seconds), there)
    with TemporaryDirectory() as place, closing(sqlite3.connect(Path(place) / "rows.db")) as database:
        database.isolation_level = None
        database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE it (body)")
        rate = 100 * _rate(lambda: _insert(database, body), seconds)
    yield _beside("ceiling SQLite rows, 100 in a COMMIT", rate, 34_000)


def _beside(name: str, rate: float, there: float) -> Figure:
    words = "what it makes on the machine of the targets" if there else ""
    return Figure(name, rate, "/CPU-s", reference=there or None, against=words)


def _insert(database: sqlite3.Connection, body: str) -> None:
    database.execute("BEGIN IMMEDIATE")
    for _ in range(100):
        database.execute("INSERT INTO it VALUES (?)", (body,))
    database.execute("COMMIT")


def _rate(part: Callable[[], object], seconds: float) -> float:
    began, count = time.process_time(), 0
    while (spent := time.process_time() - began) < seconds:
        for _ in range(10):
            part()
        count += 10
    return count / spent
