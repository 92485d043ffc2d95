"""Feeds: of everything, of a kind, of a category; valid to a strict reader, advertised, and public alone."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.category import Category
from tests import town
from tests.ui.doings import posted
from tests.ui.visits import Here

ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = ["requests", "offers", "notices", "events"]
FEEDS = ["/feed.atom", *(f"/feeds/{name}.atom" for name in [*KINDS, *Category])]
PEOPLE = {f"{ATOM}{name}" for name in ("author", "contributor")}
MAY = {
    f"{ATOM}feed": {"author", "category", "contributor", "generator", "icon", "id", "link", "logo"}
    | {"rights", "subtitle", "title", "updated", "entry"},
    f"{ATOM}entry": {"author", "category", "content", "contributor", "id", "link", "published", "rights"}
    | {"source", "summary", "title", "updated"},
}
ONCE = {
    f"{ATOM}feed": ("id", "title", "updated"),
    f"{ATOM}entry": ("id", "title", "updated", "published", "content"),
}


def faults(xml: bytes) -> list[str]:
    """What a strict reader has against it (RFC 4287, sections 3 and 4)."""
    feed = ElementTree.fromstring(xml)
    found = [] if feed.tag == f"{ATOM}feed" else ["no feed"]
    entries = feed.findall(f"{ATOM}entry")
    for one in [feed, *entries]:
        names = [child.tag.removeprefix(ATOM) for child in one]
        found += [f"may not be here: {name}" for name in names if name not in MAY[one.tag]]
        found += [f"not once: {name}" for name in ONCE[one.tag] if names.count(name) != 1]
        for child in one.iter():
            if child.tag in {f"{ATOM}updated", f"{ATOM}published"}:
                moment = child.text or ""
                if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", moment):
                    found.append(f"no date: {moment}")
                datetime.fromisoformat(moment)
        uri = urlsplit(one.findtext(f"{ATOM}id") or "")
        found += [] if uri.scheme and uri.netloc else [f"no id: {uri}"]
        links = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang")) for link in one]
        alternates = [link for link in links if link[0] == "alternate" and link[1]]
        found += [] if len(alternates) == len(set(alternates)) else ["two alternates of one sort"]
        found += [f"no href: {link.attrib}" for link in one.findall(f"{ATOM}link") if not link.get("href")]
    authored = all(entry.find(f"{ATOM}author/{ATOM}name") is not None for entry in entries)
    found += [] if authored or feed.find(f"{ATOM}author") is not None else ["no author"]
    found += [] if feed.find(f"{ATOM}link[@rel='self']") is not None else ["no self"]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    return found + ([] if len(ids) == len(set(ids)) else ["an id twice"])


async def filled(here: Here) -> None:
    await posted(here, town.asks("Wie <snoeit> & veegt?", audience="public", category="tuin"))
    await posted(here, town.asks("Voor de buren", category="tuin"))
    await posted(here, town.offers("Ik snoei", audience="public", category="tuin"))
    await posted(here, town.tells("Kat gevonden", audience="public"))
    await posted(here, town.plans("Koffie", at=now(), audience="public"))
    closed = await posted(here, town.asks("Al gedaan", audience="public", category="tuin"))
    await here.database.writing(posts.close, here.cast.poster, closed.id, now())


@pytest.mark.parametrize("path", FEEDS)
async def test_every_feed_is_valid_to_a_strict_reader_also_an_empty_one(here: Here, path: str) -> None:
    empty = await here.get(None, path)
    assert faults(empty.content) == []
    assert empty.content == (await here.get(None, path)).content  # it does not change by itself
    await filled(here)
    answer = await here.get("poster", path)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert faults(answer.content) == []
    own = f"{here.settings.origin}{path}"
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}id") == own
    assert [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")] == [own]


def test_a_faulty_feed_is_seen() -> None:
    entry = "<entry><id>x</id><title/><updated>gisteren</updated><published/><content/><html/></entry>"
    with pytest.raises(ValueError, match="gisteren"):
        faults(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())
    told = faults(b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title/><title/><html/></feed>')
    assert "may not be here: html" in told
    assert "not once: title" in told
    assert "not once: updated" in told
    assert "no self" in told


async def test_a_feed_holds_its_kind_or_its_category_and_only_what_is_public_and_open(here: Here) -> None:
    await filled(here)

    async def titles(path: str) -> set[str]:
        feed = ElementTree.fromstring((await here.get("poster", path)).content)
        return {entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")}

    asked, offered = "Wie <snoeit> & veegt?", "Ik snoei"
    assert await titles("/feed.atom") == {asked, offered, "Kat gevonden", "Koffie"}
    assert await titles("/feeds/requests.atom") == {asked}
    assert await titles("/feeds/events.atom") == {"Koffie"}
    assert await titles("/feeds/tuin.atom") == {asked, offered}
    assert await titles("/feeds/oppas.atom") == set()
    await here.get(None, "/feeds/cake.atom", 404)
    await here.get(None, "/feeds/request.atom", 404)


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        ("/", {"/feed.atom", "/agenda.ics"}),
        ("/requests", {"/feeds/requests.atom"}),
        ("/offers", {"/feeds/offers.atom"}),
        ("/notices", {"/feeds/notices.atom"}),
        ("/events", {"/feeds/events.atom", "/agenda.ics"}),
        ("/agenda", {"/agenda.ics", "/feeds/events.atom"}),
        ("/tags/tuin", {"/feeds/tuin.atom"}),
        ("/tags/buurthulp", {"/feed.atom"}),
        ("/posts?q=heg&category=tuin", {"/feeds/tuin.atom"}),
    ],
)
async def test_a_page_says_which_feed_is_its_own(here: Here, page: str, feeds: set[str]) -> None:
    html = (await here.get("helper", page)).text
    links = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)" title="[^"]+">', html)
    assert {href for _, href in links} == feeds
    for kind, href in links:
        assert (await here.get(None, href)).headers["content-type"].startswith(kind)
