"""It is done: the helper's node hears it, whatever became of the border, and nothing stays open there."""

from node.acts import matches, posts, timers
from node.clock import now
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.response import Response, ResponseState
from tests.federation import by_hand, talks
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until_true


async def states(place: Place, post: Post) -> list[MatchState]:
    return [match.state for match in await place.agreements(post)]


async def agreed(home: Place, away: Place, post: Post) -> tuple[Response, Match]:
    """Somebody away says yes to a post, is chosen, and has heard it."""
    yes = await away.answers(post)
    match = await home.agrees(post, yes)
    await away.heard(yes, state=ResponseState.ACCEPTED)
    return yes, match


async def shut(talk: talks.Talk, home: Place, away: Place) -> bool:
    """Whether nothing more is shown to the home of the post of what its helper once released."""
    path = (await talk.contact_of(away)).removeprefix(away.origin)
    answer = await by_hand.signed(away, "GET", path, home.door.keys.application)
    return answer.status_code == 404


async def test_it_is_heard_over_a_border_that_ended(pair: Nodes) -> None:
    """`wire.md` 2: agreements live on; 7: contact only while the agreement runs."""
    a, b = pair
    talk = await talks.agreed(pair, a, b)
    assert talk.match is not None
    await talk.shows(b)
    assert await talk.looks(a)
    await a.ends(b)
    await b.loses(talk.post)
    await pair.quiet()
    await a.database.writing(matches.complete, a.cast.poster, talk.match.id, now())
    await pair.quiet()
    assert await shut(talk, a, b)
    rows = await b.rows()
    assert [row for row in rows["matches"] if "agreed" in row] == []


async def test_one_of_a_group_job_is_done_by_itself(trio: Nodes) -> None:
    a, b, _ = trio
    post = await a.asks(places=2)
    yes, match = await agreed(a, b, post)
    talk = talks.Talk(a, b, post, await a.heard(yes), await b.heard(yes), match)
    await talk.shows(b)
    assert await talk.looks(a)
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    await trio.quiet()
    assert await states(b, post) == [MatchState.DONE]
    assert await shut(talk, a, b)
    await a.database.writing(posts.close, a.cast.poster, post.id, now())  # nobody else is found
    await b.holds(post, state=State.CLOSED)
    assert await states(b, post) == [MatchState.DONE]


async def test_it_is_done_also_when_the_post_ended_before(trio: Nodes) -> None:
    a, b, _ = trio
    post = await a.asks(places=2)
    _, match = await agreed(a, b, post)
    await a.change("posts", expires=now())
    await a.database.writing(timers.tick, now())
    await trio.quiet()
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    await trio.quiet()
    rows = await b.rows()
    assert ["done" in row for row in rows["matches"]] == [True]


async def test_the_home_decides_when_it_crosses_taking_it_back(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    yes, match = await agreed(a, b, post)
    with pair.wire.holding(those("Undo")) as undos:
        await b.takes_back(yes)
        await until_true(lambda: len(undos))
        await a.database.writing(matches.complete, a.cast.poster, match.id, now())
        await b.holds(post, state=State.DONE)
    await pair.quiet()
    assert await states(a, post) == await states(b, post) == [MatchState.DONE]


async def test_nobody_else_ends_an_agreement(trio: Nodes) -> None:
    a, b, _ = trio
    liar = Liar(trio.wire)
    await liar.befriend(b)
    post = await a.asks()
    _, match = await agreed(a, b, post)
    agreement = {"type": "Agreement", "attributedTo": liar.actor, "listingState": "fulfilled"}
    for uri in (match.uri, liar.uri("g")):
        await liar.says(b, liar.activity("Update", {**agreement, "id": uri}, to=[b.home.actor]))
    await trio.quiet()
    assert await states(b, post) == [MatchState.AGREED]
