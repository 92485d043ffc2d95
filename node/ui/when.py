"""When an event is, as people fill it in: a day and a time on the clock of the neighbourhood.

A browser that knows days and times sends them in one way; what somebody typed by hand is read as well.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from node.neighbourhood.event import checked_time
from node.neighbourhood.refusal import Invalid, Words, phrase
from node.ui.forms import Form

T = TypeVar("T")

DAY = phrase("Write the day like this: 14-05-2026.")
CLOCK = phrase("Write the time like this: 19.30.")
FIELDS = ("day", "from", "till", "last")
_WRONG = {"starts": "day", "ends": "till"}  # a word of the rules, and the field it is said at


def span(form: Form, zone: tzinfo, at: datetime) -> tuple[datetime, datetime]:
    """When it begins and ends. Without a last day it ends on the first, or in the night after it. Raises
    Invalid, per field."""
    wrong: dict[str, Words] = {}
    day, last = (_read(form, name, read_day, DAY, wrong) for name in ("day", "last"))
    begin, end = (_read(form, name, read_clock, CLOCK, wrong) for name in ("from", "till"))
    if not form["day"].strip():
        wrong["day"] = phrase("Say on which day it is.")
    if not form["from"].strip():
        wrong["from"] = phrase("Say at what time it begins.")
    if last is not None and not form["till"].strip():
        wrong["till"] = phrase("Say at what time it ends.")
    if wrong or day is None or begin is None:
        raise Invalid(wrong)
    starts = moment(day, begin, zone)
    ends = None if end is None else moment(last or day, end, zone)
    if ends is not None and last is None and ends <= starts:
        ends = moment(day + timedelta(days=1), end or begin, zone)
    try:
        return checked_time(starts, ends, at)
    except Invalid as refused:
        raise Invalid({_WRONG.get(name, name): words for name, words in refused.errors.items()}) from None


def filled(starts: datetime, ends: datetime, zone: tzinfo) -> dict[str, str]:
    """The same, as the fields of a form show it."""
    begin, end = starts.astimezone(zone), ends.astimezone(zone)
    one_night = end.time() <= begin.time() and end.date() == begin.date() + timedelta(days=1)
    last = "" if one_night or end.date() == begin.date() else f"{end:%Y-%m-%d}"
    return {"day": f"{begin:%Y-%m-%d}", "from": f"{begin:%H:%M}", "till": f"{end:%H:%M}", "last": last}


def _read(form: Form, name: str, read: Callable[[str], T], how: Words, wrong: dict[str, Words]) -> T | None:
    typed = form[name].strip()
    if not typed:
        return None
    try:
        return read(typed)
    except (ValueError, OverflowError):
        wrong[name] = how
        return None


def read_day(typed: str) -> date:
    """A day as a browser sends it, or as somebody types it. Raises ValueError."""
    if found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", typed):
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(typed)


def read_clock(typed: str) -> time:
    """A time of the day as a browser sends it, or as somebody types it. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2})(?:[:.]\d{2})?)?", typed)
    if found is None:
        raise ValueError("no time of the day")
    return time(int(found[1]), int(found[2] or 0))


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """A time on the clock there. Raises Invalid for years that no clock has."""
    try:
        return datetime.combine(day, clock, zone).astimezone(UTC)
    except OverflowError:
        raise Invalid({"day": phrase("Choose another moment.")}) from None
