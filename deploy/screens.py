"""Makes the pictures in docs/screens/ from a real demo town: `.venv/bin/python deploy/screens.py`.

Needs what tests/run.sh sets up.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"phone": (360, 800), "desk": (1280, 800)}


SHOWN = {  # picture: (which node, who looks, at which page)
    "home": ("neighbourhood", "resident", "/"),
    "agenda": ("neighbourhood", "resident", "/agenda"),
    "ask": ("neighbourhood", "resident", "/ask"),
    "districts": ("neighbourhood", "resident", "/districts"),
    "board": ("neighbourhood", "broker", "/board"),
    "queue": ("neighbourhood", "supervisor", "/queue"),
    "operator": ("neighbourhood", "operator", "/operator"),
    "hub": ("hub", "resident", "/"),
}


async def shoot(browser: Browser, nodes: list[dict[str, Any]], picture: str) -> None:
    """One page as this person sees it, on a phone and on a desk."""
    kind, part, path = SHOWN[picture]
    node = next(node for node in nodes if node["kind"] == kind)
    for name, (width, height) in SIZES.items():
        context = await browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
        page = await context.new_page()
        await page.goto(node["cast"][part]["signin"])
        await page.click("main form button")
        await page.goto(f"{node['url']}{path}")
        await page.screenshot(path=SCREENS / f"{picture}-{name}.png")
        await context.close()


async def shoot_all(nodes: list[dict[str, Any]]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for picture in SHOWN:
            await shoot(browser, nodes, picture)
        await browser.close()


def main() -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "node", "demo", "--port", "8490", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as demo:
        try:
            asyncio.run(shoot_all(json.loads(demo.stdout.readline() if demo.stdout else "")["nodes"]))
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
