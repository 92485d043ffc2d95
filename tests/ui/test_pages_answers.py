"""Answering a post, choosing an answer, and what comes of it: here and from next door."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.acts import held, posts, responses
from node.clock import now
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Post, State
from node.neighbourhood.response import Response, ResponseState
from node.storage import nodes
from node.storage import posts as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.town import asks
from tests.ui import next_door, visits
from tests.ui.doings import agreed, answer_of, answered, posted, said, state, ways
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, words


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def test_an_answer_reaches_the_poster(here: Here) -> None:
    post = await posted(here)
    await here.post("helper", f"/o/{post.id}/answers", text="Ik kan om tien uur.")
    (answer,) = await here.database.reading(kept_responses.of_post, post.id)
    assert (answer.text, answer.state, answer.resident) == (
        "Ik kan om tien uur.",
        "pending",
        here.cast.helper.id,
    )


@pytest.mark.parametrize(
    ("text", "says"), [("  ", "Schrijf wanneer je kunt"), ("a" * 2001, "Niet meer dan 2000 letters.")]
)
async def test_a_wrong_answer_is_kept_at_its_field(here: Here, text: str, says: str) -> None:
    post = await posted(here)
    page = await here.post("helper", f"/o/{post.id}/answers", 422, text=text)
    assert says in words(page.text)
    sheet = Sheet(page.text, f"/o/{post.id}/answers")
    assert sheet.wrong == {"text"}
    assert sheet.fields["text"] == text
    assert await here.database.reading(kept_responses.of_post, post.id) == []


async def test_an_answer_sent_twice_is_one(here: Here) -> None:
    post = await posted(here)
    await asyncio.gather(*(here.post("helper", f"/o/{post.id}/answers", 303, text="Ja.") for _ in range(4)))
    assert len(await here.database.reading(kept_responses.of_post, post.id)) == 1


async def test_an_answer_that_comes_too_late_is_told_so_kindly(here: Here) -> None:
    post, _ = await agreed(here)
    page = await here.post("other", f"/o/{post.id}/answers", 409, text="Ik ook.")
    assert "Er helpt al iemand. Dank je wel!" in words(page.text)
    assert "Bea heeft iemand gevonden. Dank je wel dat je keek." in words(page.text)
    assert "Je kunt" not in words(page.text)


async def test_the_first_yes_is_agreed_at_once_if_the_poster_wants_it_so(here: Here) -> None:
    post = await posted(here, asks(decide="first"))
    assert "Stuur je dit, dan is het meteen afgesproken." in await said(here, "helper", f"/o/{post.id}")
    sent = await here.post("helper", f"/o/{post.id}/answers", text="Ik kom.")
    assert "Het is afgesproken. Je was de eerste." in await said(here, "helper", sent.headers["location"])
    assert await state(here, post) is State.AGREED


async def test_one_does_not_answer_oneself(here: Here) -> None:
    post = await posted(here)
    page = await here.get("poster", f"/o/{post.id}")
    assert "answers" not in ways(page.text, post)
    await here.post("poster", f"/o/{post.id}/answers", 409, text="Ikzelf.")


async def test_an_answer_is_taken_back_after_a_question(here: Here) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    path = f"/o/{post.id}/answers/{answer.id}/back"
    assert "Trek je je reactie in?" in await said(here, "helper", path)
    assert await answer_of(here, answer) is ResponseState.PENDING
    sent = await here.post("helper", path)
    shown = await said(here, "helper", sent.headers["location"])
    assert "Je reactie is ingetrokken. Dat is goed." in shown
    assert "Kun jij Bea helpen?" in shown
    assert (await here.get("helper", path, 303)).headers["location"] == f"/o/{post.id}"
    await here.get("poster", path, 404)


async def test_a_change_after_the_answer_is_told(here: Here) -> None:
    post = await posted(here)
    change = PostChange(text="De apotheek is naast de bakker.")
    await here.database.writing(posts.edit, here.cast.poster, post.id, change, now() - timedelta(minutes=5))
    await answered(here, post)
    note = "Dit is veranderd sinds je reageerde."
    await answered(here, post, "other")  # no change of what it says
    assert note not in await said(here, "helper", f"/o/{post.id}")
    await here.database.writing(
        posts.edit, here.cast.poster, post.id, PostChange(text="Het zijn er twee."), now() + town.HOUR
    )
    assert note in await said(here, "helper", f"/o/{post.id}")
    assert note not in await said(here, "connector", f"/o/{post.id}")


async def test_a_change_elsewhere_after_the_answer_is_told(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    post = await here.database.writing(next_door.held, haven)
    await here.database.writing(responses.answer, here.cast.helper, post.id, "Ja.", now())

    def change(tx: Transaction) -> None:
        at = now() + town.HOUR
        told = kept.get(tx, post.id)
        values = {**vars(told), "text": "Twee lampen.", "updated": at}
        held.take_in(tx, nodes.get(tx, haven.id), Post(**values), f"{haven.origin}/ap/a/1", at)

    await here.database.writing(change)
    assert "Dit is veranderd sinds je reageerde." in await said(here, "helper", f"/o/{post.id}")


# Choosing, declining, done, off


@pytest.mark.parametrize("part", ["poster", "broker"])
async def test_an_answer_is_chosen_after_a_question_and_once(here: Here, part: str) -> None:
    post = await posted(here)
    answer, other = await answered(here, post), await answered(here, post, "other", "Ik ook.")
    path = f"/o/{post.id}/answers/{answer.id}/choose"
    shown = await said(here, part, path)
    assert "Kies je Merel?" in shown
    assert "Ja, ik kies Merel" in shown
    assert await state(here, post) is State.RESPONDED
    for _ in range(2):
        sent = await here.post(part, path)
        assert "Het is afgesproken." in await said(here, part, sent.headers["location"])
    assert await state(here, post) is State.AGREED
    assert await answer_of(here, other) is ResponseState.TAKEN
    late = await here.post(part, f"/o/{post.id}/answers/{other.id}/choose", 409)
    assert "Er helpt al iemand." in words(late.text)
    assert "Iemand anders was eerder" in await said(here, "other", f"/o/{post.id}")
    assert "Bea rekent op je." in await said(here, "helper", f"/o/{post.id}")


async def test_poster_and_broker_at_once_make_one_agreement(here: Here) -> None:
    post = await posted(here)
    one, two = await answered(here, post), await answered(here, post, "other")

    async def choose(part: str, answer: Response) -> int:
        async with here.browser(part) as browser:
            path = f"/o/{post.id}/answers/{answer.id}/choose"
            return (await browser.post(path, data={}, headers=here.own_form)).status_code

    assert sorted(await asyncio.gather(choose("poster", one), choose("broker", two))) == [303, 409]


async def test_a_kind_no(here: Here) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    path = f"/o/{post.id}/answers/{answer.id}/decline"
    assert "Nee zeggen tegen Merel?" in await said(here, "poster", path)
    sent = await here.post("poster", path)
    assert "We laten het vriendelijk weten." in await said(here, "poster", sent.headers["location"])
    shown = await said(here, "helper", f"/o/{post.id}")
    assert "Deze keer niet" in shown
    assert "Dank je wel dat je wilde helpen." in shown
    assert "Kun jij Bea helpen?" in shown


async def test_done(here: Here) -> None:
    post, answer = await agreed(here)
    page = await here.get("poster", f"/o/{post.id}")
    assert ways(page.text, post) >= {"answers/done", "answers/off", "edit", "withdraw"}
    assert "close" not in ways(page.text, post)
    sent = await here.post("poster", f"/o/{post.id}/answers/{answer.id}/done")
    assert "Wat fijn dat het is gelukt!" in await said(here, "poster", sent.headers["location"])
    assert await state(here, post) is State.DONE
    assert "Dank je wel, buur." in await said(here, "helper", f"/o/{post.id}")
    assert ways((await here.get("poster", f"/o/{post.id}")).text, post) == {"withdraw"}
    for deed in ("done", "off"):
        await here.get("poster", f"/o/{post.id}/answers/{answer.id}/{deed}", 303)
    assert "Dit is al klaar." in words((await here.post("poster", f"/o/{post.id}/close", 409)).text)


async def test_called_off_the_post_is_open_again(here: Here) -> None:
    post, answer = await agreed(here)
    sent = await here.post("poster", f"/o/{post.id}/answers/{answer.id}/off")
    assert "Het gaat niet door." in await said(here, "poster", sent.headers["location"])
    assert await state(here, post) is State.OPEN
    shown = await said(here, "helper", f"/o/{post.id}")
    assert "Gaat niet door" in shown
    assert "Kun jij Bea helpen?" in shown


async def test_a_helper_cannot_come_after_all(here: Here) -> None:
    post, answer = await agreed(here)
    page = await here.get("helper", f"/o/{post.id}")
    assert "Ik kan toch niet" in page.text
    await here.post("helper", f"/o/{post.id}/answers/{answer.id}/back")
    assert await state(here, post) is State.OPEN
    await here.post("helper", f"/o/{post.id}/answers/{answer.id}/off", 404)
