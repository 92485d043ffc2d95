"""A municipality's hub as it is meant to run: on PostgreSQL, its pages and its work in separate processes."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from node import clock
from node.command import control, founding
from node.demo import town
from node.demo.place import Place
from node.neighbourhood.node import Membership
from node.neighbourhood.refusal import Refusal
from node.serving.opening import opened
from tests.roof import neighbours
from tests.roof.conftest import free_port
from tests.roof.neighbours import Person, until

SECONDS = 60.0


class Hub(Place):
    """A hub of two processes: one answers, the other works."""

    worker: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        for role, port in (("web", self.port), ("worker", free_port())):
            words = ["serve", "--dir", str(self.folder), "--role", role, "--port", str(port)]
            log = (self.folder / f"{role}.txt").open("ab")
            with log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "node", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            if role == "web":
                self.process = process
            else:
                self.worker = process

    def end(self) -> None:
        super().end()
        if self.worker is not None and self.worker.poll() is None:
            self.worker.terminate()

    def wait(self, last: float) -> None:
        super().wait(last)
        if self.worker is not None:
            try:
                self.worker.wait(max(0.0, last - monotonic()))
            except subprocess.TimeoutExpired:
                self.worker.kill()
                self.worker.wait()


@asynccontextmanager
async def running(directory: Path, count: int, postgresql: str) -> AsyncIterator[list[Place]]:
    """A hub in PostgreSQL and neighbourhoods in files: members all, neighbours in a row."""
    port, spots = free_port(count + 1), town.invented(count)
    hub = Hub(town.hub(spots), -1, port, directory / "hub")
    places = [Place(s, n, port + 1 + n, directory / s.slug) for n, s in enumerate(spots)]
    try:
        for place in (hub, *places):
            values = town.values(place.spot, place.port)
            if place is hub:
                values["database"] = postgresql.replace("+asyncpg", "")
            place.settings = founding.write(place.folder, values, {})
            async with opened(place.settings) as database:
                place.cast = await database.writing(town.move_in, place.settings, place.number, clock.now())
            place.start()
        for place in (hub, *places):
            await neighbours.answers(place)

        async def works() -> bool:  # its pages and its work are two processes, and either may be first
            return await asyncio.to_thread(control.ask, hub.folder, "hub list", {}) is not None

        await until(works, SECONDS)
        await _settle(hub, places)
        yield [hub, *places]
    finally:
        for place in (hub, *places):
            place.end()
        last = monotonic() + neighbours.END_SECONDS
        await asyncio.gather(*(asyncio.to_thread(place.wait, last) for place in (hub, *places)))


async def ask(place: Place, command: str, **arguments: Any) -> dict[str, Any]:
    answer = await asyncio.to_thread(control.ask, place.folder, command, arguments)
    assert answer is not None, place.last_words()
    return answer


async def _settle(hub: Place, places: list[Place]) -> None:
    for one, other in pairwise(places):
        await ask(one, "node add", address=other.origin)
        await ask(other, "node add", address=one.origin)
    for place in places:
        await ask(place, "hub join", address=hub.origin)

    async def all_in() -> bool:
        for asks in (await ask(hub, "hub list"))["members"]:
            if asks["membership"] == Membership.ASKED:
                with suppress(Refusal):  # its actor was not looked at yet
                    await ask(hub, "hub admit", which=asks["id"])
        lists = [await ask(place, "hub list") for place in places]
        return all(found["hub"] and found["hub"]["membership"] == "member" for found in lists) and all(
            len(found["members"]) == len(places) - 1 for found in lists
        )

    await until(all_in, SECONDS)


def listed(place: Place, part: str, folder: str = "requests") -> dict[str, dict[str, Any]]:
    """What somebody sees in a list, by ActivityPub id."""
    status, said = place.call("GET", f"/api/v1/{folder}?limit=100", place.cast[part]["token"])
    assert status == 200
    return {post["uri"]: post for post in json.loads(said)["items"]}


@pytest.mark.slow
async def test_a_town_with_its_hub_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    async with running(tmp_path, 3, postgresql) as (hub, a, b, c), httpx.AsyncClient() as client:
        bea = Person(a, "resident", client)
        made = {}
        for audience in ("neighbourhood", "adjacent", "municipality", "public"):
            answer = await bea.asks(f"Voor {audience}", audience=audience)
            assert answer is not None
            assert answer.status_code == 201, answer.text
            made[audience] = answer.json()["uri"]
        wanted = [
            (b, {made["adjacent"], made["municipality"], made["public"]}),
            (c, {made["municipality"], made["public"]}),
            (hub, {made["municipality"], made["public"]}),
        ]

        async def arrived() -> bool:
            return all(
                [set(await asyncio.to_thread(listed, place, "resident")) == posts for place, posts in wanted]
            )

        await until(arrived, SECONDS)
        assert set(listed(hub, "outsider")) == {made["public"]}
        yes = await client.post(
            f"{c.origin}/api/v1/requests/{listed(c, 'broker')[made['municipality']]['id']}/responses",
            json={"text": "Ik kom."},
            headers={"authorization": f"Bearer {c.cast['broker']['token']}"},
        )
        assert yes.status_code == 201
        own = listed(a, "resident")[made["municipality"]]["id"]

        async def answered() -> list[Any]:
            found = await asyncio.to_thread(
                a.call, "GET", f"/api/v1/requests/{own}/responses", a.cast["resident"]["token"]
            )
            return list(json.loads(found[1])["items"])

        await until(answered, SECONDS)
        match = await bea.post("/matches", {"request": own, "response": (await answered())[0]["id"]})
        assert match is not None
        assert match.status_code == 201

        async def closed() -> bool:
            states = [
                (await asyncio.to_thread(listed, place, "resident"))[made["municipality"]]["state"]
                for place in (b, c, hub)
            ]
            return states == ["agreed"] * 3

        await until(closed, SECONDS)
        gone = await client.delete(
            f"{a.origin}/api/v1/requests/{own}",
            headers={"authorization": f"Bearer {a.cast['resident']['token']}"},
        )
        assert gone.status_code == 204

        async def withdrawn() -> bool:
            found = [await asyncio.to_thread(listed, place, "resident") for place in (b, c, hub)]
            return not any(made["municipality"] in posts for posts in found)

        await until(withdrawn, SECONDS)
