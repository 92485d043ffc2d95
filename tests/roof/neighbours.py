"""A small town of real processes: how to start them, ask them, kill them, and look into their files."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from node import clock
from node.command import control, founding
from node.demo import town
from node.demo.place import Place
from node.serving.opening import opened
from tests.roof.conftest import free_port

START_SECONDS, BORDER_SECONDS, END_SECONDS = 40.0, 60.0, 10.0


@asynccontextmanager
async def running(directory: Path, count: int) -> AsyncIterator[list[Place]]:
    """Neighbourhoods that border on each other, each a process; ended when the test is over."""
    port, spots = free_port(count), town.invented(count)
    places = [Place(spot, number, port + number, directory / spot.slug) for number, spot in enumerate(spots)]
    try:
        for place in places:
            await _settled_in(place)
            place.start()
        for place in places:
            await answers(place)
        await _become_neighbours(places)
        yield places
    finally:
        for place in places:
            place.end()
        last = monotonic() + END_SECONDS
        await asyncio.gather(*(asyncio.to_thread(place.wait, last) for place in places))


async def _settled_in(place: Place) -> None:
    place.settings = founding.write(place.folder, town.values(place.spot, place.port), {})
    async with opened(place.settings) as database:
        place.cast = await database.writing(town.move_in, place.settings, place.number, clock.now())


async def _become_neighbours(places: list[Place]) -> None:
    for one in places:
        for other in places:
            if one is not other:
                await asyncio.to_thread(control.ask, one.folder, "node add", {"address": other.origin})

    async def all_active() -> bool:
        found = [await asyncio.to_thread(control.ask, place.folder, "node list", {}) for place in places]
        standings = [node["standing"] for answer in found if answer for node in answer["nodes"]]
        return standings == ["active"] * len(places) * (len(places) - 1)

    await until(all_active, BORDER_SECONDS)


async def until(condition: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Wait for something to be so, at most for a while."""
    end = monotonic() + seconds
    while not await condition():
        assert monotonic() < end, f"it did not come about in {seconds} seconds"
        await asyncio.sleep(0.05)


async def answers(place: Place) -> None:
    """Wait until the node answers."""

    async def look() -> bool:
        assert place.ended is None, place.last_words()
        try:
            return (await asyncio.to_thread(place.call, "GET", "/healthz"))[0] == 200
        except OSError:
            return False  # not yet

    await until(look, START_SECONDS)


def kill(place: Place) -> None:
    """End the node without a word, wherever it is."""
    assert place.process is not None
    place.process.send_signal(signal.SIGKILL)
    assert place.process.wait(10) == -signal.SIGKILL


async def restart(place: Place) -> None:
    place.start()
    await answers(place)


class Person:
    """Somebody of the cast, who asks their own node over HTTP."""

    def __init__(self, place: Place, part: str, client: httpx.AsyncClient) -> None:
        self.place, self._client = place, client
        self._headers = {"authorization": f"Bearer {place.cast[part]['token']}"}

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response | None:
        """What the node said; None when it died before it said anything."""
        try:
            return await self._client.post(
                f"{self.place.origin}/api/v1{path}", json=body, headers=self._headers
            )
        except httpx.TransportError:
            return None

    async def asks(self, title: str, **more: Any) -> httpx.Response | None:
        return await self.post("/requests", {"title": title, "category": "boodschappen", **more})

    async def says_yes(self, uri: str) -> httpx.Response | None:
        return await self.post(f"/requests/{post_here(self.place, uri)['id']}/responses", {"text": "Ik kom."})


# What is kept, as a look into the file tells


def rows(place: Place, statement: str, *values: object) -> list[dict[str, Any]]:
    path = place.settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement, values)]


def post_here(place: Place, uri: str) -> dict[str, Any]:
    """A post as it stands at a node; empty when it is not there."""
    return next(iter(rows(place, "SELECT * FROM posts WHERE uri = ?", uri)), {})


def own_uris(place: Place) -> list[str]:
    return [row["uri"] for row in rows(place, "SELECT uri FROM posts WHERE node_id IS NULL")]


def uris_from(place: Place, other: Place) -> list[str]:
    found = rows(place, "SELECT uri FROM posts WHERE node_id IS NOT NULL")
    return [row["uri"] for row in found if row["uri"].startswith(f"{other.origin}/")]
