"""A first-timer asks for help: on a phone, without scripts, with a warning on the way, a window that was
closed, and a photo."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.ui.nodes import Street, connected
from tests.ui.photograph import file, noise
from tests.ui.test_journey import PHONE, at_home

STORY = "Het is één tas. Bel mij op 06-00 00 00 12, ik woon op nummer 14."


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with connected(tmp_path, "De Rietlanden", "Oude Haven") as streets:
        yield streets[0]


async def test_a_first_timer_asks_in_four_steps(browser: Browser, street: Street) -> None:
    steps: list[str] = []
    async with at_home(browser, street, "Bea") as page:

        async def on() -> None:
            steps.append(await page.locator("ol.steps [aria-current=step] b").inner_text())
            await page.get_by_role("button", name="Verder").last.click()

        await page.get_by_role("link", name="Ik vraag hulp").click()
        await page.locator("label[for=category-boodschappen]").click()
        await on()
        await page.get_by_label("Je vraag in één zin").fill("Wie haalt donderdag mijn boodschappen?")
        await page.get_by_label("Vertel iets meer").fill(STORY)
        await page.get_by_text("Op een bepaalde dag, of vaker?").click()
        await page.get_by_label("Hoe vaak?").select_option(label="Elke week")
        await on()

        warning = page.get_by_role("alert")
        await expect(warning).to_contain_text("Even kijken: er staat een telefoonnummer en een adres in")
        assert await warning.locator("mark").all_inner_texts() == ["06-00 00 00 12", "ik woon op nummer 14"]
        await page.get_by_role("button", name="Haal het voor mij weg").click()
        await expect(page.get_by_role("status")).to_contain_text("Het is eruit.")
        await expect(page.get_by_label("Vertel iets meer")).to_have_value("Het is één tas.")
        await on()

        # the window is closed, and opened again
        await page.goto(f"{street.url}/ask")
        await expect(page.get_by_text("Je was al iets begonnen.")).to_be_visible()
        await page.get_by_role("link", name="Ga ermee verder").click()
        await expect(page.get_by_role("heading", name="Klopt het zo?")).to_be_visible()
        await page.get_by_role("button", name="Terug").click()
        await on()
        steps.append(await page.locator("ol.steps [aria-current=step] b").inner_text())
        stranger = page.locator("section", has=page.get_by_role("heading", name="Een vreemde"))
        await expect(stranger).to_contain_text("Niets")
        await _with_photo(page)
        await page.get_by_role("button", name="Plaats mijn vraag").click()
        await expect(page.get_by_role("status")).to_contain_text("Je vraag hangt aan de lijn.")
        await expect(page.locator("dl.facts")).to_contain_text("Elke week")
        await expect(page.get_by_role("img", name="Een tas met wielen")).to_be_visible()
        assert list(dict.fromkeys(steps)) == ["1", "2", "3", "4"]

        await page.goto(f"{street.url}/ask")
        await expect(page.get_by_text("Je was al iets begonnen.")).to_have_count(0)


async def _with_photo(page: Page) -> None:
    """In the last step: a photo as large as a telephone makes them, under the name that one gave it."""
    photo: FilePayload = {"name": "../1.heic", "mimeType": "image/heic", "buffer": file(noise((3000, 2000)))}
    await page.get_by_role("button", name="Zet er een foto bij").click()
    await page.get_by_label("Kies een foto").set_input_files(photo)
    await page.get_by_label("Wat staat erop?").fill("Een tas met wielen")
    await page.get_by_role("button", name="Zet er een foto bij").click()
    await expect(page.get_by_role("status")).to_contain_text("De foto staat erbij.")
    await page.get_by_role("link", name="Terug naar mijn bericht").last.click()
    await expect(page.get_by_role("img", name="Een tas met wielen")).to_be_visible()


async def test_who_is_not_signed_in_begins_and_finds_it_again_after_signing_in(
    browser: Browser, street: Street
) -> None:
    link = await street.welcome("Bea")
    async with await browser.new_context(
        viewport=PHONE, locale="nl-NL", java_script_enabled=False
    ) as context:
        page = await context.new_page()
        await page.goto(f"{street.url}/ask")
        await expect(page.get_by_text("Je hoeft nog niet in te loggen.")).to_be_visible()
        await page.locator("label[for=category-tuin]").click()
        await page.get_by_role("button", name="Verder").click()
        await page.get_by_label("Je vraag in één zin").fill("Wie snoeit de heg?")
        for _ in range(2):
            await page.get_by_role("button", name="Verder").click()
        await page.get_by_role("button", name="Plaats mijn vraag").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nog één ding: wie ben je?")
        await page.get_by_role("link", name="Inloggen").last.click()
        assert "next" in page.url
        async with await browser.new_context(locale="nl-NL", java_script_enabled=False) as elsewhere:
            other = await elsewhere.new_page()
            await other.goto(f"{street.url}/ask?draft=1")
            await expect(other.get_by_text("Wie snoeit de heg?")).to_have_count(0)
        await page.goto(link)
        await page.get_by_role("button", name="Ja, log mij in").click()
        await page.goto(f"{street.url}/ask?draft=1")
        await page.get_by_role("button", name="Plaats mijn vraag").click()
        await expect(page.get_by_role("status")).to_contain_text("Je vraag hangt aan de lijn.")
