"""Blocking servers and accounts, one by one or by a list; and pausing a node."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from node.acts import (
    accounts,
    attendance,
    blocklist,
    blocks,
    comments,
    nodes,
    policies,
    posts,
    replies,
    responses,
)
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Block, Severity, Source
from node.neighbourhood.blocklist import Listed
from node.neighbourhood.node import Follow, Node
from node.neighbourhood.policy import Advice, Followers, Policy
from node.neighbourhood.post import Audience
from node.neighbourhood.refusal import Invalid, NotAllowed, NotFound
from node.neighbourhood.reply import Reply, ReplyState
from node.storage import accounts as kept_accounts
from node.storage import blocks as kept
from node.storage import nodes as kept_nodes
from node.storage import policies as kept_policies
from node.storage import replies as kept_replies
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story

NOON = town.NOON


def mo(tx: Transaction, host: str = "social.example", user: str = "mo", **change: Any) -> Account:
    """Somebody with an account elsewhere, who follows us."""
    actor = f"https://{host}/users/{user}"
    made = Account(
        id=uuid4().hex,
        actor=actor,
        origin=f"https://{host}",
        kind="Person",
        handle=f"{user}@{host}",
        name=user.title(),
        inbox=f"{actor}/inbox",
        met=NOON,
        **{"their_follow": Follow.ACCEPTED, "their_follow_uri": f"{actor}#follow", **change},
    )
    assert kept_accounts.add(tx, made)
    return made


def now(tx: Transaction, node: Node) -> Node:
    return kept_nodes.get(tx, node.id)


def of(tx: Transaction, account: Account) -> Account:
    return kept_accounts.get(tx, account.id)


def put(tx: Transaction, cast: town.Cast, subject: str, severity: str = "block", why: str = "") -> Block:
    return blocks.put(tx, cast.operator, subject, severity, why, NOON)


def take_in(tx: Transaction, cast: town.Cast, *wanted: Listed) -> blocklist.Weighed:
    return blocklist.take_in(tx, cast.operator, wanted, NOON)


def server(subject: str, severity: Severity = Severity.BLOCK, why: str = "") -> Listed:
    return Listed(subject, severity, why)


@story
def test_a_blocked_server_takes_its_accounts_and_nodes_with_it(tx: Transaction, cast: town.Cast) -> None:
    one, below, other = mo(tx), mo(tx, "sub.social.example"), mo(tx, "kind.example")
    noord = town.neighbour(tx)
    put(tx, cast, "social.example")
    put(tx, cast, noord.origin)
    assert [of(tx, a).blocked for a in (one, below, other)] == [True, True, False]
    assert of(tx, one).their_follow is Follow.NONE
    assert now(tx, noord).blocked
    assert kept_accounts.followers(tx) == 1
    blocks.lift(tx, cast.operator, "social.example", NOON)
    assert not of(tx, one).blocked
    assert of(tx, one).their_follow is Follow.NONE  # it has to ask anew
    assert happened(tx, "social.example") == [Happening.BLOCK_PUT, Happening.BLOCK_LIFTED]
    refused(tx, NotFound, blocks.lift, cast.operator, "social.example", NOON)


@story
def test_a_block_that_becomes_a_hold_lets_a_node_speak_again(tx: Transaction, cast: town.Cast) -> None:
    noord, one = town.neighbour(tx), mo(tx)
    for subject in (noord.origin, one.origin):
        put(tx, cast, subject)
        put(tx, cast, subject, "hold")
    assert not now(tx, noord).blocked
    assert not of(tx, one).blocked


@story
def test_a_hold_lifts_no_block_that_stands_elsewhere(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx), town.neighbour(tx, "zuid")
    nodes.block(tx, cast.operator, noord.id, NOON)
    put(tx, cast, noord.origin, "hold")
    put(tx, cast, zuid.actor)
    put(tx, cast, zuid.origin)
    put(tx, cast, zuid.origin, "hold")
    assert now(tx, noord).blocked
    assert now(tx, zuid).blocked


@story
def test_A20_the_usual_port_hides_nobody(tx: Transaction, cast: town.Cast) -> None:
    put(tx, cast, "social.example:443")
    assert kept.severity(tx, "https://social.example") is Severity.BLOCK


@story
def test_what_cannot_be_blocked(tx: Transaction, cast: town.Cast) -> None:
    for subject in (tx.home.origin, tx.home.actor, "example"):
        assert "our own" in refused(tx, Invalid, blocks.put, cast.operator, subject, "block", "", NOON)
    assert "subject" in refused(tx, Invalid, blocks.put, cast.operator, "", "block", "", NOON)
    assert "severity" in refused(tx, Invalid, blocks.put, cast.operator, "x.example", "kill", "", NOON)
    assert "reason" in refused(tx, Invalid, blocks.put, cast.operator, "x.example", "block", "x" * 201, NOON)
    assert kept.count(tx) == 0


@story
def test_only_an_operator_blocks_and_chooses(tx: Transaction, cast: town.Cast) -> None:
    account, noord = mo(tx), town.neighbour(tx)
    put(tx, cast, "spam.example")
    for name, who in cast.all().items():
        if name == "operator":
            continue
        refused(tx, NotAllowed, blocks.put, who, "x.example", "block", "", NOON)
        refused(tx, NotAllowed, blocks.lift, who, "spam.example", NOON)
        refused(tx, NotAllowed, blocklist.take_in, who, [server("x.example")], NOON)
        refused(tx, NotAllowed, policies.choose, who, NOON)
        for act in (accounts.admit, accounts.refuse):
            refused(tx, NotAllowed, act, who, account.id, NOON)
        for rest in (nodes.pause, nodes.resume):
            refused(tx, NotAllowed, rest, who, noord.id, NOON)


# A list


@story
def test_a_list_is_taken_in_at_once(tx: Transaction, cast: town.Cast) -> None:
    gone, left, noord = mo(tx, "sub.spam.example"), mo(tx, "rude.example"), town.neighbour(tx)
    wanted = [
        server("spam.example", why="Spam"),
        server("rude.example", Severity.HOLD),
        server("noord.example"),
    ]
    before = blocklist.weighed(tx, wanted)
    assert kept.count(tx) == 0
    found = take_in(tx, cast, *wanted)
    assert found == before
    assert (len(found.fresh), found.known, found.ours) == (3, 0, 0)
    assert ([node.id for node in found.nodes], found.followers) == ([noord.id], 1)
    assert (of(tx, gone).blocked, of(tx, left).blocked, now(tx, noord).blocked) == (True, False, True)
    spam = kept.by_subject(tx, "spam.example")
    assert spam == Block("spam.example", Severity.BLOCK, "Spam", Source.LIST, NOON, cast.operator.id)
    assert happened(tx, cast.operator.id)[-1] is Happening.BLOCKS_READ
    assert take_in(tx, cast, *wanted).fresh == []
    assert happened(tx, cast.operator.id).count(Happening.BLOCKS_READ) == 1


@story
def test_a_list_changes_nothing_that_was_chosen_here(tx: Transaction, cast: town.Cast) -> None:
    put(tx, cast, "rude.example", "hold", "We know them")
    found = take_in(tx, cast, server("rude.example", why="Rude"), server("spam.example"))
    assert ([one.subject for one in found.fresh], found.known) == (["spam.example"], 1)
    rude = kept.by_subject(tx, "rude.example")
    assert rude is not None
    assert (rude.severity, rude.why, rude.source) == (Severity.HOLD, "We know them", Source.OWN)


@story
def test_C10_a_list_never_blocks_ourselves(tx: Transaction, cast: town.Cast) -> None:
    host = tx.home.origin.removeprefix("https://")
    found = take_in(tx, cast, server(host), server(host.partition(".")[2]), server("spam.example"))
    assert (found.ours, len(found.fresh)) == (2, 1)


@story
def test_what_an_account_on_the_list_said_counts_no_more(tx: Transaction, cast: town.Cast) -> None:
    one = mo(tx)
    post = posts.post(tx, cast.poster, town.asks(audience="public"), NOON)
    waits = ReplyState.WAITING
    assert kept_replies.add(tx, Reply("r", f"{one.actor}/1", one.id, post.id, True, "Koop!", waits, NOON))
    take_in(tx, cast, server("social.example"))
    after = kept_replies.get(tx, "r")
    assert (after.state, after.text) == (ReplyState.TURNED_AWAY, "")
    assert replies.let_in(tx, cast.supervisor, "r", NOON).state is ReplyState.TURNED_AWAY


@story
def test_C10_a_long_list_is_one_happening(tx: Transaction, cast: town.Cast) -> None:
    accounts_there = [mo(tx, f"s{number}.example", "mo") for number in range(3)]
    take_in(tx, cast, *(server(f"s{number}.example") for number in range(2500)))
    assert kept.count(tx) == 2500
    assert all(of(tx, one).blocked for one in accounts_there)
    assert len(kept.listing(tx, "", 100, "s24")) == 100
    assert kept.count(tx, "s249") == 11
    assert kept.count(tx, "%") == 0
    assert kept.listing(tx, "", 1, start=2499)[0].subject == "s999.example"


# Pausing


@story
def test_a_paused_node_stays_what_it_was(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    nodes.pause(tx, cast.operator, noord.id, NOON)
    nodes.pause(tx, cast.operator, noord.id, NOON)
    assert (now(tx, noord).paused, now(tx, noord).active) == (True, True)
    nodes.resume(tx, cast.operator, noord.id, NOON)
    nodes.resume(tx, cast.operator, noord.id, NOON)
    assert happened(tx, noord.id) == [Happening.NODE_PAUSED, Happening.NODE_RESUMED]
    assert sent(tx) == []


# What is let in


@story
def test_a_policy_changes_one_choice_at_a_time(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, followers="ask")
    policies.choose(tx, cast.operator, NOON, advice="auto")
    policies.choose(tx, cast.operator, NOON, a_minute=10)
    policies.choose(tx, cast.operator, NOON, a_minute=10)
    assert kept_policies.current(tx) == Policy(Followers.ASK, Advice.AUTO, 10)
    assert happened(tx, cast.operator.id).count(Happening.POLICY_CHANGED) == 3

    def choose(tx: Transaction) -> None:
        policies.choose(tx, cast.operator, NOON, followers="x", advice="y", a_minute=9)

    wrong = refused(tx, Invalid, choose)
    assert all(name in wrong for name in ("followers", "advice", "a_minute"))


@story
def test_who_is_refused_hears_it_once(tx: Transaction, cast: town.Cast) -> None:
    one = mo(tx, their_follow=Follow.PENDING)
    accounts.admit(tx, cast.operator, one.id, NOON)
    accounts.refuse(tx, cast.operator, one.id, NOON + timedelta(hours=1))
    accounts.refuse(tx, cast.operator, one.id, NOON + timedelta(hours=2))
    assert happened(tx, one.id) == [Happening.FOLLOWER_ADMITTED, Happening.FOLLOWER_REFUSED]
    refused(tx, NotFound, accounts.admit, cast.operator, "nobody", NOON)


@story
def test_a_node_that_is_held_and_no_partner_answers_nothing(tx: Transaction, cast: town.Cast) -> None:
    apart = {"we_claim": False, "they_claim": False, "our_follow": Follow.NONE, "their_follow": Follow.NONE}
    near, far = town.neighbour(tx), town.neighbour(tx, "ver", **apart)
    for each in (near, far):
        blocks.put(tx, cast.operator, each.origin.removeprefix("https://"), "hold", "", NOON)
    for number, draft in enumerate((town.asks, town.plans, town.tells)):
        post = posts.post(tx, cast.poster, draft(audience=Audience.PUBLIC), NOON)
        for node in (far, near):
            uri, party = f"{node.origin}/ap/a/{number}", f"{node.origin}/ap/p/1"
            responses.offered(tx, node, uri, post.uri, party, "Kees", "Ik kan.", NOON)
            attendance.joined(tx, node, f"{uri}j", post.uri, party, "Kees", NOON)
            comments.said(tx, node, f"{uri}c", post.uri, party, "Kees", "Ja!", NOON)
        assert [one.node_id for one in kept_responses.of_post(tx, post.id)] == [near.id]
