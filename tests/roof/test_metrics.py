"""The node in numbers, for a machine that keeps watch, and for nobody else."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from node.acts import residents
from node.federation.keys import load_or_make
from node.neighbourhood.resident import Resident
from node.serving import app
from node.storage.database import Database, Transaction
from tests import town
from tests.roof.conftest import Running
from tests.roof.test_app import database, of_node

__all__ = ["database"]
HERE = {"Host": "127.0.0.1:8080"}


def client(roof: Starlette, peer: str = "127.0.0.1") -> httpx.AsyncClient:
    wire = httpx.ASGITransport(roof, client=(peer, 5000))
    return httpx.AsyncClient(transport=wire, base_url="https://centrum.example")


@pytest.fixture
def roof(database: Database, tmp_path: Path) -> Starlette:
    here = of_node(tmp_path)
    return app.build(here, database, load_or_make(tmp_path, here.home))


def read(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_a_running_node_counts(serving: Running) -> None:
    assert serving.get("/healthz")[0] == 200
    assert serving.get("/nowhere")[0] == 404
    status, headers, body = serving.get("/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert headers["cache-control"] == "no-store"
    text = body.decode()
    assert all(
        re.fullmatch(r'(# (HELP|TYPE) .+|[a-z_]+(\{[a-z]+="[\w.]+"\})? [\d.e+]+)', one)
        for one in text.splitlines()
    )
    numbers = read(text)
    assert numbers["buurtknoop_residents"] == 1
    assert numbers["buurtknoop_queue"] == numbers["buurtknoop_failing_destinations"] == 0
    assert numbers['buurtknoop_http_requests_total{status="404"}'] == 1
    assert numbers["process_resident_memory_bytes"] > 20 * 2**20
    assert numbers["process_cpu_seconds_total"] > 0
    assert len(numbers) == len(text.splitlines()) - text.count("# ")


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080"])
async def test_this_machine_may_look(roof: Starlette, peer: str, host: str) -> None:
    async with client(roof, peer) as machine:
        assert (await machine.get("/metrics", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("198.51.100.7", HERE),
        ("10.0.0.1", HERE),
        ("::ffff:198.51.100.7", HERE),
        ("", HERE),
        ("127.0.0.1", {}),
        ("127.0.0.1", {"Host": "127.0.0.1.evil.example"}),
        ("127.0.0.1", HERE | {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", HERE | {"X-Forwarded-For": ""}),
        ("127.0.0.1", HERE | {"X-Real-IP": "127.0.0.1"}),
        ("127.0.0.1", HERE | {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", HERE | {"Via": "1.1 caddy"}),
    ],
)
async def test_nobody_else_may(roof: Starlette, peer: str, headers: dict[str, str]) -> None:
    async with client(roof, peer) as machine:
        answer = await machine.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert "buurtknoop_" not in answer.text


def test_a_running_node_believes_no_one_who_says_so(serving: Running) -> None:
    """uvicorn believes a proxy on this machine about who asks; here that makes the asker a stranger."""
    said = httpx.get(f"{serving.origin}/metrics", headers={"X-Forwarded-For": "127.0.0.1"}, trust_env=False)
    assert said.status_code == 401


def _tokens(tx: Transaction, cast: town.Cast) -> dict[str, str]:
    people: dict[str, Resident] = cast.all()
    return {part: residents.make_token(tx, person, "watch", town.NOON) for part, person in people.items()}


async def test_only_an_operators_token_will_do(roof: Starlette, database: Database) -> None:
    cast = await database.writing(town.people)
    tokens = await database.writing(_tokens, cast)
    async with client(roof, "198.51.100.7") as machine:
        for part, token in tokens.items():
            answer = await machine.get("/metrics", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == (200 if part == "operator" else 403), part
        for wrong in ("Bearer nonsense", "Basic abc", "Bearer"):
            answer = await machine.get("/metrics", headers={"Authorization": wrong})
            assert answer.status_code == 401
        words = (
            await machine.get("/metrics", headers={"Authorization": f"Bearer {tokens['operator']}"})
        ).text
    assert not [name for name in town.NAMES.values() if name in words]


async def test_every_role_of_process_has_its_own(database: Database, tmp_path: Path) -> None:
    here = of_node(tmp_path)
    for role in ("web", "worker"):
        built = app.build(here, database, load_or_make(tmp_path, here.home), role=role)
        async with client(built) as machine:
            assert (await machine.get("/metrics", headers=HERE)).status_code == 200
