"""People: joining by a code or an operator's yes, roles as grants, signing in, and keys for programs."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from node.acts import entering
from node.neighbourhood.activity import Happening
from node.neighbourhood.language import checked_language
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident, checked_email, checked_name
from node.neighbourhood.roles import Deed, Role, require
from node.storage import access, letters, log, residents, ways_in
from node.storage.database import Transaction

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = entering.OWN_LASTS
INVITATION_LASTS = timedelta(days=30)
MAILS_AN_HOUR = 3  # sign-in mails to one address
MAILS_AN_HOUR_PER_CALLER = 10
MAILS_AN_HOUR_IN_ALL = 100
CODES_AN_HOUR = 20  # wrong invitation codes from one caller

_CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look like another


def join(
    tx: Transaction,
    name: str,
    email: str,
    language: str,
    code: str,
    caller: str,
    at: datetime,
    browser: str = "",
) -> Resident | None:
    """Make an account. With an invitation code it is let in at once; without, an operator decides.

    `caller` is where it comes from, for counting tries; `browser` what the asking browser alone knows. None
    when the address has an account already: that person gets a sign-in mail, and whoever asks learns nothing.
    """
    name, email, language = checked_name(name), checked_email(email), checked_language(language)
    code = "".join(sign for sign in code.upper() if sign.isalnum())
    invited = bool(code) and _use_code(tx, code, caller, at)
    made = Resident(uuid4().hex, name, language, at, admitted=at if invited else None)
    _count_mail(tx, email, None if invited else caller, at)
    _write(tx, email, browser, at)
    if not residents.add(tx, made, email):
        if invited:
            _let_in_who_waits(tx, email, at)
        return None
    log.record(tx, Happening.JOINED, made.id, made.id, at)
    if invited:
        log.record(tx, Happening.ADMITTED, made.id, made.id, at)
    return made


def _let_in_who_waits(tx: Transaction, email: str, at: datetime) -> None:
    """A good code for somebody who has an account already and waits: it is not used up for nothing."""
    person = residents.by_email(tx, email, at)
    if person is not None and residents.admit(tx, person.id, at):
        log.record(tx, Happening.ADMITTED, person.id, person.id, at)


def add(tx: Transaction, by: Resident, name: str, email: str | None, language: str, at: datetime) -> Resident:
    """Put a person in and let them in at once. Only an operator."""
    require(by, Deed.RUN_RESIDENTS)
    name, language = checked_name(name), checked_language(language)
    made = Resident(uuid4().hex, name, language, at, admitted=at)
    if not residents.add(tx, made, checked_email(email) if email else None):
        raise Conflict(phrase("Somebody with this mail address has an account already."))
    log.record(tx, Happening.JOINED, by.id, made.id, at)
    log.record(tx, Happening.ADMITTED, by.id, made.id, at)
    return made


def admit(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> Resident:
    """Let somebody in who waits. Only an operator."""
    require(by, Deed.RUN_RESIDENTS)
    person = residents.get(tx, resident_id, at)
    if residents.admit(tx, person.id, at):
        log.record(tx, Happening.ADMITTED, by.id, person.id, at)
        letters.add(tx, "admitted", at, resident_id=person.id)
    return residents.get(tx, person.id, at)


def turn_away(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> None:
    """Say no to somebody who waits: their account goes, with all that it held. Only an operator, and never of
    somebody who was let in."""
    require(by, Deed.RUN_RESIDENTS)
    person = residents.get(tx, resident_id, at)
    if not residents.forget(tx, person.id):
        raise Conflict(phrase("This person is in already, or wrote something here."))
    log.record(tx, Happening.TURNED_AWAY, by.id, person.id, at)


def use_code(tx: Transaction, by: Resident, code: str, at: datetime) -> Resident:
    """Let oneself in, afterwards, by an invitation code. Anybody with an account."""
    require(by, Deed.JOIN)
    if by.admitted is not None:
        return by
    _use_code(tx, "".join(sign for sign in code.upper() if sign.isalnum()), by.id, at)
    if residents.admit(tx, by.id, at):
        log.record(tx, Happening.ADMITTED, by.id, by.id, at)
    return residents.get(tx, by.id, at)


def grant(
    tx: Transaction, by: Resident, resident_id: str, role: Role, until: datetime | None, at: datetime
) -> None:
    """Give a person a role, until a day or until taken back. Only an operator, and not to oneself."""
    require(by, Deed.RUN_RESIDENTS)
    person = residents.get(tx, resident_id, at)
    if person.id == by.id:
        raise NotAllowed(phrase("Nobody gives a role to themselves. Ask another operator."))
    if person.admitted is None:
        raise Conflict(phrase("Let this person in first."))
    if until is not None and until <= at:
        raise Invalid({"until": phrase("Choose a moment that is still to come.")})
    residents.grant(tx, person.id, role, until, at)
    log.record(tx, Happening.ROLE_GRANTED, by.id, person.id, at, role)
    access.end_sessions_of(tx, person.id)


def end_role(tx: Transaction, by: Resident, resident_id: str, role: Role, at: datetime) -> None:
    """Take a role back. Only an operator; the last operator stays."""
    require(by, Deed.RUN_RESIDENTS)
    if role is Role.OPERATOR and residents.holding(tx, role, at, lock=True) == [resident_id]:
        raise Conflict(phrase("This is the last operator. Give somebody else the role first."))
    if not residents.end_role(tx, resident_id, role):
        raise NotFound(phrase("This person does not hold that role."))
    log.record(tx, Happening.ROLE_ENDED, by.id, resident_id, at, role)
    access.end_sessions_of(tx, resident_id)


def invite(
    tx: Transaction,
    by: Resident,
    note: str,
    uses: int,
    at: datetime,
    lasts: timedelta = INVITATION_LASTS,
    form: str = "",
) -> str:
    """Make an invitation code, shown once. Only an operator. Twelve signs: 60 bits.

    `form` is a secret of the form it was made on: that form makes one code, however often its button was
    pressed.
    """
    require(by, Deed.RUN_RESIDENTS)
    if not 1 <= uses <= 1000:
        raise Invalid({"uses": phrase("Between 1 and %(most)d.", most=1000)})
    code = _code_of(by, form)
    if access.add_invitation(tx, code, by.id, note.strip()[:200], uses, at + lasts, at):
        log.record(tx, Happening.INVITED, by.id, by.id, at)
    elif not ways_in.works(tx, code, at):
        raise Conflict(phrase("This code was made before, and lets nobody in any more. Make another one."))
    return "-".join(code[start : start + 4] for start in (0, 4, 8))


def _code_of(by: Resident, form: str) -> str:
    """A new code; of the same form it is the same."""
    chance = sha256(f"{by.id} {form}".encode()).digest() if form else secrets.token_bytes(12)
    return "".join(_CODE_SIGNS[byte % len(_CODE_SIGNS)] for byte in chance[:12])


def end_invitation(tx: Transaction, by: Resident, which: str, at: datetime) -> None:
    """An invitation lets nobody in any more, from now on. `which`: its id, or its code. Only an operator."""
    require(by, Deed.RUN_RESIDENTS)
    if not ways_in.end_invitation(tx, which, at):
        raise NotFound(phrase("This invitation is not here, or no longer."))


def ask_signin(tx: Transaction, email: str, caller: str, at: datetime, browser: str = "") -> None:
    """Want a sign-in mail. Nobody learns from the answer whether the address is known (U01).

    `browser`: what the asking browser alone knows; there the link signs in, elsewhere it shows a code (U04).
    """
    email = checked_email(email)
    _count_mail(tx, email, caller, at)
    _write(tx, email, browser, at)


def _write(tx: Transaction, email: str, browser: str, at: datetime) -> None:
    """The queue never holds what opens something: of the browser's secret only the hash."""
    letters.add(tx, "signin", at, address=email, browser=access.hashed(browser) if browser else None)


def make_link(
    tx: Transaction,
    resident_id: str,
    at: datetime,
    lasts: timedelta = LINK_LASTS,
    browser: str | None = None,
) -> str:
    """The secret of a sign-in link, valid once; older ones of this person end. `browser`: the hash of what
    the asking browser knows; without it the link works in any."""
    secret = secrets.token_urlsafe(32)
    code = entering.code_of(secret)
    access.add_link(tx, secret, resident_id, at + lasts, at, browser=browser, code=code)
    return secret


def make_lasting_link(tx: Transaction, resident_id: str, at: datetime) -> str:
    """The secret of a link that may be used again and again: for the cast of a demo alone."""
    secret = secrets.token_urlsafe(32)
    access.add_link(tx, secret, resident_id, at + timedelta(days=30), at, lasting=True)
    return secret


def sign_in(
    tx: Transaction,
    link: str,
    old_session: str | None,
    at: datetime,
    *,
    browser: str = "",
    own: bool = True,
) -> tuple[str, Resident]:
    """Use a sign-in link: a new session's secret, and whose it is. A session that was there before ends
    (U08). In another browser than the one that asked it lets nobody in (U04)."""
    asked = access.link_browser(tx, link)
    if asked is not None and asked != access.hashed(browser):
        raise NotAllowed(phrase("Type the code in the browser where you asked for this mail."))
    owner = access.use_link(tx, link, at)
    if owner is None:
        raise NotFound(phrase("This link was used already, or it is too old. Ask for a new one."))
    return entering.let_in(tx, owner, old_session, at, own=own)


def make_token(tx: Transaction, by: Resident, name: str, at: datetime) -> str:
    """A key with which a program acts as this person; shown once. Anybody with an account."""
    require(by, Deed.READ_OWN)
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise Invalid({"name": phrase("Give the token a short name, to know it again.")})
    secret = "bk_" + secrets.token_urlsafe(32)
    access.add_token(tx, secret, uuid4().hex, by.id, name, at)
    return secret


def set_language(tx: Transaction, by: Resident, language: str) -> None:
    """The language in which a person reads pages and gets letters. Anybody with an account, for
    themselves."""
    require(by, Deed.READ_OWN)
    residents.set_language(tx, by.id, checked_language(language))


def _use_code(tx: Transaction, code: str, caller: str, at: datetime) -> bool:
    hour = at - timedelta(hours=1)
    if access.tries_since(tx, "code", caller, hour) >= CODES_AN_HOUR:
        raise TooMany(phrase("Too many tries. Wait an hour, or ring us."), wait=3600)
    if not access.use_invitation(tx, code, at):
        raise Invalid({"code": phrase("This code is not known, or it is used up. Look at it once more.")})
    return True


def note_wrong_code(tx: Transaction, caller: str, at: datetime) -> None:
    """Count a wrong code; the door does so after the refusal undid everything else."""
    access.note_try(tx, "code", caller, at)


def _count_mail(tx: Transaction, email: str, caller: str | None, at: datetime) -> None:
    """Count a sign-in mail, for its address; for whoever asks and in all only when not invited (R09)."""
    limits: list[tuple[str, str, str | None, int]] = [("mail to", email, email, MAILS_AN_HOUR)]
    if caller is not None:
        limits.append(("mail for", caller, caller, MAILS_AN_HOUR_PER_CALLER))
        limits.append(("mail for", caller, None, MAILS_AN_HOUR_IN_ALL))
    hour = at - timedelta(hours=1)
    if any(access.tries_since(tx, what, counted, hour) >= most for what, _, counted, most in limits):
        raise TooMany(
            phrase("We sent mails just now. Look in your mailbox, or try again in an hour."), wait=3600
        )
    for what, who in {what: who for what, who, _, _ in limits}.items():
        access.note_try(tx, what, who, at)
