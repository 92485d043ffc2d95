"""A broker asks somebody on another node: over the wire, with a yes, a no, and all that a liar would try."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from node.acts import invites, matches, posts
from node.clock import now
from node.federation.vocabulary import CONTEXT
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import ResponseState
from node.storage import invites as kept
from node.storage import outbox
from tests import town
from tests.acts.witness import sound
from tests.federation import by_hand
from tests.federation.liar import Liar, stamp
from tests.federation.offers import answers_to, offered, reason_heard
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, Forward, until

TRIALS = 50
OVER = (InviteState.ACCEPTED, InviteState.TAKEN)
EVER = "2199-01-01T00:00:00Z"
FIELDS = {"@context", "id", "type", "actor", "published", "to", "object", "target", "endTime", "proof"}


async def offers(place: Place, part: str = "helper") -> Post:
    """Merel, there, offers to work in the garden."""
    draft = town.offers(audience="adjacent")
    return await place.database.writing(posts.post, getattr(place.cast, part), draft, now())


async def asked(home: Place, there: Place, **change: Any) -> tuple[Post, Invite]:
    """Bea asks for a hand in the garden, and the broker asks Merel next door."""
    post, offer = await home.asks(category="tuin", **change), await offers(there)
    await there.holds(post)
    held = await home.holds(offer)
    return post, await home.database.writing(invites.ask, home.cast.broker, post.id, held.id, now())


async def heard(place: Place, invite: Invite, *states: InviteState) -> Invite:
    """The invite as it stands at a node, as soon as it is there and so."""

    async def look() -> Invite | None:
        found = await place.database.reading(kept.by_uri, invite.uri)
        return found if found is not None and found.state in (states or (InviteState.PENDING,)) else None

    return await until(look)


async def invited_by(place: Place, key: Any, **said: Any) -> str:
    """An Invite made by hand; the id of it. Of what is left out nothing is said."""
    uri = str(said["actor"]).rpartition("/ap/")[0] + f"/ap/a/{uuid4().hex}"
    usual = {"@context": CONTEXT, "id": uri, "type": "Invite", "published": stamp(), "to": [place.home.actor]}
    words = {name: value for name, value in {**usual, **said}.items() if value is not None}
    assert (await by_hand.posted(place, words, key)).status_code == 202
    return uri


async def counted(place: Place) -> int:
    return await place.count("invites")


async def test_a_yes_from_the_other_side_is_agreed_at_once(pair: Nodes) -> None:
    home, there = pair
    post, invite = await asked(home, there)
    await home.holds(post, state=State.PROPOSED)
    here = await heard(there, invite)
    assert await there.letters("invited") == [there.cast.helper.id]
    text = "Ik kom zaterdag."
    yes = await there.database.writing(invites.accept, there.cast.helper, here.id, text, now())
    await there.heard(yes, state=ResponseState.ACCEPTED)
    await heard(home, invite, InviteState.ACCEPTED)
    await home.holds(post, state=State.AGREED)
    await there.holds(post, state=State.AGREED)
    [match] = await home.agreements(post)
    [theirs] = await there.agreements(post)
    assert (match.state, theirs.state, theirs.uri) == (MatchState.AGREED, MatchState.AGREED, match.uri)
    [said] = [one.said for one in pair.wire.log if one.kind == "Invite"]
    assert set(said) == {
        "@context",
        "id",
        "type",
        "actor",
        "published",
        "to",
        "object",
        "target",
        "endTime",
        "proof",
    }
    [offer] = [one.said for one in pair.wire.log if one.kind == "Offer"]
    assert offer["inReplyTo"] == invite.uri


async def test_a_no_from_the_other_side_gives_the_request_back(pair: Nodes) -> None:
    home, there = pair
    post, invite = await asked(home, there)
    here = await heard(there, invite)
    await there.database.writing(invites.decline, there.cast.helper, here.id, now())
    await heard(home, invite, InviteState.DECLINED)
    await home.holds(post, state=State.OPEN)
    assert [one.said["reason"] for one in answers_to(pair, invite.uri)] == ["declined"]


async def test_somebody_else_was_first_and_who_was_asked_hears_it(pair: Nodes) -> None:
    home, there = pair
    post, invite = await asked(home, there)
    await heard(there, invite)
    yes = await home.answers(post)
    await home.agrees(post, yes)
    await heard(home, invite, InviteState.TAKEN)
    await there.holds(post, state=State.AGREED)
    assert await there.database.writing(invites.expire, now()) == 1
    await heard(there, invite, InviteState.TAKEN)
    assert await there.letters("invite over") == [there.cast.helper.id]


async def test_a_yes_that_crosses_somebody_elses_hears_that_it_is_taken(pair: Nodes) -> None:
    home, there = pair
    post, invite = await asked(home, there)
    here = await heard(there, invite)
    await there.stop()
    yes = await there.database.writing(invites.accept, there.cast.helper, here.id, "Ik kom.", now())
    await home.agrees(post, await home.answers(post))
    there.start()
    await there.heard(yes, state=ResponseState.TAKEN)
    assert len(await home.agreements(post)) == 1


async def test_the_same_invite_twice_asks_once(pair: Nodes) -> None:
    home, there = pair
    _, invite = await asked(home, there)
    await heard(there, invite)
    [sent] = [one for one in pair.wire.log if one.kind == "Invite"]
    answer = await by_hand.posted(there, sent.body, home.door.keys.group, proved=False)
    assert answer.status_code == 202
    assert await counted(there) == 1
    assert await there.letters("invited") == [there.cast.helper.id]


async def test_who_lies_about_the_post_or_the_offer_hears_that_it_is_unknown(
    lied_to: tuple[Nodes, Liar],
) -> None:
    nodes, liar = lied_to
    home, there = nodes
    offer, post = await offers(home), await home.asks(audience="neighbourhood")
    note = liar.note(kind="request", purpose="request")
    await liar.says(home, liar.activity("Create", note, to=[liar.adjacent]))
    theirs = await there.asks()
    before = await counted(home)
    lies = [
        (post.uri, offer.uri),  # our own post
        (theirs.uri, offer.uri),  # somebody else's
        (f"{liar.origin}/ap/o/never", offer.uri),
        (note["id"], post.uri),  # no offer
        (note["id"], f"{home.origin}/ap/o/never"),
        (note["id"], note["id"]),
    ]
    for about, target in lies:
        said = {"actor": liar.actor, "object": about, "target": target, "endTime": EVER}
        uri = await invited_by(home, liar.key, **said)
        assert await counted(home) == before, (about, target)
        assert await _reason(home, uri) == "unknown"
    for broken in (
        {"endTime": None},
        {"target": None},
        {"object": {"a": 1}},
        {"endTime": "2001-01-01T00:00:00Z"},
    ):
        said = {"actor": liar.actor, "object": note["id"], "target": offer.uri, "endTime": stamp()}
        uri = await invited_by(home, liar.key, **{**said, **broken})
        assert await _reason(home, uri) is None
    assert await counted(home) == before
    said = {"actor": liar.actor, "object": note["id"], "target": offer.uri, "endTime": EVER}
    await invited_by(home, liar.key, **said)
    assert await counted(home) == before + 1  # its own post: that it may


async def _reason(place: Place, uri: str) -> Any:
    """With which reason a node refused an Invite; None when it did not."""
    answer = await place.database.reading(outbox.answer_to, uri)
    return None if answer is None or answer.facts is None else answer.facts["reason"]


async def test_an_invite_by_no_partner_is_dropped(strangers: Nodes) -> None:
    home, other, _ = strangers
    offer = await offers(home)
    await other.wants(home)  # they know each other now, and are no neighbours
    await strangers.quiet()
    said = {"object": other.home.uri("o", "1" * 32), "target": offer.uri, "endTime": EVER}
    uri = await invited_by(home, other.door.keys.group, actor=other.home.actor, **said)
    await strangers.quiet()
    assert await counted(home) == 0
    assert answers_to(strangers, uri) == []


async def test_an_offer_is_first_only_for_the_invite_it_answers(trio: Nodes) -> None:
    home, there, third = trio
    post, invite = await asked(home, there)
    await third.holds(post)
    other = await home.asks("Iets anders", category="tuin")
    await there.holds(other)
    lies = [
        (third, post.uri, invite.uri),  # the invite of another node
        (there, other.uri, invite.uri),  # for another post
        (there, post.uri, home.home.uri("a", "0" * 32)),  # never made
        (there, post.uri, there.home.uri("a", "1" * 32)),  # their own
        (there, post.uri, {"id": 7}),
    ]
    for number, (by, about, uri) in enumerate(lies):
        party = {"id": by.home.uri("p", f"{number}" * 32), "name": "Merel"}
        await offered(trio, home, by, about, inReplyTo=uri, party=party)
    await trio.quiet()
    assert await home.agreements(post) == []
    assert await home.agreements(other) == []
    await home.database.writing(kept.save, replace(invite, expires=now()))
    party = {"id": there.home.uri("p", "9" * 32), "name": "Merel"}
    await offered(trio, home, there, post.uri, inReplyTo=invite.uri, party=party)
    assert await home.agreements(post) == []


async def test_what_we_do_not_hold_is_not_asked_about(pair: Nodes) -> None:
    home, there = pair
    post, offer = await home.asks(category="tuin", audience="neighbourhood"), await offers(there)
    held = await home.holds(offer)
    with pytest.raises(Conflict, match="does not see this request"):
        await home.database.writing(invites.ask, home.cast.broker, post.id, held.id, now())
    said = {
        "actor": home.home.actor,
        "object": post.uri,
        "target": offer.uri,
        "endTime": "2199-01-01T00:00:00Z",
    }
    uri = await invited_by(there, home.door.keys.group, **said)
    assert await reason_heard(pair, uri) == "unknown"
    assert await counted(there) == 0


@pytest.mark.slow
async def test_a_yes_to_an_invite_races_the_posters_pick(pair: Nodes) -> None:
    """Fifty times: one agreement each, whoever was quicker; the other hears that somebody was first."""
    home, there = pair
    chance, ends = random.Random(3), Counter[InviteState]()
    for trial in range(TRIALS):
        post, invite = await asked(home, there)
        here, waits = await heard(there, invite), await home.answers(post)

        async def race(
            exchange: Exchange, forward: Forward, post: Post = post, answer: str = waits.id
        ) -> httpx.Response:
            if exchange.kind != "Offer":
                return await forward()
            arrived = asyncio.ensure_future(forward())
            if chance.random() < 0.5:
                await asyncio.sleep(chance.random() / 200)  # the other goes on a bit
            with suppress(Conflict):
                await home.database.writing(matches.agree, home.cast.poster, post.id, answer, now())
            return await arrived

        with pair.wire.meddling(race):
            yes = await there.database.writing(
                invites.accept, there.cast.helper, here.id, f"Ik kom, {trial}.", now()
            )
            await pair.quiet()
        [match] = await home.agreements(post)
        state = (await heard(home, invite, *OVER)).state
        ends[state] += 1
        first = state is InviteState.ACCEPTED
        assert (match.response_id == waits.id) is not first
        assert len(await there.agreements(post)) == first
        await there.heard(yes, state=ResponseState.ACCEPTED if first else ResponseState.TAKEN)
    assert all(ends[state] > TRIALS / 10 for state in OVER), f"no race: {ends}"
    for place in pair:
        await place.database.reading(sound)
