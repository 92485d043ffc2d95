"""Coming back in person: somebody lost every way in, and two say that it is them.

The first is always somebody with a role who saw them. The second is another one, a letter through their own
letter box, or a passkey of theirs. Every device that is signed in says so for a day before anything changes,
and each of them can stop it (U21).
"""

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import alerts, entering, letter_codes
from node.neighbourhood.activity import Happening
from node.neighbourhood.passkey import Shown
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident, checked_email
from node.neighbourhood.roles import Deed, require
from node.storage import access, log, passkeys, recoveries, residents
from node.storage.database import Transaction
from node.storage.recoveries import Recovery

NOTICE = timedelta(hours=24)
TRIES_AN_HOUR = 20  # wrong codes from one caller
IN_PERSON, LETTER, PASSKEY = "person", "letter", "passkey"
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GONE = phrase("There is nothing of this under way, or no longer.")


def begin_for(tx: Transaction, by: Resident, resident_id: str, email: str, at: datetime) -> str:
    """Somebody stands before me and lost their ways in: the first of two. The signs on the paper that they
    get, shown once. Only who may, not for oneself, and for nobody who holds a role."""
    require(by, Deed.BRING_BACK)
    person = residents.get(tx, resident_id, at)
    _require_fit(tx, by, person, at)
    address = checked_email(email) if email.strip() else None
    known = residents.by_email(tx, address, at) if address else None
    if known is not None and known.id != person.id:
        raise Invalid({"email": phrase("Somebody with this mail address has an account already.")})
    if recoveries.running(tx, person.id, at) is not None:
        raise Conflict(phrase("This is under way already. Stop that first."))
    code = "".join(secrets.choice(_SIGNS) for _ in range(16))
    recoveries.add(tx, uuid4().hex, person.id, code, address, by.id, at)
    log.record(tx, Happening.RETURN_ASKED, by.id, person.id, at)
    alerts.to(tx, "return asked", at, person.id)
    return "-".join(code[n : n + 4] for n in range(0, 16, 4))


def back(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> None:
    """I saw them too: the second of two. Only who may, and not who was the first."""
    require(by, Deed.BRING_BACK)
    person = residents.get(tx, resident_id, at)
    found = _running(tx, person.id, at)
    _require_fit(tx, by, person, at)
    if found.opened_by == by.id:
        raise NotAllowed(phrase("You were the first. Somebody else has to be the second."))
    _second(tx, found, IN_PERSON, by.id, at)


def back_by_passkey(tx: Transaction, by: Resident, shown: Shown, at: datetime) -> None:
    """It is me, says a device of my own where I showed my passkey just now: the second of two."""
    require(by, Deed.READ_OWN)
    if not shown.fresh(at):
        raise NotAllowed(phrase("Show your passkey first."))
    _second(tx, _running(tx, by.id, at), PASSKEY, by.id, at)


def stop(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> None:
    """That is not them. Whose account it is, or who may bring somebody back."""
    if by.id != resident_id:
        require(by, Deed.BRING_BACK)
    recoveries.end(tx, _running(tx, resident_id, at), at)
    log.record(tx, Happening.RETURN_STOPPED, by.id, resident_id, at)


def come_back(
    tx: Transaction, signs: str, caller: str, old_session: str | None, at: datetime, *, own: bool
) -> tuple[str, Resident]:
    """Come in by the paper, when two said so and a day has gone by: every other way in ends. Raises Invalid
    with what is still missing."""
    if access.tries_since(tx, "return", caller, at - timedelta(hours=1)) >= TRIES_AN_HOUR:
        raise TooMany(phrase("Too many tries. Wait an hour, or ring us."), wait=3600)
    found = recoveries.by_code(tx, "".join(sign for sign in signs.upper() if sign in _SIGNS), at)
    if found is None or residents.grants_of(tx, found.resident_id, at):
        raise Invalid(
            {"code": phrase("This code does not work, or no longer. Look at it once more, or ring us.")}
        )
    if found.second is None:
        raise Invalid(
            {"letter": phrase("One more has to say that it is you: somebody else at the desk, or a letter.")}
        )
    if at < found.opened + NOTICE:
        raise Invalid(
            {"code": phrase("You come in a day after you were at the desk. Keep the paper until then.")}
        )
    if not recoveries.end(tx, found, at):
        raise Invalid({"code": _GONE})
    if found.email is not None and not recoveries.set_email(tx, found.resident_id, found.email):
        raise Conflict(phrase("Somebody with this mail address has an account already."))
    passkeys.end_all(tx, found.resident_id)
    access.end_sessions_of(tx, found.resident_id)
    log.record(tx, Happening.RETURNED, found.resident_id, found.resident_id, at)
    return entering.let_in(tx, found.resident_id, old_session, at, own=own, way="return")


def back_by_letter(tx: Transaction, signs: str, letter: str, caller: str, at: datetime) -> bool:
    """A letter of the same person, typed beside the paper: the second of two. False when there is no paper
    like that, or there was a second already."""
    found = recoveries.by_code(tx, "".join(sign for sign in signs.upper() if sign in _SIGNS), at)
    if found is None or found.second is not None:
        return False
    letter_codes.use(tx, letter, caller, at, only=found.resident_id)
    _second(tx, found, LETTER, found.resident_id, at)
    return True


def note_wrong(tx: Transaction, caller: str, at: datetime) -> None:
    """Count a wrong code; the door does so after the refusal undid everything else."""
    access.note_try(tx, "return", caller, at)


def _second(tx: Transaction, found: Recovery, what: str, by: str, at: datetime) -> None:
    if not recoveries.second(tx, found.id, what, by, at):
        raise Conflict(phrase("Two have said so already."))
    log.record(tx, Happening.RETURN_BACKED, by, found.resident_id, at, what)


def _running(tx: Transaction, resident_id: str, at: datetime) -> Recovery:
    found = recoveries.running(tx, resident_id, at)
    if found is None:
        raise NotFound(_GONE)
    return found


def _require_fit(tx: Transaction, by: Resident, person: Resident, at: datetime) -> None:
    if person.id == by.id:
        raise NotAllowed(phrase("Nobody does this for themselves. Ask somebody else with this role."))
    if residents.grants_of(tx, person.id, at):
        raise NotAllowed(
            phrase("%(name)s holds a role. An operator takes it back first, or helps them.", name=person.name)
        )
    if person.admitted is None:
        raise Conflict(phrase("Let this person in first."))
