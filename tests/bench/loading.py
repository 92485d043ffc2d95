"""lcp: how long somebody with an old telephone waits for the front page on a slow line.

Largest contentful paint in a real Chromium, with a line of slow 3G (as the development tools of a browser
emulate it: each answer later, and all answers together at most so many bytes a second) and a processor four
times as slow. Once with nothing kept, once with style and letters from the browser's own cache; the page
itself is always asked for. The worker is left out, for the emulated line does not hold for it.
"""

import asyncio
import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from node.settings import Settings
from node.ui.session import cookie
from tests.bench import served, timeline
from tests.bench.figures import Figure, Size

LATENCY, BYTES = 400, 400 * 1000 // 8  # ms before an answer begins, and bytes a second
SLOWER = 4
PHONE = {"width": 360, "height": 740}
PAINT = """() => new Promise(done => new PerformanceObserver(list =>
    done(list.getEntries().pop().startTime)).observe({type: 'largest-contentful-paint', buffered: true}))"""
WEIGHT = """() => performance.getEntries().filter(one => one.transferSize)
    .reduce((sum, one) => sum + one.transferSize, 0)"""


def lcp(size: Size) -> Iterator[Figure]:
    """Seconds, by the wall clock: worth something on a machine at rest."""
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port(), phone="0199-00 12 34")
        secrets = served.prepared(settings, lambda tx: timeline.people(tx, 5))
        served.filled(settings, timeline.years(size.of(2000, 200)))
        with served.serving(settings):
            found = asyncio.run(_visits(settings, secrets[0], size.pairs))
    for number, (name, must) in enumerate((("lcp-cold", 3.0), ("lcp-cached", 1.0))):
        seconds = [visit[number][0] / 1000 for visit in found]
        yield Figure(
            name,
            statistics.median(seconds),
            "s",
            must,
            more_is_better=False,
            notes=(
                f"{max(seconds):.2f} at most of {len(seconds)}; {found[0][number][1] / 1000:.1f} kB; "
                f"{LATENCY} ms, {BYTES * 8 // 1000} kbit/s, a processor {SLOWER} times as slow",
            ),
        )


async def _visits(settings: Settings, secret: str, times: int) -> list[list[tuple[float, float]]]:
    from playwright.async_api import async_playwright  # only this row needs it

    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            return [await _twice(browser, settings, secret) for _ in range(times)]
        finally:
            await browser.close()


async def _twice(browser: Any, settings: Settings, secret: str) -> list[tuple[float, float]]:
    """(Milliseconds to the largest paint, bytes on the line) with nothing kept, and then again."""
    signed_in = {"name": cookie(settings, "session"), "value": secret, "url": settings.origin}
    async with await browser.new_context(viewport=PHONE, service_workers="block") as context:
        await context.add_cookies([signed_in])
        return [await _visit(context, settings.origin), await _visit(context, settings.origin)]


async def _visit(context: Any, origin: str) -> tuple[float, float]:
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    speed = {"latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES}
    await line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    await line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(origin, wait_until="networkidle")
    await page.evaluate("document.fonts.ready.then(() => true)")
    await page.wait_for_timeout(300)  # a paint is told of a little later
    found = float(await page.evaluate(PAINT)), float(await page.evaluate(WEIGHT))
    await page.close()
    return found
