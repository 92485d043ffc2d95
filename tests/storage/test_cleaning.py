"""What is forgotten when, and what stays although it is old."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from node.acts import matches, moderation, posts, reports, responses, sayings, threads, timers
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Follow, Node
from node.neighbourhood.post import Post, State
from node.neighbourhood.reply import Reply, ReplyState
from node.storage import accounts, cleaning, log, nodes, outbox, relay, replies, tables
from node.storage import posts as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.acts.witness import sound, story

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY


def clean(tx: Transaction, at: datetime) -> int:
    """All batches; how many rows went."""
    whole = 0
    while touched := cleaning.clean(tx, at):
        whole += touched
    return whole


def told(tx: Transaction) -> list[str]:
    """What types of message are still kept."""
    return sorted(tx.run(select(tables.activities.c.type)).scalars())


def deliveries(tx: Transaction) -> list[str]:
    return sorted(tx.run(select(tables.deliveries.c.state)).scalars())


def settle(tx: Transaction, state: str = "done") -> None:
    tx.run(tables.deliveries.update().values(state=state))


def a_message(tx: Transaction, node: Node, type: str = "Undo", at: datetime = NOON, **facts: Any) -> None:
    """Something that we sent, and that arrived."""
    outbox.send_to(tx, outbox.add(tx, type, f"{node.origin}/ap/a/1", facts, at), node.id)
    settle(tx)


# What was sent


@story
def test_what_arrived_is_forgotten_after_a_month_and_what_waits_is_not(
    tx: Transaction, cast: town.Cast
) -> None:
    noord = town.neighbour(tx)
    for state in ("done", "dropped", "given_up", "pending", "parked"):
        outbox.send_to(tx, outbox.add(tx, "Undo", "x", {}, NOON), noord.id)
        tx.run(
            tables.deliveries.update()
            .where(tables.deliveries.c.attempts == 0)
            .values(state=state, attempts=1)
        )
    assert clean(tx, NOON + 30 * DAY) == 0
    assert clean(tx, NOON + 30 * DAY + HOUR) == 3
    assert deliveries(tx) == ["parked", "pending"]
    clean(tx, NOON + 400 * DAY)
    assert told(tx) == ["Undo", "Undo"]  # those that are still to be sent


@pytest.mark.parametrize(
    ("type", "days"), [("Undo", 60), ("Update", 60), ("Delete", 60), ("Accept", 90), ("Reject", 90)]
)
async def test_a_message_goes_when_nothing_needs_it(stage: Any, type: str, days: int) -> None:
    @story
    def tell(tx: Transaction, cast: town.Cast) -> None:
        a_message(tx, town.neighbour(tx), type)
        clean(tx, NOON + days * DAY)
        assert told(tx) == [type]
        clean(tx, NOON + days * DAY + HOUR)
        assert told(tx) == []

    await tell(stage)


@story
def test_a_follow_stays_for_it_is_undone_by_its_id(tx: Transaction, cast: town.Cast) -> None:
    a_message(tx, town.neighbour(tx), "Follow")
    clean(tx, NOON + 1000 * DAY)
    assert told(tx) == ["Follow"]


@story
def test_an_offer_to_a_hub_stays_while_it_is_named(tx: Transaction, cast: town.Cast) -> None:
    hub = town.neighbour(tx)
    offer = outbox.add(tx, "Offer", tx.home.actor, {}, NOON)
    tx.run(tables.nodes.update().where(tables.nodes.c.id == hub.id).values(membership_uri=offer.uri))
    clean(tx, NOON + 100 * DAY)
    assert told(tx) == ["Offer"]
    tx.run(tables.nodes.update().values(membership_uri=None))
    clean(tx, NOON + 100 * DAY)
    assert told(tx) == []


@story
def test_a_post_that_lives_keeps_its_create_and_what_is_told_of_it_is_an_update(
    tx: Transaction, cast: town.Cast
) -> None:
    town.neighbour(tx)
    offer = posts.post(tx, cast.poster, town.offers(audience="adjacent"), NOON)
    posts.pause(tx, cast.poster, offer.id, NOON)
    posts.reopen(tx, cast.poster, offer.id, NOON)
    settle(tx)
    clean(tx, NOON + 100 * DAY)
    assert told(tx) == ["Create"]
    posts.pause(tx, cast.poster, offer.id, NOON + 100 * DAY)
    assert told(tx) == ["Create", "Update"]


@story
def test_the_yes_to_an_agreement_stays_while_it_runs(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    offer = (f"{noord.origin}/ap/a/7", post.uri, f"{noord.origin}/ap/p/7", "Kees", "Ik kom.")
    responses.offered(tx, noord, *offer, NOON)
    [answer] = kept_responses.of_post(tx, post.id)
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    settle(tx)
    clean(tx, NOON + 400 * DAY)
    assert "Accept" in told(tx)
    matches.cancel(tx, cast.poster, match.id, NOON + 400 * DAY)
    assert "Undo" in told(tx)  # it could still be called off


@story
def test_our_own_offer_stays_while_it_counts(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    there = replace(town.a_copy(noord), expires=NOON + 200 * DAY)
    kept.add(tx, there)
    answer = responses.answer(tx, cast.helper, there.id, "Ik kom.", NOON)
    settle(tx)
    clean(tx, NOON + 100 * DAY)
    assert told(tx) == ["Offer"]
    responses.withdraw(tx, cast.helper, answer.id, NOON + 100 * DAY)
    settle(tx)
    clean(tx, NOON + 135 * DAY)
    assert told(tx) == ["Undo"]


@story
def test_what_a_hub_passed_on_goes_after_two_weeks_a_delete_after_a_month(
    tx: Transaction, cast: town.Cast
) -> None:
    author = town.neighbour(tx, "noord", membership="member")
    town.neighbour(tx, "zuid", membership="member")
    for what in ("Create", "Delete"):
        relay.pass_on(tx, author.id, f"{author.origin}/{what}", what, f"about {what}", b"{}", NOON)
    clean(tx, NOON + 31 * DAY)
    assert told(tx) == ["Create", "Delete"]  # they still wait to be sent
    settle(tx)
    clean(tx, NOON + 14 * DAY)
    assert told(tx) == ["Create", "Delete"]
    clean(tx, NOON + 14 * DAY + HOUR)
    assert told(tx) == ["Delete"]
    clean(tx, NOON + 30 * DAY + HOUR)
    assert told(tx) == deliveries(tx) == []


@story
def test_a_long_list_goes_in_batches(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    for _ in range(2 * cleaning.BATCH + 10):
        outbox.add(tx, "Undo", "x", {"node": noord.id}, NOON)
    at = NOON + 61 * DAY
    assert [cleaning.clean(tx, at) for _ in range(4)] == [cleaning.BATCH, cleaning.BATCH, 10, 0]


# What people wrote


def ended(tx: Transaction, cast: town.Cast) -> Post:
    """A request that Merel helped with, and that is done since noon."""
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    responses.withdraw(
        tx, cast.other, responses.answer(tx, cast.other, post.id, "Ik?", NOON).id, NOON, "ziek"
    )
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    matches.complete(tx, cast.poster, match.id, NOON)
    settle(tx)
    return kept.get(tx, post.id)


@story
def test_of_what_ended_only_the_counts_remain(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = ended(tx, cast)
    while timers.tick(tx, NOON + 90 * DAY):
        pass
    assert kept.get(tx, post.id).title == post.title
    while timers.tick(tx, NOON + 91 * DAY + HOUR):
        pass
    bare = kept.get(tx, post.id)
    same = ("kind", "category", "state", "created", "updated", "ended", "expires", "urgency", "audience")
    assert all(getattr(bare, name) == getattr(post, name) for name in same)
    assert (bare.title, bare.text, bare.place, bare.author_name, bare.author) == ("", "", "", "", None)
    for answer in kept_responses.of_post(tx, post.id):
        assert (answer.text, answer.name, answer.resident) == ("", "", None)
    assert all((entry.who, entry.why) == (None, None) for entry in log.of(tx, post.id))
    assert log.broken_at(tx) is None
    assert kept.by_uri(tx, post.uri) is None
    for who in (None, cast.poster, cast.broker, cast.operator):
        assert kept.listing(tx, who, kept.Filter(), NOON + 91 * DAY) == []
    sound(tx)


@story
def test_no_word_of_it_stands_in_any_row(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    ended(tx, cast)
    while timers.tick(tx, NOON + 92 * DAY):
        pass
    for table in tables.metadata.sorted_tables:
        if table.name != "residents":
            words = repr(tx.run(select(table)).all())
            for word in ("medicijnen", "apotheek", "Ik kom", "ziek", "Bea", "Merel"):
                assert word not in words, f"{word} in {table.name}"


@story
def test_a_message_laid_aside_loses_the_words_as_well(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    ended(tx, cast)
    settle(tx, "parked")
    clean(tx, NOON + 92 * DAY)
    assert "Create" in told(tx)
    assert "medicijnen" not in repr(tx.run(select(tables.activities)).all())


@pytest.mark.parametrize("state", [State.OPEN, State.PAUSED, State.AGREED, State.WAITING])
async def test_what_did_not_end_keeps_its_words(stage: Any, state: State) -> None:
    @story
    def tell(tx: Transaction, cast: town.Cast) -> None:
        post = posts.post(tx, cast.poster, town.offers(audience="neighbourhood"), NOON)
        kept.save(tx, replace(post, state=state, places_left=0 if state is State.AGREED else 1))
        clean(tx, NOON + 1000 * DAY)
        assert kept.get(tx, post.id).title == post.title
        kept.save(tx, post)

    await tell(stage)


@story
def test_what_is_withdrawn_is_forgotten_as_well(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    clean(tx, NOON + 90 * DAY + HOUR)
    assert kept.get(tx, post.id).title == ""
    assert kept.get(tx, post.id).state is State.WITHDRAWN


@story
def test_while_somebody_still_helps_or_a_report_is_open_the_words_stay(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.asks(places=2, audience="neighbourhood"), NOON)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    posts.expire(tx, NOON + 31 * DAY)
    clean(tx, NOON + 200 * DAY)
    assert kept.get(tx, post.id).title == post.title
    matches.complete(tx, cast.poster, match.id, NOON + 200 * DAY)
    report = {"id": uuid4().hex, "uri": uuid4().hex, "post_id": post.id, "category": "other", "text": "?"}
    tx.run(tables.reports.insert(), {**report, "state": "open", "created": NOON, "outcome": ""})
    clean(tx, NOON + 300 * DAY)
    assert kept.get(tx, post.id).title == post.title
    tx.run(tables.reports.update().values(decided=NOON))
    clean(tx, NOON + 300 * DAY)
    assert kept.get(tx, post.id).title == ""


@story
def test_an_answer_to_a_neighbours_post_that_is_gone_is_forgotten(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    there = town.a_copy(noord)
    kept.add(tx, there)
    answer = responses.answer(tx, cast.helper, there.id, "Ik kom.", NOON)
    matches.rejected(tx, noord, answer.uri, "taken", NOON + HOUR)
    kept.erase(tx, there)
    settle(tx)
    clean(tx, NOON + 90 * DAY)
    assert kept_responses.get(tx, answer.id).text == "Ik kom."
    clean(tx, NOON + 90 * DAY + 2 * HOUR)
    assert kept_responses.get(tx, answer.id).text == ""


@story
def test_messages_go_after_half_a_year(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    for days in (0, 10):
        made = {"id": uuid4().hex, "uri": uuid4().hex, "response_id": answer.id, "side": "helper"}
        tx.run(tables.messages.insert(), {**made, "text": "Hoi", "created": NOON + days * DAY})
    clean(tx, NOON + 180 * DAY)
    assert len(tx.run(select(tables.messages)).all()) == 2
    clean(tx, NOON + 181 * DAY)
    assert len(tx.run(select(tables.messages)).all()) == 1


@story
def test_what_was_reported_and_decided_is_forgotten_with_what_it_was_about(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    said = threads.write(tx, cast.helper, answer.id, "Stuur geld.", NOON)
    for report, key in ((sayings.report_answer, answer.id), (sayings.report_message, said.id)):
        made = report(tx, cast.poster, key, "other", "Zij is ziek.", NOON)
        sayings.uphold(tx, cast.supervisor, made.id, "Te grof.", "", False, NOON)
    reports.report(tx, cast.other, post.id, "other", "Zij is ziek.", NOON)
    moderation.dismiss(tx, cast.supervisor, post.id, "Dit mag.", "", NOON)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    settle(tx)

    def words() -> list[str]:
        decided = tables.log.c.what.in_([Happening.HIDDEN, Happening.REPORT_DECIDED])
        why = tx.run(select(tables.log.c.why).where(decided)).scalars()
        return sorted(filter(None, [*why, *tx.run(select(tables.reports.c.text)).scalars()]))

    assert words() == ["Dit mag.", *["Te grof."] * 4, *["Zij is ziek."] * 3]
    clean(tx, NOON + 92 * DAY)
    assert words() == ["Te grof."], "why the message went, as long as it is there"
    clean(tx, NOON + 181 * DAY)
    assert words() == []
    assert log.broken_at(tx) is None


@story
def test_that_a_helper_was_asked_is_forgotten_but_never_a_timer_of_a_post(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    tx.run(tables.timers.update().values(due=None))
    tx.run(tables.timers.insert(), {"what": "aftercare", "subject": uuid4().hex, "at": NOON, "due": None})
    clean(tx, NOON + 61 * DAY)
    assert set(tx.run(select(tables.timers.c.subject)).scalars()) == {post.id}


@story
def test_the_tick_cleans_once_a_day(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    while timers.tick(tx, NOON):
        pass
    a_message(tx, noord, at=NOON - 61 * DAY)
    timers.tick(tx, NOON + 23 * HOUR)
    assert told(tx) == ["Undo"]
    timers.tick(tx, NOON + DAY)
    assert told(tx) == []


# Accounts of other software


@story
def test_what_an_account_elsewhere_wrote_goes_and_so_does_the_account_that_nobody_needs(
    tx: Transaction, cast: town.Cast
) -> None:
    mo = Account("mo", "https://a.example/mo", "https://a.example", "Person", "mo@a.example", "Mo", "i", NOON)
    kim = replace(mo, id="kim", actor="https://a.example/kim", their_follow=Follow.ACCEPTED)
    for account in (mo, kim):
        accounts.add(tx, account)
        nodes.keep_keys(tx, account.actor, account.origin, {f"{account.actor}#k": "z6Mk"}, NOON)
    words = Reply("r", "https://a.example/1", "mo", None, False, "Hallo?", ReplyState.WAITING, NOON)
    replies.add(tx, words)
    clean(tx, NOON + 89 * DAY)
    assert replies.get(tx, "r").text == "Hallo?"
    clean(tx, NOON + 91 * DAY)
    assert accounts.by_actor(tx, mo.actor) is None
    assert nodes.keys_of(tx, mo.actor) == {}
    assert accounts.by_actor(tx, kim.actor) == kim
    assert replies.by_uri(tx, words.uri) is None


@story
def test_V15_an_account_that_answered_goes_once_its_answer_is_forgotten(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.asks(audience="public"), NOON)
    elsewhere.answered(tx, post, NOON)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    clean(tx, NOON + 89 * DAY)
    assert elsewhere.known(tx).name == "Mo"
    for _ in range(2):
        clean(tx, NOON + 92 * DAY)
    assert accounts.by_actor(tx, "https://social.example/users/mo") is None
