"""Passkeys: made, named, ended, and shown to come in or before something weighty.

What a device signed is judged by the door, which alone knows the library for it; here is decided what that
is good for.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import entering
from node.neighbourhood.activity import Happening
from node.neighbourhood.passkey import GRACE, checked_name
from node.neighbourhood.refusal import Conflict, NotAllowed, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import access, letters, log, passkeys, residents
from node.storage.database import Transaction
from node.storage.passkeys import Passkey

CHALLENGE_LASTS = timedelta(minutes=5)
CHALLENGES_AN_HOUR = 60  # from one caller
MOST = 10  # passkeys of one person
ADD, SIGN_IN, PROVE = "add", "sign in", "prove"


@dataclass(frozen=True)
class Signed:
    """What a device signed, after the door judged it: with which passkey, how often it signed by now, and
    whether it knew its owner."""

    passkey: str
    counter: int
    verified: bool


def ask(tx: Transaction, what: str, by: Resident | None, browser: str, caller: str, at: datetime) -> str:
    """Something new to sign, in this browser, once, within five minutes. Anybody, but not without end."""
    if access.tries_since(tx, "challenge", caller, at - timedelta(hours=1)) >= CHALLENGES_AN_HOUR:
        raise TooMany(phrase("Too many tries. Wait an hour, or ring us."), wait=3600)
    access.note_try(tx, "challenge", caller, at)
    challenge = secrets.token_urlsafe(32)
    passkeys.ask(tx, challenge, what, by.id if by else None, browser, at + CHALLENGE_LASTS)
    return challenge


def add(
    tx: Transaction,
    by: Resident,
    credential: str,
    public_key: bytes,
    counter: int,
    verified: bool,
    name: str,
    at: datetime,
) -> Passkey:
    """Keep a passkey that a device of this person made just now, and tell them by mail. Anybody with an
    account, for themselves."""
    require(by, Deed.READ_OWN)
    if passkeys.count(tx, by.id) >= MOST:
        raise Conflict(phrase("You have %(most)d passkeys already. End one first.", most=MOST))
    made = Passkey(uuid4().hex, by.id, credential, public_key, counter, verified, checked_name(name), at)
    if not passkeys.add(tx, made):
        raise Conflict(phrase("This passkey is known here already."))
    log.record(tx, Happening.PASSKEY_MADE, by.id, by.id, at)
    letters.add(tx, "way in made", at, resident_id=by.id)
    return made


def rename(tx: Transaction, by: Resident, id: str, name: str) -> None:
    """Call a passkey otherwise. Only whose it is."""
    require(by, Deed.READ_OWN)
    if not passkeys.rename(tx, by.id, id, checked_name(name)):
        raise NotFound(phrase("This passkey is not here, or no longer."))


def end(tx: Transaction, by: Resident, id: str, at: datetime, *, asked: bool = True) -> None:
    """A passkey lets nobody in any more. Only whose it is; never the last way in, and never the last one of
    somebody who needs one (`asked`: who holds a role does)."""
    require(by, Deed.READ_OWN)
    mine = passkeys.of(tx, by.id)
    left = [one for one in mine if one.id != id]
    if len(left) == len(mine):
        raise NotFound(phrase("This passkey is not here, or no longer."))
    if not left and residents.email_of(tx, by.id) is None:
        raise Conflict(phrase("This is your last way in. Make another one first."))
    holds = bool(residents.grants_of(tx, by.id, at))
    if asked and holds and not any(one.verified for one in left):
        raise Conflict(phrase("You hold a role, and need a passkey for it. Make another one first."))
    passkeys.end(tx, by.id, id)
    log.record(tx, Happening.PASSKEY_ENDED, by.id, by.id, at)


def forget(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> int:
    """Somebody lost their passkeys: none of them lets in any more, every device is signed out, and there are
    some days to make a new one. Only an operator, and not for oneself."""
    require(by, Deed.RUN_RESIDENTS)
    person = residents.get(tx, resident_id, at)
    if person.id == by.id:
        raise NotAllowed(phrase("Nobody does this for themselves. Ask another operator."))
    ended = passkeys.end_all(tx, person.id)
    residents.give_days(tx, person.id, at + GRACE)
    access.end_sessions_of(tx, person.id)
    log.record(tx, Happening.PASSKEY_ENDED, by.id, person.id, at)
    return ended


def sign_in(
    tx: Transaction, signed: Signed, old_session: str | None, at: datetime, *, own: bool, asked: bool = True
) -> tuple[str, Resident] | None:
    """Come in by a passkey; None when it was ended meanwhile, or a copy of it signed further than this one.

    Who holds a role has to be known to the device (`asked`); a neighbour may do without.
    """
    found = _used(tx, signed, at)
    if found is None or (asked and not signed.verified and residents.grants_of(tx, found.resident_id, at)):
        return None
    verified = at if signed.verified else None
    return entering.let_in(tx, found.resident_id, old_session, at, own=own, way="passkey", verified=verified)


def prove(tx: Transaction, by: Resident, signed: Signed, session: str, at: datetime) -> bool:
    """Show in a session that one is still who one was. Only with a passkey of one's own that knew its
    owner."""
    require(by, Deed.READ_OWN)
    found = _used(tx, signed, at)
    if found is None or found.resident_id != by.id or not signed.verified:
        return False
    access.verify_session(tx, session, at)
    return True


def _used(tx: Transaction, signed: Signed, at: datetime) -> Passkey | None:
    found = passkeys.by_credential(tx, signed.passkey)
    return found if found is not None and passkeys.used(tx, found.id, signed.counter, at) else None
