"""A hub advises whom to block; at each member the operator, or the policy, decides."""

from dataclasses import replace
from datetime import datetime

from node.acts import advice, blocks, policies, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Block, Severity, Source
from node.neighbourhood.node import Membership, Node
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.storage import advisories as kept
from node.storage import blocks as kept_blocks
from node.storage import nodes
from node.storage.advisories import Advisory
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story

NOON, DAY = town.NOON, town.DAY
SPAM = Advisory("https://gemeente.example/ap/a/1", "spam.example", "Spam", NOON, None, kept.OPEN)


def read(tx: Transaction, *found: Advisory, at: datetime = NOON) -> Node:
    """Our hub's list is read."""
    known = nodes.by_origin(tx, "https://gemeente.example")
    hub = known or town.hub(tx)
    advice.listed(tx, hub, found, at)
    return hub


def block(tx: Transaction, subject: str = "spam.example") -> Block | None:
    return kept_blocks.by_subject(tx, subject)


def state(tx: Transaction, uri: str = SPAM.uri) -> str | None:
    found = kept.by_uri(tx, uri)
    return found.state if found else None


def at_hub(tx: Transaction) -> Transaction:
    """The same, if this node were a hub."""
    return replace(tx, home=town.home("gemeente"))


@story
def test_what_the_hub_advises_waits_for_the_operator(tx: Transaction, cast: town.Cast) -> None:
    read(tx, SPAM)
    assert (state(tx), block(tx)) == (kept.OPEN, None)
    advice.take(tx, cast.operator, SPAM.uri, NOON)
    made = block(tx)
    assert made is not None
    assert (made.severity, made.why, made.source) == (Severity.BLOCK, "Spam", Source.HUB)
    assert state(tx) == kept.TAKEN
    read(tx)
    assert (state(tx), block(tx)) == (None, None)


@story
def test_a_policy_decides_for_the_operator(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    read(tx, SPAM)
    assert state(tx) == kept.TAKEN
    policies.choose(tx, cast.operator, NOON, advice="ignore")
    other = replace(SPAM, uri="https://gemeente.example/ap/a/2", subject="rude.example")
    read(tx, SPAM, other)
    assert (state(tx), state(tx, other.uri)) == (kept.TAKEN, kept.IGNORED)  # what was taken stays so
    assert block(tx) is not None
    assert block(tx, "rude.example") is None


@story
def test_what_our_operator_wanted_outlives_the_advice(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    for subject, severity in (("spam.example", "block"), ("rude.example", "hold")):
        blocks.put(tx, cast.operator, subject, severity, "Ours", NOON)
    read(tx, SPAM, replace(SPAM, uri="https://gemeente.example/ap/a/2", subject="rude.example"))
    spam, rude = block(tx), block(tx, "rude.example")
    assert spam is not None
    assert rude is not None
    assert (spam.why, rude.severity) == ("Ours", Severity.BLOCK)
    read(tx)
    assert block(tx) is not None
    assert block(tx, "rude.example") is not None


@story
def test_A20_a_server_that_is_advised_has_one_spelling(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    read(tx, replace(SPAM, subject="https://Spam.example:443/"))
    found = kept.by_uri(tx, SPAM.uri)
    assert found is not None
    assert found.subject == "spam.example"
    assert block(tx) is not None
    read(tx)
    assert block(tx) is None
    read(tx, replace(SPAM, subject="ftp://spam.example/"))
    assert state(tx) is None


@story
def test_what_was_taken_can_be_ignored_after_all(tx: Transaction, cast: town.Cast) -> None:
    read(tx, SPAM)
    advice.take(tx, cast.operator, SPAM.uri, NOON)
    advice.ignore(tx, cast.operator, SPAM.uri, NOON)
    advice.ignore(tx, cast.operator, SPAM.uri, NOON)
    assert (state(tx), block(tx)) == (kept.IGNORED, None)
    assert happened(tx, "spam.example").count(Happening.ADVICE_IGNORED) == 1
    read(tx, SPAM)
    assert state(tx) == kept.IGNORED


@story
def test_advice_that_is_over_is_not_taken_again(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    short = replace(SPAM, expires=NOON + DAY)
    read(tx, short)
    assert block(tx) is not None
    timers.tick(tx, NOON + DAY)
    assert (state(tx), block(tx)) == (None, None)
    read(tx, short, at=NOON + DAY)
    assert (state(tx), block(tx)) == (None, None)


@story
def test_two_that_advise_the_same_end_one_by_one(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    again = replace(SPAM, uri="https://gemeente.example/ap/a/2")
    read(tx, SPAM, again)
    read(tx, again)
    assert block(tx) is not None
    read(tx)
    assert block(tx) is None


@story
def test_only_our_own_hub_advises(tx: Transaction, cast: town.Cast) -> None:
    for other in (town.neighbour(tx), town.hub(tx, membership=Membership.ASKED)):
        advice.listed(tx, other, [SPAM], NOON)
    assert state(tx) is None


@story
def test_a_hub_advises_and_takes_it_back(tx: Transaction, cast: town.Cast) -> None:
    hub = at_hub(tx)
    town.member(tx, "west", hub=hub.home.actor)
    made = advice.advise(hub, cast.operator, "https://Spam.example/", " Spam ", None, NOON)
    assert (made.subject, made.summary) == ("spam.example", "Spam")
    assert sent(tx) == ["Add to West"]
    assert block(tx) is not None
    assert "already" in refused(hub, Conflict, advice.advise, cast.operator, "spam.example", "", None, NOON)
    advice.withdraw(hub, cast.operator, made.uri, NOON)
    assert sent(tx) == ["Remove to West"]
    assert block(tx) is None
    refused(hub, NotFound, advice.withdraw, cast.operator, made.uri, NOON)


@story
def test_advice_of_a_hub_ends_on_its_day(tx: Transaction, cast: town.Cast) -> None:
    hub = at_hub(tx)
    town.member(tx, "west", hub=hub.home.actor)
    early = refused(hub, Invalid, advice.advise, cast.operator, "spam.example", "", NOON, NOON)
    assert "until" in early
    advice.advise(hub, cast.operator, "spam.example", "", NOON + DAY, NOON)
    timers.tick(hub, NOON + DAY)
    assert sent(tx) == ["Add to West", "Remove to West"]
    assert block(tx) is None


@story
def test_only_an_operator_advises_and_decides(tx: Transaction, cast: town.Cast) -> None:
    read(tx, SPAM)
    hub = at_hub(tx)
    for name, who in cast.all().items():
        if name == "operator":
            continue
        refused(hub, NotAllowed, advice.advise, who, "x.example", "", None, NOON)
        refused(hub, NotAllowed, advice.withdraw, who, SPAM.uri, NOON)
        for act in (advice.take, advice.ignore):
            refused(tx, NotAllowed, act, who, SPAM.uri, NOON)
    refused(tx, Conflict, advice.advise, cast.operator, "x.example", "", None, NOON)
    refused(tx, NotFound, advice.withdraw, cast.operator, SPAM.uri, NOON)
    for act in (advice.take, advice.ignore):
        refused(hub, NotFound, act, cast.operator, SPAM.uri, NOON)
        refused(tx, NotFound, act, cast.operator, "nothing", NOON)


@story
def test_no_hub_shuts_out_a_whole_country(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, advice="auto")
    read(tx, replace(SPAM, subject="https://example/"), replace(SPAM, uri=f"{SPAM.uri}2", subject="nl"))
    assert kept_blocks.everyone(tx) == []
    assert kept.current(tx, NOON) == []
