"""A town in which all happens that docs/federation.md has an example of, at the noon of the cast."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from node import clock
from node.acts import photos, posts
from node.clock import now
from node.federation.vocabulary import MEDIA_TYPE
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import Post, PostDraft
from node.neighbourhood.response import Response
from node.storage import responses
from tests import town
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until

Examples = dict[str, Any]  # by name: a document, or an Exchange of which the head is shown


@dataclass
class Scene:
    """The nodes, Mo, and what was found so far."""

    nodes: Nodes
    mo: Stranger
    found: Examples

    @property
    def places(self) -> tuple[Place, Place, Place]:
        """Centrum, Noord and the hub."""
        a, b, _, hub = self.nodes
        return a, b, hub

    async def said(self, kind: str, by: Place, to: Place, about: str | None = None) -> dict[str, Any]:
        """The newest activity of this type from one to the other, once nothing is under way; `about`: the one
        with this object."""
        await self.nodes.quiet()
        found = self.nodes.wire.said(kind, by.origin, to.origin)
        return [said for said in found if about in (None, _about(said))][-1]

    def sent(self, kind: str, to: str) -> Exchange:
        return next(e for e in self.nodes.wire.log if e.kind == kind and e.to == to)


@asynccontextmanager
async def at_noon() -> AsyncIterator[None]:
    before = clock.ahead()
    clock.set_ahead(before + (town.NOON - now()))
    try:
        yield
    finally:
        clock.set_ahead(before)


async def get(place: Place, uri: str, status: int = 200, accept: str = MEDIA_TYPE) -> dict[str, Any]:
    """What anybody reads there, unsigned."""
    request = httpx.Request("GET", uri if "://" in uri else place.origin + uri, headers={"accept": accept})
    answer = await httpx.ASGITransport(place.app).handle_async_request(request)
    assert answer.status_code == status
    found: dict[str, Any] = json.loads(await answer.aread())
    return found


async def put_up(place: Place, draft: PostDraft, seen: str = "") -> Post:
    """Bea puts something up, with a photo on which this can be seen."""
    by, form = place.cast.poster, "a form"
    if seen:
        photo = Photo(uuid4().hex, by.id, None, form, seen, 1200, 800, 90_000, now())
        await place.database.writing(photos.add, by, photo, now())
    return await place.database.writing(posts.post, by, draft, now(), form if seen else "")


def _about(said: dict[str, Any]) -> Any:
    """The id of what an activity is about; of an Offer, of the Intent that it satisfies."""
    thing = said["object"]
    if not isinstance(thing, dict):
        return thing
    return thing["stipulates"]["satisfies"] if "stipulates" in thing else thing.get("id")


async def answer_to(place: Place, post: Post) -> Response:
    async def look() -> Response | None:
        found = await place.database.reading(responses.of_post, post.id)
        return found[0] if found else None

    return await until(look)
