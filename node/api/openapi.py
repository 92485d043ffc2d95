"""The OpenAPI 3.1 document, made from the table: what it says is what the program does."""

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from node import __version__
from node.api.examples import EXAMPLES
from node.api.operation import PREFIX, Call, Nothing, Operation
from node.api.problems import MEDIA_TYPE, Problem
from node.api.table import TABLE
from node.neighbourhood.roles import MAY, Deed, Part, Role
from node.storage.database import Transaction

DESCRIPTION = """What neighbours do on the pages, programs do here for them.

A program shows the token of a resident (`Authorization: Bearer bk_…`) and may what that resident may; without
one it sees what is public. Lists are `{"items": […], "next": …}`: `next` is the cursor of the next page, null
at the end. Times are RFC 3339 in UTC. What does not work is answered with a problem (RFC 9457)."""

_REFUSALS = {
    400: "It cannot be read: not JSON, a key twice, too deep.",
    401: "No token where one is needed, or one that is not known.",
    403: "This person may not do this.",
    404: "It is not here, or not for this person to know of.",
    408: "The body did not come in time.",
    409: "It can no longer be done, because of what happened meanwhile.",
    413: "The body is over 256 KiB.",
    415: "The body is not JSON, or is compressed.",
    422: "What was filled in cannot be used; `errors` says per field what to do.",
    429: "Too often in a short time.",
    502: "What was wanted is at another node, and that does not answer now.",
    503: "The node is stopping.",
}
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
_WORDS: dict[Role | Part, str] = {
    Part.ACCOUNT: "anybody with a token",
    Part.RESIDENT: "any resident",
    Part.OWNER: "whose it is",
    Role.BOOSTER: "a booster",
    Role.BROKER: "a broker",
    Role.SUPERVISOR: "a supervisor",
    Role.CONNECTOR: "a connector",
    Role.OPERATOR: "an operator",
}


def document(version: str, origin: str | None) -> dict[str, Any]:
    """The document, in plain values, for the node at `origin`; without one, for any node."""
    bodies = [op.takes for op in OPERATIONS if _has_body(op)]
    answers = [op.answers for op in OPERATIONS if _is_struct(op.answers)]
    _, schemas = _schemas([Problem, *bodies, *answers])
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Buurtknoop",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": origin or "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {_name(status): _refusal(status) for status in _REFUSALS},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A resident's API token: `bk_…`. It is shown once, when it is made.",
                }
            },
        },
    }


@cache
def _bytes(version: str, origin: str) -> bytes:
    return msgspec.json.encode(document(version, origin))


def show(tx: Transaction, call: Call[Nothing]) -> msgspec.Raw:
    """The document of this node."""
    return msgspec.Raw(_bytes(__version__, call.settings.origin))


OPERATIONS: tuple[Operation, ...] = (
    *TABLE,
    Operation(
        method="GET",
        path="/openapi.json",
        name="showOpenApi",
        says="This document",
        does=show,
        answers=dict[str, Any],
    ),
)


def refusals(operation: Operation) -> list[int]:
    """Every status with which an operation may be refused."""
    found = {401, 503, *operation.refuses}
    if operation.deed is not None:
        found |= {403}
    if "{id}" in operation.path:
        found |= {404}
    if operation.changes:
        found |= {400, 408, 413, 415, 422}
    if operation.takes is not Nothing:
        found |= {422}
    return sorted(found)


def _operation(operation: Operation) -> dict[str, Any]:
    words = [operation.also, _who(operation.deed)]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "description": " ".join(word for word in words if word),
        "tags": [operation.path.split("/")[1]],
        "security": [{"token": []}] if operation.deed is not None else [{}, {"token": []}],
        "responses": _responses(operation),
    }
    if parameters := [*_key(operation), *_query(operation)]:
        found["parameters"] = parameters
    if _has_body(operation):
        content = _content("application/json", operation.takes)
        found["requestBody"] = {"required": operation.needs_body, "content": content}
    return found


def _who(deed: Deed | None) -> str:
    if deed is None:
        return "Who may: everybody."
    who = [_WORDS[part] for part in (*Part, *Role) if part in MAY[deed]]
    return f"Who may: {', '.join(who)}."


def _key(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
    words = "The id at this node."
    return [{"name": "id", "in": "path", "required": True, "description": words, "schema": schema}]


def _query(operation: Operation) -> Iterable[dict[str, Any]]:
    if operation.changes:
        return
    _, schemas = _schemas([operation.takes])
    for name, schema in schemas[operation.takes.__name__]["properties"].items():
        words = schema.pop("description", "")
        yield {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def _responses(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answers is not None:
        done["content"] = _content("application/json", operation.answers)
    refused = {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in refusals(operation)
    }
    return {str(operation.status): done, **refused}


def _content(media_type: str, kind: type) -> dict[str, Any]:
    if not _is_struct(kind):
        return {media_type: {"schema": {"type": "object"}}}
    reference, _ = _schemas([kind])
    return {media_type: {"schema": reference[0], "example": msgspec.to_builtins(EXAMPLES[kind])}}


def _refusal(status: int) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _REFUSALS[status],
    }
    if status == 422:
        example["errors"] = {"title": "Write in one sentence what it is about."}
    reference, _ = _schemas([Problem])
    found: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {MEDIA_TYPE: {"schema": reference[0], "example": example}},
    }
    if status in _HEADERS:
        found["headers"] = {_HEADERS[status]: {"required": True, "schema": {"type": "string"}}}
    return found


def _name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _schemas(kinds: Iterable[Any]) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    return msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")


def _has_body(operation: Operation) -> bool:
    return operation.changes and operation.takes is not Nothing


def _is_struct(kind: type | None) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)
