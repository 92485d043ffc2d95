"""mesh-10 and mesh-30: so many nodes on one machine, each a process, each the neighbour of all others."""

import json
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from node import clock
from node.acts import residents as people
from node.federation import keys
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage import nodes
from node.storage.database import Transaction
from tests.bench import others, sending, served
from tests.bench.driving import asked, post
from tests.bench.figures import Figure, Size, cpu_seconds, crowded

LAST_SECONDS = 60.0
REST_SECONDS = 3.0
PAUSE_SECONDS = 0.5  # before a post that is timed: the receipts of the one before are not in its way


def mesh_10(size: Size) -> Iterator[Figure]:
    yield from _mesh("mesh-10", size.of(10, 2), size)


def mesh_30(size: Size) -> Iterator[Figure]:
    yield from _mesh("mesh-30", size.of(30, 3), size)


def _mesh(name: str, count: int, size: Size) -> Iterator[Figure]:
    """A post goes to all: when the last has it, against twice what all deliveries cost the cores.

    What a delivery costs is measured over posts one upon the other, when the last has it for each by itself.
    """
    with TemporaryDirectory() as place, ExitStack() as running:
        places = _made(Path(place), count)
        token = _acquainted(places)
        pids = [running.enter_context(served.serving(settings)) for settings in places]
        if not size.quick:
            served.await_quiet(*pids)
        rest = _used(pids, size.of(REST_SECONDS, 0.5))
        posts, began, before = size.of(20, 1), time.monotonic(), sum(map(cpu_seconds, pids))
        for _ in range(posts):
            _post(places, token)
        time.sleep(size.of(REST_SECONDS, 0.5))  # what follows, such as the receipts, belongs to what it costs
        used = sum(map(cpu_seconds, pids)) - before - rest * (time.monotonic() - began)
        last = statistics.median(_post(places, token, size.of(PAUSE_SECONDS, 0.1)) for _ in range(posts))
    cost = max(used, 0.01) / posts / (count - 1)
    bound = 2 * count * cost / (os.cpu_count() or 1)
    yield Figure(
        name,
        last / bound,
        "of the bound",
        1,
        more_is_better=False,
        notes=(
            f"the last of {count - 1} has it after {last:.2f} s; a delivery costs {cost * 1000:.1f} ms",
            f"the bound is 2 x {count} x that, over {os.cpu_count()} cores: {bound:.2f} s",
            crowded(),
        ),
    )


def _made(place: Path, count: int) -> list[Settings]:
    made = []
    for number in range(count):
        name = {"name": f"Buurt {number}", "area": f"BU9002{number:04}"}
        made.append(served.made(place / str(number), served.free_port(), **name))
    return made


def _acquainted(places: list[Settings]) -> str:
    """Each knows all others as neighbours; gives the token of a resident of the first."""
    at, token = clock.now(), ""
    known = []
    for number, settings in enumerate(places):
        home, own = settings.home, keys.load_or_make(settings.dir, settings.home)
        like = others.Other(number, 1).node()
        node = replace(
            like,
            actor=home.actor,
            origin=home.origin,
            inbox=f"{home.origin}/inbox",
            outbox=f"{home.actor}/outbox",
            adjacent=home.adjacent,
        )
        known.append((node, {own.group.key_id: keys.public(own.group)}))

    def meet(tx: Transaction) -> str:
        for node, theirs in known:
            if node.actor != tx.home.actor:
                nodes.add(tx, node)
                nodes.keep_keys(tx, node.actor, node.origin, theirs, at)
        person = people.add(tx, console(at), "Bea", "bea@bench.example", "nl", at)
        return people.make_token(tx, person, "bench", at)

    for settings in reversed(places):
        token = served.prepared(settings, meet)
    return token


def _used(pids: list[int], seconds: float) -> float:
    """What they use together each second when nothing happens."""
    before = sum(map(cpu_seconds, pids))
    time.sleep(seconds)
    return (sum(map(cpu_seconds, pids)) - before) / seconds


def _post(places: list[Settings], token: str, pause: float = 0.0) -> float:
    """One post, after a pause: seconds until the last has it."""
    time.sleep(pause)
    began = time.monotonic()
    words = {"title": "Wie rijdt mij dinsdag?", "text": sending.WORDS, "category": "vervoer"}
    body = json.dumps({**words, "audience": "adjacent"}).encode()
    said = {"authorization": f"Bearer {token}", "content_type": "application/json"}
    [answer] = asked(places[0].port, [post("/api/v1/requests", places[0].port, body, **said)], 1)
    if answer.status != 201:
        raise SystemExit(f"the post was not taken: {answer.status}")
    uri = json.loads(answer.body)["uri"]
    with ExitStack() as files:
        waiting = [files.enter_context(closing(_looking(one))) for one in places[1:]]
        while waiting := [one for one in waiting if not _has(one, uri)]:
            if time.monotonic() > began + LAST_SECONDS:
                raise SystemExit(f"{len(waiting)} nodes do not get the post")
            time.sleep(0.01)
    return time.monotonic() - began


def _looking(settings: Settings) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{settings.dir / 'node.db'}?mode=ro", uri=True, timeout=20)


def _has(file: sqlite3.Connection, uri: str) -> bool:
    return file.execute("SELECT 1 FROM posts WHERE uri = ?", (uri,)).fetchone() is not None
