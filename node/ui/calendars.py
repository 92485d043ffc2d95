"""Events as iCalendar (RFC 5545), for the agenda in a telephone. Nobody who comes is named in it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from node.neighbourhood.post import Post, State
from node.ui.written import foreign

MEDIA_TYPE = "text/calendar; charset=utf-8"
LONGEST = 75  # bytes of one line (3.1)
_ENDS = ("\r\n", "\r", "\n")
_OFF = frozenset({State.CLOSED, State.WITHDRAWN})


def calendar(name: str, origin: str, events: Iterable[Post], at: datetime) -> bytes:
    """A calendar with these events, as they are now."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Buurtknoop//Buurtknoop//NL",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
        *(line for event in events for line in _event(origin, event, at)),
        "END:VCALENDAR",
    ]
    return "".join(folded(line) for line in lines).encode()


def _event(origin: str, event: Post, at: datetime) -> Iterator[str]:
    if event.starts is None:
        return
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uri)}"
    yield f"DTSTAMP:{_moment(at)}"
    yield f"LAST-MODIFIED:{_moment(event.updated)}"
    yield f"DTSTART:{_moment(event.starts)}"
    yield f"DTEND:{_moment(event.expires)}"
    tongue = f";LANGUAGE={event.language}" if foreign(event.language) else ""  # 3.2.10
    yield f"SUMMARY{tongue}:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION{tongue}:{escaped(event.text)}"
    yield f"LOCATION:{escaped(', '.join(part for part in (event.place, event.area.name) if part))}"
    yield f"URL:{origin}/o/{event.id}"
    if event.state in _OFF:
        yield "STATUS:CANCELLED"
    yield "END:VEVENT"


def escaped(words: str) -> str:
    """Plain words as TEXT (3.3.11): no sign of them can end a line or begin a field."""
    for end in _ENDS:
        words = words.replace(end, "\n")
    words = "".join(sign for sign in words if sign in "\n\t" or sign.isprintable())
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return words.replace("\n", "\\n")


def folded(line: str) -> str:
    """A line of at most 75 bytes, with the rest on lines that begin with a space; no letter is cut in two."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += width
    return "\r\n".join([*pieces, piece]) + "\r\n"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
