"""What people wrote is words on a page, whatever stands in it: also when it was kept before we looked so
closely, and wherever it leads."""

import re

from node.storage import tables
from node.storage.database import Transaction
from tests.ui import things
from tests.ui.things import Things
from tests.ui.visits import Here

EVIL = '<script src="https://kwaad.example/a.js"></script><img src="https://kwaad.example/spoor.png">'
LINK = '<a href="https://kwaad.example/">https://bank.example</a>'
PAGES = ("/", "/requests", "/o/{post}", "/o/{notice}", "/o/{event}", "/talks/{answer}", "/mine", "/agenda")
MORE = (
    "/queue/said",
    "/queue/replies",
    "/board",
    "/operator/followers",
    "/operator/websites",
    "/posts?q=heg",
)
TEXTS = {
    "posts": ("title", "text", "place", "author_name"),
    "responses": ("text", "name"),
    "messages": ("text",),
    "replies": ("text",),
    "accounts": ("name",),
    "websites": ("name",),
}


def _kept(tx: Transaction, words: str) -> None:
    """It stands in the tables as if an older rule had let it in."""
    for name, columns in TEXTS.items():
        tx.run(tables.metadata.tables[name].update().values(dict.fromkeys(columns, words)))


async def pages(here: Here, built: Things, *parts: str | None) -> list[str]:
    """What these read on the pages that show what others wrote."""
    found = []
    for part in parts:
        async with here.browser(part) as browser:
            answers = [await browser.get(built.path(path)) for path in (*PAGES, *MORE)]
        found += [answer.text for answer in answers if answer.status_code == 200]
    assert len(found) > len(parts)
    return found


EVERYBODY = (None, "poster", "helper", "broker", "supervisor", "operator")


async def test_H06_what_is_kept_is_made_safe_when_it_is_shown(here: Here) -> None:
    """No table has to be trusted: each page writes out the words that it has."""
    built = await things.built(here)
    await here.database.writing(_kept, EVIL)
    seen = await pages(here, built, *EVERYBODY)
    assert [text for text in seen if '<script src="https:' in text or '<img src="https:' in text] == []
    assert sum("&lt;script src=&#34;https://kwaad.example" in text for text in seen) > len(EVERYBODY)


async def test_H07_words_of_others_are_no_link_that_could_say_something_else(here: Here) -> None:
    """A page makes no link of them, so none leads elsewhere than it says; all that stands there is read."""
    built = await things.built(here)
    await here.database.writing(_kept, LINK)
    seen = await pages(here, built, *EVERYBODY)
    assert [link for text in seen for link in re.findall(r'href="([^"]*)"', text) if "kwaad" in link] == []
    assert any("&lt;a href=&#34;https://kwaad.example/&#34;&gt;https://bank.example" in text for text in seen)


async def test_H08_H10_a_page_brings_nothing_along_but_what_is_ours(here: Here) -> None:
    """No data in a script, nothing of another server: neither a picture nor a style, a letter or a frame."""
    built = await things.built(here)
    for text in await pages(here, built, *EVERYBODY):
        for start, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            assert " src=" in start
            assert "json" not in start
            assert inside.strip() == ""
        brought = re.findall(r'(?:\bsrc|srcset|poster|\bdata|background)="([^"]*)"', text)
        brought += re.findall(r'<link rel="(?:stylesheet|preload|icon|manifest)"[^>]*href="([^"]*)"', text)
        assert {one for one in brought if not one.startswith("/") or one.startswith("//")} == set()
