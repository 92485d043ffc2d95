"""What people filled in: read within limits, kept as it was typed, so that a page can come back with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from starlette.datastructures import UploadFile
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
    phrase,
)
from node.neighbourhood.roles import last_moment

FIELDS_MOST = 60
_KIND = "application/x-www-form-urlencoded"
_WITH_FILE = "multipart/form-data"
_NO_TEXT = phrase("This is no text file. Save it as CSV, and try again.")
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
    """The fields of one form, and per field what is wrong with it. `file`: what was sent with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Words] = field(default_factory=dict)
    reason: Words | str = ""
    file: bytes = field(default=b"", repr=False)

    def __getitem__(self, name: str) -> str:
        """What was typed, or nothing."""
        return self.values.get(name, "")

    @property
    def speak(self) -> str:
        """The language in which the page is to come back, with all that was typed; nothing is done then."""
        return self["speak"]

    def without_speak(self) -> "Form":
        """The same, of a page that does not come back for a language."""
        values = {name: value for name, value in self.values.items() if name != "speak"}
        return replace(self, values=values) if "speak" in self.values else self

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


async def filled(request: Request, file: str = "", *, binary: bool = False) -> Form:
    """The form that was sent. Raises HTTPException 400 or 415 for what no page of ours sends.

    `file`: the one field that may hold a file, on a form that has one: of words, or `binary`. Its name and
    what it says it is are not looked at.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != _KIND and not (file and kind == _WITH_FILE):
        raise HTTPException(415)
    try:
        async with request.form(max_files=1 if file else 0, max_fields=FIELDS_MOST) as form:
            values = {name: _kept(value) for name, value in form.items() if isinstance(value, str)}
            sent = form.get(file)
            if not isinstance(sent, UploadFile):
                return Form(values)
            raw = await sent.read()
            return Form(values, file=raw) if binary else _with(values, file, raw)
    except MultiPartException:
        raise HTTPException(400) from None


def _with(values: dict[str, str], name: str, raw: bytes) -> Form:
    try:
        return Form({**values, name: _kept(raw.decode("utf-8-sig"))})
    except UnicodeDecodeError:
        return Form(values, {name: _NO_TEXT})


def end_of_day(written: str, zone: tzinfo) -> datetime | None:
    """The end of the day that was filled in under `until`; None for an empty field."""
    if not written.strip():
        return None
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        raise Invalid({"until": phrase("Write a day like 2027-03-31.")}) from None
    return last_moment(day, zone)


def _kept(value: str) -> str:
    """What was typed, without the one sign that nobody types and PostgreSQL does not take."""
    return value.replace("\x00", "")
