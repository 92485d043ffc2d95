"""What the letters of time lead to: keep it up longer, and *did it work out?*, with one button each."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.acts import matches, posts
from node.clock import now
from node.neighbourhood.post import Kind, State
from node.neighbourhood.response import ResponseState
from node.storage import posts as kept
from tests.town import asks, offers
from tests.ui import visits
from tests.ui.doings import agreed, answer_of, answered, posted, said, state, ways
from tests.ui.visits import Here

DAY = timedelta(days=1)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def test_a_look_at_the_letters_link_changes_nothing_and_its_button_keeps_it_up(here: Here) -> None:
    post = await posted(here, ago=25 * DAY)
    page = await here.get("poster", f"/o/{post.id}/extend")
    assert ways(page.text, post) == {"extend"}
    assert await here.database.reading(kept.get, post.id) == post
    sent = await here.post("poster", f"/o/{post.id}/extend")
    assert sent.headers["location"] == f"/o/{post.id}?said=extend"
    assert (await here.database.reading(kept.get, post.id)).expires > post.expires + 20 * DAY


async def test_what_expired_meanwhile_opens_again_by_the_same_button(here: Here) -> None:
    post = await posted(here, ago=31 * DAY)
    await here.database.writing(posts.expire, now())
    await here.get("poster", f"/o/{post.id}/extend")
    await here.post("poster", f"/o/{post.id}/extend")
    assert await state(here, post) is State.OPEN


async def test_yes_not_yet_or_no(here: Here) -> None:
    post, answer = await agreed(here)
    page = await here.get("poster", f"/o/{post.id}/outcome")
    assert ways(page.text, post) == {"answers/done", "answers/off"}
    assert f'href="/o/{post.id}?said=later"' in page.text
    await here.get("poster", f"/o/{post.id}?said=later")
    assert await state(here, post) is State.AGREED
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/done")
    assert await state(here, post) is State.DONE
    over = await here.get("poster", f"/o/{post.id}/outcome", 303)
    assert over.headers["location"] == f"/o/{post.id}"


async def test_no_lets_the_helper_know_and_opens_it_again(here: Here) -> None:
    post, answer = await agreed(here)
    await here.post("broker", f"/o/{post.id}/answers/{answer.id}/off")
    assert (await state(here, post), await answer_of(here, answer)) == (State.OPEN, ResponseState.DECLINED)


async def test_each_helper_of_a_job_for_two_has_buttons(here: Here) -> None:
    post, _ = await agreed(here, asks(places=2))
    second = await answered(here, post, "other")
    await here.database.writing(matches.agree, here.cast.poster, post.id, second.id, now())
    page = await here.get("poster", f"/o/{post.id}/outcome")
    assert page.text.count('/done"') == page.text.count('/off"') == 2
    assert {"Merel", "Tariq"} <= set((await said(here, "poster", f"/o/{post.id}/outcome")).split())


async def test_an_offer_has_the_page_as_well(here: Here) -> None:
    post, _ = await agreed(here, offers())
    assert post.kind is Kind.OFFER
    await here.get("poster", f"/o/{post.id}/outcome")


@pytest.mark.parametrize("part", ["helper", "other", "supervisor"])
@pytest.mark.parametrize("page", ["outcome", "extend"])
async def test_only_the_poster_or_a_broker(here: Here, part: str, page: str) -> None:
    post, _ = await agreed(here)
    await here.get(part, f"/o/{post.id}/{page}", 403)


async def test_a_stranger_is_asked_to_sign_in_and_comes_back(here: Here) -> None:
    post, _ = await agreed(here, asks(audience="public"))
    for page in ("outcome", "extend"):
        sent = await here.get(None, f"/o/{post.id}/{page}", 303)
        assert sent.headers["location"] == f"/signin?next=/o/{post.id}/{page}"
    hidden, _ = await agreed(here)
    lost = await here.get(None, f"/o/{hidden.id}/outcome", 404)
    assert f"/signin?next=/o/{hidden.id}/outcome" in lost.text


async def test_a_broker_has_the_outcome_and_not_the_extension(here: Here) -> None:
    post, _ = await agreed(here)
    await here.get("broker", f"/o/{post.id}/outcome")
    await here.get("broker", f"/o/{post.id}/extend", 403)
