"""Why something did not work, said once for the whole door, as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.exceptions import HTTPException
from starlette.responses import Response

from node.neighbourhood.refusal import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotReachable,
    Refusal,
    TooMany,
    Words,
    phrase,
)
from node.storage.database import Stopped

HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[Refusal], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    NotReachable: 502,
}


class Problem(Struct):
    """What did not work, and why: `detail` is a sentence for a person, `errors` says per field what to do."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | UnsetType = UNSET


class Unusable(Exception):
    """A call that fails before any rule is asked: no such place, no token, not JSON, too large."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


Failure = Refusal | Unusable | HTTPException | Stopped


def unsigned() -> Unusable:
    """Somebody has to say who they are: there was no token."""
    return Unusable(401, phrase("Sign in first."), {"WWW-Authenticate": 'Bearer realm="buurtknoop"'})


def unknown_token() -> Unusable:
    """A token came that is not one of ours, or that was ended."""
    challenge = 'Bearer realm="buurtknoop", error="invalid_token"'
    return Unusable(
        401, phrase("This token is not known here, or it was ended."), {"WWW-Authenticate": challenge}
    )


def answer(failure: Failure) -> Response:
    """The answer to a call that did not work: the one place where a refusal gets its status."""
    if isinstance(failure, Unusable):
        return response(failure.status, failure.detail, failure.headers)
    if isinstance(failure, HTTPException):
        return response(failure.status_code, failure.detail, failure.headers)
    if isinstance(failure, Stopped):
        return response(503, phrase("The node is stopping. Try again in a minute."), {"Retry-After": "60"})
    errors = failure.errors if isinstance(failure, Invalid) else None
    headers = {"Retry-After": str(failure.wait)} if isinstance(failure, TooMany) else None
    return response(_STATUS.get(type(failure), 409), failure.reason, headers, errors)


def response(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: Mapping[str, Words] | None = None,
) -> Response:
    """A problem as it goes out."""
    fields = UNSET if errors is None else {name: str(words) for name, words in errors.items()}
    problem = Problem("about:blank", HTTPStatus(status).phrase, status, str(detail), fields)
    return Response(
        msgspec.json.encode(problem), status, {**HEADERS, **(headers or {})}, media_type=MEDIA_TYPE
    )
