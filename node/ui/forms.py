"""What people filled in: read within limits, kept as it was typed, so that a page can come back with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from node.neighbourhood.refusal import Invalid, Words

FIELDS_MOST = 60
_KIND = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Form:
    """The fields of one form, and per field what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Words] = field(default_factory=dict)
    reason: Words | str = ""

    def __getitem__(self, name: str) -> str:
        """What was typed, or nothing."""
        return self.values.get(name, "")

    def wrong(self, refused: Invalid) -> "Form":
        """The same form with words at the fields that cannot be used."""
        return Form(self.values, refused.errors, refused.reason)

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")


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
