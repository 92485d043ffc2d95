"""Nodes that speak with each other over one wire: real databases, real signatures, real workers, one process.

async with town_of_nodes.opened(tmp_path, await town_of_nodes.model(...)) as nodes:
    a, b, c = nodes
    await nodes.join(a, b)
    post = await a.asks()
    await b.holds(post)
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from itertools import combinations
from pathlib import Path
from shutil import copytree
from typing import Any

from sqlalchemy import func, select
from starlette.applications import Starlette

from node.acts import hub as hubs
from node.acts import matches, nodes, posts, responses
from node.clock import now
from node.federation import worker
from node.federation.door import Federation, open_door
from node.federation.keys import load_or_make
from node.federation.routes import routes
from node.neighbourhood.draft import PostChange
from node.neighbourhood.match import Match
from node.neighbourhood.node import Home, Node
from node.neighbourhood.post import Post
from node.neighbourhood.resident import console
from node.neighbourhood.response import Response
from node.settings import Settings, build
from node.storage import matches as kept_matches
from node.storage import nodes as kept_nodes
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Database
from node.storage.tables import metadata
from tests import town
from tests.federation import kept
from tests.federation.wire import Wire, until, until_true


class Place:
    """One neighbourhood's node, and the people in it."""

    def __init__(self, directory: Path, database: Database, wire: Wire, cast: town.Cast) -> None:
        self.database, self.wire, self.cast, self.directory = database, wire, cast, directory
        self.home = database.home
        self.origin, self.name = self.home.origin, self.home.area.name
        self.settings: Settings = build(
            {
                "origin": self.origin,
                "kind": self.home.kind,
                "name": self.name,
                "area": self.home.area.code,
            },
            directory,
        )
        self.door: Federation = open_door(database, self.settings, load_or_make(directory, self.home), wire)
        self.app = Starlette(routes=routes(self.door))
        wire.apps[self.origin] = self.app
        self._worker: asyncio.Task[None] | None = None

    # The node itself

    def start(self) -> None:
        """Have it send, fetch and confirm, as a running node does."""
        assert self._worker is None
        self._worker = asyncio.create_task(worker.run(self.door), name=f"worker of {self.name}")

    async def stop(self) -> None:
        """Have it do nothing by itself; it still answers. What broke its worker comes out here."""
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
            self._worker = None

    async def idle(self) -> bool:
        """Whether nothing is left to send, fetch or confirm now."""
        return await self.database.reading(kept.idle)

    # What people do

    async def asks(self, title: str = "Wie haalt dinsdag medicijnen?", **change: Any) -> Post:
        """Bea asks for help."""
        return await self.database.writing(posts.post, self.cast.poster, town.asks(title, **change), now())

    async def edits(self, post: Post, **change: Any) -> Post:
        return await self.database.writing(posts.edit, self.cast.poster, post.id, PostChange(**change), now())

    async def withdraws(self, post: Post) -> Post:
        return await self.database.writing(posts.withdraw, self.cast.poster, post.id, now())

    async def answers(
        self, post: Post, text: str = "Ik kan om tien uur.", part: str = "helper", when: str = ""
    ) -> Response:
        """Merel (or somebody else of the cast) says yes to a post, as soon as it is here."""
        here = await self.holds(post)
        who = getattr(self.cast, part)
        return await self.database.writing(responses.answer, who, here.id, text, now(), when=when)

    async def agrees(self, post: Post, response: Response, part: str = "poster") -> Match:
        """Bea, at home, picks an answer that came from anywhere."""
        there = await self.heard(response)
        return await self.database.writing(matches.agree, getattr(self.cast, part), post.id, there.id, now())

    async def takes_back(self, response: Response, reason: str | None = None) -> Response:
        return await self.database.writing(responses.withdraw, self.cast.helper, response.id, now(), reason)

    # What the operator does

    async def wants(self, other: "Place") -> None:
        """Its operator says yes to the other node."""
        await self.wants_at(other.origin)

    async def wants_at(self, address: str) -> None:
        await self.database.writing(nodes.ask, console(now()), address, now())

    async def ends(self, other: "Place") -> None:
        await self.database.writing(nodes.end, console(now()), (await self.knows(other)).id, now())

    async def blocks(self, other: Any) -> None:
        await self.database.writing(nodes.block, console(now()), (await self.knows(other)).id, now())

    async def enters(self, hub: "Place") -> None:
        """Its operator asks to join the hub."""
        await self.database.writing(hubs.ask, console(now()), hub.origin, now())

    async def leaves(self) -> None:
        await self.database.writing(hubs.leave, console(now()), now())

    async def admits(self, other: "Place") -> None:
        """At the hub: its operator says yes, as soon as the other asks and names it."""

        async def asks() -> bool:
            found = await self.database.reading(kept_nodes.by_origin, other.origin)
            return found is not None and found.membership == "asked" and found.hub == self.home.actor

        await until(asks)
        await self.database.writing(hubs.admit, console(now()), (await self.knows(other)).id, now())

    async def expels(self, other: "Place") -> None:
        await self.database.writing(hubs.expel, console(now()), (await self.knows(other)).id, "", now())

    # What is known here

    async def knows(self, other: Any) -> Node:
        """The other node, as it stands here."""

        async def look() -> Node | None:
            return await self.database.reading(kept_nodes.by_origin, other.origin)

        return await until(look)

    async def neighbours(self) -> set[str]:
        return {node.origin for node in await self.database.reading(kept_nodes.neighbours)}

    async def members(self) -> set[str]:
        return {node.origin for node in await self.database.reading(kept_nodes.members)}

    async def post(self, post: Post) -> Post | None:
        """A post as it stands here, wherever it is from."""
        return await self.database.reading(kept_posts.by_uri, post.uri)

    async def holds(self, post: Post, **as_now: Any) -> Post:
        """The post, as soon as it is here and as said."""

        async def look() -> Post | None:
            found = await self.post(post)
            return found if found and all(getattr(found, k) == v for k, v in as_now.items()) else None

        return await until(look)

    async def loses(self, post: Post) -> None:
        """Wait until its words are gone from here."""

        async def gone() -> bool:
            found = await self.post(post)
            return found is None or (found.title, found.text, found.author_name) == ("", "", "")

        await until(gone)

    async def heard(self, response: Response, **as_now: Any) -> Response:
        """An answer, as soon as it is here and as said; known by its Offer's id."""

        async def look() -> Response | None:
            found = await self.database.reading(kept_responses.by_uri, response.uri)
            return found if found and all(getattr(found, k) == v for k, v in as_now.items()) else None

        return await until(look)

    async def agreements(self, post: Post) -> list[Match]:
        """The agreements on a post that run or are done, as this node knows them."""
        here = await self.post(post)
        return await self.database.reading(kept_matches.of_post, here.id) if here else []

    async def copies(self, post: Post) -> dict[str, str]:
        """Where a post of this node is, by the neighbourhood's name."""
        return {copy.name: copy.state for copy in await self.database.reading(outbox.copies_of, post.id)}

    async def letters(self, what: str) -> list[str | None]:
        """To whom letters of this sort were written (a resident's id), in order."""
        one = metadata.tables["letters"]
        found = select(one.c.resident_id).where(one.c.what == what).order_by(one.c.id)
        return await self.database.reading(lambda tx: list(tx.run(found).scalars()))

    async def rows(self, *but: str) -> kept.Rows:
        """All that is kept here, but for these tables (`seen`) or columns (`nodes.last_seen`)."""
        return await self.database.reading(kept.rows, set(but))

    async def count(self, table: str) -> int:
        one = metadata.tables[table]
        return await self.database.reading(
            lambda tx: int(tx.run(select(func.count()).select_from(one)).scalar_one())
        )

    async def change(self, table: str, **values: Any) -> None:
        """Change every row of a table: so time goes by."""
        one = metadata.tables[table]
        await self.database.writing(lambda tx: tx.run(one.update().values(**values)).rowcount)


class Nodes:
    """The places of a test, with the wire between them."""

    def __init__(self, wire: Wire, places: list[Place]) -> None:
        self.wire, self.places = wire, places

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places)

    async def start(self) -> None:
        """Have all of them work; over when each has looked at its neighbours, as it does at the start."""
        for place in self.places:
            place.start()
        looks = [
            (place.origin, there)
            for place in self.places
            for there in await place.neighbours() | await place.members()
        ]
        await until_true(lambda: all(self.wire.asked(*look, "/outbox") for look in looks))
        await self.quiet()

    async def join(self, *some: Place) -> None:
        """Make these neighbours of each other, by a yes on both sides of every border."""
        for one, other in combinations(some, 2):
            await one.wants(other)
            await other.wants(one)

        async def joined() -> bool:
            there = {place.origin for place in some}
            return all([there - {place.origin} <= await place.neighbours() for place in some])

        await until(joined)
        await self.quiet()

    async def gather(self, hub: Place, *some: Place) -> None:
        """Make these members of the hub, each by a yes on both sides."""
        for place in some:
            await place.enters(hub)
            await hub.admits(place)

        async def gathered() -> bool:
            there = {place.origin for place in (hub, *some)}
            return all([there - {place.origin} <= await place.members() for place in (hub, *some)])

        await until(gathered)
        await self.quiet()

    async def restart(self, place: Place) -> Place:
        """The same node after a restart: all but what is on disk is gone. It does nothing by itself yet."""
        away = place.origin in self.wire.down
        self.wire.down.add(place.origin)
        await place.stop()
        await place.database.stop()
        again = await _place(place.directory, place.home, self.wire, place.cast)
        self.places[self.places.index(place)] = again
        if not away:
            self.wire.down.discard(place.origin)
        return again

    async def quiet(self, *some: Place) -> None:
        """Wait until nobody has anything left to say, and nothing is on its way."""

        async def still() -> bool:
            idle = all([await place.idle() for place in some or self.places])
            return idle and not self.wire.under_way

        await until(still, 20)


@dataclass(frozen=True)
class Model:
    """Nodes as they lie on disk, ready to be copied: making them anew for each test would take its time."""

    directory: Path
    casts: dict[str, town.Cast]


async def model(directory: Path, *names: str, joined: bool) -> Model:
    """Nodes by these names, with the whole cast in each; `joined`: all neighbours of each other."""
    casts = {}
    for name in names:
        (directory / name).mkdir()
        async with town.opened(directory / name, name) as database:
            casts[name] = await database.writing(town.people)
    made = Model(directory, casts)
    if joined:
        async with _running(directory, made, started=True) as nodes:
            await nodes.join(*nodes)
    return made


@asynccontextmanager
async def opened(
    directory: Path, of: Model, started: bool = True, zone: tzinfo = UTC
) -> AsyncIterator[Nodes]:
    """A copy of these nodes on a wire of their own; closed again at the end. `zone`: whose clock they go by.

    It is a failure when an application broke on the way, whatever the test itself looked at.
    """
    for name in of.casts:
        copytree(of.directory / name, directory / name)
    async with _running(directory, of, started, zone) as nodes:
        yield nodes
    assert not nodes.wire.broken, nodes.wire.broken


@asynccontextmanager
async def opened_in_place(of: Model) -> AsyncIterator[Nodes]:
    """These nodes themselves, to make more of them before they are copied."""
    async with _running(of.directory, of, started=True) as nodes:
        yield nodes
    assert not nodes.wire.broken, nodes.wire.broken


@asynccontextmanager
async def _running(directory: Path, of: Model, started: bool, zone: tzinfo = UTC) -> AsyncIterator[Nodes]:
    wire = Wire()
    places = [
        await _place(directory / name, replace(town.home(name), zone=zone), wire, cast)
        for name, cast in of.casts.items()
    ]
    nodes = Nodes(wire, places)
    try:
        if started:
            await nodes.start()
        yield nodes
    finally:
        for place in nodes.places:
            await place.stop()
        for place in nodes.places:
            await place.database.stop()


async def _place(directory: Path, home: Home, wire: Wire, cast: town.Cast) -> Place:
    database = Database(f"sqlite:///{directory / f'{home.slug}.db'}", home)
    await database.start()
    return Place(directory, database, wire, cast)
