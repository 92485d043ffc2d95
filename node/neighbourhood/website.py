"""A website of the neighbourhood's own, such as a residents' group's: what it tells in its feed is shown
beside the posts, marked as its own, and read politely."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from node.neighbourhood.refusal import Invalid, phrase

MOST = 20  # websites of one node
ENTRIES = 30  # of one website
TITLE, SUMMARY, PLACE, NAME = 200, 300, 120, 80  # letters
ADDRESS = 2048
AHEAD = timedelta(days=60)  # how far we look at a calendar
BACK = timedelta(days=90)  # older news is no news
EVERY = timedelta(hours=1)
SELDOM = timedelta(days=1)
GIVEN_UP = timedelta(days=30)  # so long nothing of it could be read


@dataclass(frozen=True)
class Website:
    """One of them. `address`: as the operator typed it; `feed`: where its news stands, once found.

    `etag` and `modified`: what it said with its last answer, for asking whether there is anything new (RFC
    9110, 13.1). `read`: when it was last read or found unchanged. `error`: why it could not be read, since
    `failing`.
    """

    id: str
    address: str
    name: str
    created: datetime
    feed: str | None = None
    etag: str | None = None
    modified: str | None = None
    read: datetime | None = None
    error: str | None = None
    failing: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One thing that it tells: news with the moment when it was written (`at`), or something that begins
    (`starts`; `all_day`: without a time). Plain text; `url` leads to it there."""

    key: str
    title: str
    summary: str
    url: str
    at: datetime
    starts: datetime | None = None
    ends: datetime | None = None
    all_day: bool = False
    place: str = ""


def checked_address(words: str) -> str:
    """What an operator typed, as the address of a website; `https://` may be left out. Raises Invalid."""
    words = words.strip()
    if "://" not in words:
        words = f"https://{words}"
    if len(words) > ADDRESS or not is_web(words):
        raise Invalid({"address": phrase("This is no web address. It looks like https://buurt.example.")})
    return words


def is_web(words: str) -> bool:
    """Whether it is a whole web address that may be linked to: a host, no name or password before it."""
    try:
        parts = urlsplit(words)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme in ("https", "http") and words.isprintable() and " " not in words


def chosen(entries: list[Entry], at: datetime) -> list[Entry]:
    """What is worth showing of all that a feed holds: the newest news, and what begins soonest."""
    news = [one for one in entries if one.starts is None and at - BACK <= one.at]
    events = [one for one in entries if one.starts and (one.ends or one.starts) > at > one.starts - AHEAD]
    news.sort(key=lambda one: one.at, reverse=True)
    events.sort(key=lambda one: one.starts or one.at)
    return [*news[:ENTRIES], *events[:ENTRIES]]


def next_reading(at: datetime, tries: int, wait: float | None) -> datetime:
    """When to ask again: after an hour, after each failure later, up to a day; and not before it said."""
    step: timedelta = min(EVERY * (1 << min(tries, 5)), SELDOM)
    asked = timedelta(seconds=min(wait, SELDOM.total_seconds())) if wait is not None else timedelta()
    return at + max(step, asked)
