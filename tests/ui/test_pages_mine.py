"""What is mine: agreements, posts and answers; and that nothing anybody wrote breaks a page or leaks."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node.acts import held, matches, posts, residents, responses
from node.clock import now
from node.neighbourhood.post import Kind
from node.storage import access, nodes
from node.storage.database import Transaction
from tests import town
from tests.town import asks, offers
from tests.ui import next_door, visits
from tests.ui.test_pages_home import titles
from tests.ui.visits import Here, words

EVIL = '"><img src=x onerror=alert(1)>'


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def test_nothing_yet_offers_the_first_step(here: Here) -> None:
    page = await here.get("helper", "/mine")
    assert "Wat je vraagt, aanbiedt en afspreekt staat hier. Begin klein." in words(page.text)
    assert 'href="/me"' in page.text
    assert 'href="/ask"' in page.text


async def test_a_stranger_signs_in_first(here: Here) -> None:
    assert (await here.get(None, "/mine", 303)).headers["location"] == "/signin?next=/mine"


async def test_what_waits_for_me_stands_first(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        at = now()
        post, who = posts.post, here.cast.poster
        waits = post(tx, who, asks("Met reactie"), at - 5 * town.DAY)
        over = post(tx, who, asks("Voorbij"), at - 2 * town.DAY)
        post(tx, who, offers("Loopt"), at - 3 * town.DAY)
        posts.close(tx, who, over.id, at)
        responses.answer(tx, here.cast.helper, waits.id, "Ik.", at)
        post(tx, here.cast.other, asks("Van een ander"), at)

    await here.database.writing(fill)
    assert titles((await here.get("poster", "/mine")).text) == ["Met reactie", "Loopt", "Voorbij"]


async def test_an_agreement_says_who_helps_whom(here: Here) -> None:
    def agree(tx: Transaction, draft: Any) -> None:
        one = posts.post(tx, here.cast.poster, draft, now())
        answer = responses.answer(tx, here.cast.helper, one.id, "Graag.", now())
        matches.agree(tx, here.cast.poster, one.id, answer.id, now())

    await here.database.writing(agree, asks("Wie haalt pillen?"))
    await here.database.writing(agree, offers("Ik snoei"))
    bea, merel = await here.get("poster", "/mine"), await here.get("helper", "/mine")
    assert "Merel helpt jou Wie haalt pillen?" in words(bea.text)
    assert "Jij helpt Merel Ik snoei" in words(bea.text)
    assert "Jij helpt Bea Wie haalt pillen?" in words(merel.text)
    assert "Bea helpt jou Ik snoei" in words(merel.text)
    assert "Waar ik reageerde" not in words(merel.text)


async def test_my_answers_stand_there_also_when_the_post_is_gone(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    post = await here.database.writing(next_door.held, haven)
    await here.database.writing(responses.answer, here.cast.helper, post.id, "Ik kom.", now())
    shown = words((await here.get("helper", "/mine")).text)
    assert "Een lamp ophangen Annie" in shown
    assert "Wacht op een keuze" in shown

    def delete(tx: Transaction) -> None:
        held.delete(tx, nodes.get(tx, haven.id), post.uri, f"{haven.origin}/ap/a/9", now())

    await here.database.writing(delete)
    page = await here.get("helper", "/mine")
    assert "Een bericht dat weg is" in words(page.text)
    assert "Een lamp ophangen" not in page.text
    assert f"/o/{post.id}" not in page.text
    await here.get("helper", f"/o/{post.id}", 404)


async def test_V04_nobody_reads_what_is_another_s(here: Here) -> None:
    """V04: every word of Bea's that is not for others."""
    await here.database.writing(posts.post, here.cast.poster, asks("Zichtbaar", text="geheim-4711"), now())
    one = await here.database.writing(posts.post, here.cast.poster, asks("Weg", text="geheim-4712"), now())
    await here.database.writing(responses.answer, here.cast.helper, one.id, "geheim-4713", now())
    await here.database.writing(posts.withdraw, here.cast.poster, one.id, now())
    for part in (None, "outsider", "other", "operator", "supervisor", "connector", "booster"):
        for path in ("/", "/requests?show=all", "/offers?show=all", "/mine", f"/o/{one.id}"):
            async with here.browser(part) as browser:
                shown = (await browser.get(path)).text
            assert "geheim-4712" not in shown
            assert "geheim-4713" not in shown
            assert ("geheim-4711" in shown) <= (part not in (None, "outsider"))
            assert "example.org" not in shown


async def evil(here: Here) -> list[str]:
    """A neighbourhood where everybody tries it, and the paths on which it is seen."""

    def fill(tx: Transaction) -> list[str]:
        at = now()
        eve = residents.add(tx, here.cast.operator, EVIL, None, "nl", at)
        access.add_session(tx, "session of eve", eve.id, at + town.DAY, at)
        one = posts.post(tx, eve, asks(EVIL, text=EVIL + "\n\n</textarea>" + EVIL), at - timedelta(hours=2))
        haven = next_door.connected(tx, name=EVIL)
        near = next_door.held(tx, haven, EVIL, text=EVIL, author_name=EVIL, kind=Kind.OFFER)
        theirs = posts.post(tx, here.cast.poster, asks("Gewoon"), at)
        next_door.offered(tx, haven, theirs, EVIL, EVIL)
        mine = responses.answer(tx, eve, theirs.id, EVIL, at)
        responses.answer(tx, eve, near.id, EVIL, at)
        answers = f"/o/{theirs.id}/answers/{mine.id}"
        paths = [
            f"/o/{one.id}",
            f"/o/{one.id}/edit",
            f"/o/{one.id}/withdraw",
            f"/o/{near.id}",
            f"/o/{theirs.id}",
        ]
        return [*paths, f"{answers}/choose", f"{answers}/back", "/", "/requests", "/offers", "/mine", "/ask"]

    here.sessions["eve"] = "session of eve"
    return await here.database.writing(fill)


async def test_H04_what_people_type_never_becomes_markup(here: Here) -> None:
    """H04, on every page, for who wrote it and who reads it."""
    seen = 0
    for path in await evil(here):
        for part in ("eve", "poster", "broker"):
            async with here.browser(part) as browser:
                page = (await browser.get(path)).text
            assert "<img" not in page, path
            assert page.count("</textarea>") == page.count("<textarea"), path
            seen += page.count("&lt;img")
    assert seen > 40


async def test_what_is_typed_in_a_form_that_comes_back_never_becomes_markup(here: Here) -> None:
    await here.database.writing(next_door.connected, "noord", EVIL)
    typed = dict.fromkeys(
        ("category", "title", "text", "urgency", "audience", "decide", "places", "key", "go"), EVIL
    )
    good = {"category": "tuin", "title": EVIL, "text": EVIL, "audience": "adjacent", "urgency": "week"}
    for fields in (
        typed,
        *({**good, "key": EVIL, "go": step} for step in ("what", "tell", "reach", "check")),
    ):
        async with here.browser("poster") as browser:
            page = (await browser.post("/ask", data=fields, headers=here.own_form)).text
        assert "<img" not in page
        assert "onerror" in page


async def test_no_page_of_ours_lets_a_name_stand_in_an_attribute_open(here: Here) -> None:
    for path in await evil(here):
        async with here.browser("eve") as browser:
            page = (await browser.get(path)).text
        for value in re.findall(r'="([^"]*)"', page):
            assert "<" not in value
