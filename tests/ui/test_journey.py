"""As neighbours would, in a browser without scripts: asked on one node, answered on another, agreed once."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from node.neighbourhood.roles import Role
from tests.ui.nodes import Street, connected, until

GONE = "responded with a status of 404"  # the page of a post that is no longer there
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
async def streets(tmp_path: Path) -> AsyncIterator[list[Street]]:
    async with connected(tmp_path, "De Rietlanden", "Oude Haven") as streets:
        yield streets


@asynccontextmanager
async def at_home(
    browser: Browser, street: Street, name: str, role: Role | None = None, **more: Any
) -> AsyncIterator[Page]:
    """Somebody with a telephone, signed in by the link in their mail. Nothing is complained of."""
    heard: list[str] = []
    async with await browser.new_context(
        viewport=PHONE, locale="nl-NL", java_script_enabled=False, **more
    ) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: None if GONE in message.text else heard.append(message.text))
        page.on("request", lambda one: None if one.url.startswith(street.url) else heard.append(one.url))
        await page.goto(await street.welcome(name, role))
        await page.get_by_role("button", name="Ja, log mij in").click()
        await expect(page.get_by_role("heading", name="Dag buur!")).to_be_visible()
        yield page
        assert heard == []


async def ask(page: Page, title: str, audience: str = "adjacent") -> None:
    """From the front page through the four questions."""
    await page.get_by_role("link", name="Ik vraag hulp").click()
    await page.locator("label[for=category-boodschappen]").click()
    await page.get_by_role("button", name="Verder").click()
    await page.get_by_label("Je vraag in één zin").fill(title)
    await page.get_by_label("Vertel iets meer").fill("Het is één tas.\nDe winkel is om de hoek.")
    await page.get_by_role("button", name="Verder").click()
    await page.locator(f"label[for=audience-{audience}]").click()
    await page.get_by_role("button", name="Verder").click()
    await page.get_by_role("button", name="Plaats mijn vraag").click()
    await expect(page.get_by_role("status")).to_contain_text("Je vraag hangt aan de lijn.")


async def sees(page: Page, words: str) -> None:
    """Look again until it stands there. What was clicked before has its answer on the page already: to load a
    page anew while it goes to the next would throw away what was sent."""

    async def there() -> bool:
        await page.reload()
        return words in await page.locator("main").inner_text()

    await until(there)


async def test_asked_here_answered_next_door_and_agreed(browser: Browser, streets: list[Street]) -> None:
    here, there = streets
    async with at_home(browser, here, "Bea") as bea, at_home(browser, there, "Merel") as merel:
        await ask(bea, "Wie haalt donderdag mijn boodschappen?")
        await expect(bea.get_by_role("status")).to_contain_text("Hiernaast zien ze het ook: Oude Haven.")
        await sees(bea, "Heeft een kopie.")

        await sees(merel, "Wie haalt donderdag mijn boodschappen?")
        await expect(merel.get_by_text("De Rietlanden, naast ons")).to_be_visible()
        await merel.get_by_role("link", name="Ik wil helpen").click()
        await merel.get_by_label("Je bericht").fill("Ik fiets er toch langs. Elf uur?")
        await merel.get_by_role("button", name="Stuur").click()
        await expect(merel.get_by_role("status")).to_contain_text("Je reactie gaat naar Bea.")

        await sees(bea, "Ik fiets er toch langs. Elf uur?")
        await expect(bea.get_by_role("heading", name="Merel uit Oude Haven")).to_be_visible()
        await bea.get_by_role("link", name="Van mij", exact=True).click()
        await bea.get_by_role("link", name="Bekijk").click()
        await bea.get_by_role("link", name="Kies Merel").click()
        await bea.get_by_role("button", name="Ja, ik kies Merel").click()
        await expect(bea.get_by_role("status")).to_contain_text("Het is afgesproken.")

        await sees(merel, "Bea rekent op je.")
        await merel.get_by_role("link", name="Van mij", exact=True).click()
        await expect(merel.get_by_role("heading", name="Jij helpt Bea")).to_be_visible()
        await expect(merel.get_by_text("De Rietlanden", exact=True).last).to_be_visible()

        await bea.get_by_role("link", name="Gelukt").click()
        await bea.get_by_role("button", name="Ja, het is gelukt").click()
        await expect(bea.get_by_role("status")).to_contain_text("Wat fijn dat het is gelukt!")
        await sees(merel, "Gelukt")


async def test_taken_back_here_it_is_gone_next_door(browser: Browser, streets: list[Street]) -> None:
    here, there = streets
    async with at_home(browser, here, "Bea") as bea, at_home(browser, there, "Merel") as merel:
        await ask(bea, "Wie loopt mee?")
        await sees(merel, "Wie loopt mee?")
        await merel.get_by_role("link", name="Ik wil helpen").click()
        await expect(merel.get_by_role("heading", name="Kun jij Bea helpen?")).to_be_visible()
        await bea.get_by_role("link", name="Trek het in").click()
        await bea.get_by_role("button", name="Ja, trek het in").click()
        await expect(bea.get_by_role("status")).to_contain_text("Het is ingetrokken.")
        await sees(bea, "Wij vroegen om de kopie weg te halen.")
        await sees(merel, "Deze pagina is er niet")
        await merel.goto(there.url)
        await expect(merel.get_by_text("Wie loopt mee?")).to_have_count(0)


async def test_what_is_for_the_own_street_stays_there_until_it_is_widened(
    browser: Browser, streets: list[Street]
) -> None:
    here, there = streets
    async with at_home(browser, here, "Bea") as bea, at_home(browser, there, "Merel") as merel:
        await ask(bea, "Alleen voor ons", "neighbourhood")
        await ask_again(bea, "Voor iedereen hier")
        await sees(merel, "Voor iedereen hier")
        assert "Alleen voor ons" not in await merel.locator("main").inner_text()
        await bea.get_by_role("link", name="Van mij", exact=True).click()
        await bea.get_by_role("link", name="Alleen voor ons").first.click()
        await bea.get_by_role("link", name="Verander").click()
        await bea.locator("label[for=audience-adjacent]").click()
        await bea.get_by_role("button", name="Bewaar").click()
        await bea.get_by_role("button", name=re.compile("^Ja")).click()
        await expect(bea.get_by_role("status")).to_contain_text("Het is veranderd, hier en in elke kopie.")
        await sees(merel, "Alleen voor ons")


async def ask_again(page: Page, title: str) -> None:
    await page.get_by_role("link", name="Buurt", exact=True).click()
    await ask(page, title)


async def test_the_back_of_the_browser_and_the_back_of_the_page_lose_nothing(
    browser: Browser, streets: list[Street]
) -> None:
    async with at_home(browser, streets[0], "Bea") as bea:
        await bea.get_by_role("link", name="Ik vraag hulp").click()
        await bea.locator("label[for=category-tuin]").click()
        await bea.get_by_role("button", name="Verder").click()
        await bea.get_by_label("Je vraag in één zin").fill("Wie snoeit de heg?")
        await bea.get_by_role("button", name="Verder").click()
        await expect(bea.get_by_role("heading", name="Wie mag dit zien?")).to_be_visible()
        await bea.go_back()
        await expect(bea.get_by_label("Je vraag in één zin")).to_have_value("Wie snoeit de heg?")
        await bea.go_forward()
        await expect(bea.get_by_role("heading", name="Wie mag dit zien?")).to_be_visible()
        await bea.get_by_role("button", name="Verder").click()
        await expect(bea.get_by_role("heading", name="Klopt het zo?")).to_be_visible()
        await bea.get_by_role("button", name="Terug").click()
        await expect(bea.get_by_role("heading", name="Wie mag dit zien?")).to_be_visible()
        await bea.get_by_role("button", name="Terug").click()
        await expect(bea.get_by_label("Je vraag in één zin")).to_have_value("Wie snoeit de heg?")
