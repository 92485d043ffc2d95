"""The supervisor's queue of what accounts on other software wrote: who, about what, why, and what then."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from node.acts import blocks, posts
from node.clock import now
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.roles import Role
from node.storage import accounts, residents
from node.storage import replies as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.elsewhere import HANDLE
from tests.ui import visits
from tests.ui.doings import posted, said
from tests.ui.shades import DAY_AT_A_DESK, faults_in
from tests.ui.test_pages_seen import opened
from tests.ui.visits import Here, words

LIST = "/queue/replies"
PUBLIC = Audience.PUBLIC


async def waits(
    here: Here, post: Post | None, text: str = "Ik kan.", public: bool = False, **change: Any
) -> str:
    """Somebody with an account elsewhere writes; what waits then."""

    def write(tx: Transaction) -> str:
        user = change.pop("user", "mo")
        who = elsewhere.account(tx, now(), user, **{"known": False, **change})
        uri = elsewhere.wrote(tx, who, post, text, now(), public=public)
        found = kept.by_uri(tx, uri)
        assert found is not None
        return found.id

    return await here.database.writing(write)


async def reply(here: Here, key: str) -> tuple[ReplyState, str]:
    found = await here.database.reading(kept.get, key)
    return found.state, found.text


async def test_a_supervisor_reads_who_wrote_what_about_what_and_why_it_waits(here: Here) -> None:
    post = await posted(here, town.asks(audience=PUBLIC))
    await waits(here, post, "<b>Ik</b> kan.")
    raw = (await here.get("supervisor", LIST)).text
    page = words(raw)
    assert "Er wacht 1 reactie." in page
    assert f"Mo {HANDLE}" in page
    assert "Niemand hier kent dit account nog." in page
    assert "Alleen aan ons geschreven" in page
    assert "&lt;b&gt;Ik&lt;/b&gt; kan." in raw
    assert f'href="/o/{post.id}"' in raw
    assert 'href="https://social.example/@mo" rel="nofollow noopener noreferrer"' in raw


@pytest.mark.parametrize("deed", ["let-in", "turn-away", "report"])
async def test_nobody_but_a_supervisor_decides(here: Here, deed: str) -> None:
    key = await waits(here, await posted(here, town.asks(audience=PUBLIC)))
    for part in (*town.NAMES, "outsider"):
        if part != "supervisor":
            await here.get(part, LIST, 403)
            await here.post(part, f"{LIST}/{key}/{deed}", 403)
    assert await reply(here, key) == (ReplyState.WAITING, "Ik kan.")


async def test_what_is_let_in_goes_to_who_posted(here: Here) -> None:
    post = await posted(here, town.asks(audience=PUBLIC))
    key = await waits(here, post)
    answer = await here.post("supervisor", f"{LIST}/{key}/let-in")
    assert answer.headers["location"] == f"{LIST}?said=let-in"
    assert "Het is doorgelaten." in await said(here, "supervisor", f"{LIST}?said=let-in")
    assert HANDLE in await said(here, "poster", f"/o/{post.id}")
    again = await here.post("supervisor", f"{LIST}/{key}/let-in")
    assert again.headers["location"] == f"{LIST}?said=let-in"
    assert len(await here.database.reading(kept_responses.of_post, post.id)) == 1


async def test_what_comes_too_late_goes_no_further_and_that_is_said(here: Here) -> None:
    post = await posted(here, town.asks(audience=PUBLIC))
    key = await waits(here, post)
    await here.post("poster", f"/o/{post.id}/withdraw")
    assert "bericht dat weg is." in await said(here, "supervisor", LIST)
    answer = await here.post("supervisor", f"{LIST}/{key}/let-in")
    assert answer.headers["location"] == f"{LIST}?said=late"
    assert "dus het ging niet verder" in await said(here, "supervisor", answer.headers["location"])


async def test_what_is_about_no_post_is_marked_as_read(here: Here) -> None:
    key = await waits(here, None, "Wie kan ik bellen?")
    page = await said(here, "supervisor", LIST)
    assert "Aan de buurt, over geen bericht." in page
    assert "Laat het door" not in page
    answer = await here.post("supervisor", f"{LIST}/{key}/let-in")
    assert answer.headers["location"] == f"{LIST}?said=read"
    assert await reply(here, key) == (ReplyState.LET_IN, "Wie kan ik bellen?")
    assert "Alles is rustig aan de lijn" in await said(here, "supervisor", LIST)


async def test_each_reason_is_one_sentence(here: Here) -> None:
    asked = await posted(here, town.asks(audience=PUBLIC))
    plan = await posted(here, town.plans(at=now(), audience=PUBLIC))
    await waits(here, asked, public=True, user="a")
    await waits(here, plan, user="b")
    await here.database.writing(
        lambda tx: blocks.put(tx, here.cast.operator, "https://social.example/users/c", "hold", "", now())
    )
    await waits(here, asked, user="c")
    await waits(here, await posted(here, town.tells(audience=PUBLIC)), user="d")
    page = await said(here, "supervisor", LIST)
    for why in (
        "Het is alleen aan ons geschreven, en op een bericht antwoordt iedereen openbaar.",
        "Het is openbaar geschreven. Hier ziet niemand het tot iemand gekeken heeft.",
        "Het gaat over een activiteit, maar is geen aanmelding.",
        "Een beheerder wil dat alles van dit account of die server eerst bekeken wordt.",
    ):
        assert why in page
    assert page.count("Waarom zie je dit?") == 4


async def test_a_post_that_the_supervisor_does_not_see_is_not_named(here: Here) -> None:
    post = await posted(here, town.asks("Heel geheim", audience=PUBLIC))
    await waits(here, post)
    await here.post("poster", f"/o/{post.id}/withdraw")
    assert "Heel geheim" not in await said(here, "supervisor", LIST)


async def test_after_turning_away_only_an_operator_is_offered_to_hold_or_block(here: Here) -> None:
    post = await posted(here, town.asks(audience=PUBLIC))
    key = await waits(here, post)
    answer = await here.post("supervisor", f"{LIST}/{key}/turn-away")
    after = answer.headers["location"]
    assert await reply(here, key) == (ReplyState.TURNED_AWAY, "")
    assert await here.database.reading(kept_responses.of_post, post.id) == []
    raw = (await here.get("supervisor", after)).text
    assert "/operator/blocks" not in raw
    assert "Zeg het tegen de beheerder" in words(raw)
    await here.database.writing(residents.grant, here.cast.supervisor.id, Role.OPERATOR, None, now())
    raw = (await here.get("supervisor", after)).text
    subjects = re.findall(r'href="(/operator/blocks[^"]*)"', raw)
    assert subjects == [
        "/operator/blocks?subject=https%3A%2F%2Fsocial.example%2Fusers%2Fmo",
        "/operator/blocks?subject=social.example",
    ]


async def test_what_is_asked_in_an_address_by_hand_shows_nothing(here: Here) -> None:
    for account in ("nobody", "%00", "'"):
        page = await said(here, "supervisor", f"{LIST}?said=turn-away&account={account}")
        assert "beheerder" not in page
    await here.get("supervisor", f"{LIST}?from=90")


async def test_a_blocked_account_is_not_let_in_and_that_is_said(here: Here) -> None:
    key = await waits(here, await posted(here, town.asks(audience=PUBLIC)), blocked=False)

    def block(tx: Transaction) -> None:
        accounts.save(tx, replace(elsewhere.known(tx), blocked=True))

    await here.database.writing(block)
    page = await here.post("supervisor", f"{LIST}/{key}/let-in", 409)
    assert "Dit account is geblokkeerd." in words(page.text)
    assert "Ik kan." in words(page.text)


async def test_the_way_there_says_how_many_wait(here: Here) -> None:
    quiet = await said(here, "supervisor", "/queue")
    assert "Reacties van elders" in quiet
    assert "Alles is rustig aan de lijn" in quiet
    await waits(here, await posted(here, town.asks(audience=PUBLIC)))
    queue = await said(here, "supervisor", "/queue")
    assert "Reacties van elders (1)" in queue
    assert "Alles is rustig aan de lijn" not in queue
    assert "Reacties van elders (1)" in await said(here, "supervisor", "/me")
    assert "Reacties van elders" not in await said(here, "operator", "/me")


async def test_a_long_queue_goes_on_with_the_oldest_on_top(here: Here) -> None:
    post = await posted(here, town.asks(audience=PUBLIC))

    def fill(tx: Transaction) -> None:
        for number in range(33):
            who = elsewhere.account(tx, now(), f"u{number:02}", known=False)
            elsewhere.wrote(tx, who, post, f"Zin {number:02}", now() - timedelta(minutes=40 - number))

    await here.database.writing(fill)
    page = await said(here, "supervisor", LIST)
    assert re.findall(r"Zin \d\d", page)[:2] == ["Zin 00", "Zin 01"]
    assert "Er wachten 33 reacties." in page
    assert re.findall(r"Zin \d\d", await said(here, "supervisor", f"{LIST}?from=30")) == [
        "Zin 30",
        "Zin 31",
        "Zin 32",
    ]


# In a real browser


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, dict[str, str]]]:
    directory: Path = tmp_path_factory.mktemp("replies")
    async with visits.served(directory) as here:
        yield here, await here.database.writing(_filled, here)


def _filled(tx: Transaction, here: Here) -> dict[str, str]:
    cast, at, long = here.cast, now(), "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparaturwerkstatt"
    post = posts.post(tx, cast.poster, town.asks(long, audience=PUBLIC), at)
    lang = elsewhere.account(tx, at, "l" * 60, known=False, name=long)
    elsewhere.wrote(tx, lang, post, long * 9, at, public=True)
    elsewhere.wrote(tx, elsewhere.account(tx, at, "b", known=False), None, "رسالة طويلة", at)
    answer = elsewhere.answered(tx, post, at, long * 9)
    return {LIST: "supervisor", f"/talks/{answer.id}": "poster", f"/o/{post.id}": "poster"}


async def test_everybody_can_use_these_pages(browser: Browser, served: tuple[Here, dict[str, str]]) -> None:
    here, paths = served
    found = {}
    for part in set(paths.values()):
        async with await opened(browser, here, part, 360, "light") as context:
            page = await context.new_page()
            for path in [path for path, who in paths.items() if who == part]:
                await page.goto(here.settings.origin + path)
                await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                found[path] = await faults_in(page, DAY_AT_A_DESK)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
