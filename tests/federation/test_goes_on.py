"""What accounts of other software say a second time, and prove more than once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import matches, responses, threads
from node.clock import now
from node.federation import proofs
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.reply import Reply
from node.neighbourhood.response import Response
from node.neighbourhood.thread import TEXT_LENGTH
from node.storage import replies as kept_replies
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from tests.federation import town_of_nodes
from tests.federation.liar import Document
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import Wire

Met = tuple[Place, Stranger]


@pytest.fixture
async def met(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Met]:
    """Centrum, and somebody with an account elsewhere."""
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes.places[0], Stranger(nodes.wire)


async def answer_to(place: Place, post: Post) -> Response:
    (answer,) = await place.database.reading(kept_responses.of_post, post.id)
    return answer


async def waiting(place: Place) -> list[Reply]:
    return await place.database.reading(kept_replies.oldest, 100)


async def test_who_goes_on_about_a_reply_that_waits_is_about_the_same_post(met: Met) -> None:
    place, mo = met
    post = await place.asks(audience=Audience.PUBLIC)
    reply = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag.")
    await mo.tells(place, reply)
    await mo.tells(place, mo.answers(reply["object"]["id"], place.home.actor, "Of woensdag."))
    assert [(one.text, one.post_id) for one in await waiting(place)] == [
        ("Ik kan dinsdag.", post.id),
        ("Of woensdag.", post.id),
    ]


async def test_who_goes_on_about_a_message_to_the_neighbourhood_is_heard(met: Met) -> None:
    place, mo = met
    message = mo.writes("Wie kan ik bellen?", to=[place.home.actor])
    await mo.tells(place, message)
    await mo.tells(place, mo.answers(message["object"]["id"], place.home.actor, "Het is dringend."))
    assert [(one.text, one.post_id) for one in await waiting(place)] == [
        ("Wie kan ik bellen?", None),
        ("Het is dringend.", None),
    ]


async def test_nobody_goes_on_about_the_reply_of_somebody_else(met: Met) -> None:
    place, mo = met
    post = await place.asks(audience=Audience.PUBLIC)
    reply = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag.")
    await mo.tells(place, reply)
    eve = Stranger(mo.wire, "elsewhere", user="eve")
    await eve.tells(place, eve.answers(reply["object"]["id"], place.home.actor, "Ik ook."))
    assert [one.text for one in await waiting(place)] == ["Ik kan dinsdag."]


async def test_an_account_that_is_deleted_takes_all_its_words_along(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    done, declined = [await place.asks(audience=Audience.PUBLIC) for _ in range(2)]
    for post in (done, declined):
        await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    first, second = [await answer_to(place, post) for post in (done, declined)]
    match = await place.database.writing(matches.agree, place.cast.poster, done.id, first.id, now())
    await place.database.writing(threads.write, place.cast.poster, first.id, "Hoe laat?", now())
    await mo.tells(place, mo.answers(first.uri, place.home.actor, "Om tien uur, op de Dam."))
    await place.database.writing(matches.complete, place.cast.poster, match.id, now())
    await place.database.writing(responses.decline, place.cast.poster, second.id, now())
    await mo.tells(place, mo.does("Delete", mo.person))
    assert [(await answer_to(place, post)).text for post in (done, declined)] == ["", ""]
    said = await place.database.reading(kept_threads.page, first.id, None, 10)
    assert [(message.text, message.deleted is not None) for message in said] == [
        ("", True),
        ("Hoe laat?", False),
    ]


async def test_a_long_message_is_cut_and_not_lost(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await place.asks(audience=Audience.PUBLIC)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    answer = await answer_to(place, post)
    await mo.tells(place, mo.answers(answer.uri, place.home.actor, "lang " * 1000))
    (message,) = await place.database.reading(kept_threads.page, answer.id, None, 10)
    assert message.text == ("lang " * 1000)[:TEXT_LENGTH].strip()


async def test_a_time_that_is_null_is_no_time(met: Met) -> None:
    place, mo = met
    message = mo.writes("Wie kan ik bellen?", to=[place.home.actor], published=None)
    await mo.tells(place, {**message, "published": None})
    assert [one.text for one in await waiting(place)] == ["Wie kan ik bellen?"]


async def test_each_of_several_proofs_must_hold(met: Met) -> None:
    """As Fedify does it: it adds its own to what is there."""
    place, mo = met
    eve = Stranger(Wire(), mo.name, user="eve").pen

    async def says(*made: Document, **change: Any) -> int:
        said = {**mo.writes("Hoi", to=[place.home.actor]), **change}
        found = [
            proof if "proofValue" in proof else proofs.add(said, mo.pen, now())["proof"] for proof in made
        ]
        return (await mo.tells(place, {**said, "proof": found}, proved=False)).status_code

    good: Document = {}
    of_others, of_eve = proofs.add(mo.writes("Hoi"), mo.pen, now()), proofs.add(mo.writes("Hoi"), eve, now())
    other_kind = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z1"}
    assert await says(good, good) == 202
    assert await says(other_kind) == 202
    assert await says(other_kind, good) == 202
    assert await says(of_others["proof"], good) == 401
    assert await says(good, of_others["proof"]) == 401
    assert await says(of_eve["proof"], good) == 401
    assert await says(*[good] * 5) == 401
    assert await place.count("replies") == 3
