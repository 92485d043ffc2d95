"""Joining, being let in, roles, signing in: who may, how often, and what nobody learns."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from node.acts import residents
from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Role
from node.storage import access, letters, log, ways_in
from node.storage import residents as kept
from node.storage.database import Transaction
from node.storage.tables import log as every_line
from tests import town
from tests.acts.witness import happened, refused, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
HERE = "192.0.2.1"


def join(
    tx: Transaction, email: str = "truus@example.org", code: str = "", caller: str = HERE
) -> Resident | None:
    return residents.join(tx, "Truus", email, "nl", code, caller, NOON)


# Joining


@story
def test_without_a_code_the_operator_decides(tx: Transaction, cast: town.Cast) -> None:
    truus = join(tx)
    assert truus is not None
    assert truus.admitted is None
    assert written(tx) == ["signin to truus@example.org"]
    for name, who in cast.all().items():
        if name != "operator":
            refused(tx, NotAllowed, residents.admit, who, truus.id, NOON)
    assert residents.admit(tx, cast.operator, truus.id, NOON).admitted == NOON
    residents.admit(tx, cast.operator, truus.id, NOON)
    assert written(tx) == ["admitted to Truus"]
    assert happened(tx, truus.id) == [Happening.JOINED, Happening.ADMITTED]
    refused(tx, NotFound, residents.admit, cast.operator, "0" * 32, NOON)


@story
def test_a_code_lets_in_as_many_as_it_says(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "markt", 2, NOON)
    for number, spelling in enumerate([code, f" {code.lower().replace('-', ' ')} "]):
        person = join(tx, f"truus{number}@example.org", spelling)
        assert person is not None
        assert person.admitted == NOON
    assert "code" in refused(tx, Invalid, join, "truus3@example.org", code)
    assert "code" in refused(tx, Invalid, join, "truus3@example.org", "WRONG")


@story
def test_a_code_lets_in_whoever_waited_already(tx: Transaction, cast: town.Cast) -> None:
    truus = join(tx)
    assert truus is not None
    assert join(tx, code=residents.invite(tx, cast.operator, "markt", 1, NOON)) is None
    assert kept.get(tx, truus.id, NOON).admitted == NOON
    assert happened(tx, truus.id) == [Happening.JOINED, Happening.ADMITTED]


@story
def test_a_language_is_a_code(tx: Transaction, cast: town.Cast) -> None:
    assert residents.add(tx, cast.operator, "Truus", None, " NL ", NOON).language == "nl"
    for word in ("", "n", "nl-BE", "dutch", "n1"):
        assert "language" in refused(tx, Invalid, residents.add, cast.operator, "Truus", None, word, NOON)
        assert "language" in refused(tx, Invalid, residents.set_language, cast.poster, word)


@story
def test_a_code_may_come_afterwards(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "", 1, NOON)
    assert residents.use_code(tx, cast.outsider, code.lower(), NOON).admitted == NOON
    assert kept.get(tx, cast.outsider.id, NOON).admitted == NOON
    assert residents.use_code(tx, cast.poster, "WRONG", NOON) == cast.poster  # is in already
    assert "code" in refused(tx, Invalid, residents.use_code, cast.outsider, code, NOON)


@story
def test_an_invitation_ends(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "", 1, NOON - 30 * DAY)
    assert "code" in refused(tx, Invalid, residents.use_code, cast.outsider, code, NOON)


@story
def test_one_form_makes_one_code(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "markt", 2, NOON, form="a secret")
    assert residents.invite(tx, cast.operator, "markt", 2, NOON, form="a secret") == code
    assert len(ways_in.open_invitations(tx, NOON)) == 1
    for form in ("another secret", ""):
        assert residents.invite(tx, cast.operator, "markt", 2, NOON, form=form) != code
    residents.end_invitation(tx, cast.operator, code, NOON)
    same = ("markt", 2, NOON, residents.INVITATION_LASTS, "a secret")
    assert "Make another one." in refused(tx, Conflict, residents.invite, cast.operator, *same)


@story
def test_an_operator_says_no_to_who_waits_and_to_nobody_else(tx: Transaction, cast: town.Cast) -> None:
    link = residents.make_link(tx, cast.outsider.id, NOON)
    residents.make_token(tx, cast.outsider, "Kalender", NOON)
    letters.add(tx, "admitted", NOON, resident_id=cast.outsider.id)
    for who in (cast.helper, cast.broker, cast.supervisor, cast.outsider):
        refused(tx, NotAllowed, residents.turn_away, who, cast.outsider.id, NOON)
    residents.turn_away(tx, cast.operator, cast.outsider.id, NOON)
    refused(tx, NotFound, kept.get, cast.outsider.id, NOON)
    refused(tx, NotFound, residents.sign_in, link, None, NOON)
    told = [entry for entry in log.of(tx, cast.outsider.id) if entry.what is Happening.TURNED_AWAY]
    assert [entry.who for entry in told] == [cast.operator.id]
    refused(tx, NotFound, residents.turn_away, cast.operator, cast.outsider.id, NOON)
    refused(tx, Conflict, residents.turn_away, cast.operator, cast.helper.id, NOON)
    assert kept.get(tx, cast.helper.id, NOON).admitted


@story
def test_only_operators_invite_add_and_grant(tx: Transaction, cast: town.Cast) -> None:
    for name, who in cast.all().items():
        if name == "operator":
            continue
        refused(tx, NotAllowed, residents.invite, who, "", 1, NOON)
        refused(tx, NotAllowed, residents.add, who, "Truus", None, "nl", NOON)
        refused(tx, NotAllowed, residents.grant, who, cast.poster.id, Role.BROKER, None, NOON)
        refused(tx, NotAllowed, residents.end_role, who, cast.broker.id, Role.BROKER, NOON)
    for uses in (0, -1, 1001):
        assert "uses" in refused(tx, Invalid, residents.invite, cast.operator, "", uses, NOON)
    assert "has an account" in refused(
        tx, Conflict, residents.add, cast.operator, "Truus", "Bea@example.org", "nl", NOON
    )


@story
def test_codes_are_hard_to_guess_and_easy_to_read(tx: Transaction, cast: town.Cast) -> None:
    codes = {residents.invite(tx, cast.operator, "", 1, NOON) for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code.replace("-", "")) == 12 for code in codes)  # of 31 signs: 59 bits and more
    assert not set("".join(codes)) & set("01IO")


@story
def test_U01_whoever_asks_does_not_learn_who_is_known(tx: Transaction, cast: town.Cast) -> None:
    """U01: the answers, the rows and the letters for a known and an unknown address are alike."""
    assert join(tx, "bea@example.org") is None
    assert join(tx, "new@example.org") is not None
    ask: Any = residents.ask_signin
    assert ask(tx, "merel@example.org", HERE, NOON) is None
    assert ask(tx, "nobody@example.org", HERE, NOON) is None
    assert written(tx) == [f"signin to {name}@example.org" for name in ("bea", "new", "merel", "nobody")]


@story
def test_nobody_undoes_what_an_operator_did_meanwhile(tx: Transaction, cast: town.Cast) -> None:
    """A door knows a person as they were before the transaction."""
    before = cast.outsider
    residents.admit(tx, cast.operator, before.id, NOON)
    residents.set_language(tx, before, "en")
    after = kept.get(tx, before.id, NOON)
    assert (after.admitted, after.language) == (NOON, "en")
    code = residents.invite(tx, cast.operator, "", 1, NOON)
    assert residents.use_code(tx, before, code, NOON + HOUR).admitted == NOON


# Limits


@story
def test_an_address_gets_three_sign_in_mails_an_hour(tx: Transaction, cast: town.Cast) -> None:
    for number, address in enumerate(["bea@example.org", "Bea@Example.org", " bea@example.org"]):
        residents.ask_signin(tx, address, f"192.0.2.{number}", NOON)
    for caller in (HERE, "198.51.100.9"):
        assert "just now" in refused(tx, TooMany, residents.ask_signin, "bea@example.org", caller, NOON)
    assert "just now" in refused(tx, TooMany, join, "bea@example.org")
    code = residents.invite(tx, cast.operator, "", 1, NOON)
    assert "just now" in refused(tx, TooMany, join, "bea@example.org", code)
    residents.ask_signin(tx, "merel@example.org", HERE, NOON)
    residents.ask_signin(tx, "bea@example.org", HERE, NOON + HOUR)


@story
def test_a_caller_gets_ten_and_the_node_a_hundred(tx: Transaction, cast: town.Cast) -> None:
    for number in range(10):
        residents.ask_signin(tx, f"a{number}@example.org", HERE, NOON)
    refused(tx, TooMany, residents.ask_signin, "b@example.org", HERE, NOON)
    refused(tx, TooMany, join, "b@example.org")
    for number in range(90):
        residents.ask_signin(tx, f"c{number}@example.org", f"198.51.100.{number}", NOON)
    refused(tx, TooMany, residents.ask_signin, "b@example.org", "203.0.113.1", NOON)
    residents.ask_signin(tx, "b@example.org", HERE, NOON + HOUR)


@story
def test_a_room_full_of_invited_people_can_join(tx: Transaction, cast: town.Cast) -> None:
    """R09: the limits per caller and per node are for those without a code."""
    code = residents.invite(tx, cast.operator, "workshop", 120, NOON)
    for number in range(120):
        assert join(tx, f"a{number}@example.org", code) is not None
    residents.ask_signin(tx, "bea@example.org", HERE, NOON)


@story
def test_wrong_codes_are_counted(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "", 5, NOON)
    for _ in range(20):
        refused(tx, Invalid, join, "truus@example.org", "WRONG")
        residents.note_wrong_code(tx, HERE, NOON)
    assert "Too many tries" in refused(tx, TooMany, join, "truus@example.org", code)
    assert join(tx, "truus@example.org", code, "198.51.100.9") is not None


# Roles


@story
def test_a_role_lasts_until_its_day(tx: Transaction, cast: town.Cast) -> None:
    residents.grant(tx, cast.operator, cast.poster.id, Role.BROKER, NOON + DAY, NOON)
    assert kept.get(tx, cast.poster.id, NOON).roles == {Role.BROKER}
    assert kept.get(tx, cast.poster.id, NOON + DAY).roles == set()
    residents.grant(tx, cast.operator, cast.poster.id, Role.BROKER, None, NOON)
    assert kept.get(tx, cast.poster.id, NOON + DAY).has(Role.BROKER)
    assert happened(tx, cast.poster.id)[-2:] == [Happening.ROLE_GRANTED] * 2


@story
def test_roles_are_granted_by_others_to_who_is_in(tx: Transaction, cast: town.Cast) -> None:
    give = residents.grant
    assert "to themselves" in refused(
        tx, NotAllowed, give, cast.operator, cast.operator.id, Role.BROKER, None, NOON
    )
    assert "in first" in refused(tx, Conflict, give, cast.operator, cast.outsider.id, Role.BROKER, None, NOON)
    assert "until" in refused(tx, Invalid, give, cast.operator, cast.poster.id, Role.BROKER, NOON, NOON)
    refused(tx, NotFound, give, cast.operator, "0" * 32, Role.BROKER, None, NOON)
    refused(tx, NotFound, residents.end_role, cast.operator, cast.poster.id, Role.BROKER, NOON)


@story
def test_the_last_operator_stays(tx: Transaction, cast: town.Cast) -> None:
    for by in (cast.operator, console(NOON)):
        assert "last operator" in refused(
            tx, Conflict, residents.end_role, by, cast.operator.id, Role.OPERATOR, NOON
        )
    residents.grant(tx, cast.operator, cast.poster.id, Role.OPERATOR, None, NOON)
    residents.end_role(tx, cast.operator, cast.operator.id, Role.OPERATOR, NOON)
    assert kept.holding(tx, Role.OPERATOR, NOON) == [cast.poster.id]


@story
def test_who_gets_or_loses_a_role_signs_in_anew(tx: Transaction, cast: town.Cast) -> None:
    def signed_in(secret: str) -> bool:
        return access.session_owner(tx, secret, NOON) is not None

    for secret, who in (("bea", cast.poster), ("merel", cast.helper)):
        access.add_session(tx, secret, who.id, NOON + DAY, NOON)
    residents.grant(tx, cast.operator, cast.poster.id, Role.BROKER, None, NOON)
    assert (signed_in("bea"), signed_in("merel")) == (False, True)
    access.add_session(tx, "bea", cast.poster.id, NOON + DAY, NOON)
    residents.end_role(tx, cast.operator, cast.poster.id, Role.BROKER, NOON)
    assert (signed_in("bea"), signed_in("merel")) == (False, True)


# Signing in


@story
def test_signing_in_ends_the_session_before(tx: Transaction, cast: town.Cast) -> None:
    secrets: list[str] = []
    for old in (None, "first"):
        link = residents.make_link(tx, cast.poster.id, NOON)
        secret, person = residents.sign_in(tx, link, secrets[0] if old else None, NOON)
        assert person == cast.poster
        secrets.append(secret)
    assert access.session_owner(tx, secrets[0], NOON) is None
    assert access.session_owner(tx, secrets[1], NOON) == (cast.poster.id, False)
    assert access.session_owner(tx, secrets[1], NOON + residents.SESSION_LASTS) is None


@story
def test_a_link_lasts_a_quarter_of_an_hour(tx: Transaction, cast: town.Cast) -> None:
    link = residents.make_link(tx, cast.poster.id, NOON)
    quarter = timedelta(minutes=15)
    assert "too old" in refused(tx, NotFound, residents.sign_in, link, None, NOON + quarter)
    residents.sign_in(tx, link, None, NOON + quarter - timedelta(seconds=1))
    assert "used already" in refused(tx, NotFound, residents.sign_in, link, None, NOON)


@story
def test_a_token_has_a_name_and_an_owner(tx: Transaction, cast: town.Cast) -> None:
    secret = residents.make_token(tx, cast.outsider, "  mijn   agenda ", NOON)
    assert access.token_owner(tx, secret) == cast.outsider.id
    assert [token.name for token in access.tokens_of(tx, cast.outsider.id)] == ["mijn agenda"]
    for name in ("", " ", "x" * 101):
        assert "name" in refused(tx, Invalid, residents.make_token, cast.poster, name, NOON)


@story
def test_no_secret_and_no_address_stands_in_the_log(tx: Transaction, cast: town.Cast) -> None:
    code = residents.invite(tx, cast.operator, "", 1, NOON)
    person = join(tx, "truus@example.org", code)
    assert person is not None
    link = residents.make_link(tx, person.id, NOON)
    secret, _ = residents.sign_in(tx, link, None, NOON)
    token = residents.make_token(tx, person, "agenda", NOON)
    lines = str(tx.run(select(every_line)).all())
    for private in (code, code.replace("-", ""), "truus@example.org", link, secret, token, HERE):
        assert private not in lines
