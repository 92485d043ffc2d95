"""An event and who comes to it, from one node to another: while there is place, and until it is off."""

from functools import partial
from typing import Any

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import ResponseState
from node.storage import responses as kept
from tests import town
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until_true

PENDING, ACCEPTED, TAKEN = ResponseState.PENDING, ResponseState.ACCEPTED, ResponseState.TAKEN
DECLINED, WITHDRAWN = ResponseState.DECLINED, ResponseState.WITHDRAWN
Said = dict[str, Any]


async def plans(place: Place, **change: Any) -> Post:
    """Bea plans something for the day after tomorrow, for here and next door."""
    draft = town.plans(at=now().replace(microsecond=0), **{"audience": "adjacent", **change})
    return await place.database.writing(posts.post, place.cast.poster, draft, now())


async def closes(place: Place, post: Post) -> Post:
    return await place.database.writing(posts.close, place.cast.poster, post.id, now())


def join(liar: Liar, uri: str, **change: Any) -> Said:
    """A Join as a node of ours would say it, but for what is changed."""
    return liar.activity("Join", uri, **{"party": {"id": liar.uri("p"), "name": "Lou"}, **change})


def answers(liar: Liar, said: Said) -> list[Said]:
    """What the liar got in answer to this."""
    return [got for got in liar.got if got.get("object") == said["id"]]


def twice(liar: Liar, said: Said) -> bool:
    return len(answers(liar, said)) == 2


async def test_an_event_is_held_with_its_time_and_place(pair: Nodes) -> None:
    a, b = pair
    post = await plans(a, places=30)
    held = await b.holds(post)
    told = (held.kind, held.starts, held.ends, held.place, held.places, held.places_left)
    assert told == (Kind.EVENT, post.starts, post.ends, "Buurthuis De Spil", 30, 30)
    create = next(e for e in pair.wire.log if e.kind == "Create" and e.said["object"]["id"] == post.uri)
    assert create.said["object"]["type"] == "Event"


async def test_the_life_of_an_event_with_one_place(trio: Nodes) -> None:
    a, b, c = trio
    post = await plans(a, places=1)
    first = await b.answers(post, "")
    await b.heard(first, state=ACCEPTED)
    assert (await a.heard(first)).name == "Merel"
    await c.holds(post, places_left=0, state=State.OPEN)
    with pytest.raises(Conflict, match="It is full"):
        await c.answers(post, "")
    await b.takes_back(first)
    await a.heard(first, state=WITHDRAWN)
    await c.holds(post, places_left=1)
    second = await c.answers(post, "")
    await c.heard(second, state=ACCEPTED)
    await closes(a, post)
    await c.heard(second, state=DECLINED)
    assert await c.letters("called off") == [c.cast.helper.id]
    assert await b.letters("called off") == []
    for place in (b, c):
        await place.holds(post, state=State.CLOSED)
    await a.database.writing(posts.reopen, a.cast.poster, post.id, now())
    again = await c.answers(await c.holds(post, state=State.OPEN), "")
    await c.heard(again, state=ACCEPTED)
    await a.withdraws(post)
    await c.heard(again, state=DECLINED)
    await b.loses(post)


async def test_two_want_the_last_place_and_one_has_it(trio: Nodes) -> None:
    a, b, c = trio
    post = await plans(a, places=1)
    await b.holds(post), await c.holds(post)
    await a.stop()
    one, two = await b.answers(post, ""), await c.answers(post, "")
    a.start()
    await trio.quiet()
    states = {(await b.heard(one)).state, (await c.heard(two)).state}
    assert states == {ACCEPTED, TAKEN}
    assert (await a.holds(post)).places_left == 0


async def test_no_word_and_no_name_leaves_the_home_of_an_event(trio: Nodes) -> None:
    a, b, c = trio
    post = await plans(a)
    coming = await b.answers(post, "Ik breng mijn geheime taart mee.")
    await b.heard(coming, state=ACCEPTED)
    await a.answers(post, "Ook geheim", part="other")
    await trio.quiet()
    told = [e for e in trio.wire.log if e.method == "POST"]
    assert not [e for e in told if b"geheim" in e.raw]
    assert not [e for e in told if e.to == c.origin and (b"Merel" in e.raw or b"Tariq" in e.raw)]
    assert not [e for e in told if e.kind == "Update"], "without a limit it is nobody's business how many"


async def test_an_undo_that_overtakes_its_join_makes_it_void(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a = nodes.places[0]
    post = await plans(a)
    said = join(liar, post.uri)
    undo = liar.activity("Undo", said["id"])
    for one in (undo, said):
        assert (await liar.says(a, one)).status_code == 202
    assert await a.database.reading(kept.by_uri, said["id"]) is None
    assert (await a.holds(post)).places_left == post.places_left


async def test_what_a_liar_says_of_coming(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a, b = nodes.places
    event, asked = await plans(a), await a.asks()
    near = await plans(a, title="Alleen voor ons", audience="neighbourhood")
    before = await a.count("responses")
    foreign = {"id": b.home.uri("p", "1" * 32), "name": "Merel"}
    dropped = [
        join(liar, event.uri, party=foreign),
        join(liar, event.uri, party=None),
        join(liar, event.uri, party={"id": liar.uri("p")}),
        join(liar, event.uri, actor=b.home.actor),
    ]
    for said in dropped:
        assert (await liar.says(a, said)).status_code in (202, 401)
    for post in (asked, near):
        assert (await liar.says(a, join(liar, post.uri))).status_code == 202
    assert (await liar.says(a, liar.offer(event))).status_code == 202
    assert await a.count("responses") == before


async def test_why_a_join_is_refused_and_a_replay_hears_the_same(strangers: Nodes) -> None:
    a = strangers.places[0]
    liar = Liar(strangers.wire)
    await liar.befriend(a)
    full, notice = (
        await plans(a, places=1),
        await a.database.writing(posts.post, a.cast.poster, town.tells(audience="adjacent"), now()),
    )
    first, second, third = join(liar, full.uri), join(liar, full.uri), join(liar, notice.uri)
    for said in (first, second, third):
        await liar.says(a, said)

    def heard(said: Said) -> list[Said]:
        return answers(liar, said)

    await until_true(lambda: heard(first) and heard(second) and heard(third))
    assert [heard(one)[0]["type"] for one in (first, second, third)] == ["Accept", "Reject", "Reject"]
    assert [heard(one)[0].get("reason") for one in (second, third)] == ["taken", "unknown"]
    for said in (first, second):
        await liar.says(a, said)
        await until_true(partial(twice, liar, said))
        assert heard(said)[0] == heard(said)[1]
    assert (await a.holds(full)).places_left == 0


async def test_a_public_event_is_open_to_whoever_is_not_blocked(strangers: Nodes) -> None:
    a = strangers.places[0]
    liar = Liar(strangers.wire)
    public, near = await plans(a, audience="public"), await plans(a, title="Hiernaast")
    for post, kind in ((public, "Accept"), (near, "Reject")):
        said = join(liar, post.uri)
        await liar.says(a, said)
        await until_true(partial(answers, liar, said))
        (answer,) = answers(liar, said)
        assert answer["type"] == kind


async def test_another_day_is_told_and_who_comes_still_comes(pair: Nodes) -> None:
    a, b = pair
    post = await plans(a)
    coming = await b.answers(post, "")
    await b.heard(coming, state=ACCEPTED)
    assert post.starts is not None
    moved = await a.edits(post, starts=post.starts + town.DAY)
    held = await b.holds(post, starts=moved.starts, expires=moved.expires)
    assert held.updated > (await b.heard(coming)).created
    assert (await b.heard(coming)).state is ACCEPTED


async def test_narrowed_it_is_called_off_for_who_may_not_hold_it(pair: Nodes) -> None:
    a, b = pair
    post = await plans(a)
    coming = await b.answers(post, "")
    await b.heard(coming, state=ACCEPTED)
    change = PostChange(audience="neighbourhood")
    await a.database.writing(posts.edit, a.cast.poster, post.id, change, now())
    await b.heard(coming, state=DECLINED)
    await b.loses(post)
