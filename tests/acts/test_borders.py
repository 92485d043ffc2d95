"""Becoming neighbours by a yes on both sides, and what follows when one takes it back."""

from dataclasses import replace
from typing import Any

from node.acts import nodes, posts
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Follow, Node, Standing
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed
from node.storage import lookups, outbox
from node.storage import nodes as kept
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, ledger, refused, sent, story, told, written

NOON, HOUR = town.NOON, town.HOUR
LATER = NOON + HOUR
NO_BORDER: dict[str, Any] = {
    "we_claim": False,
    "they_claim": False,
    "our_follow": Follow.NONE,
    "their_follow": Follow.NONE,
    "their_follow_uri": None,
}


def known(tx: Transaction, name: str = "noord") -> Node:
    return town.neighbour(tx, name, **NO_BORDER)


def now(tx: Transaction, node: Node) -> Node:
    return kept.get(tx, node.id)


def wanted(tx: Transaction) -> list[str]:
    """What has to be looked up."""
    found = [
        asked for what in ("neighbour", "actor", "adjacent", "outbox") for asked in lookups.open_for(tx, what)
    ]
    return [f"{asked.what} of {asked.subject}" for asked in found]


@story
def test_only_a_neighbourhood_becomes_a_neighbour(tx: Transaction, cast: town.Cast) -> None:
    follower = town.neighbour(tx, "elders", **NO_BORDER, adjacent=None)
    refused(tx, Conflict, nodes.say_yes, cast.operator, follower.id, NOON)
    assert sent(tx) == []


@story
def test_two_that_say_yes_are_neighbours(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    nodes.say_yes(tx, cast.operator, noord.id, NOON)
    nodes.say_yes(tx, cast.operator, noord.id, NOON)
    assert sent(tx) == ["Follow to Noord"]
    assert now(tx, noord).standing is Standing.ASKED
    nodes.follow_accepted(tx, now(tx, noord), NOON)
    nodes.followed(tx, now(tx, noord), f"{noord.origin}/ap/a/1", NOON)
    assert sent(tx) == ["Accept to Noord"]
    assert wanted(tx) == [f"adjacent of {noord.id}"]
    nodes.claimed(tx, noord.id, True, NOON)
    assert now(tx, noord).standing is Standing.ACTIVE
    assert f"outbox of {noord.id}" in wanted(tx)
    assert happened(tx, noord.id) == [Happening.NODE_ASKED, Happening.NODE_ACTIVE]
    assert written(tx) == []


@story
def test_an_operator_hears_that_a_neighbour_asks(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    nodes.followed(tx, noord, f"{noord.origin}/ap/a/1", NOON)
    nodes.claimed(tx, noord.id, True, NOON)
    nodes.claimed(tx, noord.id, True, NOON)
    assert now(tx, noord).standing is Standing.ASKS
    assert written(tx) == ["node asks to Olaf"]
    nodes.say_yes(tx, cast.operator, noord.id, NOON)
    nodes.follow_accepted(tx, now(tx, noord), NOON)
    assert now(tx, noord).active


@story
def test_an_accept_counts_only_for_what_was_asked(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    nodes.follow_accepted(tx, noord, NOON)
    assert now(tx, noord).our_follow is Follow.NONE
    nodes.follow_rejected(tx, noord, "no", NOON)
    assert now(tx, noord).our_follow is Follow.NONE


@story
def test_a_no_is_told_with_its_reason(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    assert "does not ask" in refused(tx, Conflict, nodes.say_no, cast.operator, noord.id, "", NOON)
    nodes.followed(tx, noord, f"{noord.origin}/ap/a/1", NOON)
    nodes.claimed(tx, noord.id, True, NOON)
    sent(tx)
    nodes.say_no(tx, cast.operator, noord.id, "te ver", NOON)
    assert sent(tx) == ["Reject to Noord"]
    assert told(tx, "Reject") == {"node": noord.id, "reason": "te ver"}
    assert now(tx, noord).their_follow is Follow.REJECTED


@story
def test_a_no_from_there_is_for_the_operator_to_read(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    nodes.say_yes(tx, cast.operator, noord.id, NOON)
    nodes.follow_rejected(tx, now(tx, noord), "te ver", NOON)
    assert (now(tx, noord).our_follow, now(tx, noord).we_claim) == (Follow.REJECTED, False)
    assert kept.claimed(tx) == []
    nodes.say_yes(tx, cast.operator, noord.id, LATER)
    assert now(tx, noord).our_follow is Follow.PENDING


@story
def test_only_an_operator_runs_the_borders(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    for name, who in cast.all().items():
        if name == "operator":
            continue
        refused(tx, NotAllowed, nodes.ask, who, "https://zuid.example", NOON)
        refused(tx, NotAllowed, nodes.say_no, who, noord.id, "", NOON)
        for act in (nodes.say_yes, nodes.end, nodes.block, nodes.unblock):
            refused(tx, NotAllowed, act, who, noord.id, NOON)


@story
def test_an_address_is_looked_up_or_known(tx: Transaction, cast: town.Cast) -> None:
    noord = known(tx)
    nodes.ask(tx, cast.operator, " https://zuid.example ", NOON)
    nodes.ask(tx, cast.operator, "https://zuid.example", NOON)
    assert wanted(tx) == ["neighbour of https://zuid.example"]
    nodes.ask(tx, cast.operator, f"{noord.origin}/", NOON)
    assert now(tx, noord).we_claim
    for address in ("", " ", "a b", "x" * 501):
        assert "address" in refused(tx, Invalid, nodes.ask, cast.operator, address, NOON)


# The end of a border


@story
def test_the_end_of_a_border_calls_our_posts_back(tx: Transaction, cast: town.Cast) -> None:
    noord, _ = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    here = posts.post(tx, cast.poster, town.asks(audience="neighbourhood"), NOON)
    follow = outbox.add(tx, "Follow", noord.actor, {"node": noord.id}, NOON)
    sent(tx)
    nodes.end(tx, cast.operator, noord.id, LATER)
    nodes.end(tx, cast.operator, noord.id, LATER)
    assert sent(tx) == ["Undo to Noord", "Delete to Noord"]
    assert told(tx, "Undo") == {"node": noord.id, "follow": follow.uri}
    assert ledger(tx, post) == ["Noord: deletion_asked", "Zuid: asked"]
    assert ledger(tx, here) == []
    assert happened(tx, noord.id) == [Happening.NODE_ENDED]
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), LATER)
    assert sent(tx) == ["Update to Zuid"]


@story
def test_a_border_ends_from_there_as_well(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    for number, end in enumerate(["unfollowed", "unclaimed", "rejected"]):
        node = town.neighbour(tx, f"node{number}")
        posts.edit(tx, cast.poster, post.id, PostChange(title=f"Versie {number}"), NOON)
        sent(tx)
        if end == "unfollowed":
            nodes.unfollowed(tx, node, LATER)
        elif end == "unclaimed":
            nodes.claimed(tx, node.id, False, LATER)
        else:
            nodes.follow_rejected(tx, node, None, LATER)
        assert not now(tx, node).active
        assert f"Delete to {node.name}" in sent(tx)


@story
def test_to_a_neighbour_one_does_not_say_no_any_more(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    assert "End the border" in refused(tx, Conflict, nodes.say_no, cast.operator, noord.id, "", LATER)


@story
def test_a_fellow_member_that_asks_stands_before_the_operator_as_one_that_asks(
    tx: Transaction, cast: town.Cast
) -> None:
    west = town.member(tx)
    nodes.followed(tx, west, f"{west.origin}/ap/a/1", LATER)
    nodes.claimed(tx, west.id, True, LATER)
    assert now(tx, west).standing is Standing.ASKS


@story
def test_our_own_address_is_nobody_elses(tx: Transaction, cast: town.Cast) -> None:
    for address in (tx.home.origin, f"{tx.home.origin}/", tx.home.actor):
        assert "our own" in refused(tx, Invalid, nodes.ask, cast.operator, address, LATER)


@story
def test_a_blocked_node_is_forgotten_and_sent_nothing(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    copy = town.a_copy(noord)
    kept_posts.add(tx, copy)
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    sent(tx)
    nodes.block(tx, cast.operator, noord.id, LATER)
    nodes.block(tx, cast.operator, noord.id, LATER)
    assert sent(tx) == []
    assert kept_posts.held_from(tx, noord.id) == []
    assert now(tx, noord).standing is Standing.BLOCKED
    assert "Lift the block" in refused(tx, Conflict, nodes.say_yes, cast.operator, noord.id, LATER)
    nodes.claimed(tx, noord.id, True, LATER)
    assert sent(tx) == []
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert sent(tx) == ["Delete to Noord"], "what is taken back goes from whoever has it"
    nodes.unblock(tx, cast.operator, noord.id, LATER)
    assert now(tx, noord).standing is Standing.KNOWN
    assert kept.neighbours(tx) == []


# What an actor says of itself


@story
def test_what_a_node_says_of_itself_leaves_the_border_as_it_is(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    renamed = replace(noord, **NO_BORDER, id="other", name="Noorderkwartier")
    met = nodes.met(tx, renamed, {}, NOON)
    assert (met.id, met.name, met.active) == (noord.id, "Noorderkwartier", True)


@story
def test_the_keys_of_a_partner_are_pinned(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    key, owner = f"{noord.actor}#ed25519-key", noord.actor
    nodes.met(tx, noord, {key: "z6Mk1"}, NOON)
    held = nodes.met(tx, noord, {key: "z6Mk2"}, LATER)
    assert held.alarm == "keys changed"
    assert kept.keys_of(tx, owner) == {key: "z6Mk1"}
    more = nodes.met(tx, noord, {key: "z6Mk1", f"{key}-2": "z6Mk2"}, LATER)  # not told with the old one
    assert more.alarm is None
    assert kept.keys_of(tx, owner) == {key: "z6Mk1"}
    nodes.vouched(tx, more, {key: "z6Mk1", f"{key}-2": "z6Mk2"}, LATER)
    assert set(kept.keys_of(tx, owner)) == {key, f"{key}-2"}
    nodes.met(tx, noord, {f"{key}-2": "z6Mk2"}, LATER)  # the old one is forgotten
    assert set(kept.keys_of(tx, owner)) == {f"{key}-2"}
    stranger = known(tx, "zuid")
    theirs = f"{stranger.actor}#ed25519-key"
    for multibase in ("z6Mk1", "z6Mk2"):
        nodes.met(tx, stranger, {theirs: multibase}, NOON)
        assert kept.keys_of(tx, stranger.actor) == {theirs: multibase}


@story
def test_a_key_changes_its_owner_only_within_its_origin(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = known(tx, "noord"), known(tx, "zuid")
    key, application = f"{noord.origin}/key", str(noord.application)
    nodes.met(tx, noord, {key: "z6Mk1"}, NOON)
    kept.keep_keys(tx, application, noord.origin, {key: "z6Mk2"}, NOON)
    assert kept.key(tx, key) == (application, "z6Mk2", NOON)
    nodes.met(tx, zuid, {key: "z6Mk3"}, NOON)
    assert kept.key(tx, key) == (application, "z6Mk2", NOON)


@story
def test_one_origin_is_one_node(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    twin = replace(noord, id="twin", actor=f"{noord.origin}/ap/buurt/tweeling")
    assert "another node" in refused(tx, Conflict, nodes.met, twin, {}, NOON)
