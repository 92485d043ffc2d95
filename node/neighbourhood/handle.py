"""Handles: how somebody with an account elsewhere says where that is, and the way from there to us."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from node.neighbourhood.refusal import Invalid, NotReachable, phrase

HANDLE_LENGTH = 300
_NAME = re.compile(r"[\w.~-]{1,64}")
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,10}(:\d{1,5})?")
_PROFILE = re.compile(r"https?://([^/?#@\s]+)/@([^/?#@\s]+)/?")


@dataclass(frozen=True)
class Handle:
    """`@name@host`. The host in small letters and ASCII, with its port if it has an unusual one."""

    name: str
    host: str

    def __str__(self) -> str:
        return f"@{self.name}@{self.host}"


@dataclass(frozen=True)
class Way:
    """Where somebody wants to go at their own server: follow us, or answer the post with this id of ours."""

    handle: Handle
    post_uri: str | None = None


Ask = Callable[[Way], Awaitable[str | None]]
"""Ask somebody's own server, now, for the address of its page for that; None when it has none. Raises
NotReachable. The roof gives it to the pages, for no door may import another."""


async def out_of_reach(way: Way) -> str | None:
    """For a door that was given no way out."""
    raise no_answer(way.handle)


def no_answer(handle: Handle) -> NotReachable:
    """Their server did not answer, or does not know this name: we cannot always tell which."""
    return NotReachable(
        phrase("%(server)s does not answer now, or does not know this address.", server=handle.host)
    )


def checked_handle(written: str) -> Handle:
    """What somebody typed: `@name@host`, `name@host`, or the address of a profile, `https://host/@name`."""
    written = written.strip()
    profile = _PROFILE.fullmatch(written)
    if profile is not None:
        host, name = profile.groups()
    else:
        name, _, host = written.removeprefix("acct:").removeprefix("@").partition("@")
    try:
        host = host.rstrip(".").lower().encode("idna").decode("ascii") if host else ""
    except UnicodeError:
        host = ""
    if len(written) > HANDLE_LENGTH or not _NAME.fullmatch(name) or not _HOST.fullmatch(host):
        raise Invalid({"address": phrase("Write your whole address, such as @name@social.example.")})
    return Handle(name, host)
