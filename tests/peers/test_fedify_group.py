"""A Group on a server made with Fedify says that it is the neighbourhood next door, and is believed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from node.clock import now
from node.command import control
from node.demo.place import Place
from tests.peers.conftest import PATIENCE, Resident, follow_by
from tests.peers.fedify import PUBLIC, Document, Fedify
from tests.roof.neighbours import until


@pytest.fixture(scope="module")
async def kring(place: Place, there: Fedify) -> str:
    """De kring, once it is a neighbour."""
    group, kring = place.settings.home.actor, there.person("kring")
    await there.borders_on(group)
    await asyncio.to_thread(control.ask, place.folder, "node add", {"address": kring})

    async def asked() -> bool:
        return bool(await there.got("Follow", kring))

    await until(asked, PATIENCE)
    await follow_by(place, there, "kring")

    async def is_neighbour() -> bool:
        said = await asyncio.to_thread(control.ask, place.folder, "node list", {})
        assert said is not None
        return [n["standing"] for n in said["nodes"] if n["origin"] == there.origin] == ["active"]

    await until(is_neighbour, PATIENCE)
    return kring


async def test_we_ask_it_with_a_follow_that_it_believes(place: Place, there: Fedify, kring: str) -> None:
    (follow,) = await there.got("Follow", kring)
    key = f"{place.settings.home.actor}#main-key"
    assert (follow["status"], follow["key"], follow["proved"]) == (202, key, True)


def request(there: Fedify, kring: str, **change: Any) -> Document:
    """What a neighbourhood says of a request: FEP-0837, and a few words of our own."""
    at, uri = now(), f"{there.origin}/notes/{uuid4().hex}"
    return {
        "id": uri,
        "type": "Note",
        "attributedTo": kring,
        "kind": "request",
        "purpose": "request",
        "name": "Wie leent een ladder uit?",
        "content": "<p>Een lange.</p>",
        "source": {"content": "Een lange.", "mediaType": "text/plain"},
        "category": "spullen",
        "party": {"id": f"{there.origin}/parties/1", "name": "Kees"},
        "published": at.isoformat(),
        "updated": at.isoformat(),
        "endTime": (at + timedelta(days=3)).isoformat(),
        "to": [PUBLIC],
        "cc": [f"{kring}/followers"],
        **change,
    }


async def test_what_is_asked_there_stands_on_our_board_as_long_as_it_says(
    place: Place, there: Fedify, kring: str, bea: Resident
) -> None:
    inbox, note = f"{place.settings.home.actor}/inbox", request(there, kring)

    async def says(kind: str, thing: Document) -> None:
        uri = f"{there.origin}/said/{uuid4().hex}"
        told = {"id": uri, "type": kind, "actor": kring, "object": thing, "to": [PUBLIC]}
        assert await there.tells("kring", inbox, told) == 202

    async def here() -> list[str]:
        found = (await bea.does("GET", "/requests"))["items"]
        return [post["title"] for post in found if post["uri"] == note["id"]]

    await says("Create", note)
    assert await here() == ["Wie leent een ladder uit?"]
    changed = (now() + timedelta(seconds=1)).isoformat()
    await says("Update", {**note, "name": "Wie leent een trap uit?", "updated": changed})
    assert await here() == ["Wie leent een trap uit?"]
    await says("Delete", {"id": note["id"], "type": "Tombstone"})
    assert await here() == []


async def test_it_hears_what_is_asked_here_for_the_neighbours(
    place: Place, there: Fedify, kring: str, bea: Resident
) -> None:
    post = await bea.asks("Wie kijkt naar mijn fiets?", audience="adjacent")

    async def arrived() -> bool:
        return bool(await there.got("Create", post["uri"]))

    await until(arrived, PATIENCE)
    (told,) = await there.got("Create", post["uri"])
    assert (told["status"], told["proved"]) == (202, True)
    assert (await there.looks(post["uri"], by="kring"))["name"] == "Wie kijkt naar mijn fiets?"
