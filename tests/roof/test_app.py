"""The roof: all doors under one application, and the work behind them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from node import settings
from node.federation.keys import load_or_make
from node.serving import app
from node.settings import Settings
from node.storage.database import Database
from tests import town


def of_node(directory: Path, **more: object) -> Settings:
    values = {"origin": "https://centrum.example", "name": "Centrum", "area": "BU00000001"}
    return settings.build({**values, **more}, directory)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with town.opened(tmp_path) as opened:
        yield opened


def built(database: Database, directory: Path, **more: object) -> Starlette:
    here = of_node(directory, **more)
    return app.build(here, database, load_or_make(directory, here.home))


def client(roof: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(roof), base_url="https://centrum.example")


async def test_all_doors_are_under_one_roof(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path)) as people:
        for path in ("/", "/api/v1/node", "/ap/actor", "/.well-known/nodeinfo", "/healthz"):
            assert (await people.get(path)).status_code == 200, path


async def test_a_machine_sees_whether_the_node_is_well(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path)) as machine:
        assert (await machine.get("/healthz")).json() == {"ok": True, "database": True, "queue": 0}
        await database.stop()
        answer = await machine.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": False}


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("hulp@buurt.example", "Contact: mailto:hulp@buurt.example"),
        ("https://buurt.example/contact", "Contact: https://buurt.example/contact"),
    ],
)
async def test_it_says_whom_to_tell_of_a_hole(
    database: Database, tmp_path: Path, contact: str, line: str
) -> None:
    async with client(built(database, tmp_path, contact=contact)) as people:
        answer = await people.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert line in answer.text.splitlines()
    assert "Canonical: https://centrum.example/.well-known/security.txt" in answer.text
    assert "\nExpires: 20" in answer.text


async def test_without_a_contact_there_is_no_security_txt(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path)) as people:
        assert (await people.get("/.well-known/security.txt")).status_code == 404


@pytest.mark.parametrize("path", ["/nowhere", "/a/b/c", "/signin/../../etc"])
async def test_a_person_gets_a_page_when_there_is_nothing(
    database: Database, tmp_path: Path, path: str
) -> None:
    async with client(built(database, tmp_path)) as people:
        answer = await people.get(path, headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/api/nowhere", "text/html"),
        ("/ap/nowhere", "*/*"),
        ("/.well-known/nowhere", "*/*"),
        ("/nowhere", "application/activity+json"),
    ],
)
async def test_a_program_gets_a_problem_when_there_is_nothing(
    database: Database, tmp_path: Path, path: str, accept: str
) -> None:
    async with client(built(database, tmp_path)) as program:
        answer = await program.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


async def test_a_slash_too_many_leads_nowhere(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path)) as people:
        answer = await people.get("/healthz/", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_a_wrong_method_says_which_are_right(database: Database, tmp_path: Path) -> None:
    async with client(built(database, tmp_path)) as people:
        answer = await people.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_the_work_goes_on_while_the_node_lives(database: Database, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    roof = built(database, tmp_path)
    async with roof.router.lifespan_context(roof):
        working = asyncio.all_tasks() - before
        assert working
    assert all(task.done() for task in working)


async def test_a_worker_that_breaks_stops_the_node(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here, stopped = of_node(tmp_path), asyncio.Event()
    roof = app.build(here, database, load_or_make(tmp_path, here.home), stop=stopped.set)
    await database.stop()
    with caplog.at_level(logging.ERROR):
        async with roof.router.lifespan_context(roof), asyncio.timeout(5):
            await stopped.wait()
    assert "Stopped at" in caplog.text
    assert "Traceback" not in caplog.text


async def test_who_only_answers_does_no_work(database: Database, tmp_path: Path) -> None:
    here, before = of_node(tmp_path), asyncio.all_tasks()
    web = app.build(here, database, load_or_make(tmp_path, here.home), role="web")
    async with web.router.lifespan_context(web):
        assert asyncio.all_tasks() == before


async def test_who_only_works_answers_no_one_but_machines(database: Database, tmp_path: Path) -> None:
    here = of_node(tmp_path)
    async with client(app.build(here, database, load_or_make(tmp_path, here.home), role="worker")) as people:
        assert (await people.get("/healthz")).status_code == 200
        assert (await people.get("/")).status_code == 404
