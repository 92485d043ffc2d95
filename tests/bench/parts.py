"""What a message takes at least, in Python and without a server: the floor under inbox-ed and inbox-rsa.

JSON, digest, signatures, and a row in SQLite with 100 to a COMMIT, one after another. By Ed25519 there are
two signatures and the canonical form of what is proved; by RSA one, and no proof.
"""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from node.federation.multikey import from_multibase
from tests.bench import sending
from tests.bench.others import Other

MESSAGES = 500
Check = Callable[[dict[str, Any]], None]
"""Verifies what is signed in a message."""


def rate(senders: list[Other], count: int) -> float:
    """Messages a CPU-second of this process."""
    by_rsa = senders[0].by_rsa
    bodies, check = _bodies(senders, min(count, MESSAGES)), _by_rsa(senders) if by_rsa else _by_ed(senders)
    with TemporaryDirectory() as place, closing(sqlite3.connect(Path(place) / "parts.db")) as database:
        database.isolation_level = None
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE it (uri TEXT PRIMARY KEY, body)"
        )
        began = time.process_time()
        for start in range(0, len(bodies), 100):
            database.execute("BEGIN IMMEDIATE")
            for body in bodies[start : start + 100]:
                _take(body, check, database)
            database.execute("COMMIT")
        return len(bodies) / max(time.process_time() - began, 0.001)


def _bodies(senders: list[Other], count: int) -> list[bytes]:
    requests = sending.creates(senders, count, 0)
    return [request.partition(b"\r\n\r\n")[2] for request in requests]


def _take(body: bytes, check: Check, database: sqlite3.Connection) -> None:
    said = json.loads(body)
    sha256(body).digest()
    check(said)
    database.execute("INSERT INTO it VALUES (?, ?)", (said["id"], body))


def _by_ed(senders: list[Other]) -> Check:
    keys = {sender.actor: sender.key.private.public_key() for sender in senders}

    def check(said: dict[str, Any]) -> None:
        proof = said.pop("proof")
        value = proof.pop("proofValue")
        hashes = b"".join(sha256(_canonical(text)).digest() for text in (proof, said))
        key = keys[said["actor"]]
        key.verify(from_multibase(value), hashes)
        key.verify(from_multibase(value), hashes)  # that of the request: another text, the same work

    return check


def _by_rsa(senders: list[Other]) -> Check:
    text = b"x" * 300
    signed = {sender.actor: (sender.rsa.private.public_key(), sender.rsa.sign(text)) for sender in senders}

    def check(said: dict[str, Any]) -> None:
        key, signature = signed[said["actor"]]
        key.verify(signature, text, PKCS1v15(), SHA256())

    return check


def _canonical(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
