"""Who asks: a program shows the token of a resident. A session's cookie counts for nothing here."""

import re
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import Headers

from node.api import problems
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import access, residents
from node.storage.database import Transaction

_TOKEN = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,200}) *")


@dataclass(frozen=True)
class Caller:
    """Who asks, and whether the use of the token should be written down (once an hour is enough)."""

    who: Resident | None
    note: bool


def bearer(headers: Headers) -> str | None:
    """The token that came with a call (RFC 6750), None without one. Refused (401) when it cannot be one."""
    said = headers.getlist("authorization")
    if not said:
        return None
    found = _TOKEN.fullmatch(said[0])
    if found is None or len(said) > 1:
        raise problems.unknown_token()
    return found[1]


def caller(tx: Transaction, secret: str | None, deed: Deed | None, at: datetime) -> Caller:
    """Who asks, if they could do this at all: for a thing of somebody else the act itself looks again."""
    if secret is None:
        if deed is not None:
            raise problems.unsigned()
        return Caller(None, False)
    use = access.token_use(tx, secret, at)
    if use is None:
        raise problems.unknown_token()
    try:
        who = residents.get(tx, use[0], at)
    except NotFound:
        raise problems.unknown_token() from None
    if deed is not None:
        require(who, deed, owner=who.id)
    return Caller(who, use[1])
