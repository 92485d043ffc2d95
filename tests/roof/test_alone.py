"""A node that speaks with nobody: `federation = false`. Its people notice nothing but that it is said."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from node.acts import nodes, posts
from node.clock import now
from node.federation import routes as federation_routes
from node.federation.door import open_door
from node.federation.keys import load_or_make
from node.federation.negotiation import ForPrograms
from node.neighbourhood.post import Audience
from node.neighbourhood.refusal import Invalid
from node.settings import FILE
from node.storage import tables
from node.storage.database import Database, Transaction
from tests import town
from tests.roof.conftest import Running
from tests.roof.test_app import built, client, of_node
from tests.roof.test_doctor import found

ACTIVITY = "application/activity+json"
PATHS = [
    ("POST", "/inbox"),
    ("POST", "/ap/buurt/centrum/inbox"),
    ("POST", "/ap/actor/inbox"),
    ("GET", "/ap/actor"),
    ("GET", "/ap/buurt/centrum"),
    ("GET", "/ap/buurt/centrum/outbox"),
    ("GET", "/ap/o/something"),
    ("GET", "/.well-known/webfinger"),
    ("GET", "/.well-known/nodeinfo"),
    ("GET", "/.well-known/host-meta"),
    ("GET", "/nodeinfo/2.1"),
    ("GET", "/ns"),
    ("GET", "/"),
    ("GET", "/@centrum"),
    ("GET", "/o/something"),
]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    here = of_node(tmp_path, federation=False)
    async with town.opened(tmp_path, home=here.home) as opened:
        yield opened


async def status(roof: Starlette, method: str, path: str) -> int:
    """How it answers; whoever reads the body of the request fails the test."""
    heads = [(b"host", b"centrum.example"), (b"accept", ACTIVITY.encode()), (b"content-length", b"5000")]
    sent: list[int] = []

    async def receive() -> Any:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        sent.extend([message["status"]] if message["type"] == "http.response.start" else [])

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*heads, (b"content-type", ACTIVITY.encode())],
        "scheme": "https",
        "server": ("centrum.example", 443),
        "client": ("192.0.2.7", 1),
        "http_version": "1.1",
    }
    await roof(scope, receive, send)
    return sent[0]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_S27_with_federation_off_there_is_no_door_and_no_body_is_read(
    database: Database, tmp_path: Path, method: str, path: str
) -> None:
    assert await status(built(database, tmp_path, federation=False), method, path) == 404


async def test_S27_every_address_of_the_door_is_shut(database: Database, tmp_path: Path) -> None:
    here = of_node(tmp_path, federation=False)
    keys = load_or_make(tmp_path, here.home)
    shut = federation_routes.routes(open_door(database, here, keys))
    usual = federation_routes.routes(open_door(database, of_node(tmp_path), keys))
    assert [(type(one), path(one)) for one in shut] == [(type(one), path(one)) for one in usual]
    roof = built(database, tmp_path, federation=False)
    for one in shut:
        filled = re.sub(r"\{\w+\}", "something", path(one))
        for method in ("GET", "POST"):
            assert await status(roof, method, filled) == 404, filled


def path(route: object) -> str:
    assert isinstance(route, Route | ForPrograms)
    return route.path


async def test_S27_people_read_on_and_nothing_invites_to_follow(database: Database, tmp_path: Path) -> None:
    cast = await database.writing(town.people, now())
    draft = town.asks(audience=Audience.PUBLIC)
    post = await database.writing(posts.post, cast.poster, draft, now())
    told = ""
    for federation, there in ((True, True), (False, False)):
        async with client(built(database, tmp_path, federation=federation)) as people:
            front, page = await people.get("/"), await people.get(f"/o/{post.id}")
            about, follow = await people.get("/about"), await people.get("/follow")
        assert [answer.status_code for answer in (front, page, about, follow)] == [200] * 4
        assert post.title in page.text
        for answer in (front, about, page):
            assert ("/follow" in answer.text) is there
        assert (ACTIVITY in page.text) is there
        assert ('<form method="post" action="/follow">' in follow.text) is there
        told = follow.text
    assert "spreekt nu met geen andere servers" in told


async def test_S27_a_form_of_the_follow_page_asks_nobody(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path, federation=False)) as people:
        own = {"sec-fetch-site": "same-origin", "origin": "https://centrum.example"}
        answer = await people.post("/follow", data={"address": "@mo@social.example"}, headers=own)
    assert answer.status_code == 200
    assert "spreekt nu met geen andere servers" in answer.text
    assert "@mo@social.example" not in answer.text


async def test_S27_only_here_and_for_everyone_can_be_chosen(database: Database, tmp_path: Path) -> None:
    cast = await database.writing(town.people, now())
    usual = await database.writing(posts.post, cast.poster, town.asks(), now())
    assert usual.audience is Audience.NEIGHBOURHOOD
    for ring in (Audience.ADJACENT, Audience.MUNICIPALITY):
        with pytest.raises(Invalid):
            await database.writing(posts.post, cast.poster, town.asks(audience=ring), now())


def asks(tx: Transaction) -> None:
    nodes.ask(tx, town.people(tx).operator, "https://noord.example", now())


async def test_S27_nothing_is_sent_or_looked_up(database: Database, tmp_path: Path) -> None:
    """What an operator decides meanwhile waits, and no worker of this door runs."""
    await database.writing(asks)
    roof = built(database, tmp_path, federation=False)
    async with roof.router.lifespan_context(roof):
        names = {task.get_name() for task in asyncio.all_tasks()}
        for _ in range(20):
            await asyncio.sleep(0)
            names |= {task.get_name() for task in asyncio.all_tasks()}
    assert not names & {"delivery", "look-ups", "receipts"}
    rows = await database.reading(lambda tx: tx.run(tables.lookups.select()).all())
    assert [(row.attempts, row.error) for row in rows] == [(0, None)]


def test_S27_the_doctor_says_so_and_still_knows_the_node(made: Path) -> None:
    assert found(made)["federation"].words == "on: it speaks with other nodes and servers"
    with (made / FILE).open("a") as file:
        file.write("federation = false\n")
    alone = found(made)["federation"]
    assert alone.well
    assert "off: it speaks with nobody else" in alone.words


def test_S27_a_running_node_answers_before_the_body_comes(made: Path) -> None:
    with (made / FILE).open("a") as file:
        file.write("federation = false\n")
    node = Running(made)
    try:
        with socket.create_connection(("127.0.0.1", node.port), timeout=10) as line:
            heads = f"Host: 127.0.0.1:{node.port}\r\nContent-Type: {ACTIVITY}\r\nContent-Length: 5000"
            line.sendall(f"POST /inbox HTTP/1.1\r\n{heads}\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 404 ")
        assert found(made)["address"].words == f"{node.origin} answers, and is this node"
        assert node.get("/")[0] == 200
    finally:
        node.process.kill()
        node.process.communicate()
