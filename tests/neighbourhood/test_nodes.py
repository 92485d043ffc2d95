"""How another node stands to ours, and what it may hold of us."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from node.neighbourhood.audience import may_hold
from node.neighbourhood.node import Follow, Node, NodeKind, Standing
from node.neighbourhood.post import PRIVATE, Audience, State
from tests import town

NORTH = Node(
    "n",
    "https://noord.example/ap/buurt/noord",
    "https://noord.example",
    "Noord",
    NodeKind.NEIGHBOURHOOD,
    "BU2",
    "i",
)
POST = town.a_post()
OPEN_BORDER: dict[str, Any] = {
    "we_claim": True,
    "they_claim": True,
    "our_follow": Follow.ACCEPTED,
    "their_follow": Follow.ACCEPTED,
}
ACTIVE = replace(NORTH, **OPEN_BORDER)


@pytest.mark.parametrize(
    ("border", "standing"),
    [
        ({}, Standing.KNOWN),
        ({"their_follow": Follow.ACCEPTED}, Standing.FOLLOWER),
        ({"their_follow": Follow.ACCEPTED, "they_claim": True}, Standing.ASKS),
        ({"their_follow": Follow.ACCEPTED, "they_claim": True, "area": None}, Standing.FOLLOWER),
        ({"we_claim": True}, Standing.ASKED),
        ({**OPEN_BORDER, "our_follow": Follow.PENDING}, Standing.ASKED),
        (OPEN_BORDER, Standing.ACTIVE),
        ({**OPEN_BORDER, "blocked": True}, Standing.BLOCKED),
        ({"their_follow": Follow.REJECTED, "they_claim": True}, Standing.KNOWN),
    ],
)
def test_one_word_says_how_a_node_stands(border: dict[str, Any], standing: Standing) -> None:
    assert replace(NORTH, **border).standing is standing


def test_a_border_is_open_only_when_both_said_yes_twice() -> None:
    for claims in product([True, False], repeat=2):
        for follows in product(Follow, repeat=2):
            node = replace(
                NORTH,
                we_claim=claims[0],
                they_claim=claims[1],
                our_follow=follows[0],
                their_follow=follows[1],
            )
            assert node.active == (all(claims) and set(follows) == {Follow.ACCEPTED})
            assert not replace(node, blocked=True).active


def test_the_neighbourhoods_own_never_leaves() -> None:
    for state, node in product(State, [None, NORTH, ACTIVE]):
        assert not may_hold(node, replace(POST, audience=Audience.NEIGHBOURHOOD, state=state))


def test_neighbours_hold_what_is_for_them() -> None:
    for state in State:
        sent = state not in PRIVATE
        assert may_hold(ACTIVE, replace(POST, state=state)) == sent
        assert not may_hold(NORTH, replace(POST, state=state))
        assert not may_hold(None, replace(POST, state=state))
        assert not may_hold(replace(ACTIVE, blocked=True), replace(POST, state=state))
        assert may_hold(None, replace(POST, state=state, audience=Audience.PUBLIC)) == sent
    assert not may_hold(ACTIVE, replace(POST, node_id="zuid"))  # it is not ours to give


def test_everything_of_a_node_has_an_address_at_its_origin() -> None:
    centrum = town.home("centrum")
    for uri in (centrum.actor, centrum.application, centrum.adjacent, centrum.uri("o", "1")):
        assert uri.startswith("https://centrum.example/ap/")
