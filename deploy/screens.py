"""Makes the pictures in docs/screens/ from a real demo town: `.venv/bin/python -m deploy.screens`.

Needs what tests/run.sh sets up.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from deploy.palette import smaller

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 800},
    "desk": {"width": 1280, "height": 800},
}
BOTH, PHONE = ("phone", "desk"), ("phone",)
ASKED = {
    "title": "Wie haalt donderdag mijn boodschappen?",
    "text": "Het is één tas. De winkel is om de hoek.",
}
FURTHER, ANSWER = "main form > .acts .btn", "a:has-text('Ik wil helpen')"


@dataclass(frozen=True)
class Shown:
    """One picture: on which kind of node, as seen by whom, at which page. `steps`: what is clicked, or filled
    in as `field=words`, before it is taken."""

    path: str
    part: str | None = "resident"
    kind: str = "neighbourhood"
    steps: Sequence[str] = ()
    sizes: Sequence[str] = BOTH
    scheme: Literal["light", "dark"] = "light"
    offline: bool = False
    paper: bool = False


ABOUT = ["label[for=category-boodschappen]", FURTHER]
TOLD = [*ABOUT, *(f"{name}={words}" for name, words in ASKED.items())]
SHOWN = {
    "home": Shown("/"),
    "home-dark": Shown("/", sizes=BOTH, scheme="dark"),
    "home-large": Shown("/", sizes=PHONE, steps=["button[value=large]"]),
    "home-arabic": Shown("/", part=None, steps=["button[value=ar]"]),
    "agenda": Shown("/agenda"),
    "post": Shown("/requests", steps=[ANSWER]),
    "post-paper": Shown("/requests", steps=[ANSWER], sizes=PHONE, paper=True),
    "talk": Shown(
        "/requests",
        steps=[ANSWER, "text=Ik kan om elf uur.", "#answer .btn", "a[href^='/talks/']"],
        sizes=PHONE,  # who answered once, does not again
    ),
    "ask": Shown("/ask"),
    "ask-2": Shown("/ask", steps=TOLD, sizes=PHONE),
    "ask-3": Shown("/ask", steps=[*TOLD, FURTHER], sizes=PHONE),
    "ask-4": Shown("/ask", steps=[*TOLD, FURTHER, FURTHER]),
    "data": Shown("/me/data", sizes=PHONE),
    "signin": Shown("/signin", part=None, sizes=PHONE),
    "offline": Shown("/talks", sizes=PHONE, offline=True),
    "districts": Shown("/districts"),
    "board": Shown("/board", part="broker"),
    "queue": Shown("/queue", part="supervisor"),
    "operator": Shown("/operator", part="operator"),
    "hub": Shown("/", kind="hub"),
}


async def shoot(browser: Browser, nodes: list[dict[str, Any]], name: str, size: str) -> None:
    """One page as this person sees it."""
    shown = SHOWN[name]
    node = next(node for node in nodes if node["kind"] == shown.kind)
    async with await browser.new_context(
        viewport=SIZES[size], locale="nl-NL", color_scheme=shown.scheme
    ) as context:
        page = await context.new_page()
        if shown.part is not None:
            await page.goto(node["cast"][shown.part]["signin"])
            await page.click("main form button")
        await page.goto(f"{node['url']}{shown.path}", wait_until="networkidle")
        for step in shown.steps:
            await do(page, step)
        if shown.offline:
            await page.goto(f"{node['url']}/requests", wait_until="networkidle")
            await context.set_offline(True)
            await page.goto(f"{node['url']}{shown.path}")
        if shown.paper:
            await page.set_viewport_size({"width": 718, "height": 700})
            await page.emulate_media(media="print")
        await page.evaluate("scrollTo(0, 0)")
        (SCREENS / f"{name}-{size}.png").write_bytes(smaller(await page.screenshot()))


async def do(page: Page, step: str) -> None:
    field, found, words = step.partition("=")
    if found and field.isalpha():
        await page.fill(f"main [name={field}]", words)
        return
    await page.locator(step).first.click()
    await page.wait_for_load_state("networkidle")


async def shoot_all(nodes: list[dict[str, Any]], names: Sequence[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name in names:
            for size in SHOWN[name].sizes:
                await shoot(browser, nodes, name, size)
        await browser.close()


def main() -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "node", "demo", "--port", "8490", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as demo:
        try:
            nodes = json.loads(demo.stdout.readline() if demo.stdout else "")["nodes"]
            asyncio.run(shoot_all(nodes, sys.argv[1:] or list(SHOWN)))
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
