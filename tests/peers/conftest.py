"""A node that runs, a resident of it, and a server of other people that runs beside it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from node.command import control
from node.demo.place import Place
from tests.peers import fedify, installed
from tests.peers.fedify import CAVAGE, RFC9421, Document, Fedify
from tests.roof import neighbours
from tests.roof.neighbours import until

PATIENCE = 60.0  # seconds, for what takes one when the machine has nothing else to do


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    installed.or_skip()


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A neighbourhood alone in the world, as a process, with its cast."""
    async with neighbours.running(tmp_path_factory.mktemp("town"), 1) as (place,):
        yield place


@pytest.fixture(scope="module", params=[RFC9421, CAVAGE], ids=["rfc9421", "cavage"])
async def there(request: pytest.FixtureRequest) -> AsyncIterator[Fedify]:
    """A server on Fedify: once one that begins with RFC 9421, once one that begins with draft-cavage."""
    async with fedify.running(request.param) as there:
        yield there


@dataclass
class Resident:
    """Somebody of the cast, who uses their own node as a program."""

    place: Place
    part: str = "resident"

    async def does(self, method: str, path: str, body: Document | None = None) -> Any:
        token = self.place.cast[self.part]["token"]
        status, said = await asyncio.to_thread(self.place.call, method, f"/api/v1{path}", token, body)
        assert 200 <= status < 300, (status, said)
        return json.loads(said) if said else None

    async def asks(self, title: str, **more: Any) -> Document:
        """Put up a request for everybody to read."""
        request = {"title": title, "text": "Een zak aardappels.", "category": "boodschappen"}
        posted: Document = await self.does("POST", "/requests", {**request, "audience": "public", **more})
        return posted

    async def answers(self, post: Document) -> list[Document]:
        """The answers to a post of theirs."""
        found: list[Document] = (await self.does("GET", f"/requests/{post['id']}/responses"))["items"]
        return found

    async def waits_for(self, text: str) -> list[Document]:
        """What waits for a supervisor and says this."""
        found: list[Document] = (await self.does("GET", "/queue/replies"))["items"]
        return [one for one in found if text in one["text"]]


@pytest.fixture
def bea(place: Place) -> Resident:
    """A resident of the neighbourhood."""
    return Resident(place)


@pytest.fixture
def sam(place: Place) -> Resident:
    """Who looks at what strangers write."""
    return Resident(place, "supervisor")


@pytest.fixture
async def ada(place: Place, there: Fedify) -> str:
    """Ada, who follows the neighbourhood."""
    await follow_by(place, there, "ada")
    return there.person("ada")


async def follow_by(place: Place, there: Fedify, name: str) -> None:
    """Somebody elsewhere follows the neighbourhood, and hears that it may."""
    said = await there.says(name, "follow", place.settings.home.actor, object=place.settings.home.actor)

    async def accepted() -> bool:
        return bool(await there.got("Accept", said["id"]))

    await until(accepted, PATIENCE)


async def lets_in(place: Place, a_minute: int) -> None:
    """One server elsewhere may send so much: from the next message on when none came yet, else in a while."""
    chosen = {"followers": None, "advice": None, "a_minute": a_minute}
    await asyncio.to_thread(control.ask, place.folder, "policy choose", chosen)
