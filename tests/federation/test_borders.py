"""Becoming neighbours by a yes on both sides, and ceasing to be (`wire.md` 2)."""

import asyncio

import pytest

from node.acts import matches, nodes, responses
from node.clock import now
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Follow, Standing
from node.neighbourhood.resident import console
from node.neighbourhood.response import ResponseState
from node.storage import log, lookups
from node.storage import matches as kept_matches
from tests.federation import by_hand
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until, until_true


async def standing(place: Place, other: Place, wanted: Standing) -> None:
    async def look() -> bool:
        return (await place.knows(other)).standing is wanted

    await until(look)


@pytest.mark.parametrize("order", ["ab", "ba", "together"])
async def test_a_yes_on_both_sides_makes_neighbours(strangers: Nodes, order: str) -> None:
    a, b, _ = strangers
    first, second = (b, a) if order == "ba" else (a, b)
    if order == "together":
        await asyncio.gather(first.wants(second), second.wants(first))
    else:
        await first.wants(second)
        await standing(second, first, Standing.ASKS)
        await standing(first, second, Standing.ASKED)
        await strangers.quiet()
        assert await second.letters("node asks") == [second.cast.operator.id]
        assert not await first.neighbours()
        assert not await second.neighbours()
        await second.wants(first)
    await standing(first, second, Standing.ACTIVE)
    await standing(second, first, Standing.ACTIVE)
    await strangers.quiet()
    for one, other in ((a, b), (b, a)):
        assert {"Follow", "Accept", "Update"} == {
            said["type"] for said in strangers.wire.said(None, one.origin)
        }
        reading = strangers.wire.asked(one.origin, other.origin, "/outbox")
        assert {asked.status for asked in reading} == {200}
        assert {asked.url for asked in reading} == {
            f"{other.home.actor}/outbox",
            f"{other.home.actor}/outbox?before=",
        }


async def test_one_yes_shares_nothing(strangers: Nodes) -> None:
    a, b, c = strangers
    await a.wants(b)
    await standing(b, a, Standing.ASKS)
    for place in (a, b, c):
        await place.asks()
    await strangers.quiet()
    assert not strangers.wire.said("Create")
    assert [await place.count("posts") for place in (a, b, c)] == [1, 1, 1]


async def test_a_no_comes_with_its_reason(strangers: Nodes) -> None:
    a, b, _ = strangers
    await a.wants(b)
    await standing(b, a, Standing.ASKS)
    there = await b.knows(a)
    await b.database.writing(nodes.say_no, console(now()), there.id, "Wij zijn nog niet zo ver.", now())
    await standing(a, b, Standing.KNOWN)
    refused = await a.knows(b)
    assert (refused.our_follow, refused.we_claim) == (Follow.REJECTED, False)
    said = await a.database.reading(log.of, refused.id)
    assert (said[-1].what, said[-1].why) == (Happening.NODE_REFUSED, "Wij zijn nog niet zo ver.")
    (reject,) = strangers.wire.said("Reject")
    (follow,) = strangers.wire.said("Follow")
    assert (reject["object"], reject["reason"]) == (follow["id"], "Wij zijn nog niet zo ver.")
    assert (await b.knows(a)).standing is Standing.KNOWN


async def test_who_asks_again_after_a_no_is_heard_again(strangers: Nodes) -> None:
    a, b, _ = strangers
    await a.wants(b)
    await standing(b, a, Standing.ASKS)
    await b.database.writing(nodes.say_no, console(now()), (await b.knows(a)).id, "", now())
    await standing(a, b, Standing.KNOWN)
    await strangers.quiet()
    await a.wants(b)
    await standing(b, a, Standing.ASKS)

    async def heard() -> bool:
        return len(await b.letters("node asks")) == 2

    await until(heard)
    await b.wants(a)
    await standing(a, b, Standing.ACTIVE)


async def test_ending_calls_posts_back_on_both_sides(pair: Nodes) -> None:
    a, b = pair
    ours, theirs = await a.asks("Van ons"), await b.asks("Van hen")
    await b.holds(ours)
    await a.holds(theirs)
    await a.ends(b)
    await standing(a, b, Standing.ASKS)  # there the yes still stands
    await b.loses(ours)
    await a.loses(theirs)
    await pair.quiet()
    assert not await a.neighbours()
    assert not await b.neighbours()
    assert {said["object"]["id"] for said in pair.wire.said("Delete")} == {ours.uri, theirs.uri}
    await a.asks("Daarna")
    await b.asks("Daarna")
    await pair.quiet()
    assert len(pair.wire.said("Create")) == 2
    assert (await a.holds(ours)).title == "Van ons", "at home it stays"


@pytest.mark.parametrize("who", ["helper", "home"])
async def test_an_agreement_outlives_the_border(pair: Nodes, who: str) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    agreed = await a.agrees(post, response)
    await b.heard(response, state=ResponseState.ACCEPTED)
    await a.ends(b)
    await b.loses(post)
    await pair.quiet()
    assert (await b.heard(response)).state is ResponseState.ACCEPTED
    if who == "helper":
        await b.takes_back(response, "ziek")
        await a.heard(response, state=ResponseState.WITHDRAWN)
    else:
        await a.database.writing(matches.cancel, a.cast.poster, agreed.id, now(), "toch niet")
        await b.heard(response, state=ResponseState.DECLINED)
    assert [await place.count("matches") for place in (a, b)] == [1, 1]
    assert not await a.agreements(post)
    assert not await b.agreements(post)


async def test_a_block_ends_agreements_first_and_then_answers_403(pair: Nodes) -> None:
    a, b = pair
    ours, theirs, another = await a.asks("Van ons"), await b.asks("Van hen"), await a.asks("Ook")
    given, got = await b.answers(ours), await a.answers(theirs)
    match = await a.agrees(ours, given)
    await b.heard(given, state=ResponseState.ACCEPTED)
    await b.heard(got)
    await a.blocks(b)
    await b.heard(given, state=ResponseState.DECLINED)
    await b.heard(got, state=ResponseState.WITHDRAWN)
    await pair.quiet()
    assert (await a.database.reading(kept_matches.get, match.id)).state is MatchState.CANCELLED
    await a.loses(theirs)
    assert not pair.wire.said("Delete"), "a block sends nothing, but that the agreements are off"
    before = (await a.rows())["responses"]
    await b.database.writing(responses.answer, b.cast.other, (await b.holds(another)).id, "Ik ook", now())
    refused = those(None, b.origin, a.origin)  # that, or a receipt that goes before it
    await until_true(lambda: [e.status for e in pair.wire.log if refused(e)][-1:] == [403])
    await a.asks("Daarna")
    await pair.quiet(a)
    assert len(pair.wire.said("Create", a.origin)) == 2
    assert (await a.rows())["responses"] == before


async def test_what_waits_is_not_sent_any_more_to_whom_we_block(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    secret = await a.asks("Dit is niet meer voor hen")
    await until_true(lambda: [e for e in pair.wire.log if e.kind == "Create" and e.error])
    await a.blocks(b)
    pair.wire.down.clear()
    await a.change("destinations", due=now())
    await pair.quiet()
    assert not pair.wire.said("Create")
    assert await b.post(secret) is None


async def test_what_waits_is_not_sent_any_more_over_a_border_that_ended(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    secret = await a.asks("Dit is niet meer voor hen")
    await until_true(lambda: [e for e in pair.wire.log if e.kind == "Create" and e.error])
    await a.ends(b)
    pair.wire.down.clear()
    await a.change("destinations", due=now())
    await standing(b, a, Standing.ASKED)
    await pair.quiet()
    assert not pair.wire.said("Create")
    assert await b.post(secret) is None


async def test_whoever_is_gone_from_the_collection_is_no_neighbour(pair: Nodes) -> None:
    a, b = pair
    ours = await a.asks()
    await b.holds(ours)
    there = await b.knows(a)
    # b's operator ends it, and what it says about that is lost
    with pair.wire.answering(those("Undo", b.origin), 410), pair.wire.answering(those("Delete"), 410):
        await b.ends(a)
        await pair.quiet()
    assert a.origin not in await b.neighbours()
    assert b.origin in await a.neighbours()
    assert there.we_claim
    await a.change("lookups", due=now())  # a day goes by
    await standing(a, b, Standing.ASKED)
    await b.loses(ours)


async def test_an_undo_of_an_older_follow_changes_nothing(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.holding(those("Undo", a.origin, b.origin)) as held:
        await a.ends(b)
        await until_true(lambda: len(held))
        undo = held.waiting[0][0]
        held.release()
    await standing(b, a, Standing.ASKED)
    await pair.quiet()
    await a.wants(b)
    await standing(b, a, Standing.ACTIVE)
    await standing(a, b, Standing.ACTIVE)
    # the same in another activity: it names a Follow that is no longer the one that counts
    again = {**undo.said, "id": f"{a.origin}/ap/a/late"}
    assert (await by_hand.posted(b, again, a.door.keys.group)).status_code == 202
    assert (await b.knows(a)).standing is Standing.ACTIVE


async def test_a_border_that_opens_again_shows_the_posts_again(pair: Nodes) -> None:
    a, b = pair
    post, withdrawn = await a.asks("Blijft"), await a.asks("Weg")
    await b.holds(post)
    await b.holds(withdrawn)
    await a.ends(b)
    await b.loses(post)
    await pair.quiet()
    await a.withdraws(withdrawn)
    await a.wants(b)
    await standing(a, b, Standing.ACTIVE)
    await b.holds(post, title="Blijft")
    await pair.quiet()
    assert await b.post(withdrawn) is None
    await b.change("nodes", receipts_due=now())  # a minute goes by

    async def holds() -> bool:
        return (await a.copies(post)) == {b.name: "holds"}

    await until(holds)
    await a.edits(post, text="En het blijft bij de tijd")
    await b.holds(post, text="En het blijft bij de tijd")
    await a.ends(b)
    await b.loses(post)


async def test_a_neighbour_that_was_not_ready_yet_is_read_again(strangers: Nodes) -> None:
    """Who becomes active first reads an outbox that does not know it yet; nothing may be missed by that."""
    a, b, _ = strangers
    there = await b.asks("Stond er al")
    with strangers.wire.holding(those("Accept", a.origin, b.origin)) as held:
        await a.wants(b)
        await b.wants(a)
        await standing(a, b, Standing.ACTIVE)
        reading = strangers.wire.asked
        await until_true(lambda: [e.status for e in reading(a.origin, b.origin, "/outbox")] == [200, 200])
        assert not await b.neighbours()
        held.release()
    await standing(b, a, Standing.ACTIVE)
    await a.holds(there)


async def test_what_is_asked_during_a_look_up_is_looked_up_again(strangers: Nodes) -> None:
    a, b, _ = strangers
    await a.wants(b)
    await standing(b, a, Standing.ASKS)
    await strangers.quiet()
    adjacent = f"{b.home.actor}/adjacent".removeprefix(b.origin)
    with strangers.wire.holding(those(None, a.origin, b.origin, adjacent), replies=True) as held:
        await a.database.writing(lookups.ask, "adjacent", (await a.knows(b)).id, now())
        await until_true(lambda: len(held))
        await b.wants(a)
        await until_true(lambda: strangers.wire.said("Follow", b.origin, a.origin))
        held.let_go()  # it says what was so before
    await standing(a, b, Standing.ACTIVE)
