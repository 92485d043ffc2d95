"""Who is known: neighbours who vouch for each other, and what somebody at the desk saw of them."""

from datetime import datetime

from node.acts import alerts
from node.neighbourhood.activity import Happening
from node.neighbourhood.category import Category
from node.neighbourhood.refusal import Conflict, NotAllowed, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.trust import VOUCHES_MOST, Level, Proof, needed, require_known
from node.storage import log, residents, trust
from node.storage.database import Transaction


def vouch(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> None:
    """Give one's word that somebody is who they say. A resident who is known, for another, once; it counts
    when the other says yes."""
    require(by, Deed.VOUCH)
    if resident_id == by.id:
        raise Conflict(phrase("Nobody vouches for themselves. Ask two neighbours who know you."))
    person = residents.get(tx, resident_id, at)
    if person.admitted is None:
        raise NotFound(phrase("This person is not known here."))
    _require_known_voucher(tx, by, at)
    if len(trust.given(tx, by.id)) >= VOUCHES_MOST:
        raise Conflict(
            phrase("You vouch for %(most)d neighbours. That is as many as we ask.", most=VOUCHES_MOST)
        )
    if not trust.vouch(tx, by.id, person.id, at):
        raise Conflict(phrase("You gave your word for this neighbour before."))
    alerts.to(tx, "vouch asked", at, person.id)


def by_name(tx: Transaction, by: Resident, name: str, at: datetime) -> None:
    """The same for the one neighbour who is called so; when there are more, or none, they have to help:
    the page of their details has a link to give away."""
    require(by, Deed.VOUCH)
    _require_known_voucher(tx, by, at)
    found = trust.called(tx, " ".join(name.split()))
    if len(found) != 1:
        raise NotFound(
            phrase("We cannot find exactly one neighbour with this name. Ask them for their link.")
        )
    vouch(tx, by, found[0], at)


def accept(tx: Transaction, by: Resident, voucher: str, at: datetime) -> None:
    """Yes, let this neighbour vouch for me. Only for whom it is."""
    require(by, Deed.READ_OWN)
    if not trust.accept(tx, voucher, by.id, at):
        raise NotFound(_GONE)
    log.record(tx, Happening.VOUCHED, voucher, by.id, at)


def decline(tx: Transaction, by: Resident, voucher: str, at: datetime) -> None:
    """No, thank you: that neighbour cannot ask again. Only for whom it is."""
    require(by, Deed.READ_OWN)
    if not trust.decline(tx, voucher, by.id, at):
        raise NotFound(_GONE)


def withdraw(tx: Transaction, by: Resident, resident_id: str, at: datetime) -> None:
    """Take one's word back. Only who gave it."""
    require(by, Deed.READ_OWN)
    if not trust.withdraw(tx, by.id, resident_id):
        raise NotFound(_GONE)
    log.record(tx, Happening.VOUCH_ENDED, by.id, resident_id, at)


def prove(tx: Transaction, by: Resident, resident_id: str, what: Proof, at: datetime) -> None:
    """Write down what one saw of somebody. Only who stands at the desk, and not of oneself; that a letter
    came shows by its code alone."""
    require(by, Deed.PROVE)
    person = residents.get(tx, resident_id, at)
    if person.id == by.id:
        raise NotAllowed(phrase("Nobody does this for themselves. Ask somebody else with this role."))
    if person.admitted is None:
        raise Conflict(phrase("Let this person in first."))
    if what is Proof.LETTER:
        raise Conflict(phrase("Print a letter: its code says that it came."))
    if trust.prove(tx, person.id, what, by.id, at):
        log.record(tx, Happening.PROVED, by.id, person.id, at, what)


def unprove(tx: Transaction, by: Resident, resident_id: str, what: Proof, at: datetime) -> None:
    """It was a mistake, or is so no longer. Only who stands at the desk."""
    require(by, Deed.PROVE)
    if not trust.unprove(tx, resident_id, what):
        raise NotFound(_GONE)
    log.record(tx, Happening.PROVED, by.id, resident_id, at, f"no longer: {what}")


def require_for(tx: Transaction, by: Resident, category: Category | str, at: datetime) -> None:
    """Refuse who offers or promises what asks for somebody who is known, and is not. (Who asks for it may be
    new.)"""
    if needed(category) > Level.MAIL:
        require_known(trust.level(tx, by.id, at), category)


def _require_known_voucher(tx: Transaction, by: Resident, at: datetime) -> None:
    if trust.level(tx, by.id, at) < Level.KNOWN:
        raise NotAllowed(phrase("To vouch for somebody you have to be known yourself. Your details say how."))


_GONE = phrase("This is not here, or no longer.")
