"""Passkeys as the acts know them, after a door judged what a device signed: on both databases."""

from datetime import timedelta
from typing import Any

from node.acts import passkeys
from node.acts.passkeys import ADD, SIGN_IN, Signed
from node.neighbourhood.activity import Happening
from node.neighbourhood.passkey import FRESH, GRACE, Shown
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.resident import Resident, console
from node.storage import access, residents
from node.storage import passkeys as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
HERE = "192.0.2.1"


def made(tx: Transaction, by: Resident, credential: str = "telefoon", verified: bool = True) -> kept.Passkey:
    return passkeys.add(tx, by, credential, b"key", 0, verified, credential, NOON)


def comes_in(tx: Transaction, counter: int, verified: bool = True, asked: bool = True) -> Any:
    signed = Signed("telefoon", counter, verified)
    return passkeys.sign_in(tx, signed, None, NOON, own=True, asked=asked)


@story
def test_a_passkey_is_made_told_and_lets_in(tx: Transaction, cast: town.Cast) -> None:
    one = made(tx, cast.poster)
    assert written(tx) == ["way in made to Bea"]
    assert happened(tx, cast.poster.id)[-1] is Happening.PASSKEY_MADE
    assert not kept.there(tx, cast.helper.id)
    assert kept.there(tx, cast.poster.id)
    secret, person = comes_in(tx, 1)
    assert person == cast.poster
    begun = access.begun(tx, secret, NOON)
    assert begun is not None
    assert begun.verified == NOON
    assert (kept.of(tx, cast.poster.id)[0].counter, kept.of(tx, cast.poster.id)[0].used) == (1, NOON)
    refused(tx, Conflict, passkeys.add, cast.helper, one.credential, b"key", 0, True, "mijn", NOON)


@story
def test_U13_one_that_signed_as_far_already_lets_nobody_in(tx: Transaction, cast: town.Cast) -> None:
    made(tx, cast.poster)
    assert comes_in(tx, 7)
    for counter in (7, 3, 0):
        assert comes_in(tx, counter) is None
    assert comes_in(tx, 8)


@story
def test_U13_for_a_role_it_has_to_know_its_owner(tx: Transaction, cast: town.Cast) -> None:
    made(tx, cast.broker)
    assert comes_in(tx, 1, verified=False) is None
    assert comes_in(tx, 2, verified=False, asked=False)
    assert comes_in(tx, 3)


@story
def test_U13_a_challenge_is_taken_once_by_whom_it_is_for(tx: Transaction, cast: town.Cast) -> None:
    def asked(what: str = ADD, by: Resident | None = cast.poster) -> str:
        return passkeys.ask(tx, what, by, "seal", HERE, NOON)

    bea, soon = cast.poster.id, NOON + passkeys.CHALLENGE_LASTS
    once = asked()
    assert kept.take(tx, once, ADD, bea, "seal", NOON)
    assert not kept.take(tx, once, ADD, bea, "seal", NOON)
    for what, who, browser, at in (
        (SIGN_IN, bea, "seal", NOON),
        (ADD, cast.helper.id, "seal", NOON),
        (ADD, None, "seal", NOON),
        (ADD, bea, "another", NOON),
        (ADD, bea, "seal", soon),
    ):
        one = asked()
        assert not kept.take(tx, one, what, who, browser, at)
        assert not kept.take(tx, one, ADD, bea, "seal", NOON), "and it is gone"


@story
def test_challenges_are_not_asked_without_end(tx: Transaction, cast: town.Cast) -> None:
    for _ in range(passkeys.CHALLENGES_AN_HOUR):
        passkeys.ask(tx, SIGN_IN, None, "seal", HERE, NOON)
    refused(tx, TooMany, passkeys.ask, SIGN_IN, None, "seal", HERE, NOON)
    passkeys.ask(tx, SIGN_IN, None, "seal", "198.51.100.9", NOON)
    passkeys.ask(tx, SIGN_IN, None, "seal", HERE, NOON + HOUR)


@story
def test_only_its_owner_names_and_ends_it_and_ten_are_enough(tx: Transaction, cast: town.Cast) -> None:
    ones = [made(tx, cast.poster, f"nummer {number}") for number in range(passkeys.MOST)]
    refused(tx, Conflict, passkeys.add, cast.poster, "elf", b"key", 0, True, "elf", NOON)
    refused(tx, NotFound, passkeys.rename, cast.helper, ones[0].id, "van mij")
    refused(tx, NotFound, passkeys.end, cast.helper, ones[0].id, NOON)
    for name in ("", " ", "x" * 41, "a\u202eb"):
        refused(tx, Invalid, passkeys.rename, cast.poster, ones[0].id, name)
    passkeys.rename(tx, cast.poster, ones[0].id, " mijn   tablet ")
    assert "mijn tablet" in [one.name for one in kept.of(tx, cast.poster.id)]
    for one in ones:
        passkeys.end(tx, cast.poster, one.id, NOON)
    assert kept.count(tx, cast.poster.id) == 0


@story
def test_the_last_one_of_a_role_stays(tx: Transaction, cast: town.Cast) -> None:
    only = made(tx, cast.broker)
    made(tx, cast.broker, "zonder vinger", verified=False)
    refused(tx, Conflict, passkeys.end, cast.broker, only.id, NOON)
    made(tx, cast.broker, "tablet")
    passkeys.end(tx, cast.broker, only.id, NOON)


@story
def test_who_lost_them_is_helped_by_an_operator_or_at_the_machine(tx: Transaction, cast: town.Cast) -> None:
    made(tx, cast.broker)
    access.add_session(tx, "phone", cast.broker.id, NOON + DAY, NOON)
    for name, who in cast.all().items():
        if name != "operator":
            refused(tx, NotAllowed, passkeys.forget, who, cast.poster.id, NOON)
    refused(tx, NotAllowed, passkeys.forget, cast.operator, cast.operator.id, NOON)
    assert passkeys.forget(tx, cast.operator, cast.broker.id, NOON) == 1
    assert access.begun(tx, "phone", NOON) is None
    assert residents.passkey_by(tx, cast.broker.id, NOON) == NOON + GRACE
    assert passkeys.forget(tx, console(NOON), cast.operator.id, NOON) == 0


def test_a_role_rests_until_its_passkey_is_shown() -> None:
    soon, over = NOON + HOUR, NOON
    assert not Shown(there=False).rests(soon, NOON)
    assert Shown(there=False).rests(over, NOON)
    assert Shown(there=True).rests(soon, NOON)
    assert not Shown(there=True, at=NOON - DAY).rests(over, NOON)
    assert not Shown(there=True, asked=False).rests(over, NOON)
    assert not Shown(there=False).rests(None, NOON)


def test_C09_shown_just_now_is_ten_minutes() -> None:
    assert not Shown(there=True, at=NOON).wanted(NOON)
    assert not Shown(there=True, at=NOON).wanted(NOON + FRESH - timedelta(seconds=1))
    assert Shown(there=True, at=NOON).wanted(NOON + FRESH)
    assert Shown(there=True, at=NOON + HOUR).wanted(NOON), "a moment to come proves nothing"
    assert Shown(there=True).wanted(NOON)
    assert not Shown(there=False).wanted(NOON), "who has none is led to one, and not locked out"
    assert not Shown(there=True, asked=False).wanted(NOON)
