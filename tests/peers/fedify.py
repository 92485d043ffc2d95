"""A server on Fedify that runs, and does what a test tells it (`fedify.mjs`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.peers import installed
from tests.peers.processes import listening
from tests.roof.conftest import free_port

RFC9421, CAVAGE = "rfc9421", "draft-cavage-http-signatures-12"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
Document = dict[str, Any]


class NotDone(Exception):
    """Fedify could not do what it was told; `str` is its own words."""


@dataclass
class Fedify:
    """A server on Fedify. People there: Ada; Mien, whose own document is for signed questions alone; and
    the Group De kring."""

    origin: str
    client: httpx.AsyncClient

    def person(self, name: str) -> str:
        return f"{self.origin}/people/{name}"

    async def says(self, by: str, verb: str, to: str, **more: Any) -> Document:
        """Somebody there says something: the ids of the activity and of its object. Raises NotDone when it
        is not taken in, or not sent at all."""
        said: Document = await self._ask(verb, {"by": by, "to": to, **more})
        return said

    async def tells(self, by: str, inbox: str, activity: Document) -> int:
        """Somebody there posts this document word for word, signed by Fedify: the status."""
        said: Document = await self._ask("tell", {"by": by, "inbox": inbox, "activity": activity})
        return int(said["status"])

    async def looks(self, url: str, by: str | None = None) -> Document:
        """What Fedify's vocabulary makes of a document of ours. Raises NotDone."""
        found: Document = await self._ask("look", {"url": url, "by": by})
        return found

    async def borders_on(self, actor: str) -> None:
        """From now on De kring says that this neighbourhood is next door."""
        await self._ask("adjacent", {"actor": actor})

    async def refuses(self, *families: str) -> None:
        """From now on a request signed so is answered 401: "rfc9421", "draft-cavage"."""
        await self._ask("refuse", {"families": families})

    async def requests(self, method: str = "POST") -> list[Document]:
        """What came in over the wire, in order: path, family, key, proved, status, activity."""
        return [told for told in await self._ask("requests") if told["method"] == method]

    async def heard(self, kind: str) -> list[Document]:
        """The activities of this type that Fedify believed."""
        return [told for told in await self._ask("heard") if told["type"] == kind]

    async def got(self, kind: str, uri: str | None = None) -> list[Document]:
        """The requests that brought an activity of this type (about this object)."""
        return [
            told
            for told in await self.requests()
            if (said := told.get("activity")) and said["type"] == kind and uri in (None, _id(said["object"]))
        ]

    async def _ask(self, path: str, words: Document | None = None) -> Any:
        answer = await self.client.request(
            "GET" if words is None else "POST", f"{self.origin}/control/{path}", json=words
        )
        if answer.status_code != 200:
            raise NotDone(answer.json()["error"])
        return answer.json()


def _id(thing: Any) -> Any:
    return thing.get("id") if isinstance(thing, dict) else thing


@asynccontextmanager
async def running(first_knock: str) -> AsyncIterator[Fedify]:
    """A server on Fedify that begins with this kind of signature; ended afterwards."""
    script = installed.HERE / "fedify.mjs"
    async with (
        listening(installed.javascript(), script, free_port(), first_knock) as origin,
        httpx.AsyncClient(trust_env=False, timeout=20) as client,
    ):
        yield Fedify(origin, client)
