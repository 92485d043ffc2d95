"""The broker's board and what is done from it, and the page of who is asked; in English."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.acts import invites as acts
from node.acts import posts, responses
from node.clock import now
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.post import Post, State
from node.storage import invites
from node.ui.language import COOKIE
from tests import town
from tests.town import DAY, HOUR
from tests.ui.doings import posted, state
from tests.ui.next_door import connected, held
from tests.ui.visits import Here, opened, said, words

GARDEN = {"category": "tuin"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with opened(tmp_path) as here:
        yield here


async def get(here: Here, part: str, path: str, status: int = 200) -> str:
    """A page in English, as it is said."""
    async with here.browser(part) as browser:
        browser.cookies.set(COOKIE, "en")
        return words(said(await browser.get(path), status).text)


async def post(here: Here, part: str, path: str, status: int = 303, /, **fields: str) -> httpx.Response:
    async with here.browser(part) as browser:
        browser.cookies.set(COOKIE, "en")
        return said(await browser.post(path, data=fields, headers=here.own_form), status)


async def an_offer(here: Here, part: str = "helper", title: str = "Ik snoei graag een heg") -> Post:
    at = now() - DAY
    return await here.database.writing(posts.post, here.cast.all()[part], town.offers(title), at)


async def asked(here: Here, title: str = "Wie snoeit?", **change: Any) -> tuple[Post, Invite]:
    """Bea asks, and Merel was asked to help."""
    made, offer = await posted(here, town.asks(title, **GARDEN, **change)), await an_offer(here)
    return made, await here.database.writing(acts.ask, here.cast.broker, made.id, offer.id, now())


async def stands(here: Here, invite: Invite) -> InviteState:
    return (await here.database.reading(invites.get, invite.id)).state


async def test_an_empty_board_says_what_will_stand_there(here: Here) -> None:
    assert "Nothing waits" in await get(here, "broker", "/board")


async def test_the_board_says_what_comes_first_and_why(here: Here) -> None:
    await posted(here, town.asks("Nieuw"))
    await posted(here, town.asks("Oud"), 60 * HOUR)
    nobody = await posted(here, town.asks("Niemand"), 11 * DAY)
    waits = await posted(here, town.asks("Beantwoord"), 2 * DAY)
    await here.database.writing(responses.answer, here.cast.helper, waits.id, "Ik kom.", now())
    page = await get(here, "broker", "/board")
    assert "2 things need somebody now." in page
    assert "Nobody at all. Choose: call, refer, or close it with an explanation." in page
    assert "Oud Bea, 60 hours. No response in time." in page
    assert "1 response" in page
    assert page.index("Niemand") < page.index("Oud")
    html = await _html(here, "broker", "/board")
    for way in (f"/o/{waits.id}", f"/board/{nobody.id}/invite", f"/board/{nobody.id}/close"):
        assert f'href="{way}"' in html


async def _html(here: Here, part: str, path: str) -> str:
    return (await here.get(part, path)).text


async def test_a_broker_sees_who_could_help_and_why_and_asks_one(here: Here) -> None:
    made = await posted(here, town.asks("Wie snoeit?", **GARDEN, audience="neighbourhood"))
    offer = await an_offer(here)
    await an_offer(here, "poster", "Plantjes")
    noord = await here.database.writing(connected)
    await here.database.writing(held, noord, "Schoffelen", kind="offer", category="tuin")
    path = f"/board/{made.id}/invite"
    page = await get(here, "broker", path)
    assert "Who could help Bea?" in page
    assert "Offers what is asked. Lives in our own neighbourhood." in page
    assert "Why not the others? (2)" in page
    assert "This is an offer of who asks." in page
    assert "Oude Haven does not see this request." in page
    assert (await post(here, "broker", path, offer=offer.id)).headers["location"] == f"{path}?said=asked"
    page = await get(here, "broker", f"{path}?said=asked")
    assert "Merel gets a message now." in page
    assert "Waits for a yes" in page
    assert await state(here, made) is State.PROPOSED
    assert "Asked: Merel" in await get(here, "broker", "/board")
    twice = await post(here, "broker", path, 409, offer=offer.id)
    assert "They were asked already" in words(twice.text)


async def test_there_is_no_such_page_for_what_nobody_is_asked_for(here: Here) -> None:
    offer, closed = await an_offer(here), await posted(here, town.asks())
    await here.database.writing(posts.close, here.cast.poster, closed.id, now())
    for one in (offer, closed):
        await get(here, "broker", f"/board/{one.id}/invite", 404)


async def test_a_broker_closes_and_the_poster_reads_why(here: Here) -> None:
    made = await posted(here)
    path = f"/board/{made.id}/close"
    assert "Close this for Bea?" in await get(here, "broker", path)
    assert "Write why" in words((await post(here, "broker", path, 422, words=" ")).text)
    why = "Het wijkteam helpt je nu hiermee."
    assert (await post(here, "broker", path, words=why)).headers["location"] == "/board?said=closed"
    assert "It is closed." in await get(here, "broker", "/board?said=closed")
    page = await get(here, "poster", f"/o/{made.id}")
    assert "The broker closed this for you. You can open it again." in page
    assert why in page
    assert await state(here, made) is State.CLOSED
    again = await posted(here)
    await here.database.writing(posts.withdraw, here.cast.poster, again.id, now())
    await post(here, "broker", f"/board/{again.id}/close", 404, words=why)


async def test_a_broker_hands_over_and_the_poster_reads_to_whom(here: Here) -> None:
    made = await posted(here)
    path = f"/board/{made.id}/refer"
    assert f'href="{path}"' in await _html(here, "broker", "/board")
    assert "Hand this to a professional, for Bea?" in await get(here, "broker", path)
    assert "Write why" in words((await post(here, "broker", path, 422, words=" ")).text)
    why = "Het wijkteam belt je maandag."
    for _ in range(2):  # the button was pressed twice
        assert (await post(here, "broker", path, words=why)).headers["location"] == "/board?said=referred"
    assert "It is handed over." in await get(here, "broker", "/board?said=referred")
    page = await get(here, "poster", f"/o/{made.id}")
    for part in (why, "To the district team", "The broker handed this to a professional.", "Open again"):
        assert part in page
    assert "Only you see this now." in page
    for part in ("helper", "supervisor", "broker"):
        await get(here, part, f"/o/{made.id}", 404)
    await post(here, "helper", path, 403, words=why)


async def test_who_was_asked_finds_the_question_on_the_page_of_the_post(here: Here) -> None:
    made, invite = await asked(here)
    page = await get(here, "helper", f"/o/{made.id}")
    assert "A broker asks you: would you help Bea?" in page
    assert "Your message" not in page, "one place to answer"
    assert f'href="/invites/{invite.id}"' in await _html(here, "helper", f"/o/{made.id}")
    assert "A broker asks you" not in await get(here, "other", f"/o/{made.id}")
    await post(here, "helper", f"/invites/{invite.id}/no")
    assert "Your message" in await get(here, "helper", f"/o/{made.id}")


async def test_who_is_asked_says_yes_with_a_sentence(here: Here) -> None:
    made, invite = await asked(here)
    path = f"/invites/{invite.id}"
    assert "Would you help Bea from Centrum?" in await get(here, "helper", "/mine")
    page = await get(here, "helper", path)
    assert "A broker asks you: would you help Bea?" in page
    assert "Because of what you offer: “Ik snoei graag een heg”." in page
    assert "Write when you can" in words((await post(here, "helper", f"{path}/yes", 422, text="")).text)
    answer = await post(here, "helper", f"{path}/yes", text="Ik kom zaterdag.")
    assert answer.headers["location"] == f"/o/{made.id}?said=answered"
    assert "It is agreed. You were the first." in await get(here, "helper", f"/o/{made.id}?said=answered")
    assert await state(here, made) is State.AGREED
    assert "You said yes." in await get(here, "helper", path)
    assert "Would you help" not in await get(here, "helper", "/mine")
    assert "Agreed 1" in await get(here, "broker", "/board")


async def test_who_is_asked_says_no_and_that_is_all_right(here: Here) -> None:
    made, invite = await asked(here)
    path = f"/invites/{invite.id}"
    for _ in range(2):  # the button was pressed twice
        assert (await post(here, "helper", f"{path}/no")).headers["location"] == path
    assert "You said no. That is all right." in await get(here, "helper", path)
    assert await state(here, made) is State.OPEN
    assert "Said no" in await get(here, "broker", f"/board/{made.id}/invite")


async def test_who_was_too_late_hears_it_kindly(here: Here) -> None:
    made, invite = await asked(here)
    await here.database.writing(posts.close, here.cast.poster, made.id, now())
    assert await stands(here, invite) is InviteState.TAKEN
    path = f"/invites/{invite.id}"
    assert "This is no longer needed. Thank you!" in await get(here, "helper", path)
    late = await post(here, "helper", f"{path}/yes", 409, text="Ik kom.")
    assert "This is no longer open." in words(late.text)
    gone, lost = await asked(here, "Weg")
    await here.database.writing(posts.withdraw, here.cast.poster, gone.id, now())
    page = await get(here, "helper", f"/invites/{lost.id}")
    assert "no longer needed" in page
    assert "Weg" not in page
