"""What the database itself refuses, whatever a program forgets."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from node.acts import posts, responses
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Post
from node.neighbourhood.response import Response, ResponseState
from node.storage import destinations, matches, residents, seen
from node.storage import posts as kept_posts
from node.storage import responses as kept
from node.storage.database import Database, Transaction
from node.storage.tables import deliveries
from tests import town

NOON = town.NOON


def scene(tx: Transaction, cast: town.Cast) -> tuple[Post, list[Response]]:
    post = posts.post(tx, cast.poster, town.asks(places=2), NOON)
    return post, [responses.answer(tx, who, post.id, "Ik kom.", NOON) for who in (cast.helper, cast.other)]


def match(tx: Transaction, key: str, response: Response, place: int, **change: Any) -> bool:
    made = Match(key, tx.home.uri("g", key), response.post_id, response.id, place, MatchState.AGREED, NOON)
    return matches.add(tx, replace(made, **change))


async def test_a_place_and_an_answer_have_one_live_agreement(database: Database, cast: town.Cast) -> None:
    def tell(tx: Transaction) -> None:
        _, (first, second) = scene(tx, cast)
        assert match(tx, "1", first, 1)
        assert not match(tx, "2", second, 1)  # the place is taken
        assert not match(tx, "3", first, 2)  # this helper is agreed already
        matches.save(tx, replace(matches.get(tx, "1"), state=MatchState.CANCELLED))
        assert match(tx, "4", second, 1)
        assert match(tx, "5", first, 2)

    await database.writing(tell)


async def test_a_party_has_one_answer_that_waits(database: Database, cast: town.Cast) -> None:
    def tell(tx: Transaction) -> None:
        _, (first, _) = scene(tx, cast)
        again = replace(first, id="again", uri="again")
        assert not kept.add(tx, again)
        kept.save(tx, replace(first, state=ResponseState.WITHDRAWN))
        assert kept.add(tx, again)

    await database.writing(tell)


async def test_an_activity_takes_effect_once(database: Database) -> None:
    for new in (True, False, False):
        assert await database.writing(seen.first_time, "https://noord.example/ap/a/1", "x", NOON) is new


async def test_a_mail_address_is_one_persons(database: Database, cast: town.Cast) -> None:
    twin = replace(cast.poster, id="twin")
    assert not await database.writing(residents.add, twin, "bea@example.org")
    assert await database.writing(residents.add, twin, None)


async def test_what_makes_no_sense_is_refused(database: Database, cast: town.Cast) -> None:
    post, (answer, _) = await database.writing(scene, cast)

    def nothing(tx: Transaction) -> None:
        values = {"activity_id": "none", "origin": "x", "inbox": "x", "state": "pending", "created": NOON}
        tx.run(deliveries.insert(), {**values, "attempts": 0})

    for act in (
        lambda tx: kept_posts.save(tx, replace(post, places_left=-1)),
        lambda tx: kept_posts.save(tx, replace(post, places_left=3)),
        lambda tx: kept_posts.save(tx, replace(post, author="nobody")),
        lambda tx: match(tx, "1", answer, 1, post_id="nothing"),
        lambda tx: match(tx, "1", answer, 0),
        nothing,
    ):
        with pytest.raises(IntegrityError):
            await database.writing(act)
    assert await database.reading(destinations.count, "pending") == 0
