"""The neighbours' pages in a real browser, with the longest words and other letters: usable for everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.post import Kind
from node.storage.database import Transaction
from tests import town
from tests.town import asks, offers
from tests.ui import next_door, visits
from tests.ui.shades import Shade, faults, faults_in, turned
from tests.ui.test_browser import quiet
from tests.ui.test_pages_seen import opened
from tests.ui.visits import Here

WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparaturwerkstatt"
TITLE = (WORD + " voor mijn hele lange vraag over een fiets, een trap, een lamp en nog veel meer")[:120]
STORY = (("Een zin van gewone lengte over de straat. " * 12 + "\n\n" + WORD * 3 + "\n") * 8)[:4000]
ARABIC = "أحتاج إلى مساعدة في قراءة رسالة من البلدية. الرقم 12 (عاجل)!"
LOOKS = [  # how large the letters are is said by the node, so that a page is fetched once for each
    ("", [Shade(360, "light")]),
    ("", [Shade(1280, "light"), Shade(1280, "dark")]),
    ("large", [Shade(360, "dark")]),
]
SPEAKING = [  # from left to right, from right to left, and in other letters
    ("nl", "", [Shade(360, "light")]),
    ("ar", "large", [Shade(360, "dark"), Shade(1280, "light")]),
    ("uk", "", [Shade(1280, "dark")]),
]


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory: Path = tmp_path_factory.mktemp("street")
    async with visits.served(directory) as here:
        yield here


@pytest.fixture(scope="module")
async def paths(here: Here) -> list[tuple[str | None, str]]:
    """Who looks, and where."""
    return await here.database.writing(_filled, here)


def _filled(tx: Transaction, here: Here) -> list[tuple[str | None, str]]:
    at, cast = now(), here.cast
    haven = next_door.connected(tx, "noord", WORD)
    long = posts.post(tx, cast.poster, asks(TITLE, text=STORY, places=3), at - 3 * town.DAY)
    next_door.offered(tx, haven, long, WORD[:40], STORY[:2000])
    responses.answer(tx, cast.helper, long.id, ARABIC, at)
    arabic = posts.post(tx, cast.other, offers(ARABIC, text=f"{ARABIC}\n{ARABIC}"), at - timedelta(hours=2))
    near = next_door.held(tx, haven, TITLE, text=STORY, author_name=WORD[:40], kind=Kind.OFFER)
    mine = responses.answer(tx, cast.helper, near.id, ARABIC, at)
    done = posts.post(tx, cast.poster, asks("Klaar", decide="first"), at - town.DAY)
    theirs = responses.answer(tx, cast.other, done.id, "Ja.", at)
    agreed = posts.post(tx, cast.other, asks("Samen lopen"), at - town.DAY)
    pick = responses.answer(tx, cast.poster, agreed.id, STORY[:2000], at)
    matches.agree(tx, cast.other, agreed.id, pick.id, at)
    closed = posts.post(tx, cast.poster, offers("Voorbij"), at - town.DAY)
    posts.close(tx, cast.poster, closed.id, at)
    page = f"/o/{long.id}"
    return [
        *((None, path) for path in ("/", "/requests", page, "/posts?q=zeilboot&kind=offer")),
        *(("poster", f"/posts?{query}") for query in (f"q={WORD[:40]}&show=all", "q=lopen&where=near", "q=")),
        *(("outsider", path) for path in ("/", "/offers", "/mine", "/ask")),
        *(("booster", path) for path in ("/mine", "/requests?where=here&show=all", f"/o/{agreed.id}")),
        *(
            ("poster", path)
            for path in ("/", "/mine", "/requests", "/offers?where=near", f"{page}?said=posted")
        ),
        *(("poster", f"{page}/{deed}") for deed in ("edit", "photos", "close", "withdraw")),
        *(("poster", f"/o/{one.id}") for one in (done, agreed, closed, near, arabic)),
        ("poster", f"/o/{done.id}/answers/{theirs.id}/off"),
        ("broker", page),
        *(
            ("helper", path)
            for path in ("/mine", page, f"/o/{near.id}", f"/o/{near.id}/answers/{mine.id}/back")
        ),
    ]


@pytest.mark.parametrize(("spoken", "look", "shades"), SPEAKING, ids=[spoken for spoken, _, _ in SPEAKING])
async def test_everybody_can_use_every_page(
    browser: Browser,
    here: Here,
    paths: list[tuple[str | None, str]],
    spoken: str,
    look: str,
    shades: list[Shade],
) -> None:
    found: dict[str, object] = {}
    for part in {part for part, _ in paths}:
        async with wearing(browser, here, part, look, spoken) as page:
            await turned(page, shades[0])
            found[f"{part} heard"] = listened(page, here.settings.origin)
            for path in (path for who, path in paths if who == part):
                await page.goto(here.settings.origin + path)
                assert await page.locator("html").get_attribute("lang") == spoken
                await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                found[f"{part} {path}"] = await faults_in(page, shades)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@asynccontextmanager
async def wearing(
    browser: Browser, here: Here, part: str | None, look: str, spoken: str = "nl"
) -> AsyncIterator[Page]:
    """The browser of somebody who chose how pages look, and in which language."""
    async with await opened(browser, here, part, 360, "light") as context:
        for name, said in (("bk_look", look), ("bk_lang", spoken)):
            await context.add_cookies([{"name": name, "value": said, "url": here.settings.origin}])
        yield await context.new_page()


def listened(page: Page, site: str) -> list[str]:
    """What the browser complains of, and what it asks of others; pages that are not there may say so."""
    heard: list[str] = []
    page.on("console", lambda one: None if "with a status of 40" in one.text else heard.append(one.text))
    page.on("request", lambda one: None if one.url.startswith(site) else heard.append(one.url))
    return heard


@pytest.mark.parametrize(("look", "shades"), LOOKS, ids=["phone", "desk", "large"])
@pytest.mark.parametrize("path", ["/ask", "/offer"])
async def test_everybody_can_answer_every_question(
    browser: Browser, here: Here, paths: object, path: str, look: str, shades: list[Shade]
) -> None:
    site = here.settings.origin
    async with wearing(browser, here, "connector", look) as page:
        await turned(page, shades[0])
        with quiet(page, site):
            await page.goto(site + path)
            assert await faults_in(page, shades) == {}
            await page.locator("label[for=category-overig]").click()
            await further(page)
            assert await faults_in(page, shades) == {}
            await page.get_by_label("zin").fill(TITLE)
            await page.get_by_label("Vertel iets meer").fill(STORY)
            await further(page)
            assert await faults_in(page, shades) == {}
            await further(page)
            assert await faults_in(page, shades) == {}
            await page.locator("summary").click()
            assert await faults_in(page, shades) == {}


async def test_a_question_that_came_back_is_as_usable(browser: Browser, here: Here) -> None:
    async with await opened(browser, here, "connector", 360, "light") as context:
        page = await context.new_page()
        await page.goto(here.settings.origin + "/ask")
        await further(page)
        assert await faults(page, 360) == []
        await page.get_by_role("link", name="Kies waar het over gaat.").click()
        await page.locator("label[for=category-tuin]").click()
        await further(page)
        await further(page)
        assert await faults(page, 360) == []
        await page.get_by_role("link", name="Schrijf in één zin waar het over gaat.").click()
        assert await page.evaluate("document.activeElement.id") == "title"
        assert "Kijk even:" in await page.title()


async def further(page: Page) -> None:
    await page.get_by_role("button", name="Verder").click()
