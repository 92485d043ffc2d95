"""Coming in: what begins a session, whichever way somebody came, and the code in a sign-in mail."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from node.neighbourhood.refusal import Invalid, TooMany, phrase
from node.neighbourhood.resident import Resident
from node.storage import access, recoveries, residents
from node.storage.database import Transaction

OWN_LASTS = timedelta(days=30)  # on a device of one's own, after its last use
SHARED_LASTS = timedelta(hours=4)  # where others sit down too; the browser forgets it when it closes
CODE_TRIES = 5  # of the six digits, in the browser that asked
CODE_LASTS = timedelta(hours=1)  # as long as a sign-in mail can be under way, and more than it works
CODES_AN_HOUR = 20  # wrong ones from one caller


def lasts(own: bool) -> timedelta:
    """How long a session goes on after its last use."""
    return OWN_LASTS if own else SHARED_LASTS


def let_in(
    tx: Transaction,
    resident_id: str,
    old_session: str | None,
    at: datetime,
    *,
    own: bool,
    way: str = "mail",
    verified: datetime | None = None,
) -> tuple[str, Resident]:
    """A new session's secret, and whose it is; what this browser had before ends (U08).

    `own`: on a device of their own; `verified`: when a passkey was shown that knew its owner.
    """
    if old_session is not None:
        access.end_session(tx, old_session)
    secret = secrets.token_urlsafe(32)
    until = at + lasts(own)
    notice = recoveries.running(tx, resident_id, at) is not None
    access.add_session(
        tx, secret, resident_id, until, at, shared=not own, way=way, verified=verified, notice=notice
    )
    return secret, residents.get(tx, resident_id, at)


def code_of(link: str) -> str:
    """The six digits that stand beside a link: who has the link has them too, and nobody else."""
    return f"{int.from_bytes(sha256(f'code of {link}'.encode()).digest()[:8]) % 10**6:06}"


def by_code(
    tx: Transaction,
    browser: str,
    code: str,
    caller: str,
    old_session: str | None,
    at: datetime,
    *,
    own: bool,
) -> tuple[str, Resident]:
    """Come in by the code of a sign-in mail, in the browser that asked for it: `browser` is what it knows.

    A wrong code is heard the same whether there was a mail or not (U01); five of them end it.
    """
    hour = at - CODE_LASTS
    here = access.tries_since(tx, "mail code", browser, hour) >= CODE_TRIES
    if here or access.tries_since(tx, "mail code from", caller, hour) >= CODES_AN_HOUR:
        raise TooMany(phrase("Too many tries. Ask for a new mail, or ring us."), wait=900)
    digits = "".join(sign for sign in code if sign.isdecimal())
    owner = access.use_code(tx, access.hashed(browser), digits, at)
    if owner is None:
        raise Invalid({"code": phrase("This is not the code, or it is too old. Look at it once more.")})
    return let_in(tx, owner, old_session, at, own=own)


def note_wrong_code(tx: Transaction, browser: str, caller: str, at: datetime) -> None:
    """Count a wrong code; the door does so after the refusal undid everything else."""
    access.note_try(tx, "mail code", browser, at)
    access.note_try(tx, "mail code from", caller, at)
