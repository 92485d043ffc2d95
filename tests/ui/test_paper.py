"""A page on paper is something to hang up: what is asked, and where to answer, and nothing to press."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.ui import things, visits
from tests.ui.things import Things
from tests.ui.visits import Here

A4 = {"width": "210mm", "height": "297mm"}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[tuple[Here, Things]]:
    async with visits.served(tmp_path, phone_hours="Elke dag.") as here:
        yield here, await things.built(here)


async def printed(page: Page, url: str) -> str:
    """What stands on the paper."""
    await page.goto(url)
    await page.emulate_media(media="print")
    return " ".join((await page.locator("body").inner_text()).split())


async def on_paper(browser: Browser, here: Here, part: str, path: str) -> tuple[str, int]:
    """What stands on the paper, and on how many sheets of A4, by night too."""
    async with await browser.new_context(locale="nl-NL", color_scheme="dark") as context:
        cookie = {"name": here.cookie("session"), "value": here.sessions[part], "url": here.settings.origin}
        await context.add_cookies([cookie])  # type: ignore[list-item]  # a dict of its keys
        page = await context.new_page()
        words = await printed(page, here.settings.origin + path)
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        sheet = await page.pdf(width=A4["width"], height=A4["height"])
        return words, len(re.findall(rb"/Type\s*/Page\b", sheet))


async def test_a_post_on_paper_says_what_is_asked_and_where_to_answer(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    here, made = node
    for part in ("other", "poster", "broker"):
        words, sheets = await on_paper(browser, here, part, f"/o/{made.post}")
        assert sheets == 1
        for said in (
            "Bea vraagt",
            "Boodschappen",
            "Wie haalt",
            "Wanneer",
            f"Kijk op {here.settings.authority}",
        ):
            assert said in words, (part, said)
        assert "Of bel 0199-00 12 34. Elke dag." in words
        for not_said in (
            "Stuur",
            "Trek het in",
            "Uitloggen",
            "Ik kan om tien uur.",
            "Privacy",
            "Wie mag dit zien",
        ):
            assert not_said not in words, (part, not_said)


@pytest.mark.parametrize("path", ["/", "/requests", "/notices", "/agenda"])
async def test_a_list_on_paper_has_nothing_to_press(
    browser: Browser, node: tuple[Here, Things], path: str
) -> None:
    here, _ = node
    words, sheets = await on_paper(browser, here, "other", path)
    assert sheets <= 2
    assert f"Kijk op {here.settings.authority}" in words
    for not_said in ("Ik vraag hulp", "Ik wil helpen", "Alleen Centrum", "Privacy", "Donker", "Nog niemand"):
        assert not_said not in words
