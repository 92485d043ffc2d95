"""The neighbours' own pages by keyboard alone, and made four times as large (WCAG 2.2, 1.4.10 and 2.1.1)."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.ui import things, visits
from tests.ui.shades import Shade, faults, turned
from tests.ui.test_pages_seen import NUMBERED, WHERE, opened
from tests.ui.things import Things
from tests.ui.visits import Here

ZOOMED = [  # a window of 1280 by 1024, and the same at 400 %
    (Shade(1280, "dark", 1024), Shade(320, "dark", 256)),
    (Shade(1280, "light", 1024), Shade(320, "light", 256)),
]
PAGES = [
    *((None, path) for path in ("/", "/requests", "/agenda", "/o/{notice}", "/offline")),
    *(("outsider", path) for path in ("/", "/me")),
    *(("poster", path) for path in ("/", "/requests", "/notices", "/events", "/agenda", "/mine", "/me")),
    *(
        ("poster", path)
        for path in ("/o/{post}", "/o/{post}/edit", "/o/{post}/photos", "/o/{post}/withdraw", "/o/{event}")
    ),
    *(("poster", path) for path in ("/talks", "/talks/{answer}", "/reports", "/ask", "/event")),
    *(("poster", path) for path in ("/o/{post}/answers/{answer}/choose", "/districts", "/offline")),
    *(
        ("helper", path)
        for path in ("/o/{post}", "/o/{notice}", "/mine", "/report/{post}", "/talks/{answer}")
    ),
    *(("other", path) for path in ("/invites/{invite}", "/o/{copy}", "/offers")),
]
THERE = """() => [...document.querySelectorAll("h1, h2, h3, a[href], button, label, summary, p, dd, legend")]
    .filter(one => one.getClientRects().length && one.checkVisibility() && !one.closest('.vh'))
    .map(one => one.textContent.replace(/\\s+/g, ' ').trim()).filter(one => one)"""
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(one =>
    one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 &&
    getComputedStyle(one).overflowX === 'hidden')
    .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    async with visits.served(tmp_path_factory.mktemp("node")) as here:
        yield here


@pytest.fixture(scope="module")
async def built(here: Here) -> Things:
    return await things.built(here)


def _of(part: str | None, built: Things) -> list[str]:
    return [built.path(path) for who, path in PAGES if who == part]


@pytest.mark.parametrize("part", sorted({part for part, _ in PAGES}, key=str), ids=str)
async def test_four_times_as_large_nothing_is_lost(
    browser: Browser, here: Here, built: Things, part: str | None
) -> None:
    wrong: dict[str, object] = {}
    async with await opened(browser, here, part, 1280, "light") as context:
        page = await context.new_page()
        for path in _of(part, built):
            await page.goto(here.settings.origin + path)
            for small, large in ZOOMED:
                await turned(page, small)
                before = set(await page.evaluate(THERE))
                await turned(page, large)
                found = await faults(page, large.width, whole=large == ZOOMED[0][1])
                lost = before - set(await page.evaluate(THERE))
                cut = await page.evaluate(CUT_OFF)
                if found or lost or cut:
                    wrong[f"{part} {path} {large.scheme}"] = found, lost, cut
    assert wrong == {}


@pytest.mark.parametrize("part", sorted({part for part, _ in PAGES}, key=str), ids=str)
async def test_the_keyboard_alone_reaches_everything(
    browser: Browser, here: Here, built: Things, part: str | None
) -> None:
    wrong: dict[str, object] = {}
    async with await opened(browser, here, part, 1280, "light") as context:
        page = await context.new_page()
        for path in _of(part, built):
            await page.goto(here.settings.origin + path)
            await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            missed = await _missed(page)
            if missed:
                wrong[f"{part} {path}"] = missed
    assert wrong == {}


async def _missed(page: Page) -> list[object]:
    """What the tab key does not come to, or comes to unseen."""
    count = await page.evaluate(NUMBERED)
    met: list[object] = []
    while count - 1 not in met and len(met) < count * 2:  # a day has three parts, and an open choice one
        await page.keyboard.press("Tab")
        met.append(await page.evaluate(WHERE))
    return [*(one for one in range(count) if one not in met), *(one for one in met if isinstance(one, str))]
