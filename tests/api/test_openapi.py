"""The document: valid OpenAPI 3.1 that says what the program does at each address, no more and no less."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from starlette.routing import Route

from node.api.examples import EXAMPLES
from node.api.openapi import OPERATIONS, document, refusals
from node.api.operation import PREFIX, Operation
from node.api.routes import routes
from node.neighbourhood.roles import MAY
from tests.api.programs import Here

DOCUMENT = document("1.2.3", "https://centrum.example")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
Found = dict[str, Any]


def operation_of(operation: Operation) -> Found:
    found: Found = DOCUMENT["paths"][PREFIX + operation.path][operation.method.lower()]
    return found


def test_it_is_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["info"]["version"] == "1.2.3"
    assert DOCUMENT["servers"] == [{"url": "https://centrum.example"}]
    assert document("1", None)["servers"] == [{"url": "/"}]


def test_it_is_plain_json() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)):
        there = DOCUMENT
        for step in reference.split("/"):
            there = there[step]
        assert there


def test_nothing_is_defined_that_nobody_uses() -> None:
    used = set(re.findall(r'"\$ref": "#/components/(\w+/\w+)"', json.dumps(DOCUMENT)))
    parts = DOCUMENT["components"]
    defined = {f"{part}/{name}" for part in ("schemas", "responses") for name in parts[part]}
    assert defined == used


async def test_it_covers_every_address_and_only_those(here: Here) -> None:
    served = {route.path for route in routes(here.database, here.settings) if isinstance(route, Route)}
    assert set(DOCUMENT["paths"]) == served - {"/api", "/api/{rest:path}"}
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == {(PREFIX + one.path, one.method.lower()) for one in OPERATIONS}


async def test_a_node_serves_its_own(here: Here) -> None:
    served = await here.get(None, "/openapi.json")
    assert served == document(served["info"]["version"], here.settings.origin)


def test_no_name_is_given_twice() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_what_is_said_of_an_operation(operation: Operation) -> None:
    found = operation_of(operation)
    assert found["summary"]
    assert "Who may: " in found["description"]
    token: dict[str, list[str]] = {"token": []}
    assert found["security"] == ([{}, token] if operation.deed is None else [token])
    assert set(found["responses"]) == {str(status) for status in (operation.status, *refusals(operation))}
    assert ("requestBody" in found) == (operation.name in _WITH_BODY)
    keys = re.findall(r"{(\w+)}", operation.path)
    assert [one["name"] for one in found.get("parameters", []) if one["in"] == "path"] == keys


_WITH_BODY = {
    *("postRequest", "changeRequest", "answerRequest", "postOffer", "changeOffer", "answerOffer"),
    *("postNotice", "changeNotice", "answerNotice", "postEvent", "changeEvent", "answerEvent"),
    *("invite", "acceptInvite"),
    *("agree", "askNode"),
    *("writeMessage", "releaseContact", "keepDetails"),
    *("joinHub", "refuseMembership", "expelNode", "wishNode"),
    *("reportRequest", "reportOffer", "reportNotice", "reportEvent"),
    *("changePolicy", "putBlock", "liftBlock", "importBlocks", "giveAdvice"),
    *("upholdReports", "dismissReports", "flagPost"),
    *("reportResponse", "reportMessage", "takeAway", "letStay"),
}


def test_every_deed_is_explained() -> None:
    for operation in OPERATIONS:
        if operation.deed is not None:
            said = operation_of(operation)["description"].rpartition("Who may: ")[2]
            assert len(said.split(", ")) == len(MAY[operation.deed])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_every_example_is_as_its_schema_says(operation: Operation) -> None:
    found = operation_of(operation)
    contents = [found["requestBody"]["content"]] if "requestBody" in found else []
    contents += [response["content"] for response in found["responses"].values() if "content" in response]
    for content in contents:
        for media in content.values():
            if "example" in media:
                schema = {**media["schema"], "components": DOCUMENT["components"]}
                jsonschema_rs.validator_for(schema).validate(media["example"])
    for name, response in DOCUMENT["components"]["responses"].items():
        media = response["content"]["application/problem+json"]
        schema = {**media["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema).validate(media["example"])
        assert name


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: str(kind.__name__))
def test_every_example_can_be_read_back(kind: type[msgspec.Struct]) -> None:
    example = EXAMPLES[kind]
    assert msgspec.json.decode(msgspec.json.encode(example), type=kind) == example


def test_the_page_names_every_operation() -> None:
    rows = set(re.findall(r"^\| `([A-Z]+) ([^`]+)` \|", PAGE.read_text("utf-8"), re.M))
    assert rows == {(operation.method, operation.path) for operation in OPERATIONS}


def test_the_page_names_every_field() -> None:
    words = set(re.findall(r"`(\w+)`", PAGE.read_text("utf-8")))
    for name, schema in DOCUMENT["components"]["schemas"].items():
        missing = set(schema.get("properties", {})) - words
        assert not missing, f"{name}: {missing}"
