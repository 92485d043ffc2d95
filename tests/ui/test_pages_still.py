"""*Do you still need it?* One button for each answer, once the day of a request is past."""

from node.acts import timers
from node.clock import now
from node.neighbourhood.post import State
from node.storage import posts as kept
from tests import town
from tests.ui.doings import answered, posted, said, state, ways
from tests.ui.visits import Here

DAY = town.DAY


async def test_its_poster_keeps_it_up_or_closes_it_with_one_button(here: Here) -> None:
    draft = town.asks(when=f"{now() - 2 * DAY:%Y-%m-%d}")
    post, other = [await posted(here, draft, ago=2 * DAY) for _ in range(2)]
    await here.database.writing(timers.tick, now())
    page = await here.get("poster", f"/o/{post.id}/still")
    assert {"extend", "close", "edit"} <= ways(page.text, post)
    assert (await here.database.reading(kept.get, post.id)).when is not None, "a look changes nothing"
    await here.post("poster", f"/o/{post.id}/extend")
    again = await here.database.reading(kept.get, post.id)
    assert (again.when, again.state) == (None, State.OPEN)
    await answered(here, other)
    await here.post("poster", f"/o/{other.id}/close")
    assert await state(here, other) is State.CLOSED
    over = await here.get("poster", f"/o/{other.id}/still", 303)
    assert over.headers["location"] == f"/o/{other.id}"


async def test_what_ended_meanwhile_opens_again_by_the_same_button(here: Here) -> None:
    post = await posted(here, town.asks(when=f"{now() - 9 * DAY:%Y-%m-%d}"), ago=9 * DAY)
    for days in (6, 2):
        await here.database.writing(timers.tick, now() - days * DAY)
    assert await state(here, post) is State.EXPIRED
    assert "niet meer open" in await said(here, "poster", f"/o/{post.id}/still")
    await here.post("poster", f"/o/{post.id}/extend")
    assert await state(here, post) is State.OPEN


async def test_who_found_help_in_another_way_says_so_when_closing_and_can_open_it_again(here: Here) -> None:
    post = await posted(here)
    assert "elsewhere" in ways((await here.get("poster", f"/o/{post.id}/close")).text, post)
    assert "elsewhere" in ways((await here.get("poster", f"/o/{post.id}/still")).text, post)
    for _ in range(2):
        await here.post("poster", f"/o/{post.id}/elsewhere")
    assert await state(here, post) is State.SOLVED_ELSEWHERE
    page = await here.get("poster", f"/o/{post.id}?said=elsewhere")
    assert "Anders opgelost" in page.text
    assert "reopen" in ways(page.text, post)
    assert "close" not in ways(page.text, post)
    await here.post("poster", f"/o/{post.id}/reopen")
    assert await state(here, post) is State.OPEN


async def test_only_a_request_is_solved_in_another_way(here: Here) -> None:
    post = await posted(here, town.offers())
    assert "elsewhere" not in ways((await here.get("poster", f"/o/{post.id}/close")).text, post)
    await here.post("poster", f"/o/{post.id}/elsewhere", 404)
    assert await state(here, post) is State.OPEN


async def test_a_broker_closes_as_solved_in_another_way_and_its_poster_reads_why(here: Here) -> None:
    post = await posted(here)
    path = f"/board/{post.id}/close"
    assert 'name="elsewhere"' in (await here.get("broker", path)).text
    page = await here.post("broker", path, 422, words="", elsewhere="yes")
    assert "checked" in page.text
    await here.post("broker", path, words="Haar zoon doet het.", elsewhere="yes")
    assert await state(here, post) is State.SOLVED_ELSEWHERE
    assert "Haar zoon doet het." in await said(here, "poster", f"/o/{post.id}")
    offer = await posted(here, town.offers())
    assert 'name="elsewhere"' not in (await here.get("broker", f"/board/{offer.id}/close")).text
