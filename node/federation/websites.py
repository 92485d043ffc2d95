"""Reading a website of the neighbourhood's own, politely: unsigned, as any reader of feeds; it is asked
whether there is anything new (RFC 9110 13.1), and left alone until it said that we may come again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from node import clock
from node.acts import websites as acts
from node.acts.websites import Told
from node.federation import feeds, icalendar
from node.federation.door import Federation
from node.federation.feeds import Feed, NoFeed
from node.federation.guarded import Answer, Unreachable
from node.neighbourhood.website import Website
from node.storage.lookups import Lookup

ACCEPT = ", ".join([*feeds.FEEDS, "application/xml;q=0.9", "text/xml;q=0.9", "text/html;q=0.5", "*/*;q=0.1"])
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class _Busy(Exception):
    """It asks us to come later, or is ill."""

    why: str
    wait: float | None


async def look_up(door: Federation, lookup: Lookup) -> None:
    """Read it once; what cannot be read is tried again later."""
    website = await door.database.writing(acts.begin, lookup, clock.now())
    if website is None:
        return
    try:
        answer, told = await _told(door, website)
    except (Unreachable, NoFeed) as error:
        await door.database.writing(acts.failed, lookup, website, str(error), None, clock.now())
    except _Busy as busy:
        await door.database.writing(acts.failed, lookup, website, busy.why, busy.wait, clock.now())
    else:
        if told is None:
            await door.database.writing(acts.unchanged, lookup, website, answer.wait, clock.now())
        else:
            await door.database.writing(acts.read, lookup, website, told, answer.wait, clock.now())


async def _told(door: Federation, website: Website) -> tuple[Answer, Told | None]:
    """What stands in its feed, or nothing when that is as it was; a page leads to its feed, once."""
    uri = website.feed or website.address
    answer = await _asked(door, uri, website)
    if answer.status == 304 and website.feed is not None:
        return answer, None
    if _is_page(answer):
        found = feeds.feed_of(answer.body, answer.url)
        if found is None:
            raise NoFeed("this page names no feed (Atom, RSS or iCalendar)")
        uri, answer = found, await _asked(door, found, None)
    feed = await asyncio.to_thread(_read, door, answer, clock.now())
    return answer, Told(uri, feed.name, feed.entries, answer.etag, answer.modified)


async def _asked(door: Federation, uri: str, website: Website | None) -> Answer:
    known = website if website is not None and website.feed is not None else None
    before = {"if-none-match": known.etag, "if-modified-since": known.modified} if known else {}
    answer = await door.remote.web(uri, ACCEPT, {name: said for name, said in before.items() if said})
    if answer.status not in (200, 304):
        raise _Busy(f"answered {answer.status}", answer.wait)
    return answer


def _is_page(answer: Answer) -> bool:
    return answer.media_type in _HTML or answer.body[:200].lstrip().lower().startswith(
        (b"<!doctype html", b"<html")
    )


def _read(door: Federation, answer: Answer, at: datetime) -> Feed:
    if answer.body[:200].lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR"):
        return icalendar.read(answer.body, answer.url, door.settings.home.zone, at)
    return feeds.read(answer.body, answer.url, at)
