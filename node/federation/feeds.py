"""What stands in a website's feed, whoever wrote it: Atom (RFC 4287), RSS in its three families, and, on a
page of HTML, where the feed is. Markup goes, and nothing is believed of it but that somebody wrote it there.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from node.federation.notes import plain
from node.neighbourhood.website import ADDRESS, NAME, SUMMARY, TITLE, Entry, is_web

PIECE = 16 * 1024  # bytes, read at once
ENTRIES = 200  # looked at, of one feed
ELEMENTS = 50_000
DEEP = 100
FEEDS = ("application/atom+xml", "application/rss+xml", "text/calendar")


class NoFeed(Exception):
    """What stands there is no feed that can be read; `str` says what is wrong with it."""


@dataclass(frozen=True)
class Feed:
    """What a feed is called, and what stands in it."""

    name: str
    entries: list[Entry]


def read(body: bytes, url: str, at: datetime) -> Feed:
    """Atom or RSS. `url`: where it was read; links that say no host are of there. Raises NoFeed."""
    name, entries = "", list[Entry]()
    for element in _elements(body):
        kind = _local(element.tag)
        if kind in ("entry", "item"):
            found = _entry(element, url, at)
            if found is not None:
                entries.append(found)
        elif kind == "title" and not name:
            name = _text(element, NAME)
    return Feed(name, entries)


def feed_of(page: bytes, url: str) -> str | None:
    """Where a web page says that its feed is (`<link rel="alternate">`): the first that we can read."""
    reader = _Page()
    with suppress(ValueError, AssertionError):
        reader.feed(page.decode("utf-8", "replace"))
    return next((joined for found in reader.feeds if (joined := _url(found, url)) is not None), None)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        rel, kind = said.get("rel", "").lower().split(), said.get("type", "").lower().strip()
        if tag == "link" and "alternate" in rel and kind in FEEDS and said.get("href"):
            self.feeds.append(said["href"])


class _Parts:
    """Takes out of a feed, while it is parsed, its entries and its own title, and lets go of all else: a
    great feed takes little room."""

    def __init__(self) -> None:
        self.found: list[Element] = []
        self._path: list[str] = []
        self._seen = 0
        self._part: TreeBuilder | None = None
        self._began = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise NoFeed("it declares a document type, which no feed needs")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self._seen += 1
        if self._seen > ELEMENTS or len(self._path) == DEEP:
            raise NoFeed("it is too large")
        if not self._path and name not in ("feed", "rss", "rdf"):
            raise NoFeed("it is no Atom and no RSS")
        if self._part is None and self._is_part(name):
            self._part, self._began = TreeBuilder(), len(self._path)
        self._path.append(name)
        if self._part is not None:
            self._part.start(tag, attributes)

    def data(self, words: str) -> None:
        if self._part is not None:
            self._part.data(words)

    def end(self, tag: str) -> None:
        self._path.pop()
        if self._part is None:
            return
        self._part.end(tag)
        if len(self._path) == self._began:
            self.found.append(self._part.close())
            self._part = None

    def _is_part(self, name: str) -> bool:
        if name in ("entry", "item"):
            return len(self.found) < ENTRIES
        return name == "title" and self._path[-1:] in (["feed"], ["channel"])


def _elements(body: bytes) -> list[Element]:
    """The entries of a feed and its title. Raises NoFeed."""
    parts = _Parts()
    parser = XMLParser(target=parts)  # noqa: S314  (no document type: so no entities, and nothing outside)
    try:
        for start in range(0, len(body), PIECE):
            parser.feed(body[start : start + PIECE])
        parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise NoFeed(f"it is no sound XML ({error})") from None
    return parts.found


def _entry(element: Element, url: str, at: datetime) -> Entry | None:
    """Title, words, link and date by whatever name; None when there is nothing to show or nowhere to go."""
    said: dict[str, Element] = {}
    for child in element:
        said.setdefault(_local(child.tag), child)
    link = _link(element, url)
    title = _text(said.get("title"), TITLE)
    summary = _text(_first(said, "summary", "description", "content", "encoded"), SUMMARY)
    if link is None or not (title or summary):
        return None
    when = _moment(_first(said, "published", "pubdate", "date", "updated"))
    named = _first(said, "id", "guid")
    key = (named.text or "").strip() if named is not None else ""
    title = title or shortened(summary, TITLE // 2)
    return Entry(key_of(key or link), title, summary, link, min(when or at, at))


def _first(said: dict[str, Element], *names: str) -> Element | None:
    return next((said[name] for name in names if name in said), None)


def _link(element: Element, url: str) -> str | None:
    """Where the whole of it stands: Atom's `alternate`, RSS's words between the marks, a lasting `guid`."""
    for child in element:
        if _local(child.tag) == "link":
            if child.get("rel", "alternate") != "alternate":
                continue
            found = _url(child.get("href") or child.text or "", url)
            if found is not None:
                return found
    for child in element:
        if _local(child.tag) == "guid" and child.get("isPermaLink", "true") == "true":
            return _url(child.text or "", url)
    return None


def _url(words: str, base: str) -> str | None:
    """A web address that may be linked to, whole; None for any other."""
    words = words.strip()
    if not words or not words.isprintable() or len(words) > ADDRESS:
        return None
    try:
        found = urljoin(base, words)
    except ValueError:
        return None
    return found if len(found) <= ADDRESS and is_web(found) else None


def _text(element: Element | None, most: int) -> str:
    if element is None:
        return ""
    words = "".join(element.itertext())[: 40 * most]
    return shortened(" ".join(plain(words).split()), most)


def shortened(words: str, most: int) -> str:
    """No more letters than that, at the end of a word, and to be seen that there was more."""
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:") + "…"


def _moment(element: Element | None) -> datetime | None:
    """RFC 3339 or RFC 822; without a zone it is read as UTC."""
    words = (element.text or "").strip() if element is not None else ""
    found = None
    with suppress(ValueError, TypeError, OverflowError):
        found = datetime.fromisoformat(words)
    if found is None:
        with suppress(ValueError, TypeError, OverflowError, IndexError):
            found = parsedate_to_datetime(words)
    if found is None or not 1970 < found.year < 9000:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def key_of(name: str) -> str:
    """What an entry is kept under: of one length, whatever it is called there."""
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _local(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
