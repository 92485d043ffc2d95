"""One visibility rule in two forms: for every person and every post they say the same."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from node.acts import posts as acts
from node.neighbourhood.audience import may_hold, may_see
from node.neighbourhood.post import ANSWERABLE, RINGS, Audience, Kind, Post, State
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.resident import Resident
from node.storage import nodes, posts
from node.storage.database import Database, Transaction
from tests import town

STANDINGS = ["nobody", "outsider", "poster", "poster put out", "helper", "broker", "operator"]


def every_post(tx: Transaction, cast: town.Cast) -> list[Post]:
    """Every state x audience x own or held x running or over; all by the poster, or said to be."""
    node = town.neighbour(tx)
    model = acts.post(tx, cast.poster, town.asks(audience="neighbourhood"), town.NOON)
    made: list[Post] = []
    for state, audience, node_id, left in product(
        State, Audience, [None, node.id], [-town.HOUR, timedelta(0), town.HOUR]
    ):
        name = f"{len(made):032}"
        changed = replace(model, id=name, uri=tx.home.uri("o", name), state=state, audience=audience)
        made.append(replace(changed, node_id=node_id, expires=town.NOON + left))
        posts.add(tx, made[-1])
    return [model, *made]


def standing(name: str, cast: town.Cast) -> Resident | None:
    if name == "nobody":
        return None
    if name == "poster put out":
        return replace(cast.poster, admitted=None)
    return cast.all()[name]


@pytest.fixture
async def every(database: Database, cast: town.Cast) -> list[Post]:
    return await database.writing(every_post, cast)


async def test_the_two_forms_agree_for_everyone(
    database: Database, cast: town.Cast, every: list[Post]
) -> None:
    wanted = posts.Filter(limit=1000)
    for name in STANDINGS:
        who = standing(name, cast)
        listed = await database.reading(posts.listing, who, wanted, town.NOON)
        assert {post.id for post in listed} == {post.id for post in every if may_see(who, post, town.NOON)}, (
            name
        )


async def test_what_somebody_may_not_see_is_not_there(
    database: Database, cast: town.Cast, every: list[Post]
) -> None:
    def seen(tx: Transaction, who: Resident | None) -> set[str]:
        found = set()
        for post in every:
            try:
                found.add(posts.see(tx, who, post.id, town.NOON).id)
            except NotFound:
                continue
        return found

    for name in STANDINGS:
        who = standing(name, cast)
        listed = await database.reading(posts.listing, who, posts.Filter(limit=1000), town.NOON)
        assert await database.reading(seen, who) == {post.id for post in listed}, name


async def test_the_counts_of_the_front_page_are_those_of_its_lists(
    database: Database, cast: town.Cast, every: list[Post]
) -> None:
    for name in STANDINGS:
        who = standing(name, cast)
        counted = await database.reading(posts.count_answerable, who, town.NOON)
        for kind in Kind:
            wanted = posts.Filter(kind=kind, answerable=True, limit=1000)
            listed = await database.reading(posts.listing, who, wanted, town.NOON)
            for home in (None, "node-noord"):
                theirs = [post for post in listed if post.node_id == home]
                assert counted.get(home, {}).get(kind, 0) == len(theirs), (name, home, kind)


async def test_posts_are_found_together_by_their_ids(database: Database, every: list[Post]) -> None:
    found = await database.reading(posts.known, {post.id for post in every[:5]} | {"nothing"})
    assert found == {post.id: post for post in every[:5]}
    assert await database.reading(posts.known, set()) == {}


async def test_the_outbox_shows_neighbours_what_they_may_hold_and_is_open(
    database: Database, every: list[Post]
) -> None:
    neighbour = await database.reading(nodes.get, "node-noord")
    still = [post for post in every if post.own and post.expires > town.NOON]
    running = [post for post in still if post.state in (*ANSWERABLE, State.AGREED)]
    for audiences, node in ((RINGS[1:], neighbour), (RINGS[3:], None)):
        shown = await database.reading(posts.shared_open, town.NOON, None, 1000, audiences)
        assert {post.id for post in shown} == {post.id for post in running if may_hold(node, post)}


async def test_pages_follow_each_other_without_gap_or_repeat(
    database: Database, cast: town.Cast, every: list[Post]
) -> None:
    found: list[str] = []
    before = None
    while page := await database.reading(
        posts.listing, cast.poster, posts.Filter(before=before, limit=17), town.NOON
    ):
        found += [post.id for post in page]
        before = (page[-1].created, page[-1].id)
    whole = await database.reading(posts.listing, cast.poster, posts.Filter(limit=1000), town.NOON)
    assert found == [post.id for post in whole]
    assert len(found) == len(set(found))
