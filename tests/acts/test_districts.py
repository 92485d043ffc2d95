"""Following and muting: each says it for themselves, and only of districts around."""

from node.acts import districts, nodes
from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.refusal import Conflict, NotAllowed, NotFound
from node.neighbourhood.resident import Resident
from node.storage import follows
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import refused, sent, story


def seen(tx: Transaction, who: Resident | None) -> list[tuple[str, Ring, Wish | None, bool]]:
    """The districts as somebody sees them."""
    return [(one.node.name, one.ring, one.wish, one.shown) for one in follows.districts(tx, who)]


@story
def test_without_a_word_those_next_door_are_shown(tx: Transaction, cast: town.Cast) -> None:
    town.member(tx, "west")
    town.neighbour(tx, "noord")
    town.neighbour(tx, "aarde")
    town.neighbour(tx, "vreemd", we_claim=False)
    usual = [
        ("Aarde", Ring.NEXT_DOOR, None, True),
        ("Noord", Ring.NEXT_DOOR, None, True),
        ("West", Ring.TOWN, None, False),
    ]
    for who in (None, cast.outsider, cast.poster):
        assert seen(tx, who) == usual


@story
def test_each_says_it_for_themselves(tx: Transaction, cast: town.Cast) -> None:
    noord, west = town.neighbour(tx, "noord"), town.member(tx, "west")
    districts.mute(tx, cast.poster, noord.id)
    districts.follow(tx, cast.poster, west.id)
    districts.follow(tx, cast.poster, west.id)
    assert [one[2:] for one in seen(tx, cast.poster)] == [(Wish.MUTE, False), (Wish.FOLLOW, True)]
    assert [one[2:] for one in seen(tx, cast.helper)] == [(None, True), (None, False)]
    districts.follow(tx, cast.poster, noord.id)
    districts.mute(tx, cast.poster, west.id)
    assert [one[2:] for one in seen(tx, cast.poster)] == [(Wish.FOLLOW, True), (Wish.MUTE, False)]
    for node in (noord, west, west):
        districts.leave_it(tx, cast.poster, node.id)
    assert [one[2:] for one in seen(tx, cast.poster)] == [(None, True), (None, False)]
    assert sent(tx) == [], "nobody else hears of it"


@story
def test_who_is_not_let_in_says_nothing(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx, "noord")
    for act in (districts.follow, districts.mute, districts.leave_it):
        refused(tx, NotAllowed, act, cast.outsider, noord.id)


@story
def test_only_districts_around_can_be_chosen(tx: Transaction, cast: town.Cast) -> None:
    apart = {"we_claim": False, "they_claim": False}
    strange, blocked = town.neighbour(tx, "ver", **apart), town.neighbour(tx, "stil", blocked=True)
    for act in (districts.follow, districts.mute):
        refused(tx, Conflict, act, cast.poster, strange.id)
        refused(tx, Conflict, act, cast.poster, blocked.id)
        refused(tx, NotFound, act, cast.poster, "nowhere")
    refused(tx, NotFound, districts.leave_it, cast.poster, "nowhere")


@story
def test_a_wish_outlives_the_border_and_shows_nothing_meanwhile(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx, "noord")
    districts.follow(tx, cast.poster, noord.id)
    nodes.end(tx, cast.operator, noord.id, town.NOON)
    assert seen(tx, cast.poster) == []
    districts.leave_it(tx, cast.poster, noord.id)
    assert follows.wishes(tx, cast.poster.id) == {}


@story
def test_both_sides_of_a_member_next_door_are_told_once(tx: Transaction, cast: town.Cast) -> None:
    town.member(
        tx,
        "noord",
        we_claim=True,
        they_claim=True,
        our_follow="accepted",
        their_follow="accepted",
    )
    town.hub(tx)
    assert [one[:2] for one in seen(tx, None)] == [("Noord", Ring.NEXT_DOOR), ("Gemeente", Ring.TOWN)]
