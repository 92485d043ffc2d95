"""A form whose button was pressed twice: the same words are posted once, whoever is quick."""

import asyncio

from node.acts import posts
from node.storage import destinations, log
from node.storage import posts as kept
from node.storage.database import Database
from tests import town
from tests.town import NOON, asks


async def test_the_same_words_from_the_same_form_are_one_post(database: Database, cast: town.Cast) -> None:
    await database.writing(town.neighbour)
    sent = [database.writing(posts.post, cast.poster, asks(), NOON, "form") for _ in range(20)]
    made = await asyncio.gather(*sent)
    assert len({post.id for post in made}) == 1
    assert len(await database.reading(kept.listing, cast.poster, kept.Filter(), NOON)) == 1
    assert len(await database.reading(log.of, made[0].id)) == 1
    assert await database.reading(destinations.count, "pending") == 1


async def test_other_words_another_form_or_another_person_are_another_post(
    database: Database, cast: town.Cast
) -> None:
    made = {
        (await database.writing(posts.post, who, draft, NOON, form)).id
        for who, draft, form in [
            (cast.poster, asks(), "form"),
            (cast.poster, asks("Anders"), "form"),
            (cast.poster, asks(), "another form"),
            (cast.helper, asks(), "form"),
            (cast.poster, asks(), ""),
            (cast.poster, asks(), ""),
        ]
    }
    assert len(made) == 6
