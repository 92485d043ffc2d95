"""Blocks: servers and accounts elsewhere that a node wants nothing to do with, or first wants to look at."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from node.neighbourhood.refusal import Invalid, phrase

WHY_LENGTH = 500
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,10}(:\d{1,5})?")


class Severity(StrEnum):
    """How much. The words of the lists that servers exchange: `suspend` is BLOCK, `silence` is HOLD."""

    BLOCK = "block"  # answered 403, and nothing of it stays here
    HOLD = "hold"  # everything it says waits for a supervisor


class Source(StrEnum):
    """Who wanted it."""

    OWN = "own"
    LIST = "list"  # an imported list
    HUB = "hub"


@dataclass(frozen=True)
class Block:
    """One of them. `subject` is a host (its subdomains count too) or the id of an actor."""

    subject: str
    severity: Severity
    why: str
    source: Source
    created: datetime
    by: str | None = None


def checked_subject(words: str) -> str:
    """What an operator typed, in one spelling: a host in small letters and ASCII, or the id of an actor.

    Raises Invalid for what is neither. `@name@host` is an account of which we must know the id: not read
    here.
    """
    words = words.strip()
    return _actor(words) if "/" in words else _host(words)


def is_too_wide(subject: str) -> bool:
    """Whether it is a word without a dot, which would be a whole country: our own operator alone may mean
    that."""
    return not any(sign in subject for sign in "./:")


def _host(words: str, usual: str = ":443") -> str:
    try:
        host = words.rstrip(".").lower().encode("idna").decode("ascii") if words else ""
    except UnicodeError:
        host = ""
    host = host.removesuffix(usual).rstrip(".")  # as in an origin, where the usual port is never written
    if not _HOST.fullmatch(host):
        raise _wrong()
    return host


def _actor(words: str) -> str:
    try:
        parts = urlsplit(words)
    except ValueError:
        raise _wrong() from None
    if parts.scheme not in ("https", "http") or len(words) > 2048 or not words.isprintable():
        raise _wrong()
    host = _host(parts.netloc, ":443" if parts.scheme == "https" else ":80")
    return host if parts.path in ("", "/") else parts._replace(netloc=host).geturl()


def _wrong() -> Invalid:
    return Invalid({"subject": phrase("Write the name of a server, such as social.example.")})


def subjects_of(origin: str, actor: str | None = None) -> list[str]:
    """Every subject that a block of this origin, or of this actor, could have: the host with its port, the
    host, and each domain that it is part of."""
    netloc = urlsplit(origin).netloc
    host = netloc.rsplit(":", 1)[0] if netloc.rsplit(":", 1)[-1].isdigit() else netloc
    labels = host.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    return list(dict.fromkeys([*([actor] if actor else []), netloc, *parents]))
