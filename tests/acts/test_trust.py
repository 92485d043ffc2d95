"""Vouching, the desk, letters with a code, and coming back: who may, what a liar tries, what is undone."""

from datetime import timedelta
from functools import partial
from typing import Any

from node.acts import letter_codes, moderation, posts, residents, responses, returning, trust
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.passkey import Shown
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.resident import Resident
from node.neighbourhood.trust import Level, Proof
from node.storage import access, passkeys, recoveries
from node.storage import letter_codes as kept_codes
from node.storage import residents as people
from node.storage import trust as kept
from node.storage.database import Transaction
from node.storage.passkeys import Passkey
from tests import town
from tests.acts.witness import happened, refused, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
HERE = "192.0.2.1"


def known(tx: Transaction, who: Resident) -> Level:
    return kept.level(tx, who.id, NOON)


def without_mail(tx: Transaction, cast: town.Cast, name: str = "Truus") -> Resident:
    return residents.add(tx, cast.operator, name, None, "nl", NOON)


def letter(tx: Transaction, by: Resident, whom: Resident, form: str = "") -> str:
    (printed,) = letter_codes.make(tx, by, [whom.id], form, NOON)
    return printed.signs


enter: Any = partial(letter_codes.enter, own=True)


# Vouching


@story
def test_two_who_are_known_and_a_yes_of_ones_own(tx: Transaction, cast: town.Cast) -> None:
    for voucher in (cast.broker, cast.supervisor):
        trust.vouch(tx, voucher, cast.poster.id, NOON)
        assert known(tx, cast.poster) is Level.MAIL
    for voucher in (cast.broker, cast.supervisor):
        trust.accept(tx, cast.poster, voucher.id, NOON)
    assert known(tx, cast.poster) is Level.KNOWN
    assert happened(tx, cast.poster.id)[-2:] == [Happening.VOUCHED] * 2
    assert "vouch asked to Bea" in written(tx)
    trust.withdraw(tx, cast.broker, cast.poster.id, NOON)
    assert known(tx, cast.poster) is Level.MAIL
    refused(tx, NotFound, trust.withdraw, cast.broker, cast.poster.id, NOON)
    trust.vouch(tx, cast.broker, cast.poster.id, NOON)
    assert known(tx, cast.poster) is Level.MAIL, "and it asks for another yes"


@story
def test_nobody_vouches_who_is_not_known_nor_for_themselves_nor_twice(
    tx: Transaction, cast: town.Cast
) -> None:
    assert "yourself" in refused(tx, NotAllowed, trust.vouch, cast.helper, cast.poster.id, NOON)
    assert "themselves" in refused(tx, Conflict, trust.vouch, cast.broker, cast.broker.id, NOON)
    refused(tx, NotAllowed, trust.vouch, cast.outsider, cast.poster.id, NOON)
    refused(tx, NotFound, trust.vouch, cast.broker, cast.outsider.id, NOON)
    refused(tx, NotFound, trust.vouch, cast.broker, "0" * 32, NOON)
    trust.vouch(tx, cast.broker, cast.poster.id, NOON)
    assert "before" in refused(tx, Conflict, trust.vouch, cast.broker, cast.poster.id, NOON)
    trust.decline(tx, cast.poster, cast.broker.id, NOON)
    assert "before" in refused(tx, Conflict, trust.vouch, cast.broker, cast.poster.id, NOON)
    refused(tx, NotFound, trust.accept, cast.poster, cast.broker.id, NOON)
    refused(tx, NotFound, trust.withdraw, cast.broker, cast.poster.id, NOON)


@story
def test_only_who_is_vouched_for_says_yes(tx: Transaction, cast: town.Cast) -> None:
    trust.vouch(tx, cast.broker, cast.poster.id, NOON)
    for other in (cast.helper, cast.broker, cast.operator):
        refused(tx, NotFound, trust.accept, other, cast.broker.id, NOON)
        refused(tx, NotFound, trust.decline, other, cast.broker.id, NOON)


@story
def test_a_name_finds_the_one_who_is_called_so(tx: Transaction, cast: town.Cast) -> None:
    trust.by_name(tx, cast.broker, " BEA ", NOON)
    assert [one.name for one in kept.given(tx, cast.broker.id)] == ["Bea"]
    without_mail(tx, cast, "Merel")
    for name in ("Merel", "Nobody", "", "Otto"):
        assert "exactly one" in refused(tx, NotFound, trust.by_name, cast.broker, name, NOON)
    assert "yourself" in refused(tx, NotAllowed, trust.by_name, cast.helper, "Bea", NOON), "and asks nothing"


# The desk


@story
def test_only_the_desk_writes_down_whom_it_saw(tx: Transaction, cast: town.Cast) -> None:
    for name, who in cast.all().items():
        if name not in ("connector", "operator"):
            refused(tx, NotAllowed, trust.prove, who, cast.poster.id, Proof.SEEN, NOON)
            refused(tx, NotAllowed, trust.unprove, who, cast.poster.id, Proof.SEEN, NOON)
    trust.prove(tx, cast.connector, cast.poster.id, Proof.PHONE, NOON)
    assert known(tx, cast.poster) is Level.PHONE
    trust.prove(tx, cast.connector, cast.poster.id, Proof.SEEN, NOON)
    assert known(tx, cast.poster) is Level.KNOWN
    trust.unprove(tx, cast.operator, cast.poster.id, Proof.SEEN, NOON)
    assert known(tx, cast.poster) is Level.PHONE
    refused(tx, NotAllowed, trust.prove, cast.connector, cast.connector.id, Proof.ORGANISATION, NOON)
    refused(tx, Conflict, trust.prove, cast.connector, cast.outsider.id, Proof.SEEN, NOON)
    refused(tx, Conflict, trust.prove, cast.connector, cast.poster.id, Proof.LETTER, NOON)


@story
def test_minding_children_is_for_who_is_known(tx: Transaction, cast: town.Cast) -> None:
    asked = posts.post(tx, cast.other, town.asks(category="oppas"), NOON)  # who asks may be new
    moderation.dismiss(tx, cast.supervisor, asked.id, "Goed zo.", "", NOON)
    offer = town.offers(category="oppas")
    said = refused(tx, NotAllowed, responses.answer, cast.helper, asked.id, "Ik kan.", NOON)
    assert "minding children" in said
    refused(tx, NotAllowed, posts.post, cast.helper, offer, NOON)
    other = posts.post(tx, cast.helper, town.offers(category="tuin"), NOON)
    change = PostChange(category="oppas")
    refused(tx, NotAllowed, posts.edit, cast.helper, other.id, change, NOON)
    trust.prove(tx, cast.connector, cast.helper.id, Proof.SEEN, NOON)
    responses.answer(tx, cast.helper, asked.id, "Ik kan.", NOON)
    made = posts.post(tx, cast.helper, offer, NOON)
    assert made.kind is Kind.OFFER
    moderation.dismiss(tx, cast.supervisor, made.id, "Goed zo.", "", NOON)
    responses.answer(tx, cast.poster, made.id, "Graag.", NOON)  # who takes it up is the one who asks


# Letters with a code


@story
def test_somebody_without_mail_comes_in_by_a_letter_once(tx: Transaction, cast: town.Cast) -> None:
    truus = without_mail(tx, cast)
    signs = letter(tx, cast.connector, truus)
    _, person = letter_codes.enter(tx, signs.lower().replace("-", " "), HERE, None, NOON, own=True)
    assert person == truus
    assert known(tx, truus) is Level.KNOWN
    refused(tx, Invalid, enter, signs, HERE, None, NOON)


@story
def test_a_letter_lasts_thirty_days_and_a_newer_one_ends_it(tx: Transaction, cast: town.Cast) -> None:
    truus = without_mail(tx, cast)
    old, new = letter(tx, cast.connector, truus), letter(tx, cast.connector, truus)
    refused(tx, Invalid, enter, old, HERE, None, NOON)
    refused(tx, Invalid, enter, new, HERE, None, NOON + 30 * DAY)
    letter_codes.enter(tx, new, HERE, None, NOON + 30 * DAY - HOUR, own=True)


@story
def test_U07_twenty_wrong_tries_lock_a_letter_and_the_operator_hears_it(
    tx: Transaction, cast: town.Cast
) -> None:
    truus, joke = without_mail(tx, cast), without_mail(tx, cast, "Joke")
    signs, hers = letter(tx, cast.connector, truus), letter(tx, cast.connector, joke)
    wrong = signs[:5] + "2222-2222-2222"
    for number in range(letter_codes.WRONG_MOST):
        assert "letter locked to Olaf" not in written(tx)
        refused(tx, Invalid, enter, wrong, f"192.0.2.{number}", None, NOON)
        letter_codes.note_wrong(tx, wrong, f"192.0.2.{number}", NOON)
    assert "letter locked to Olaf" in written(tx)
    refused(tx, Invalid, enter, signs, HERE, None, NOON)
    letter_codes.enter(tx, hers, HERE, None, NOON, own=True)  # and no other letter
    assert [one.ended is not None for one in kept_codes.out(tx, NOON)] == [True]


@story
def test_U07_a_letter_holds_sixty_bits_and_only_their_hash_is_kept(tx: Transaction, cast: town.Cast) -> None:
    truus = without_mail(tx, cast)
    codes = {letter(tx, cast.connector, truus).replace("-", "")[4:] for _ in range(50)}
    assert len(codes) == 50
    assert {len(code) for code in codes} == {12}
    assert len(set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")) ** 12 >= 2**60
    assert not set("".join(codes)) & set("01IO")


@story
def test_R11_wrong_letters_of_one_caller_are_counted_whatever_their_number(
    tx: Transaction, cast: town.Cast
) -> None:
    for number in range(letter_codes.TRIES_AN_HOUR):
        letter_codes.note_wrong(tx, f"{number:04}", HERE, NOON)
    truus = without_mail(tx, cast)
    signs = letter(tx, cast.connector, truus)
    refused(tx, TooMany, enter, signs, HERE, None, NOON)
    letter_codes.enter(tx, signs, "198.51.100.9", None, NOON, own=True)


@story
def test_who_prints_a_letter_takes_nobody_over(tx: Transaction, cast: town.Cast) -> None:
    """One with a role alone cannot become somebody who has another way in, holds a role, or is themselves."""
    make: Any = letter_codes.make
    for who in (cast.operator, cast.broker, cast.connector):
        refused(tx, NotAllowed, make, cast.connector, [who.id], "", NOON)
    refused(tx, Conflict, make, cast.connector, [cast.outsider.id], "", NOON)
    refused(tx, NotFound, make, cast.connector, ["0" * 32], "", NOON)
    for name, who in cast.all().items():
        if name not in ("connector", "operator"):
            refused(tx, NotAllowed, make, who, [cast.poster.id], "", NOON)
    signs = letter(tx, cast.connector, cast.poster)
    said = refused(tx, Invalid, enter, signs, HERE, None, NOON)
    assert "as you are used to" in said
    refused(tx, Invalid, letter_codes.confirm, cast.helper, signs, HERE, NOON)  # it is not hers
    letter_codes.confirm(tx, cast.poster, signs, HERE, NOON)
    assert known(tx, cast.poster) is Level.KNOWN
    refused(tx, Invalid, letter_codes.confirm, cast.poster, signs, HERE, NOON)


@story
def test_one_form_makes_its_letters_once(tx: Transaction, cast: town.Cast) -> None:
    truus, joke = without_mail(tx, cast), without_mail(tx, cast, "Joke")
    whom = [truus.id, joke.id]
    first = letter_codes.make(tx, cast.connector, whom, "a secret", NOON)
    again = letter_codes.make(tx, cast.connector, whom, "a secret", NOON)
    assert [one.signs for one in first] == [one.signs for one in again]
    assert first[0].signs != first[1].signs
    letter_codes.enter(tx, first[0].signs, HERE, None, NOON, own=True)
    refused(tx, Conflict, letter_codes.make, cast.connector, whom, "a secret", NOON)
    refused(tx, Invalid, letter_codes.make, cast.connector, [], "", NOON)
    refused(tx, Invalid, letter_codes.make, cast.connector, [f"{n}" for n in range(31)], "", NOON)


# Coming back


def come_back(tx: Transaction, signs: str, at: Any) -> tuple[str, Resident]:
    return returning.come_back(tx, signs, HERE, None, at, own=True)


LATER = NOON + returning.NOTICE


@story
def test_U21_one_alone_brings_nobody_back(tx: Transaction, cast: town.Cast) -> None:
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "new@example.org", NOON)
    assert "One more" in refused(tx, Invalid, come_back, signs, LATER)
    assert "first" in refused(tx, NotAllowed, returning.back, cast.connector, cast.poster.id, NOON)
    for name in ("poster", "helper", "broker", "booster", "outsider"):
        refused(tx, NotAllowed, returning.back, cast.all()[name], cast.poster.id, NOON)
    assert people.email_of(tx, cast.poster.id) == "bea@example.org"


@story
def test_U21_two_in_person_and_a_day_bring_somebody_back(tx: Transaction, cast: town.Cast) -> None:
    access.add_session(tx, "phone", cast.poster.id, NOON + 5 * DAY, NOON)
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "New@example.org", NOON)
    returning.back(tx, cast.supervisor, cast.poster.id, NOON)
    refused(tx, Conflict, returning.back, cast.operator, cast.poster.id, NOON)
    assert "a day after" in refused(tx, Invalid, come_back, signs, LATER - timedelta(seconds=1))
    secret, person = come_back(tx, signs.lower(), LATER)
    assert person.id == cast.poster.id
    assert people.email_of(tx, person.id) == "new@example.org"
    assert access.begun(tx, "phone", LATER) is None
    assert access.begun(tx, secret, LATER) is not None
    refused(tx, Invalid, come_back, signs, LATER)
    story_of = happened(tx, cast.poster.id)
    assert story_of[-3:] == [Happening.RETURN_ASKED, Happening.RETURN_BACKED, Happening.RETURNED]


@story
def test_U21_every_device_hears_of_it_for_a_day_and_each_can_stop_it(
    tx: Transaction, cast: town.Cast
) -> None:
    for name in ("phone", "laptop"):
        access.add_session(tx, name, cast.poster.id, NOON + 5 * DAY, NOON)
    access.add_session(tx, "of merel", cast.helper.id, NOON + 5 * DAY, NOON)
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON)
    returning.back(tx, cast.operator, cast.poster.id, NOON)
    later, _ = residents.sign_in(tx, residents.make_link(tx, cast.poster.id, NOON), None, NOON)
    told = {name: access.begun(tx, name, NOON) for name in ("phone", "laptop", later, "of merel")}
    assert [one.notice for one in told.values() if one] == [True, True, True, False]
    assert "return asked to Bea" in written(tx)
    refused(tx, NotAllowed, returning.stop, cast.helper, cast.poster.id, NOON)
    returning.stop(tx, cast.poster, cast.poster.id, NOON)
    refused(tx, Invalid, come_back, signs, LATER)
    begun = access.begun(tx, "phone", NOON)
    assert begun is not None
    assert not begun.notice
    refused(tx, NotFound, returning.stop, cast.poster, cast.poster.id, NOON)


@story
def test_U21_a_letter_of_ones_own_is_the_second(tx: Transaction, cast: town.Cast) -> None:
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON)
    hers = letter(tx, cast.operator, cast.helper)
    refused(tx, Invalid, returning.back_by_letter, signs, hers, HERE, NOON)
    mine = letter(tx, cast.operator, cast.poster)
    assert returning.back_by_letter(tx, signs, mine, HERE, NOON)
    assert not returning.back_by_letter(tx, signs, mine, HERE, NOON)
    come_back(tx, signs, LATER)


@story
def test_U21_a_passkey_shown_just_now_is_the_second_and_goes_with_the_rest(
    tx: Transaction, cast: town.Cast
) -> None:
    made = Passkey("1" * 32, cast.poster.id, "credential", b"key", 0, True, "telefoon", NOON)
    assert passkeys.add(tx, made)
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON)
    for shown in (Shown(), Shown(at=NOON - DAY)):
        refused(tx, NotAllowed, returning.back_by_passkey, cast.poster, shown, NOON)
    returning.back_by_passkey(tx, cast.poster, Shown(at=NOON), NOON)
    come_back(tx, signs, LATER)
    assert passkeys.of(tx, cast.poster.id) == []


@story
def test_U21_nobody_is_brought_back_as_who_holds_a_role(tx: Transaction, cast: town.Cast) -> None:
    """Two who agree with each other become no operator; nor does anybody bring back themselves."""
    for who in (cast.operator, cast.broker):
        refused(tx, NotAllowed, returning.begin_for, cast.connector, who.id, "", NOON)
    refused(tx, NotAllowed, returning.begin_for, cast.connector, cast.connector.id, "", NOON)
    for name in ("poster", "helper", "broker", "booster", "outsider"):
        refused(tx, NotAllowed, returning.begin_for, cast.all()[name], cast.other.id, "", NOON)
    refused(tx, Conflict, returning.begin_for, cast.connector, cast.outsider.id, "", NOON)


@story
def test_U21_nobody_comes_back_to_anothers_mail_address(tx: Transaction, cast: town.Cast) -> None:
    begin: Any = returning.begin_for
    refused(tx, Invalid, begin, cast.connector, cast.poster.id, "merel@example.org", NOON)
    refused(tx, Invalid, begin, cast.connector, cast.poster.id, "no address", NOON)
    begin(tx, cast.connector, cast.poster.id, "bea@example.org", NOON)
    refused(tx, Conflict, begin, cast.operator, cast.poster.id, "", NOON)


@story
def test_U21_the_paper_is_void_after_a_fortnight(tx: Transaction, cast: town.Cast) -> None:
    signs = returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON)
    returning.back(tx, cast.operator, cast.poster.id, NOON)
    refused(tx, Invalid, come_back, signs, NOON + recoveries.LASTS)
    returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON + recoveries.LASTS)


@story
def test_R11_wrong_papers_are_counted(tx: Transaction, cast: town.Cast) -> None:
    for _ in range(returning.TRIES_AN_HOUR):
        refused(tx, Invalid, come_back, "2222-2222-2222-2222", NOON)
        returning.note_wrong(tx, HERE, NOON)
    refused(tx, TooMany, come_back, "2222-2222-2222-2222", NOON)
