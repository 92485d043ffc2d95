"""Every page that no other test of this kind opens: usable on a phone and at a desk, by day and by night."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from node.ui.addresses import PAGES
from tests.ui import things, visits
from tests.ui.shades import DAY_AT_A_DESK, Shade, faults_in
from tests.ui.test_pages_seen import opened
from tests.ui.things import Things
from tests.ui.visits import Here

LEFT = {  # page -> who may see it; who may see it is tried in `test_who_may`
    "/erased/{receipt}": None,
    "/stop/{secret}": None,
    "/map": None,
    "/websites": None,
    "/tell": "poster",
    "/me/mail": "poster",
    "/me/mail/new": "poster",
    "/me/moving": "poster",
    "/talks/{answer}/thanks": "poster",
    "/o/{post}/still": "poster",
    "/o/{post}/outcome": "poster",
    "/board/{post}/refer": "broker",
    "/operator/websites": "operator",
    "/operator/websites/{website}/remove": "operator",
    "/operator/hub/leave": "operator",
    "/operator/blocks/lift": "operator",
}
NO_HUB = "/operator/hub/leave"  # there is none here, and the page says so
NO_PAGES = {  # files, pictures and ways back
    *("/favicon.ico", "/me/export", "/me/export.zip", "/me/moving/file", "/operator/blocks.csv"),
    *("/media/{photo}.jpg", "/media/{photo}-small.jpg"),
}


@pytest.fixture(scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, Things]]:
    async with visits.served(tmp_path_factory.mktemp("node")) as here:
        yield here, await things.built(here)


def test_every_page_is_opened_by_one_of_these_tests() -> None:
    others = [path for path in Path(__file__).parent.glob("*.py") if path.name != Path(__file__).name]
    texts = [text for path in others if "faults" in (text := path.read_text("utf-8"))]
    names = {path for path, _ in PAGES} - set(LEFT) - NO_PAGES
    assert {page for page in names if not any(_named(page, text) for text in texts)} == set()
    assert (set(LEFT) | NO_PAGES) <= {path for path, _ in PAGES}


def _named(page: str, text: str) -> bool:
    """Whether all of an address but what stands in brackets is in a test."""
    pieces = [piece.split("}")[-1].rstrip("/") for piece in page.split("{")]
    return all(piece in text for piece in pieces if piece)


async def test_everybody_can_use_what_is_left(browser: Browser, node: tuple[Here, Things]) -> None:
    here, made = node
    wrong: dict[str, dict[Shade, list[str]]] = {}
    for part in dict.fromkeys(LEFT.values()):
        async with await opened(browser, here, part, 360, "light") as context:
            page = await context.new_page()
            for path in (path for path, who in LEFT.items() if who == part):
                address = path.replace("{secret}", made.stop)
                answer = await page.goto(here.settings.origin + made.path(address))
                assert answer is not None, path
                assert answer.status == (409 if path == NO_HUB else 200), path
                await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                wrong[path] = await faults_in(page, DAY_AT_A_DESK)
    assert {path: found for path, found in wrong.items() if any(found.values())} == {}
