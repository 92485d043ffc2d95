"""A broker asks somebody next door, in a real browser over real sockets; and all can use these pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from node.acts import invites, matches, posts, responses
from node.clock import now
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Role
from node.storage import residents
from node.storage.database import Transaction
from node.ui.language import COOKIE
from tests import town
from tests.town import DAY, HOUR
from tests.ui import visits
from tests.ui.nodes import Street, connected
from tests.ui.readers import sees
from tests.ui.shades import NIGHT_AT_A_DESK, faults_in
from tests.ui.test_browser import quiet
from tests.ui.test_pages_seen import NUMBERED, WHERE
from tests.ui.visits import Here

LONG = "Donaudampfschifffahrtsgesellschaftskapitän"


@pytest.fixture
async def streets(tmp_path: Path) -> AsyncIterator[list[Street]]:
    async with connected(tmp_path, "De Rietlanden", "Oude Haven") as streets:
        yield streets


@asynccontextmanager
async def english(browser: Browser, url: str, width: int = 360, **more: Any) -> AsyncIterator[BrowserContext]:
    """A browser that reads English, whatever the language of the person."""
    async with await browser.new_context(
        viewport={"width": width, "height": 800}, locale="en-GB", **more
    ) as context:
        await context.add_cookies([{"name": COOKIE, "value": "en", "url": url}])
        yield context


@asynccontextmanager
async def at_home(
    browser: Browser, street: Street, name: str, role: Role | None = None
) -> AsyncIterator[Page]:
    """Somebody signed in by the link in their mail, without scripts. Nothing is complained of."""
    heard: list[str] = []
    async with english(browser, street.url, java_script_enabled=False) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: heard.append(message.text))
        page.on("request", lambda one: None if one.url.startswith(street.url) else heard.append(one.url))
        await page.goto(await street.welcome(name, role))
        await page.get_by_role("button", name="Yes, sign me in").click()
        yield page
    assert heard == []


async def person(street: Street, name: str) -> Resident:
    def look(tx: Transaction) -> Resident:
        found = residents.by_email(tx, f"{name.lower()}@example.org", now())
        assert found is not None
        return found

    return await street.database.reading(look)


async def posted(street: Street, name: str, draft: Any) -> Post:
    return await street.database.writing(posts.post, await person(street, name), draft, now())


async def test_a_helper_next_door_is_asked_and_says_yes(browser: Browser, streets: list[Street]) -> None:
    here, there = streets
    async with at_home(browser, here, "Mina", Role.BROKER) as mina, at_home(browser, there, "Ria") as ria:
        await here.welcome("Bea")
        post = await posted(here, "Bea", town.asks("Wie snoeit mijn heg?", category="tuin"))
        await posted(there, "Ria", town.offers("Ik snoei graag een heg"))
        await mina.goto(f"{here.url}/me")
        await mina.get_by_role("link", name="The board").click()
        await mina.get_by_role("link", name="Who could help?").click()
        await expect(mina.get_by_role("heading", name="Who could help Bea?")).to_be_visible()
        await sees(mina, "Lives next door.")
        await mina.get_by_role("button", name="Ask Ria").click()
        await expect(mina.get_by_role("status")).to_contain_text("Ria gets a message now.")

        await ria.goto(f"{there.url}/mine")
        await sees(ria, "A broker asks you")
        await ria.get_by_role("link", name="Have a look : Wie snoeit mijn heg?").click()
        await expect(ria.get_by_role("heading", name="would you help Bea?")).to_be_visible()
        await ria.get_by_label("Your message").fill("Zaterdag om tien uur?")
        await ria.get_by_role("button", name="Yes, I want to help").click()
        await expect(ria.get_by_role("status")).to_be_visible()
        await sees(ria, "Agreed")

        await mina.goto(f"{here.url}/board")
        await sees(mina, "Agreed\n1")
        await mina.goto(f"{here.url}/o/{post.id}")
        await expect(mina.get_by_text("Zaterdag om tien uur?")).to_be_visible()


async def test_a_helper_next_door_says_no_and_the_broker_sees_it(
    browser: Browser, streets: list[Street]
) -> None:
    here, there = streets
    async with at_home(browser, here, "Mina", Role.BROKER) as mina, at_home(browser, there, "Ria") as ria:
        await here.welcome("Bea")
        post = await posted(here, "Bea", town.asks("Wie snoeit mijn heg?", category="tuin"))
        await posted(there, "Ria", town.offers("Ik snoei graag een heg"))
        await mina.goto(f"{here.url}/board/{post.id}/invite")
        await sees(mina, "Lives next door.")
        await mina.get_by_role("button", name="Ask Ria").click()
        await ria.goto(f"{there.url}/mine")
        await sees(ria, "A broker asks you")
        await ria.get_by_role("link", name="Have a look : Wie snoeit mijn heg?").click()
        await ria.get_by_role("button", name="No, not this time").click()
        await expect(ria.get_by_role("heading", name="You said no. That is all right.")).to_be_visible()
        await sees(mina, "Said no")


# Everybody can use them


@pytest.fixture(scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, dict[str, str]]]:
    """A board with something in every column, and the paths of these pages, by who looks at them."""
    async with visits.served(tmp_path_factory.mktemp("node")) as here:
        yield here, await here.database.writing(_filled, here)


def _filled(tx: Transaction, here: Here) -> dict[str, str]:
    at, cast = now(), here.cast

    def asks(title: str, hours: int, **change: Any) -> Post:
        draft = town.asks(title, **{"category": "tuin", **change})
        return posts.post(tx, cast.poster, draft, at - hours * HOUR)

    asks(LONG * 2, 1, urgency="urgent")
    old = asks("Niemand", 11 * 24, widen=True)
    waits = asks("Beantwoord", 90)
    responses.answer(tx, cast.other, waits.id, "Ik kom.", at - 80 * HOUR)
    asked = asks("Gevraagd", 5, text=f"{LONG} {LONG}")
    for who, title in ((cast.connector, LONG * 2), (cast.poster, "Eigen")):
        posts.post(tx, who, town.offers(title), at - DAY)
    offer = posts.post(tx, cast.helper, town.offers("Ik snoei"), at - DAY)
    invite = invites.ask(tx, cast.broker, asked.id, offer.id, at - HOUR)
    for title, hours in (("Afgesproken", 2), ("Nazorg", 30)):
        made = asks(title, hours + 1)
        yes = responses.answer(tx, cast.other, made.id, "Ja.", at - hours * HOUR)
        matches.agree(tx, cast.poster, made.id, yes.id, at - hours * HOUR)
    return {
        "/board": "broker",
        f"/board/{old.id}/invite": "broker",
        f"/board/{asked.id}/invite": "broker",
        f"/board/{old.id}/close": "broker",
        f"/invites/{invite.id}": "helper",
        "/mine": "helper",
    }


async def signed_in(context: BrowserContext, here: Here, part: str) -> Page:
    name, value = here.cookie("session"), here.sessions[part]
    await context.add_cookies([{"name": name, "value": value, "url": here.settings.origin}])
    return await context.new_page()


async def test_everybody_can_use_these_pages(browser: Browser, full: tuple[Here, dict[str, str]]) -> None:
    here, paths = full
    for path, part in paths.items():
        async with english(browser, here.settings.origin) as context:
            page = await signed_in(context, here, part)
            with quiet(page, here.settings.origin):
                answer = await page.goto(here.settings.origin + path)
                assert answer is not None
                assert answer.status == 200, path
                assert await faults_in(page, NIGHT_AT_A_DESK) == {}, path


async def test_the_board_can_be_worked_with_the_keyboard(
    browser: Browser, full: tuple[Here, dict[str, str]]
) -> None:
    here, paths = full
    for path, part in paths.items():
        async with english(browser, here.settings.origin, 1280) as context:
            page = await signed_in(context, here, part)
            await page.goto(here.settings.origin + path)
            last = await page.evaluate(NUMBERED) - 1
            order: list[object] = []
            while (order[-1] if order else None) != last and len(order) < 200:
                await page.keyboard.press("Tab")
                order.append(await page.evaluate(WHERE))
            assert order == list(range(last + 1)), path
