"""What a hub points to, for a node that follows it and is no member: read at its home, and gone when it goes
there (`wire.md` 3, `federation.md` 7, rule 14)."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from node.acts import announcements, held, moderation, posts
from node.clock import now
from node.neighbourhood.following import Ring
from node.neighbourhood.node import Membership, Standing
from node.neighbourhood.post import Audience, Post, State
from node.storage import lookups, tombstones
from node.storage import nodes as kept_nodes
from node.storage import posts as kept_posts
from node.storage.lookups import Lookup
from node.ui import routes
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until, until_true


async def pointed_to(place: Place) -> list[Lookup]:
    """What is here because somebody points to it, or waits to be read."""
    return await place.database.reading(lookups.open_for, announcements.ANNOUNCED)


async def a_day_goes_by(place: Place) -> None:
    """What is looked at again every day was looked at again."""
    asked = len(place.wire.log)
    await place.change("lookups", due=now())
    await until(place.idle)
    assert len(place.wire.log) > asked


async def put_up(nodes: Nodes) -> tuple[Post, Post]:
    """A public post of the member, at home and at who follows the hub."""
    a, hub, follower = nodes
    post = await a.asks(audience="public")
    await hub.holds(post)
    here = await follower.holds(post)
    await nodes.quiet()
    return post, here


async def page(place: Place, path: str) -> str:
    """A page of this node as a stranger reads it."""
    app = Starlette(routes=routes.routes(routes.open_door(place.database, place.settings)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=place.origin) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200
    return answer.text


def reads(nodes: Nodes, post: Post) -> list[Exchange]:
    """How often who follows the hub asked the home for a post."""
    a, _, follower = nodes
    path = post.uri.removeprefix(a.origin)
    return [e for e in nodes.wire.asked(follower.origin, a.origin) if e.url == a.origin + path]


async def test_who_follows_a_hub_shows_the_public_posts_of_its_members(pointed: Nodes) -> None:
    a, hub, follower = pointed
    assert (await follower.knows(hub)).membership is Membership.REFUSED
    far = await a.asks("Alleen de gemeente", audience="municipality")
    post, here = await put_up(pointed)
    assert (here.title, here.text, here.author_name) == (post.title, post.text, "Bea")
    assert (here.audience, here.state, here.expires) == (Audience.PUBLIC, State.OPEN, post.expires)
    for path in ("/requests", f"/o/{here.id}"):
        assert post.title in await page(follower, path)
    assert post.title not in await page(follower, "/")  # which is for those around
    home = await follower.knows(a)
    assert (home.standing, home.partner, home.name) == (Standing.KNOWN, False, "Centrum")
    announce = pointed.wire.said("Announce", hub.origin, follower.origin)
    assert [said["object"] for said in announce] == [post.uri]
    assert [b"/ap/actor#" in e.raw for e in reads(pointed, post)] == [True]  # signed by the Application
    assert await follower.post(far) is None
    assert not pointed.wire.said(None, follower.origin, a.origin), "its home hears nothing"


async def test_somebody_there_can_say_yes_to_it(pointed: Nodes) -> None:
    a, _, follower = pointed
    post, _ = await put_up(pointed)
    yes = await follower.answers(post)
    await a.agrees(post, yes)
    await follower.heard(yes, state="accepted")


async def test_a_change_is_seen_within_a_day(pointed: Nodes) -> None:
    a, _, follower = pointed
    post, _ = await put_up(pointed)
    await a.edits(post, title="Anders")
    await pointed.quiet()
    assert (await follower.post(post) or post).title == post.title
    await a_day_goes_by(follower)
    await follower.holds(post, title="Anders")
    await a.database.writing(posts.close, a.cast.poster, post.id, now())
    await pointed.quiet()
    await a_day_goes_by(follower)
    await follower.holds(post, state=State.CLOSED)
    assert len(reads(pointed, post)) == 3


async def test_what_is_deleted_at_home_is_deleted_here(pointed: Nodes) -> None:
    """The hub, which hears of it, takes back that it pointed there."""
    a, hub, follower = pointed
    post, _ = await put_up(pointed)
    await a.withdraws(post)
    await follower.loses(post)
    await pointed.quiet()
    (announce,) = pointed.wire.said("Announce", hub.origin, follower.origin)
    (undo,) = pointed.wire.said("Undo", hub.origin, follower.origin)
    whole = {name: announce[name] for name in ("id", "type", "actor", "object")}
    assert (undo["object"], undo["to"], undo["cc"]) == (whole, announce["to"], announce["cc"])
    assert await pointed_to(follower) == []


async def test_what_is_deleted_goes_also_when_the_hub_says_nothing(pointed: Nodes) -> None:
    a, hub, follower = pointed
    post, _ = await put_up(pointed)
    await hub.stop()
    pointed.wire.down.add(hub.origin)
    await a.withdraws(post)
    await a_day_goes_by(follower)
    await follower.loses(post)
    assert await follower.database.reading(tombstones.buried, post.uri)
    assert await pointed_to(follower) == []


async def test_what_is_out_of_sight_at_home_goes_and_comes_back(pointed: Nodes) -> None:
    a, hub, follower = pointed
    post, _ = await put_up(pointed)
    who, why = a.cast.supervisor, "Te privé."
    await a.database.writing(moderation.uphold, who, post.id, "hide", why, "", now())
    await follower.loses(post)
    await a.database.writing(moderation.dismiss, who, post.id, "Dit mag.", "", now())
    await follower.holds(post, title=post.title, state=State.OPEN)
    await pointed.quiet()
    said = [e["type"] for e in pointed.wire.said(None, hub.origin, follower.origin) if e["type"] != "Accept"]
    assert said == ["Announce", "Undo", "Announce"]


async def test_a_hub_does_not_point_to_what_its_own_supervisor_hid(pointed: Nodes) -> None:
    _, hub, follower = pointed
    post, _ = await put_up(pointed)
    there, who = await hub.holds(post), hub.cast.supervisor
    await hub.database.writing(moderation.uphold, who, there.id, "hide", "Niet hier.", "", now())
    await follower.loses(post)
    await hub.database.writing(moderation.dismiss, who, there.id, "Toch wel.", "", now())
    await follower.holds(post, title=post.title)


async def test_what_becomes_public_is_pointed_to_then(pointed: Nodes) -> None:
    a, hub, follower = pointed
    post = await a.asks(audience="municipality")
    await hub.holds(post)
    await a.edits(post, audience="public")
    await follower.holds(post)


async def test_a_member_that_the_hub_blocks_is_pointed_to_no_more(pointed: Nodes) -> None:
    a, hub, follower = pointed
    post, _ = await put_up(pointed)
    await hub.blocks(a)
    await follower.loses(post)


async def test_it_goes_at_its_end(pointed: Nodes) -> None:
    a, _, follower = pointed
    post, here = await put_up(pointed)
    await follower.database.writing(held.expire, here.expires)
    await follower.loses(post)
    await pointed.wire.carried(reads(pointed, post)[0])  # its home still has it
    await a.change("posts", expires=now() - timedelta(minutes=1))
    await a_day_goes_by(follower)
    assert await follower.post(post) is None
    assert await pointed_to(follower) == []


async def test_it_stays_a_week_while_its_home_is_away(pointed: Nodes) -> None:
    a, _, follower = pointed
    post, _ = await put_up(pointed)
    pointed.wire.down.add(a.origin)
    for day in range(1, announcements.DAYS):
        await a_day_goes_by(follower)
        assert [row.attempts for row in await pointed_to(follower)] == [day]
        await follower.holds(post, title=post.title)
    await a_day_goes_by(follower)
    await follower.loses(post)
    assert await pointed_to(follower) == []


async def test_who_follows_the_hub_no_more_keeps_nothing_that_came_by_it(pointed: Nodes) -> None:
    _, hub, follower = pointed
    post, _ = await put_up(pointed)
    row = await follower.knows(hub)
    await follower.change("nodes", our_follow="none")
    await follower.change("lookups", due=now())
    await follower.loses(post)
    assert row.id in (await follower.knows(hub)).id
    assert len(reads(pointed, post)) == 1
    assert await pointed_to(follower) == []


async def test_a_home_that_rests_is_not_asked_and_one_that_is_blocked_is_gone(pointed: Nodes) -> None:
    a, hub, follower = pointed
    post, _ = await put_up(pointed)
    await follower.change("nodes", paused=True)
    await follower.change("lookups", due=now())
    await until(follower.idle)
    assert len(reads(pointed, post)) == 1
    await follower.holds(post, title=post.title)
    await follower.change("nodes", paused=False)
    await follower.blocks(a)
    await follower.loses(post)
    other = await a.asks("Nog een", audience="public")
    await hub.holds(other)
    await pointed.quiet()
    assert await follower.post(other) is None
    assert reads(pointed, other) == []


async def test_what_is_sent_to_us_anyway_needs_no_look_any_more(pointed: Nodes) -> None:
    a, _, follower = pointed
    post, _ = await put_up(pointed)
    await pointed.join(a, follower)
    await until_true(lambda: pointed.wire.asked(follower.origin, a.origin, "/outbox"))
    await follower.change("lookups", due=now())
    await until(follower.idle)
    assert await pointed_to(follower) == []
    assert (await follower.knows(a)).active
    await follower.holds(post, title=post.title)


async def test_a_members_own_change_counts_at_once_when_it_knows_us(pointed: Nodes) -> None:
    """Update and Delete by the owner are taken from anyone not blocked (`wire.md` 4)."""
    a, _, follower = pointed
    post, _ = await put_up(pointed)
    await follower.answers(post)
    await pointed.quiet()
    assert await a.database.reading(kept_nodes.by_origin, follower.origin) is not None
    await a_day_goes_by(follower)  # who is known stands in the ledger from then on
    assert (await a.copies(post)).get("Oost") == "delivered"
    await a.edits(post, title="Anders")
    await follower.holds(post, title="Anders")
    await a.withdraws(post)
    await follower.loses(post)


@pytest.mark.parametrize("signed_in", [True, False])
async def test_it_stands_in_the_list_of_all_and_on_no_list_of_a_ring(pointed: Nodes, signed_in: bool) -> None:
    _, _, follower = pointed
    post, _ = await put_up(pointed)
    who = follower.cast.helper if signed_in else None
    for ring, there in ((None, True), *((ring, False) for ring in Ring)):
        wanted = kept_posts.Filter(ring=ring)
        found = await follower.database.reading(kept_posts.listing, who, wanted, now())
        assert (post.uri in {one.uri for one in found}) is there, ring


async def test_an_account_that_follows_the_hub_hears_when_it_points_away(pointed: Nodes) -> None:
    a, hub, _ = pointed
    mo = Stranger(pointed.wire)
    await mo.follows(hub)
    post, _ = await put_up(pointed)
    announce = await mo.hears("Announce")
    await a.withdraws(post)
    assert (await mo.hears("Undo"))["object"]["id"] == announce["id"]
    other = await a.asks("Nog een", audience="municipality")
    await hub.holds(other)
    await a.withdraws(other)
    await pointed.quiet()
    assert len(mo.heard("Undo")) == 1
