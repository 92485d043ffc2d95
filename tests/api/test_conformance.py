"""A stranger to the code reads the document, tries what it says and what it does not, and finds it true."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from node.api.openapi import document
from tests.api.programs import Here, opened

ORIGIN = "https://centrum.example"
SCHEMA = schemathesis.openapi.from_dict(document("1", ORIGIN))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
MOST = int(os.environ.get("BUURTKNOOP_EXAMPLES", "20"))  # calls of each sort
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SORTS = {
    GenerationMode.POSITIVE: CHECKS,
    GenerationMode.NEGATIVE: [*CHECKS, negative_data_rejection],
}


@dataclass(frozen=True)
class Met:
    """The neighbourhood, and the id of one thing of each sort in it."""

    here: Here
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def met(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Met]:
    """One neighbourhood for all of these tests, with something in it."""
    async with opened(tmp_path_factory.mktemp("centrum")) as here:
        node = await here.next_door()
        await here.told(node)
        request, offer = await here.asks(places=50), await here.offers(places=50)
        answer = await here.answers("broker", request)
        match = await here.agree(offer, await here.answers("operator", offer))
        ids = {"requests": request, "offers": offer, "responses": answer, "matches": match}
        ids["messages"] = await here.post("poster", f"/responses/{answer['id']}/messages", {"text": "Hallo"})
        yield Met(here, {**{name: made["id"] for name, made in ids.items()}, "nodes": node.id})


@pytest.mark.parametrize("mode", SORTS, ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("label", OPERATIONS)
async def test_the_document_is_true(met: Met, label: str, mode: GenerationMode) -> None:
    loop = asyncio.get_running_loop()
    operation = OPERATIONS[label]
    if mode is GenerationMode.NEGATIVE and not (
        operation.query or operation.path_parameters or operation.body
    ):
        return  # nothing is said there, so nothing can be said wrong
    part = {"nodes": "operator", "hub": "operator", "matches": "broker"}.get(label.split("/")[3], "poster")
    known = met.ids.get(label.split("/")[3])
    ids = {"id": known} if known and "{id}" in label and mode is GenerationMode.POSITIVE else None

    async def ask(case: Case[Any]) -> httpx.Response:
        sent: Any = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        return await met.here.client.request(sent.method, sent.url, headers=sent.headers, content=sent.body)

    @settings(
        max_examples=MOST,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, headers=met.here.headers(part), path_parameters=ids))
    def tries(case: Case[Any]) -> None:
        response = asyncio.run_coroutine_threadsafe(ask(case), loop).result(timeout=30)
        case.validate_response(response, checks=SORTS[mode])

    await asyncio.to_thread(tries)
