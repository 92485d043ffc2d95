"""Which posts a list shows: from how near, what can still be answered, and events by when they begin."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

from node.acts import moderation, reports
from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, State
from node.storage import posts
from node.storage.database import Database, Transaction
from node.storage.posts import Filter
from tests import town
from tests.town import DAY, HOUR, NOON, Cast


def a_post(tx: Transaction, cast: Cast, node: Node | None = None, title: str = "", **change: object) -> Post:
    """One of Bea's, or held for that node."""
    key = uuid4().hex
    ours = {"id": key, "uri": tx.home.uri("o", key), "party": tx.home.uri("p", key), "author": cast.poster.id}
    values = {"expires": NOON + 30 * DAY, "title": title or key, "category": Category.OTHER, **change}
    made = town.a_copy(node, **values) if node else town.a_post(**{**ours, **values})
    posts.add(tx, made)
    return made


def titles(tx: Transaction, cast: Cast, at: datetime = NOON, **wanted: Any) -> list[str]:
    found = posts.listing(tx, cast.helper, Filter(**{"limit": 100, **wanted}), at)
    return [post.title for post in found]


async def test_how_near_a_post_is_from(database: Database, cast: Cast) -> None:
    def told(tx: Transaction) -> None:
        homes = {
            "here": None,
            "next door": town.neighbour(tx, "noord"),
            "next door, in the hub": town.neighbour(tx, "oost", membership="member"),
            "in town": town.member(tx, "west"),
            "the hub": town.hub(tx),
            "asked only": town.neighbour(tx, "zuid", they_claim=False),
            "blocked": town.neighbour(tx, "weg", blocked=True),
            "a stranger": town.neighbour(tx, "ver", we_claim=False, they_claim=False),
        }
        for name, node in homes.items():
            a_post(tx, cast, node, name)
        assert titles(tx, cast, ring=Ring.HERE) == ["here"]
        assert set(titles(tx, cast, ring=Ring.NEXT_DOOR)) == {"next door", "next door, in the hub"}
        assert set(titles(tx, cast, ring=Ring.TOWN)) == {"in town", "the hub"}
        assert len(titles(tx, cast)) == len(homes)

    await database.writing(told)


async def test_what_can_still_be_answered_is_as_the_rule_says(database: Database, cast: Cast) -> None:
    def told(tx: Transaction) -> None:
        rooms = ((1, 1), (1, 0), (0, 0), (5, 2))
        made = []
        for kind, state, (places, left), days in product(Kind, State, rooms, (-1, 1)):
            if places or not kind.agrees:
                room: dict[str, Any] = {"places": places, "places_left": left}
                end = NOON + days * DAY
                made.append(a_post(tx, cast, kind=kind, state=state, expires=end, **room))
        wanted = {post.title for post in made if post.answerable(NOON)}
        assert set(titles(tx, cast, answerable=True, limit=1000)) == wanted
        counted = posts.count_answerable(tx, cast.helper, NOON)
        assert sum(counted[None].values()) == len(wanted)

    await database.writing(told)


async def test_events_come_soonest_first_until_they_are_over(database: Database, cast: Cast) -> None:
    def told(tx: Transaction) -> None:
        for hours in (30, -1, 3, 3, -5):
            starts = NOON + hours * HOUR
            a_post(tx, cast, kind=Kind.EVENT, title=f"{hours}", starts=starts, expires=starts + 2 * HOUR)
        a_post(tx, cast, title="no event")
        assert titles(tx, cast, starting_from=NOON) == ["-1", "3", "3", "30"]
        found, before = [], None
        while page := posts.listing(
            tx, cast.helper, Filter(starting_from=NOON, before=before, limit=1), NOON
        ):
            found += [post.title for post in page]
            assert page[-1].starts is not None
            before = (page[-1].starts, page[-1].id)
        assert found == ["-1", "3", "3", "30"]
        assert titles(tx, cast, starting_from=NOON + timedelta(hours=5)) == ["30"]

    await database.writing(told)


async def test_what_somebody_reported_is_on_no_list_of_theirs_until_it_is_decided(
    database: Database, cast: Cast
) -> None:
    def told(tx: Transaction) -> None:
        post = a_post(tx, cast, None, "Koop nu!")
        a_post(tx, cast, None, "Iets anders")
        reports.report(tx, cast.helper, post.id, "other", "Dit is reclame.", NOON)
        assert titles(tx, cast) == ["Iets anders"]
        others = [one.title for one in posts.listing(tx, cast.other, Filter(limit=9), NOON)]
        assert set(others) == {"Koop nu!", "Iets anders"}
        assert posts.see(tx, cast.helper, post.id, NOON).title == "Koop nu!"
        moderation.dismiss(tx, cast.supervisor, post.id, "Dit mag.", "", NOON)
        assert set(titles(tx, cast)) == {"Koop nu!", "Iets anders"}

    await database.writing(told)
