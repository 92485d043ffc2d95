"""What people filled in: read within limits, kept as it was typed, so that a page can come back with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from node.neighbourhood.refusal import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotReachable,
    Refusal,
    TooMany,
    Words,
)

FIELDS_MOST = 60
_KIND = "application/x-www-form-urlencoded"
_STATUS: dict[type[Refusal], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    NotReachable: 502,
}


@dataclass(frozen=True)
class Form:
    """The fields of one form, and per field what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Words] = field(default_factory=dict)
    reason: Words | str = ""

    def __getitem__(self, name: str) -> str:
        """What was typed, or nothing."""
        return self.values.get(name, "")

    def refused(self, why: Refusal) -> tuple["Form", int]:
        """The same form with words on what did not work, at its fields or for the whole; and the status."""
        errors = why.errors if isinstance(why, Invalid) else {}
        return replace(self, errors=errors, reason=why.reason), status(why)

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")


def status(refusal: Refusal) -> int:
    """What a browser is told of a refusal, beside its words."""
    return _STATUS.get(type(refusal), 400)


async def filled(request: Request) -> Form:
    """The form that was sent. Raises HTTPException 400 or 415 for what no page of ours sends."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _KIND:
        raise HTTPException(415)
    try:
        async with request.form(max_files=0, max_fields=FIELDS_MOST) as form:
            return Form({name: _kept(value) for name, value in form.items() if isinstance(value, str)})
    except MultiPartException:
        raise HTTPException(400) from None


def _kept(value: str) -> str:
    """What was typed, without the one sign that nobody types and PostgreSQL does not take."""
    return value.replace("\x00", "")
