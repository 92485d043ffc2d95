"""The ladder of trust: what each step rests on, and that nobody climbs it in a circle."""

from itertools import permutations

import pytest

from node.neighbourhood.category import Category
from node.neighbourhood.refusal import NotAllowed
from node.neighbourhood.trust import Level, Proof, levels, needed, own_level, require_known

MAIL, PHONE, KNOWN, ORGANISATION = Level


@pytest.mark.parametrize(
    ("proofs", "role", "level"),
    [
        ([], False, MAIL),
        ([Proof.PHONE], False, PHONE),
        ([Proof.LETTER], False, KNOWN),
        ([Proof.SEEN], False, KNOWN),
        ([Proof.ORGANISATION], False, ORGANISATION),
        ([Proof.PHONE, Proof.LETTER], False, KNOWN),
        ([], True, KNOWN),
        ([Proof.ORGANISATION], True, ORGANISATION),
    ],
)
def test_what_is_seen_of_somebody_makes_their_step(proofs: list[Proof], role: bool, level: Level) -> None:
    assert own_level(proofs, role) is level


def test_two_neighbours_who_are_known_make_a_third_known() -> None:
    own = {"ann": KNOWN, "ben": KNOWN, "cas": PHONE}
    assert levels(own, [("ann", "cas")])["cas"] is PHONE
    assert levels(own, [("ann", "cas"), ("ben", "cas")])["cas"] is KNOWN


def test_the_same_voucher_twice_is_one() -> None:
    assert levels({"ann": KNOWN, "cas": MAIL}, [("ann", "cas"), ("ann", "cas")])["cas"] is MAIL


def test_who_is_known_by_vouchers_can_vouch_in_turn_whatever_the_order() -> None:
    own = {"ann": KNOWN, "ben": KNOWN, "cas": MAIL, "dirk": MAIL}
    said = [("ann", "cas"), ("ben", "cas"), ("cas", "dirk"), ("ann", "dirk")]
    for order in permutations(said):
        assert levels(own, order)["dirk"] is KNOWN


def test_a_circle_lifts_nobody() -> None:
    people = dict.fromkeys(("ann", "ben", "cas"), MAIL)
    everybody = [(one, other) for one in people for other in people if one != other]
    assert set(levels(people, everybody).values()) == {MAIL}


def test_who_is_no_longer_known_takes_their_word_along() -> None:
    said = [("ann", "cas"), ("ben", "cas"), ("cas", "dirk"), ("ann", "dirk")]
    own = {"ann": KNOWN, "ben": MAIL, "cas": MAIL, "dirk": MAIL}
    found = levels(own, said)
    assert found["cas"] is MAIL
    assert found["dirk"] is MAIL


def test_vouching_lifts_nobody_higher_than_known_and_nobody_down() -> None:
    own = {"ann": KNOWN, "ben": KNOWN, "org": ORGANISATION}
    assert levels(own, [("ann", "org"), ("ben", "org")])["org"] is ORGANISATION


def test_minding_children_asks_for_somebody_who_is_known() -> None:
    assert needed(Category.CHILDCARE) is KNOWN
    assert {needed(one) for one in Category if one is not Category.CHILDCARE} == {MAIL}
    assert needed("something new") is MAIL
    require_known(KNOWN, Category.CHILDCARE)
    require_known(MAIL, Category.GARDEN)
    for level in (MAIL, PHONE):
        with pytest.raises(NotAllowed):
            require_known(level, Category.CHILDCARE)
