"""What stands in a website's calendar (iCalendar, RFC 5545): what begins in the weeks to come.

Of what comes back again and again the daily, weekly and monthly kinds are worked out; of rarer ones the first
time is shown, which is true.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from node.federation.feeds import Feed, NoFeed, key_of, shortened
from node.neighbourhood.website import ADDRESS, AHEAD, ENTRIES, NAME, PLACE, SUMMARY, TITLE, Entry, is_web

EVENTS = 500  # looked at, of one calendar
LINES = 50_000
STEPS = 20_000  # of all that comes back, together
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_LASTS = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,3})M)?.*)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One property: its name, its parameters, its value as written (RFC 5545 3.1)."""

    name: str
    parameters: dict[str, str]
    value: str


@dataclass(frozen=True)
class _Moment:
    at: datetime  # with its zone
    all_day: bool


Event = dict[str, list[Line]]


def read(body: bytes, url: str, home: tzinfo, now: datetime) -> Feed:
    """A calendar; times without a zone are read by `home`'s clock. Raises NoFeed."""
    lines = list(_lines(body.decode("utf-8", "replace").removeprefix("\ufeff")))
    if not lines or (lines[0].name, lines[0].value.upper()) != ("BEGIN", "VCALENDAR"):
        raise NoFeed("it is no calendar")
    name = next((_words(line.value, NAME) for line in lines if line.name in ("X-WR-CALNAME", "NAME")), "")
    entries, budget, moved = list[Entry](), [STEPS], set[tuple[str, datetime]]()
    events = list(_events(lines))
    for event in events:
        with suppress(ValueError, OverflowError):
            if "RECURRENCE-ID" in event:
                moved.add((_value(event, "UID"), _moment(event["RECURRENCE-ID"][0], home).at))
    for event in events:
        with suppress(ValueError, OverflowError):
            entries += _entries(event, url, home, now, budget, moved)
    return Feed(name, entries)


def _lines(text: str) -> Iterator[Line]:
    """Unfolded (RFC 5545 3.1): what begins with a blank goes on with the line before."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for number, raw in enumerate(unfolded.splitlines()):
        if number >= LINES:
            raise NoFeed("it is too large")
        if not raw.strip():
            continue
        head, value = _parted(raw)
        name, *parameters = head.split(";")
        pairs = (parameter.partition("=") for parameter in parameters)
        yield Line(name.upper(), {key.upper(): said.strip('"') for key, _, said in pairs}, value)


def _parted(raw: str) -> tuple[str, str]:
    """Head and value: parted by the first colon that stands in no quotes."""
    quoted = False
    for place, letter in enumerate(raw):
        quoted ^= letter == '"'
        if letter == ":" and not quoted:
            return raw[:place], raw[place + 1 :]
    return raw, ""


def _events(lines: list[Line]) -> Iterator[Event]:
    """The VEVENTs, without what stands inside them (alarms)."""
    event, inside, count = None, list[str](), 0
    for line in lines:
        if line.name == "BEGIN":
            inside.append(line.value.upper())
            if inside[-1] == "VEVENT":
                event = Event()
        elif line.name == "END":
            if inside and inside.pop() == "VEVENT" and event is not None and count < EVENTS:
                count += 1
                yield event
                event = None
        elif event is not None and inside[-1:] == ["VEVENT"]:
            event.setdefault(line.name, []).append(line)


def _entries(
    event: Event, url: str, home: tzinfo, now: datetime, budget: list[int], moved: set[tuple[str, datetime]]
) -> Iterator[Entry]:
    title = _words(_value(event, "SUMMARY"), TITLE)
    if "DTSTART" not in event or not title or _value(event, "STATUS").upper() == "CANCELLED":
        return
    start = _moment(event["DTSTART"][0], home)
    lasts = _lasts(event, start, home)
    uid = _value(event, "UID") or title
    gone = {_moment(one, home).at for line in event.get("EXDATE", []) for one in _each(line)}
    if "RECURRENCE-ID" not in event:
        gone |= {at for whose, at in moved if whose == uid}
    said = _value(event, "URL").strip()
    count = 0
    for at in _times(event, start, now - lasts, now + AHEAD, home, budget):
        if at in gone:
            continue
        count += 1
        if count > ENTRIES:
            return
        yield Entry(
            key_of(f"{uid} {at.astimezone(UTC).isoformat()}"),
            title,
            _words(_value(event, "DESCRIPTION"), SUMMARY),
            said if len(said) <= ADDRESS and is_web(said) else url,
            now,
            at.astimezone(UTC),
            (at + lasts).astimezone(UTC),
            start.all_day,
            _words(_value(event, "LOCATION"), PLACE),
        )


def _lasts(event: Event, start: _Moment, home: tzinfo) -> timedelta:
    if "DTEND" in event:
        return max(_moment(event["DTEND"][0], home).at - start.at, timedelta())
    found = _LASTS.fullmatch(_value(event, "DURATION"))
    if found and any(found.groups()):
        weeks, days, hours, minutes = (int(number or 0) for number in found.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    return timedelta(days=1) if start.all_day else timedelta()


def _times(
    event: Event, start: _Moment, since: datetime, until: datetime, home: tzinfo, budget: list[int]
) -> Iterator[datetime]:
    """When it begins, between two moments: once, or as its rule says (RFC 5545 3.3.10)."""
    rule = _rule(_value(event, "RRULE"))
    left = int(rule.get("COUNT", "0")) or 10**9
    last = until
    if "UNTIL" in rule:
        end = _moment(Line("UNTIL", {}, rule["UNTIL"]), home)
        last = min(until, end.at + timedelta(days=end.all_day))
    for at in _steps(rule, start.at):
        budget[0] -= 1
        if left <= 0 or budget[0] < 0 or at > last:
            return
        left -= 1
        if at >= since:
            yield at


def _rule(words: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in words.upper().split(";"))
    return {key: value for key, _, value in pairs if key}


def _steps(rule: dict[str, str], start: datetime) -> Iterator[datetime]:
    """Each time in turn, for ever; of a rule that we do not know, the first alone."""
    every, how = int(rule.get("INTERVAL", "1")), rule.get("FREQ", "")
    by = {key for key in rule if key.startswith("BY")} - {"BYDAY"}
    named = [word for word in rule.get("BYDAY", "").split(",") if word]
    days = [found for word in named if (found := _NTH.fullmatch(word))]
    known = not by and every > 0 and len(days) == len(named)
    if how == "DAILY" and known and not days:
        yield from (start + timedelta(days=every * n) for n in range(STEPS))
    elif how == "WEEKLY" and known and not any(day[1] for day in days):
        yield from _weekly(start, every, sorted(_DAYS.index(day[2]) for day in days) or [start.weekday()])
    elif how == "MONTHLY" and known and all(day[1] for day in days):
        yield from _monthly(start, every, [(int(day[1]), _DAYS.index(day[2])) for day in days])
    else:
        yield start


def _weekly(start: datetime, every: int, days: list[int]) -> Iterator[datetime]:
    monday = start - timedelta(days=start.weekday())
    for week in range(STEPS):
        for day in days:
            at = monday + timedelta(weeks=week * every, days=day)
            if at >= start:
                yield at


def _monthly(start: datetime, every: int, days: list[tuple[int, int]]) -> Iterator[datetime]:
    for step in range(STEPS):
        number = start.month - 1 + step * every
        year, month = start.year + number // 12, number % 12 + 1
        length = monthrange(year, month)[1]
        wanted = [_nth(date(year, month, 1), length, nth, day) for nth, day in days] or [start.day]
        for day in sorted(wanted):
            if 1 <= day <= length and (at := start.replace(year=year, month=month, day=day)) >= start:
                yield at


def _nth(first: date, length: int, nth: int, weekday: int) -> int:
    """Which day of the month is the second Tuesday, or the last (-1); 0 when there is none."""
    found = [day for day in range(1, length + 1) if (first.weekday() + day - 1) % 7 == weekday]
    place = nth - 1 if nth > 0 else nth
    return found[place] if -len(found) <= place < len(found) else 0


def _moment(line: Line, home: tzinfo) -> _Moment:
    """A date, or a time: in UTC (`Z`), of a zone, or by our own clock. Raises ValueError."""
    words = line.value.strip().upper()
    if re.fullmatch(r"\d{8}", words):
        return _Moment(datetime.combine(datetime.strptime(words, "%Y%m%d").date(), time(), home), True)  # noqa: DTZ007  (a date)
    if words.endswith("Z"):
        return _Moment(datetime.strptime(words, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), False)
    zone = home
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(line.parameters["TZID"]) if "TZID" in line.parameters else home
    return _Moment(datetime.strptime(words, "%Y%m%dT%H%M%S").replace(tzinfo=zone), False)


def _each(line: Line) -> list[Line]:
    return [Line(line.name, line.parameters, value) for value in line.value.split(",")]


def _value(event: Event, name: str) -> str:
    return event[name][0].value if name in event else ""


def _words(value: str, most: int) -> str:
    """Plain words of a TEXT (RFC 5545 3.3.11), on one line."""
    bare = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value[: 40 * most])
    seen = "".join(letter if letter.isprintable() else " " for letter in bare)
    return shortened(" ".join(seen.split()), most)
