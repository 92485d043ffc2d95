"""A request as it arrives, and what its signature says of it: what both families of signatures share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

Headers = Sequence[tuple[bytes, bytes]]
Fields = Mapping[str, Sequence[bytes]]
"""The headers of a request by their names in small letters."""

ONE_LINE = re.compile(r"[\t -~]*")
_SECONDS_OLD, _SECONDS_AHEAD, _SECONDS_APART = 60 * 60, 5 * 60, 60
_HEADER_AT_MOST, _KEY_ID_AT_MOST = 4096, 2048
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_TARGET = re.compile(r"""(https?)://([^"<>\\^`{|}/?#@\s]+)(/[^?#\s]*)?(\?[^#\s]*)?""", re.ASCII)
_URL = re.compile(r"https?://[]!#-;=?@A-Z[_a-z~]+", re.ASCII | re.IGNORECASE)
_ED25519_BYTES, _RSA_BYTES = 64, range(256, 1025)


class Refused(Exception):
    """A message or proof that is not believed: `status` for the other node, `words` for whoever runs it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Kind(StrEnum):
    """The kinds of key that are read here. RSA is always PKCS #1 v1.5 with SHA-256."""

    ED25519 = "ed25519"
    RSA = "rsa"


@dataclass(frozen=True)
class Said:
    """What a signature says, once all was checked that needs no key.

    `bases` are the texts that it may have been made over, `kind` the kind of key it says it was made with:
    None for whatever the key turns out to be.
    """

    key_id: str
    kind: Kind | None
    signature: bytes = field(repr=False)
    bases: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class Target:
    """The address that was asked, in the parts that get signed. It comes from the settings and the path, and
    never from a Host header: what was signed for another host fits nothing here."""

    scheme: str
    host: str
    path: str
    query: str

    @property
    def uri(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}{self.query}"

    @property
    def authority(self) -> str:
        """The host in small letters, with its port when that is not the usual one."""
        return self.host.lower().removesuffix({"http": ":80", "https": ":443"}[self.scheme])


def target(uri: str) -> Target:
    """ValueError for an address with a fragment, a user, or a sign outside ASCII."""
    if not (found := _TARGET.fullmatch(uri)):
        raise ValueError("This is not an address that can be signed.")
    return Target(found[1], found[2], found[3] or "/", found[4] or "")


def fields(headers: Headers) -> Fields:
    """The headers by name, each with all that stands under it."""
    found: dict[str, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name.lower().decode("latin-1"), []).append(value)
    return found


def required(headers: Fields, name: str) -> str:
    """A header that must be there. Refused(401) when it is not."""
    value = header(headers, name)
    if value is None:
        raise Refused(401, f"There is no {name} in the message.")
    return value


def header(headers: Fields, name: str) -> str | None:
    """The header's value without spaces around it, or None. Once, on one line, in ASCII: else ValueError."""
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError("The signature covers a component that is not read here.")
    found = headers.get(name, ())
    if len(found) > 1:
        raise ValueError(f"There is more than one {name} in the message.")
    text = found[0].decode("latin-1") if found else ""
    if len(text) > _HEADER_AT_MOST or not ONE_LINE.fullmatch(text):
        raise ValueError(f"The header {name} is too long, folded, or not plain ASCII.")
    return text.strip(" \t") if found else None


def check_key_id(key_id: object) -> str:
    """The address of a key. ValueError unless it is a whole http(s) URL, up to 2,048 signs, without user."""
    if not isinstance(key_id, str) or len(key_id) > _KEY_ID_AT_MOST or not _is_web_address(key_id):
        raise ValueError("The key's id is not a web address of at most 2,048 signs, with a host and no user.")
    return key_id


@lru_cache(maxsize=512)  # the same few hundred nodes write all day
def _is_web_address(key_id: str) -> bool:
    if not _URL.fullmatch(key_id):
        return False
    try:
        parts = urlsplit(key_id)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def check_length(signature: bytes, kind: Kind | None) -> None:
    """Refuse what no key of that kind can have made: 64 bytes by Ed25519, 256 to 1,024 by RSA."""
    ed25519, rsa = len(signature) == _ED25519_BYTES, len(signature) in _RSA_BYTES
    if not ((ed25519 and kind is not Kind.RSA) or (rsa and kind is not Kind.ED25519)):
        raise Refused(401, "Only Ed25519 and RSA signatures are read here, and this one has another length.")


def check_time(made: float, expires: int | None, now: float) -> None:
    """Refuse what was signed too long ago or too far ahead, or has expired; all in seconds since 1970."""
    if not -_SECONDS_AHEAD <= now - made <= _SECONDS_OLD:
        raise Refused(401, "The signature is over 60 minutes old or 5 minutes ahead. Is the clock right?")
    if expires is not None and now > expires:
        raise Refused(401, "The signature has expired.")


def check_together(created: int, date: str | None) -> None:
    """Refuse two dates that are over a minute apart."""
    if date is not None and abs(seconds(date) - created) > _SECONDS_APART:
        raise Refused(401, "The date of the message and that of its signature disagree.")


@lru_cache(maxsize=64)  # who sends much sends it within few seconds
def seconds(date: str) -> float:
    """A Date header (RFC 9110, 5.6.7) as seconds since 1970. ValueError for another form."""
    try:
        return datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ValueError("The date of the message cannot be read.") from error
