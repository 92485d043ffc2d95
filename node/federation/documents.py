"""Reading what others send: JSON within limits, and the few shapes of ActivityStreams that we use. Pure: no
I/O."""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from unicodedata import category

import msgspec

DEPTH = 32
MEMBERS = 1000
MEMBERS_FETCHED = 10_000  # a page of an outbox holds twenty whole activities, each with its context and proof
URI_LENGTH = 2048
HOST_LENGTH = 253  # of a name (RFC 1035), without the dot that may end it
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # controls, also those that turn the direction of writing
_ADDRESS = re.compile(
    r"""(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{0,5}))?(?:[/?#][^\0-\x20"<>\\\x7f]*)?""",
    re.ASCII | re.IGNORECASE,
)
_UNREAD = frozenset({"@graph", "@included", "@reverse"})
_UNREAD_WRITTEN = [f'"{name}"'.encode() for name in _UNREAD]
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NO_URI = frozenset(' "\\<>')
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u200c\u200d")  # nothing to see
_KEPT = {"\n", "\t", "\u200c", "\u200d"}  # the last two join letters, in Persian as in emoji


class Unreadable(Exception):
    """Not a document we read; `str` says why, for the other side's operator."""


def parse(body: bytes, most: int = MEMBERS) -> dict[str, Any]:
    """A JSON object in UTF-8, within limits, each key once. Raises Unreadable (`federation.md` 7, rule 1)."""
    try:
        document = _as_we_write(body) or _JSON.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not readable JSON: {type(error).__name__}") from None
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    if not _is_small(body, most):
        _measure(document, most)
    return document


def written(document: Any) -> bytes:
    """JSON as we write it: short, in UTF-8, in the order it has. UnicodeEncodeError for half characters."""
    return msgspec.json.encode(document)


def _as_we_write(body: bytes) -> Any:
    """What the bytes say, if they are the very bytes that we would write for it: then no key stands there
    twice, for one of the two would be gone. None for all others, which are read slowly and with care."""
    try:
        document = msgspec.json.decode(body)
        plain = msgspec.json.encode(document) == body and not any(name in body for name in _UNREAD_WRITTEN)
    except (ValueError, RecursionError):
        return None
    return document if plain else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    if not _UNREAD.isdisjoint(found):
        raise ValueError("@graph, @included and @reverse are not read")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)


def _is_small(body: bytes, most: int) -> bool:
    """Whether there are so few brackets and commas that it cannot hold too much, or be too deep: nearly all
    that comes in."""
    containers = body.count(b"{") + body.count(b"[")
    return containers < DEPTH and containers + body.count(b",") <= most


def _measure(document: dict[str, Any], most: int) -> None:
    members = 0
    level: list[Any] = [document]
    for _ in range(DEPTH):
        level = _inside(level)
        members += len(level)
        if members > most:
            raise Unreadable(f"more than {most} members")
        if not level:
            return
    raise Unreadable(f"deeper than {DEPTH}")


def _inside(values: list[Any]) -> list[Any]:
    """All that is directly in these. (Without a generator for each: it is asked of all that comes in.)"""
    found: list[Any] = []
    for value in values:
        if isinstance(value, dict):
            found.extend(value.values())
        elif isinstance(value, list):
            found.extend(value)
    return found


def uri_of(value: Any) -> str | None:
    """The id of a thing given by its id or whole; None for anything else."""
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, str) and value.startswith(("https://", "http://")) and not is_spoiled(value):
        return value
    return None


def is_spoiled(value: Any) -> bool:
    """Whether a text has what no address has: a space, a quotation mark, a control sign, or no end (P15)."""
    return isinstance(value, str) and not (
        len(value) <= URI_LENGTH and value.isprintable() and _NO_URI.isdisjoint(value)
    )


def listed(value: Any) -> list[Any]:
    """A list, also where software sends one bare item, or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def uris_of(value: Any) -> list[str]:
    return [uri for item in listed(value) if (uri := uri_of(item))]


def origin_of(uri: str) -> str | None:
    """Scheme, host and port of an address, in one spelling; None for what has none, is too long, hides a user
    in it, or writes its host in a way that some read otherwise (A20)."""
    return _origin(uri) if len(uri) <= URI_LENGTH else None


@lru_cache(maxsize=1024)
def _origin(uri: str) -> str | None:
    found = _ADDRESS.fullmatch(uri)
    if found is None or len(found[2]) > HOST_LENGTH + 1 or (host := _host(found[2].lower())) is None:
        return None
    scheme, usual = found[1].lower(), 443 if len(found[1]) == 5 else 80
    port = int(found[3] or usual)
    if not 0 < port < 65536:
        return None
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"


@lru_cache(maxsize=4096)
def _host(name: str) -> str | None:
    """A name or an IP address as we write it. Numbers are no name: 127.1 and 0x7f.1 are read as an address by
    some."""
    try:
        if name.startswith("["):
            return f"[{IPv6Address(name[1:-1])}]"
        name = name.removesuffix(".")
        if _NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(IPv4Address(name))
    except ValueError:
        return None
    labels = name.split(".")
    return name if len(name) <= HOST_LENGTH and all(0 < len(label) <= 63 for label in labels) else None


def is_time(value: Any) -> bool:
    """Whether this is a time at all, also one without a zone; no year that nobody means (P14)."""
    return moment_of(value) is not None or (isinstance(value, str) and moment_of(f"{value}Z") is not None)


def moment_of(value: Any) -> datetime | None:
    """A time with its zone, in whole milliseconds; None for anything else, and for years nobody means."""
    return _moment(value) if isinstance(value, str) and len(value) <= 40 else None


@lru_cache(maxsize=256)  # one message says the same time up to five times
def _moment(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
        moment = told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if told.tzinfo is None or not 2000 <= moment.year <= 2200:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def words_of(value: Any, most: int) -> str | None:
    """A text without signs that cannot be shown, cut at `most` letters; None for anything else."""
    if not isinstance(value, str):
        return None
    if value.replace("\n", " ").isprintable():  # nearly every text
        return value[:most]
    return "".join(c for c in value[:most] if c in _KEPT or category(c) not in _UNSEEN)


def name_of(value: Any, most: int) -> str | None:
    """A text on one line, without anything that cannot be seen; None when nothing is left (P22)."""
    seen = words_of(value, most) or ""
    if not _BLANK.isdisjoint(seen):
        seen = "".join(c for c in seen if c.isspace() or c not in _BLANK)
    return " ".join(seen.split()) or None
