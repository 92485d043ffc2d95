"""A page as everybody meets it: on a phone and at a desk, by day and by night. Loaded once, seen in each."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# What only another size asks for is there, and what changes slowly has changed.
SETTLED = """() => { document.getAnimations().forEach(one => one.finish());
    return document.fonts.ready.then() }"""
LOOKED = """options => axe.run({ resultTypes: ["violations"], ...options })
    .then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
TOO_WIDE = """width => document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width)
    .map(e => e.outerHTML.slice(0, 90))"""


class Shade(NamedTuple):
    """How large a window is, and whether it is day in it."""

    width: int
    scheme: Literal["light", "dark"]
    height: int = 800


# The first of a width is looked at wholly: in each of these orders that is once by day and once by night.
DAY_AT_A_DESK = [Shade(360, "dark"), Shade(360, "light"), Shade(1280, "light")]
NIGHT_AT_A_DESK = [Shade(360, "light"), Shade(360, "dark"), Shade(1280, "dark")]
EVERY = [*DAY_AT_A_DESK, Shade(1280, "dark")]


async def turned(page: Page, shade: Shade) -> None:
    """Let the page that is open be seen in this shade, without loading it again."""
    await page.set_viewport_size({"width": shade.width, "height": shade.height})
    await page.emulate_media(color_scheme=shade.scheme)
    await page.evaluate(SETTLED)


async def faults(page: Page, width: int, whole: bool = True) -> list[str]:
    """What somebody could not use on this page: what axe finds, and what is wider than the screen.

    Not `whole`: of what axe looks at, only what depends on colours (the rules that it calls `cat.color`).
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
    wrong: list[str] = await page.evaluate(LOOKED, {} if whole else COLOURS)
    return wrong + [str(one) for one in await page.evaluate(TOO_WIDE, width)]


async def faults_in(page: Page, shades: Iterable[Shade]) -> dict[Shade, list[str]]:
    """The same for the page that is open in each of these shades; empty where there is nothing wrong.

    What a page is made of does not change at nightfall: in a width that was looked at before, only the
    colours are.
    """
    found: dict[Shade, list[str]] = {}
    for shade in shades:
        await turned(page, shade)
        seen = {one.width for one in found}
        found[shade] = await faults(page, shade.width, whole=shade.width not in seen)
    return {shade: wrong for shade, wrong in found.items() if wrong}
