"""Who goes on a journey: how large their screen is, whether scripts run, and in which language they read.

They find their way by addresses, the names of fields and where forms go; what a page says to them is looked
up in the catalogue of their language.
"""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, Response, ViewportSize, expect

from node.neighbourhood.resident import Resident
from node.ui import language
from tests.ui.nodes import Street, until

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
AS_IT_SHOULD = (  # what a browser tells of pages that do as they should
    "status of 403",  # who has to sign in first
    "status of 404",  # a post that is no longer there
    "status of 502",  # a node that does not answer
    "Clear-Site-Data",  # after signing out
)


@dataclass(frozen=True)
class Reader:
    """How somebody reads. `asker`, `helper`: what the two on a journey are called."""

    language: str
    size: ViewportSize
    scripts: bool
    asker: str = "Bea"
    helper: str = "Merel"

    def __str__(self) -> str:
        size = "phone" if self.size == PHONE else "desk"
        return f"{size}-{'scripts' if self.scripts else 'plain'}-{self.language}"

    def says(self, text: str) -> str:
        """A sentence of ours in their language."""
        with language.speaking(self.language):
            return language.gettext(text)


PLAIN = Reader("nl", PHONE, scripts=False)
READERS = [  # each two of size, scripts and language meet in one of them
    PLAIN,
    Reader("nl", DESK, True, "Miep", "Youssef"),
    Reader("ar", PHONE, True, "أمل", "سامي"),
    Reader("ar", DESK, False, "ليلى", "كريم"),
]


@dataclass
class Album:
    """Pictures of each step of a journey, in the order in which it went."""

    folder: Path
    kept: int = 0

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)  # of the journey before
        self.folder.mkdir(parents=True)

    async def keep(self, page: Page, who: str, step: str) -> None:
        self.kept += 1
        path = self.folder / f"{self.kept:02}-{who}-{step}.jpg"
        await page.screenshot(path=path, full_page=True, type="jpeg", quality=70)


@dataclass
class Neighbour:
    """Somebody before their own screen. `part`: what they are in this journey, for its pictures."""

    reader: Reader
    page: Page
    site: str
    album: Album | None = None
    part: str = "asker"
    heard: list[str] = field(default_factory=list)

    async def goes(self, path: str) -> None:
        await self.page.goto(self.site + path)

    async def follows(self, end: str) -> None:
        """A link to an address with this end."""
        await self._led(self.page.locator(f'main a[href$="{end}"]').first)

    async def opens(self, title: str) -> None:
        """A link with words that a neighbour wrote."""
        await self._led(self.page.get_by_role("link", name=title, exact=True).first)

    async def talks(self) -> None:
        """To the conversation that this page knows of."""
        await self._led(self.page.locator('main a[href^="/talks/"]').first)

    async def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            await self.page.locator(f"main :is(input, textarea)[name={name}]").fill(value)

    async def picks(self, name: str, value: str) -> None:
        await self.page.locator(f"main label[for={name}-{value}]").click()

    async def sends(self, end: str) -> None:
        """The form to an address with this end; on until the node has answered."""
        await self._answered(self.page.locator(f'main form[action$="{end}"] button').last)

    async def agrees(self) -> None:
        """The only form of a page, such as one that asks whether somebody is sure."""
        await self._answered(self.page.locator("main form:visible button"))

    async def goes_on(self, way: str) -> None:
        """A button of a form with several."""
        await self._answered(self.page.locator(f'main button[name=go][value="{way}"]:not(.vh)').last)

    async def _led(self, link: Locator) -> None:
        async with self.page.expect_navigation():
            await link.click()

    async def _answered(self, button: Locator) -> None:
        async with self.page.expect_response(_sent):
            await button.click()

    async def reads(self, text: str, role: str = "") -> None:
        """A sentence of ours stands there, in their language."""
        where = self.page.locator(f"main [role={role}]" if role else "main").last
        await expect(where).to_contain_text(self.reader.says(text))

    async def finds(self, words: str) -> None:
        await expect(self.page.locator("main")).to_contain_text(words)

    async def awaits(self, words: str) -> None:
        """Look again until it stands there."""
        await sees(self.page, words)

    async def looks(self, step: str) -> None:
        """All of it is within the screen, in their language; a picture is kept."""
        page = self.page
        await expect(page.locator("html")).to_have_attribute("lang", self.reader.language)
        assert await page.evaluate("document.documentElement.scrollWidth") <= self.reader.size["width"], step
        if self.album is not None:
            await self.album.keep(page, self.part, step)

    def hears(self, said: str) -> None:
        """What the browser tells of a page."""
        if not any(one in said for one in AS_IT_SHOULD):
            self.heard.append(said)

    def asks(self, address: str) -> None:
        """What the page makes the browser ask for."""
        if not address.startswith(self.site):
            self.heard.append(address)


def _sent(answer: Response) -> bool:
    return answer.request.method == "POST"


@asynccontextmanager
async def before_a_screen(
    browser: Browser, street: Street, reader: Reader = PLAIN, album: Album | None = None, part: str = "asker"
) -> AsyncIterator[Neighbour]:
    """A browser of somebody's own. Nothing is complained of in it, and nothing asked of other hosts."""
    async with await browser.new_context(
        viewport=reader.size, locale=reader.language, java_script_enabled=reader.scripts
    ) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        one = Neighbour(reader, page, street.url, album, part)
        page.on("console", lambda said: one.hears(said.text))
        page.on("request", lambda request: one.asks(request.url))
        page.on("pageerror", lambda error: one.hears(str(error)))
        try:
            yield one
        except BaseException:  # whatever it was, a picture shows where it went wrong
            if album is not None:
                await album.keep(page, part, "failed")
            raise
        assert one.heard == [], one.heard


@asynccontextmanager
async def at_home(
    browser: Browser,
    street: Street,
    who: Resident | str,
    reader: Reader = PLAIN,
    album: Album | None = None,
    part: str = "asker",
) -> AsyncIterator[Neighbour]:
    """The same, signed in by a link. A name: of somebody who came to live there just now."""
    if isinstance(who, str):
        who = await street.lives(who, language=reader.language)
    async with before_a_screen(browser, street, reader, album, part) as one:
        await one.page.goto(await street.link(who))
        await one.agrees()
        await expect(one.page.locator('.nav a[href="/mine"]')).to_be_visible()
        yield one


async def sees(page: Page, words: str) -> None:
    """Look again until it stands there. What was clicked before has its answer on the page already: to load a
    page anew while it goes to the next would throw away what was sent."""

    async def there() -> bool:
        await page.reload()
        return words in await page.locator("main").inner_text()

    await until(there)


def called(number: str) -> str:
    """A telephone number as a link calls it."""
    return "tel:" + re.sub(r"\D", "", number)
