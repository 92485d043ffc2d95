"""A neighbourhood as people with a browser meet it: its pages and nothing else, with the cast signed in."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from msgspec import structs
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware

from node.acts import residents
from node.clock import now
from node.federation import takeout
from node.serving.front import Front
from node.settings import Settings, build
from node.storage import access, tables
from node.storage.database import Database, Transaction
from node.ui import doorstep, routes
from node.ui.door import Ui
from node.ui.session import cookie
from tests import town

HTTPS = "https://centrum.example"
TOWN = "http://127.0.0.1:8401"
FOREIGN = "Dit formulier kwam van een andere site."
FORM = "application/x-www-form-urlencoded"
HUB = {"kind": "hub", "area": "GM0000", "name": "Waterhoven"}


@dataclass(frozen=True)
class Here:
    """The node and its people. A part is a name in the cast; None is a stranger."""

    database: Database
    settings: Settings
    cast: town.Cast
    sessions: dict[str, str]
    app: Starlette
    ui: Ui

    def browser(self, part: str | None = None, at: tuple[str, int] = ("192.0.2.7", 123)) -> httpx.AsyncClient:
        """A browser in which somebody is signed in. It follows no redirects."""
        transport = httpx.ASGITransport(self.app, client=at)
        client = httpx.AsyncClient(transport=transport, base_url=self.settings.origin)
        if part is not None:
            client.cookies.set(self.cookie("session"), self.sessions[part])
        return client

    async def get(self, part: str | None, path: str, status: int = 200, **more: Any) -> httpx.Response:
        async with self.browser(part) as browser:
            return said(await browser.get(path, **more), status)

    async def post(self, part: str | None, path: str, status: int = 303, /, **fields: str) -> httpx.Response:
        """A form of our own page, sent by a browser of today."""
        async with self.browser(part) as browser:
            return said(await browser.post(path, data=fields, headers=self.own_form), status)

    async def link(self, part: str = "poster", lasting: bool = False) -> str:
        """Where a new sign-in link of somebody leads."""
        make = residents.make_lasting_link if lasting else residents.make_link
        secret = await self.database.writing(make, self.cast.all()[part].id, now())
        return f"/signin/{secret}"

    async def invitation(self, uses: int = 1) -> str:
        """The letters of a new invitation code."""
        return await self.database.writing(residents.invite, self.cast.operator, "straat", uses, now())

    def cookie(self, name: str) -> str:
        return cookie(self.settings, name)

    @property
    def own_form(self) -> dict[str, str]:
        """What a browser of today says of a form on our own page."""
        return {"sec-fetch-site": "same-origin", "origin": self.settings.origin, "content-type": FORM}

    async def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        return await self.database.reading(_rows)

    async def letters(self) -> list[tuple[str, str | None]]:
        """What is to be written, and to which address."""
        return await self.database.reading(_letters)


def said(response: httpx.Response, status: int) -> httpx.Response:
    assert response.status_code == status, words(response.text)
    return response


def words(html: str) -> str:
    """What a page says, without its frame."""
    main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0] or html
    main = re.sub(r"</?(?:bdi|time)[^>]*>", "", main)  # within a sentence
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def bare(html: str) -> str:
    """A page without the seal of the browser, which is another each time."""
    return re.sub(r'name="token" value="[^"]*"', "", html)


@asynccontextmanager
async def opened(directory: Path, origin: str = HTTPS, url: str = "", **change: Any) -> AsyncIterator[Here]:
    """The neighbourhood *centrum* at this moment: a database in this directory, or an empty PostgreSQL.

    `change`: settings that are another, such as those of a `HUB`. `strict`: as strict as a node with https,
    whatever its origin.
    """
    strict = change.pop("strict", False)
    values: dict[str, Any] = {
        "origin": origin,
        "name": "Centrum",
        "area": "BU00000001",
        "phone": "0199-00 12 34",
    }
    values |= {"town": origin.startswith("http://"), "contact": "centrum@example.org"}
    settings = build({**values, **change}, directory)
    settings = structs.replace(settings, town=settings.town and not strict)
    async with town.opened(directory, url=url) as database:
        database.home = settings.home
        cast = await database.writing(town.people, now())
        sessions = await database.writing(_sessions, cast)
        ui = routes.open_door(database, settings, outbox=partial(takeout.outbox, settings.home))
        front = Middleware(
            Front,
            secure=settings.secure,
            sorry=lambda request, status, _: doorstep.sorry(ui, request, status),
        )
        app = Starlette(routes=routes.routes(ui), middleware=[front])
        app.router.redirect_slashes = False
        yield Here(database, settings, cast, sessions, app, ui)


@asynccontextmanager
async def served(
    directory: Path, host: str = "127.0.0.1", strict: bool = False, **change: Any
) -> AsyncIterator[Here]:
    """The same behind a port of its own, for a real browser: `here.settings.origin`."""
    line = socket.create_server(("127.0.0.1", 0))
    origin = f"http://{host}:{line.getsockname()[1]}"
    async with opened(directory, origin, strict=strict, **change) as here:
        config = uvicorn.Config(here.app, log_level="error", lifespan="off", ws="none", server_header=False)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[line]))
        try:
            while not server.started:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            yield here
        finally:
            server.should_exit = True
            await running


def _sessions(tx: Transaction, cast: town.Cast) -> dict[str, str]:
    at = now()
    for part, who in cast.all().items():
        access.add_session(tx, f"session of {part}", who.id, at + town.DAY, at)
    return {part: f"session of {part}" for part in cast.all()}


def _rows(tx: Transaction) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for table in tables.metadata.sorted_tables:
        found[table.name] = [tuple(row) for row in tx.run(select(table)).all()]
    return found


def _letters(tx: Transaction) -> list[tuple[str, str | None]]:
    waiting = select(tables.letters.c.what, tables.letters.c.address).order_by(tables.letters.c.id)
    return [(row[0], row[1]) for row in tx.run(waiting)]
