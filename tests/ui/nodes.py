"""Whole neighbourhoods behind real sockets: pages, federation and letters, with open borders between them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn

from node.acts import nodes, residents
from node.clock import now
from node.federation.keys import load_or_make
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Role
from node.serving import app
from node.serving.opening import opened
from node.settings import Settings, build
from node.storage import nodes as kept
from node.storage import residents as people
from node.storage import tables
from node.storage.database import Database, Transaction

PATIENCE = 20.0  # seconds for what has to cross a border
_numbers = count(1)


@dataclass(frozen=True)
class Street:
    """One neighbourhood's node as it runs."""

    database: Database
    settings: Settings
    stop: Callable[[], Awaitable[None]]  # it answers nobody any more

    @property
    def url(self) -> str:
        return self.settings.origin

    async def lives(
        self, name: str, role: Role | None = None, language: str = "nl", address: str = ""
    ) -> Resident:
        """Let somebody in; without an `address` it is one that nobody has."""
        address = address or f"neighbour{next(_numbers)}@example.org"
        return await self.database.writing(_welcome, name, role, language, address)

    async def link(self, who: Resident) -> str:
        """The address of a new sign-in link of theirs."""
        return f"{self.url}/signin/{await self.database.writing(residents.make_link, who.id, now())}"

    async def welcome(self, name: str, role: Role | None = None) -> str:
        """Let somebody in; the answer is the address of their sign-in link."""
        return await self.link(await self.lives(name, role, address=f"{name.lower()}@example.org"))

    async def a_minute_later(self) -> None:
        """Who waits for a receipt from here need not wait any longer."""
        await self.database.writing(_receipts_due)


@asynccontextmanager
async def connected(
    directory: Path, *names: str, host: str = "127.0.0.1", **change: Any
) -> AsyncIterator[list[Street]]:
    """Neighbourhoods that all touch each other, running. `change`: settings that are another."""
    async with AsyncExitStack() as stack:
        streets = [
            await stack.enter_async_context(_running(directory, number, name, host, change))
            for number, name in enumerate(names, start=1)
        ]
        for one in streets:
            for other in streets:
                if one is not other:
                    await one.database.writing(nodes.ask, console(now()), other.url, now())

        async def open_borders() -> bool:
            near = [len(await one.database.reading(kept.neighbours)) for one in streets]
            return near == [len(streets) - 1] * len(streets)

        await until(open_borders)
        yield streets


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that another process of work brings about."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - what brings it about tells nobody
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _running(
    directory: Path, number: int, name: str, host: str, change: dict[str, Any]
) -> AsyncIterator[Street]:
    line = socket.create_server(("127.0.0.1", 0))
    folder = directory / str(number)
    folder.mkdir()
    values = {"origin": f"http://{host}:{line.getsockname()[1]}", "area": f"BU0000000{number}", "name": name}
    usual = {"town": True, "phone": "0199-00 12 34", "mail_folder": "mail"}
    settings = build({**values, **usual, **change}, folder)
    async with opened(settings) as database:
        made = app.build(settings, database, load_or_make(folder, settings.home), stop=_broken)
        config = uvicorn.Config(
            made, log_level="error", ws="none", server_header=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[line]))

        async def started() -> bool:
            assert not running.done()
            return server.started

        async def stop() -> None:
            server.should_exit = True
            await running

        await until(started)
        yield Street(database, settings, stop)
        await stop()


def _broken() -> None:
    raise AssertionError("a worker broke")


def _welcome(tx: Transaction, name: str, role: Role | None, language: str, address: str) -> Resident:
    who = residents.add(tx, console(now()), name, address, language, now())
    if role is not None:
        people.grant(tx, who.id, role, None, now())
    return who


def _receipts_due(tx: Transaction) -> None:
    tx.run(tables.nodes.update().values(receipts_due=now()))
