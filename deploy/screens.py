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


async def shoot(browser: Browser, node: dict[str, Any]) -> None:
    """The front page as a resident sees it, on a phone and on a desk."""
    for name, (width, height) in SIZES.items():
        context = await browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
        page = await context.new_page()
        await page.goto(node["cast"]["resident"]["signin"])
        await page.click("main form button")
        await page.goto(f"{node['url']}/")
        await page.screenshot(path=SCREENS / f"home-{name}.png")
        await context.close()


async def shoot_all(node: dict[str, Any]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        await shoot(browser, node)
        await browser.close()


def main() -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "node", "demo", "--port", "8490", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as demo:
        try:
            asyncio.run(shoot_all(json.loads(demo.stdout.readline() if demo.stdout else "")["nodes"][0]))
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
