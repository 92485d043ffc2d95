"""What somebody sent, read within limits; what is wrong with it is said per field, all at once."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, ParamSpec, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request

from node.api import sorts
from node.api.problems import Unusable
from node.neighbourhood.refusal import Invalid, Refusal, Words, phrase

MOST = 256 * 1024  # bytes
DEEPEST = 32
MOST_PARTS = 1000  # keys and items together

P = ParamSpec("P")
S = TypeVar("S", bound=Struct)
T = TypeVar("T")


@dataclass(frozen=True)
class Said(Generic[S]):
    """What could be read of a body, and what is wrong with the rest, per field."""

    asked: S
    errors: dict[str, Words]


async def read(request: Request, takes: type[S], needed: bool) -> Said[S]:
    """The body of a call as the words it should hold; where none is `needed` it may be left out. Refused:
    400, 413, 415, 422."""
    if needed:
        _require_json(request)
    raw = await _bytes(request)
    if not raw and not needed:
        return Said(takes(), {})
    _require_json(request)
    return filled(takes, parsed(raw))


def asked(query: Sequence[tuple[str, str]], takes: type[S]) -> S:
    """The query of a call as the words it should hold. Refused: 422."""
    said = Counter(name for name, _ in query)
    twice = {name[:100]: phrase("Say this once.") for name, times in said.items() if times > 1}
    if twice:
        raise Invalid(twice)
    kinds = {field.encode_name: field.type for field in msgspec.structs.fields(takes)}
    found = filled(takes, {name: sorts.said(word, kinds.get(name, str)) for name, word in query})
    if found.errors:
        raise Invalid(found.errors)
    return found.asked


def together(errors: Mapping[str, Words], act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do it, if nothing was wrong before; else say what the rules refuse as well, and undo it by that."""
    try:
        done = act(*args, **named)
    except Refusal as refused:
        if not errors:
            raise
        rules = refused.errors if isinstance(refused, Invalid) else {}
        raise Invalid({**rules, **errors}) from None
    if errors:
        raise Invalid(dict(errors))
    return done


def parsed(raw: bytes) -> dict[str, Any]:
    """An object from JSON (RFC 8259): UTF-8, no key twice, not endlessly deep or long. Refused: 400, 422."""
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise Unusable(400, phrase("This is not JSON, or a key stands in it twice.")) from None
    _measure(found)
    if not isinstance(found, dict):
        raise Invalid({"body": phrase("Send one object: { … }.")})
    return found


def filled(takes: type[S], given: Mapping[str, Any]) -> Said[S]:
    """The given words in their places; what is unknown, missing or of the wrong sort is named, and empty."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(takes)}
    errors = {name[:100]: phrase("This is not known here.") for name in given if name not in fields}
    values = {field.name: sorts.empty(field.type) for field in fields.values() if field.required}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                errors[name] = phrase("This is needed.")
            continue
        try:
            values[field.name] = _value(given[name], field.type)
        except _Wrong as wrong:
            errors[name] = wrong.words
    return Said(takes(**values), errors)


class _Wrong(Exception):
    """A field does not hold what it should."""

    def __init__(self, words: Words) -> None:
        self.words = words


def _value(given: object, kind: Any) -> Any:
    try:
        value = msgspec.convert(given, kind)
    except msgspec.ValidationError:
        raise _Wrong(sorts.wanted(kind)) from None
    if isinstance(value, str) and "\x00" in value:
        raise _Wrong(phrase("There is a sign in it that cannot be shown. Type it again."))
    return _moment(value) if isinstance(value, datetime) else value


def _moment(said: datetime) -> datetime:
    """The same moment in UTC and in whole milliseconds, as everything is kept here."""
    try:
        moment = said.astimezone(UTC)
    except OverflowError:
        raise _Wrong(phrase("Choose another moment.")) from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def _bytes(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    too_large = Unusable(413, phrase("This is too large: at most 256 KiB."), {"Connection": "close"})
    if length.isdecimal() and int(length[:20]) > MOST:
        raise too_large
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > MOST:
            raise too_large
    return bytes(raw)


def _require_json(request: Request) -> None:
    kind, _, more = request.headers.get("content-type", "").lower().partition(";")
    charset = more.replace('"', "").replace(" ", "")
    if kind.strip() != "application/json" or charset not in ("", "charset=utf-8"):
        raise Unusable(415, phrase("Send JSON, with Content-Type: application/json."))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Unusable(415, phrase("Send it as it is, not compressed."))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _never(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _measure(found: object) -> None:
    """Refuse what is too deep, too long, or holds half a letter (a surrogate that stands alone)."""
    parts, deep = 0, 0
    layer: list[object] = [found]
    while layer:
        if any(isinstance(part, str) and not _whole(part) for part in layer):
            raise Unusable(400, phrase("There is half a letter in this: a surrogate that stands alone."))
        holding = [part for part in layer if isinstance(part, dict | list)]
        deep += bool(holding)
        parts += sum(len(part) for part in holding)
        if deep > DEEPEST or parts > MOST_PARTS:
            raise Unusable(400, phrase("This is too deep, or there are too many parts in it."))
        layer = [inner for part in holding for inner in _inside(part)]


def _inside(part: dict[str, Any] | list[Any]) -> list[object]:
    return [*part.keys(), *part.values()] if isinstance(part, dict) else part


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
