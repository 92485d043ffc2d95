"""The actors of fediverse-pasture, who run and do what a test tells them (`pasture_server.py`)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.peers import installed
from tests.peers.processes import listening
from tests.roof.conftest import free_port

SIGNING, UNSIGNED = ("bob", "claire", "emily", "frank"), ("alice", "dean")
"""Of the six, who signs what they post. Claire and Frank show themselves to signed questions alone; Dean,
Emily and Frank have no handle."""


@dataclass
class Pasture:
    origin: str
    client: httpx.AsyncClient

    def person(self, name: str) -> str:
        return f"{self.origin}/{name}"

    async def probes(self, actor: str) -> dict[str, Any]:
        """What each of the six found out about an actor of ours."""
        found: dict[str, Any] = (await self._ask("probe", {"actor": actor}))["verdicts"]
        return found

    async def says(self, by: str, inbox: str, activity: dict[str, Any]) -> int:
        """Somebody there posts something: the status."""
        whole = {"@context": "https://www.w3.org/ns/activitystreams", "actor": self.person(by), **activity}
        return int((await self._ask("say", {"by": by, "inbox": inbox, "activity": whole}))["status"])

    async def replays(self, which: str, actor: str, about: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Send all "inputs" or all "cases" to an actor of ours: the name, status and activity of each.
        `about`: as private answers to these, in turn."""
        words = {"which": which, "actor": actor, "inbox": f"{actor}/inbox", "about": about}
        sent: list[dict[str, Any]] = await self._ask("replay", words)
        return sent

    async def got(self) -> list[dict[str, Any]]:
        """What came into an inbox there; where the owner signs, bovine verified our signature."""
        found: list[dict[str, Any]] = await self._ask("got")
        return found

    async def _ask(self, path: str, words: dict[str, Any] | None = None) -> Any:
        answer = await self.client.request(
            "GET" if words is None else "POST", f"{self.origin}/control/{path}", json=words
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def running(directory: Path) -> AsyncIterator[Pasture]:
    """A server with the pasture's actors; `directory` is for what it leaves behind."""
    script = installed.HERE / "pasture_server.py"
    async with (
        listening(installed.PYTHON, script, free_port(), within=directory) as origin,
        httpx.AsyncClient(trust_env=False, timeout=300) as client,
    ):
        yield Pasture(origin, client)
