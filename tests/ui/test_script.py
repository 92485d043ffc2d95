"""The script and the worker: small, in words that phones of 2017 know, and with nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

from node.ui.spoken import WORDS
from tests.ui.visits import Here

NEWER = {  # than ES2017, or not in every browser of that year
    "optional chaining": r"\?\.(?!\d)",
    "nullish": r"\?\?",
    "spread": r"\.\.\.",
    "a field that is private": r"this\.#",
    "catch without a name": r"catch\s*\{",
    "finally of a promise": r"\.finally\(",
    "a regular expression that looks behind": r"\(\?<",
    "flat": r"\.(flat|flatMap|matchAll|replaceAll|at)\(",
    "entries of a form": r"FormData",
    "import": r"\bimport\s*\(|\bimport\s",
    "async generators": r"async\s*\*|for await",
    "the button that was pressed": r"\.submitter",
}
FORBIDDEN = r"https?://|\beval\(|new Function|innerHTML|document\.write|console\."


def source(ui: Path, name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (ui / "static" / name).read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("name", ["enhance.js", "worker.js"])
@pytest.mark.parametrize("what", NEWER)
def test_nothing_needs_a_browser_newer_than_2017(ui: Path, name: str, what: str) -> None:
    assert not re.search(NEWER[what], source(ui, name))


@pytest.mark.parametrize("name", ["enhance.js", "worker.js"])
def test_nothing_dangerous_and_nothing_from_elsewhere(ui: Path, name: str) -> None:
    assert not re.search(FORBIDDEN, source(ui, name))


def test_they_are_small(ui: Path) -> None:
    sizes = {
        name: len(gzip.compress((ui / "static" / name).read_bytes())) for name in ("enhance.js", "worker.js")
    }
    assert sizes["enhance.js"] < 4700
    assert sizes["worker.js"] < 2000


def test_every_word_it_says_is_handed_to_it(ui: Path) -> None:
    assert set(re.findall(r"\bsay\.(\w+)", source(ui, "enhance.js"))) == set(WORDS)


async def test_the_worker_and_the_manifest_name_what_is_there(here: Here) -> None:
    worker = await here.get(None, "/sw.js")
    assert worker.headers["cache-control"] == "public, no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    for path in re.findall(r"/static/[^\"]+", worker.text):
        await here.get(None, path)
    manifest = (await here.get(None, "/manifest.webmanifest")).json()
    assert (manifest["name"], manifest["start_url"], manifest["display"]) == ("Centrum", "/", "standalone")
    for icon in manifest["icons"]:
        answer = await here.get(None, icon["src"])
        width = int.from_bytes(answer.content[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"
    assert 'rel="manifest"' in (await here.get(None, "/")).text


async def test_the_page_for_when_there_is_no_line_is_the_same_for_everybody(here: Here) -> None:
    pages = {(await here.get(part, "/offline")).text for part in (None, "poster", "operator")}
    assert len(pages) == 1
    answer = await here.get("poster", "/offline")
    assert "data-reader" not in answer.text
    assert "buurtknoop-reader" not in answer.headers
