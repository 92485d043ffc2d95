"""Who may have a post when something about them, or about the post, has just changed."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.acts import matches, moderation, posts, responses, timers
from node.clock import now
from node.federation import collections
from node.federation.signatures import SigningKey
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import ResponseState
from node.storage import nodes as kept_nodes
from node.storage import posts as kept_posts
from tests.federation.liar import Liar, described
from tests.federation.test_copies import minute_goes_by
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until

# After leaving the hub


async def test_a_neighbours_copy_still_follows(town_with_hub: Nodes) -> None:
    """Decision 9: next door may keep a post for the municipality; its home can no longer name that one."""
    a, b, c, hub = town_with_hub
    post = await a.asks("Overal", audience="municipality")
    for place in (b, c, hub):
        await place.holds(post)
    await a.leaves()
    await c.loses(post)
    await town_with_hub.quiet()
    await a.edits(post, title="Anders")
    await b.holds(post, title="Anders")
    await a.database.writing(posts.close, a.cast.poster, post.id, now())
    await b.holds(post, state=State.CLOSED)


async def test_a_helper_next_door_hears_that_it_is_done(town_with_hub: Nodes) -> None:
    a, b, *_ = town_with_hub
    post = await a.asks("Overal", audience="municipality")
    yes = await b.answers(post)
    match = await a.agrees(post, yes)
    await b.heard(yes, state=ResponseState.ACCEPTED)
    await a.leaves()
    await town_with_hub.quiet()
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    await town_with_hub.quiet()
    assert [m.state for m in await b.agreements(post)] == [MatchState.DONE]


# Pulled back to review


async def pulled_back(nodes: Nodes) -> Post:
    a, b, *_ = nodes
    post = await a.asks("Kluis staat open", text="Zilverreiger")
    await b.holds(post)
    who = a.cast.supervisor
    await a.database.writing(moderation.uphold, who, post.id, "hide", "Te privé.", "", now())
    await b.holds(post, state=State.HIDDEN)
    return post


async def test_it_does_not_go_to_more_people(town_with_hub: Nodes) -> None:
    a, *_ = town_with_hub
    post = await pulled_back(town_with_hub)
    with pytest.raises(Conflict, match="goes to nobody else"):
        await a.edits(post, audience="municipality")


async def test_it_does_not_go_to_a_new_neighbour(trio: Nodes) -> None:
    a, _, c = trio
    await a.ends(c)
    await trio.quiet()
    post = await pulled_back(trio)
    await trio.join(a, c)
    await a.database.writing(posts.extend, a.cast.poster, post.id, now())
    await trio.quiet()
    assert await c.post(post) is None
    assert not [e for e in trio.wire.log if e.to == c.origin and b"Zilverreiger" in e.body]


# Blocked


async def held_and_blocked(nodes: Nodes) -> Post:
    a, b = nodes
    post = await a.asks()
    await b.holds(post)
    await minute_goes_by(b)
    await nodes.quiet()
    await a.blocks(b)
    await nodes.quiet()
    return post


async def test_a_block_says_nothing_and_the_ledger_does_not_say_so_either(pair: Nodes) -> None:
    a, b = pair
    post = await held_and_blocked(pair)
    assert not pair.wire.said("Delete", a.origin, b.origin)
    assert (await a.copies(post))[b.name] == "holds"


async def test_V13_what_is_taken_back_is_asked_back_also_from_whom_we_blocked(pair: Nodes) -> None:
    """`wire.md` 4: to all who ever got the post, whatever they are now (V13)."""
    a, b = pair
    post = await held_and_blocked(pair)
    await a.withdraws(post)
    await b.loses(post)


# Ended, followed, read


async def test_a_neighbour_of_before_puts_no_words_back(trio: Nodes) -> None:
    place, *_ = trio
    liar = Liar(trio.wire)
    await liar.befriend(place)
    note = liar.note(kind="request", purpose="request")
    await liar.says(place, liar.activity("Create", note))
    here = await until(lambda: place.database.reading(kept_posts.by_uri, note["id"]))
    await place.database.writing(responses.answer, place.cast.helper, here.id, "Ik kom.", now())
    await trio.quiet()
    await place.ends(liar)  # type: ignore[arg-type]  # it has an origin, which is all that counts
    await trio.quiet()
    later = (now() + timedelta(seconds=5)).isoformat()
    words = {"name": "Koop nu", "source": {"content": "Reclame", "mediaType": "text/plain"}}
    assert (
        await liar.says(place, liar.activity("Update", {**note, **words, "updated": later}))
    ).status_code == 202
    after = await place.database.reading(kept_posts.by_uri, note["id"])
    assert after is not None, "somebody of ours answered it"
    assert (after.title, after.text) == ("", "")


async def test_public_posts_of_whom_we_follow_are_taken(strangers: Nodes) -> None:
    """`wire.md` 4: its operator did not say yes yet, so nothing else is."""
    a, b, _ = strangers
    await a.wants(b)

    async def follows() -> bool:
        return (await a.knows(b)).our_follow == "accepted"

    await until(follows)
    await strangers.quiet()
    public, near = await b.asks("Voor iedereen", audience="public"), await b.asks("Voor de buren")
    await a.holds(public)
    await strangers.quiet()
    assert await a.post(near) is None


async def test_what_is_taken_back_while_it_is_read_is_not_given_out(pair: Nodes) -> None:
    """The reader would never hear of the Delete: it went out before it stood in the ledger."""
    a, b = pair
    post = await a.asks(audience="public")
    reader = await a.knows(b)
    found = await a.database.reading(collections.post, reader, post.uri.rpartition("/")[2])
    assert found is not None
    assert await a.database.writing(collections.given_out, reader, [found], now()) == {post.uri}
    await a.withdraws(post)
    assert await a.database.writing(collections.given_out, reader, [found], now()) == set()


async def test_what_a_supervisor_hid_here_stays_hidden_when_it_comes_back(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    here = await b.holds(post)
    await b.database.writing(moderation.uphold, b.cast.supervisor, here.id, "hide", "Niet hier.", "", now())
    await b.change("posts", expires=now())
    await b.database.writing(timers.tick, now())
    await a.database.writing(posts.extend, a.cast.poster, post.id, now())
    await pair.quiet()
    assert (await b.holds(post, title=post.title)).hidden


async def test_another_key_under_an_id_that_was_used_is_held(trio: Nodes) -> None:
    """`wire.md` 5: a new key has a new id; any other change waits for a person."""
    place, *_ = trio
    liar = Liar(trio.wire)
    await liar.befriend(place)
    await place.stop()
    before = await place.database.reading(kept_nodes.keys_of, liar.actor)
    other = SigningKey(liar.key.key_id, Ed25519PrivateKey.generate())
    said = liar.activity("Update", described(liar.actor, "Group", other), to=[place.home.actor])
    assert (await liar.says(place, said)).status_code == 202
    assert await place.database.reading(kept_nodes.keys_of, liar.actor) == before
    assert (await _known(place, liar)) == "keys changed"


async def _known(place: Place, liar: Liar) -> str | None:
    return (await place.knows(liar)).alarm
