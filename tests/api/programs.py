"""A neighbourhood as programs meet it: its routes and nothing else, and a token for each of the cast."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette

from node.acts import held, residents
from node.api.openapi import OPERATIONS
from node.api.operation import PREFIX, Operation
from node.api.routes import routes
from node.clock import now
from node.neighbourhood.category import Category
from node.neighbourhood.node import Area, Node
from node.neighbourhood.post import Audience, Kind, Post, State, Urgency
from node.settings import Settings, build
from node.storage import nodes, posts
from node.storage.database import Database, Transaction
from tests import town

OPERATION: dict[str, Operation] = {operation.name: operation for operation in OPERATIONS}
Answer = dict[str, Any]


@dataclass(frozen=True)
class Here:
    """The node, the people, and how each of them asks: `await here.get("poster", "/requests")`."""

    database: Database
    settings: Settings
    cast: town.Cast
    tokens: dict[str, str]
    client: httpx.AsyncClient

    async def call(self, part: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as somebody of the cast; None is a stranger without a token."""
        headers = {**more.pop("headers", {}), **self.headers(part)}
        return await self.client.request(method, PREFIX + path, headers=headers, **more)

    def headers(self, part: str | None) -> dict[str, str]:
        return {} if part is None else {"Authorization": f"Bearer {self.tokens[part]}"}

    async def get(self, part: str | None, path: str, status: int = 200, **query: Any) -> Answer:
        return said(await self.call(part, "GET", path, params=query), status)

    async def post(self, part: str | None, path: str, body: Any = None, status: int = 201) -> Answer:
        return said(await self.call(part, "POST", path, **({} if body is None else {"json": body})), status)

    async def patch(self, part: str | None, path: str, body: Any, status: int = 200) -> Answer:
        return said(await self.call(part, "PATCH", path, json=body), status)

    async def delete(self, part: str | None, path: str, status: int = 204) -> Answer:
        return said(await self.call(part, "DELETE", path), status)

    async def asks(self, **change: Any) -> Answer:
        """Bea asks for help."""
        return await self.post("poster", "/requests", asked(**change))

    async def offers(self, **change: Any) -> Answer:
        """Bea offers something."""
        return await self.post("poster", "/offers", asked(**change))

    async def answers(self, part: str, post: Answer, text: str = "Ik kan om tien uur.") -> Answer:
        """Somebody says yes."""
        return await self.post(part, f"{path_of(post)}/responses", {"text": text})

    async def agree(self, post: Answer, response: Answer) -> Answer:
        """Bea picks an answer."""
        return await self.post("poster", "/matches", {"request": post["id"], "response": response["id"]})

    async def next_door(self, name: str = "noord", **change: Any) -> Node:
        """The neighbourhood next door, a neighbour already."""
        return await self.database.writing(lambda tx: town.neighbour(tx, name, **change))

    async def told(self, node: Node, **change: Any) -> Post:
        """A request of the neighbourhood next door, as it is held here."""
        post = elsewhere(node, **change)
        return await self.database.writing(_told, node, post)


def asked(**change: Any) -> Answer:
    """What is written to put a post up."""
    return {
        "title": "Wie haalt dinsdag medicijnen?",
        "text": "Om de hoek.",
        "category": "boodschappen",
        **change,
    }


def path_of(post: Answer) -> str:
    return f"/{post['kind']}s/{post['id']}"


def said(response: httpx.Response, status: int) -> Answer:
    """What was answered, which has to be with this status."""
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    if status == 204:
        assert response.content == b""
        return {}
    kind = "application/problem+json" if status >= 400 else "application/json"
    assert response.headers["content-type"] == kind
    answer: Answer = response.json()
    if status >= 400:
        assert set(answer) - {"errors"} == {"type", "title", "status", "detail"}
        assert answer["status"] == status
        assert answer["detail"]
    return answer


@asynccontextmanager
async def opened(directory: Path, url: str = "", **change: Any) -> AsyncIterator[Here]:
    """The neighbourhood *centrum*, on a database in this directory or at this URL.

    `change`: settings that are another.
    """
    values = {"origin": "https://centrum.example", "name": "Centrum", "area": "BU00000001", **change}
    settings = build(values, directory)
    async with town.opened(directory, url=url) as database:
        database.home = settings.home
        cast = await database.writing(town.people)
        tokens = await database.writing(_tokens, cast)
        transport = httpx.ASGITransport(Starlette(routes=routes(database, settings)))
        async with httpx.AsyncClient(transport=transport, base_url=settings.origin) as client:
            yield Here(database, settings, cast, tokens, client)


def elsewhere(node: Node, **change: Any) -> Post:
    """A request of another node, as it comes in."""
    key = uuid4().hex
    at = now()
    post = Post(
        id=key,
        uri=f"{node.origin}/ap/o/{key}",
        kind=Kind.REQUEST,
        title="Wie wil er dinsdag kaarten?",
        text="Bij de buurtkamer.",
        category=Category.COMPANY,
        audience=Audience.ADJACENT,
        urgency=Urgency.WEEK,
        state=State.OPEN,
        author_name="Noor",
        party=f"{node.origin}/ap/p/{uuid4().hex}",
        area=Area(node.area or "", node.name),
        created=at,
        updated=at,
        expires=at + town.DAY,
        node_id=node.id,
    )
    return replace(post, **change)


def _told(tx: Transaction, node: Node, post: Post) -> Post:
    held.take_in(tx, nodes.get(tx, node.id), post, f"{node.origin}/ap/a/{post.id}", post.created)
    return posts.get(tx, post.id)


def _tokens(tx: Transaction, cast: town.Cast) -> dict[str, str]:
    return {part: residents.make_token(tx, who, "test", now()) for part, who in cast.all().items()}
