"""Letters with a code, for people without mail: printed by a role holder, typed once on a device.

A letter has a number, which says whose it is, and a code of sixty bits. Wrong tries are counted on the
number, so that nobody guesses a letter's code by asking others (U07).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from node.acts import alerts, entering
from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.neighbourhood.trust import Proof
from node.storage import access, letter_codes, log, passkeys, residents, trust
from node.storage.database import Transaction

LASTS = timedelta(days=30)
WRONG_MOST = 20  # tries of one letter
TRIES_AN_HOUR = 20  # wrong ones from one caller
BATCH = 30  # letters at a time
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, none that look like another: five bits each
_NUMBER, _CODE = 4, 12  # signs of a letter's number, and of its code: 60 bits
_WRONG = phrase("This code does not work, or no longer. Look at it once more, or ring us.")


@dataclass(frozen=True)
class Printed:
    """A letter as it is printed, this once: for whom, and the signs on it."""

    person: Resident
    signs: str
    until: datetime


def make(tx: Transaction, by: Resident, whom: list[str], form: str, at: datetime) -> list[Printed]:
    """Letters for these people; what each had before is void. Only who writes letters, for nobody with a role
    and not for oneself.

    `form`: a secret of the form: it makes these letters once, however often its button was pressed.
    """
    require(by, Deed.WRITE_LETTERS)
    if not whom:
        raise Invalid({"who": phrase("Choose for whom.")})
    if len(whom) > BATCH:
        raise Invalid({"who": phrase("At most %(most)d at a time.", most=BATCH)})
    return [_make(tx, by, residents.get(tx, one, at), form, at) for one in dict.fromkeys(whom)]


def _make(tx: Transaction, by: Resident, person: Resident, form: str, at: datetime) -> Printed:
    if person.id == by.id:
        raise NotAllowed(phrase("Nobody does this for themselves. Ask somebody else with this role."))
    if residents.grants_of(tx, person.id, at):
        raise NotAllowed(
            phrase("%(name)s holds a role, and comes in by a passkey or by mail.", name=person.name)
        )
    if person.admitted is None:
        raise Conflict(phrase("Let this person in first."))
    seed = sha256(f"{by.id} {form} {person.id}".encode()).digest() if form else secrets.token_bytes(32)
    signs = "".join(_SIGNS[byte % len(_SIGNS)] for byte in seed[: _NUMBER + _CODE])
    number, code = signs[:_NUMBER], signs[_NUMBER:]
    printed = Printed(person, "-".join(signs[n : n + 4] for n in range(0, len(signs), 4)), at + LASTS)
    if letter_codes.open_of(tx, person.id, at) == number:
        return printed
    letter_codes.end_of(tx, person.id, at)
    if not letter_codes.add(tx, number, code, person.id, by.id, at + LASTS, at):
        raise Conflict(phrase("These letters were made before. Make new ones."))
    log.record(tx, Happening.LETTER_MADE, by.id, person.id, at)
    return printed


def end(tx: Transaction, by: Resident, number: str, at: datetime) -> None:
    """A letter lets nobody in any more. Only who writes letters."""
    require(by, Deed.WRITE_LETTERS)
    owner = letter_codes.end(tx, number, at)
    if owner is None:
        raise NotFound(phrase("This letter is not here, or no longer."))
    log.record(tx, Happening.LETTER_ENDED, by.id, owner, at)


def enter(
    tx: Transaction, signs: str, caller: str, old_session: str | None, at: datetime, *, own: bool
) -> tuple[str, Resident]:
    """Come in by a letter, once. Anybody who has it; but whoever has another way in keeps to that, for one
    role holder alone could print a letter: to them it is a sign that they live where they said (U21)."""
    owner = use(tx, signs, caller, at)
    if residents.email_of(tx, owner) is not None or passkeys.count(tx, owner):
        raise Invalid(
            {"code": phrase("Sign in as you are used to, and type this code on the page with your details.")}
        )
    trust.prove(tx, owner, Proof.LETTER, owner, at)
    return entering.let_in(tx, owner, old_session, at, own=own, way="letter")


def confirm(tx: Transaction, by: Resident, signs: str, caller: str, at: datetime) -> None:
    """Show that a letter came through one's own letter box. Anybody with an account, by a letter of their
    own."""
    require(by, Deed.READ_OWN)
    if use(tx, signs, caller, at, only=by.id):
        trust.prove(tx, by.id, Proof.LETTER, by.id, at)


def use(tx: Transaction, signs: str, caller: str, at: datetime, only: str | None = None) -> str:
    """Use a letter up, and say whose it was. Raises Invalid, the same whatever is wrong with it."""
    if access.tries_since(tx, "letter", caller, at - timedelta(hours=1)) >= TRIES_AN_HOUR:
        raise TooMany(phrase("Too many tries. Wait an hour, or ring us."), wait=3600)
    number, code = _parts(signs)
    owner = letter_codes.use(tx, number, code, at)
    if owner is None or only not in (None, owner):
        raise Invalid({"code": _WRONG})
    log.record(tx, Happening.LETTER_USED, owner, owner, at)
    return owner


def note_wrong(tx: Transaction, signs: str, caller: str, at: datetime) -> None:
    """Count a wrong code, for its letter and for its caller; the door does so after the refusal undid
    everything else. After twenty the letter is locked, and the operators are told."""
    access.note_try(tx, "letter", caller, at)
    if letter_codes.wrong(tx, _parts(signs)[0], WRONG_MOST, at):
        alerts.to_role(tx, Role.OPERATOR, "letter locked", at)


def _parts(signs: str) -> tuple[str, str]:
    plain = "".join(sign for sign in signs.upper() if sign in _SIGNS)
    return plain[:_NUMBER], plain[_NUMBER:]
