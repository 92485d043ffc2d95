"""When something was, is or will be, in words a neighbour uses, by the clock of the neighbourhood.

Nothing here looks at the clock: `at` is now. Days are counted by the calendar, not in steps of 24 hours,
so *yesterday* is right at a quarter past midnight and in the night the clock changes. A time without a
zone raises ValueError.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from node.neighbourhood.refusal import phrase
from node.ui.language import gettext, ngettext, translate

HOME = ZoneInfo("Europe/Amsterdam")
DAYS = [
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
]
SHORT_DAYS = [
    phrase("Mon"),
    phrase("Tue"),
    phrase("Wed"),
    phrase("Thu"),
    phrase("Fri"),
    phrase("Sat"),
    phrase("Sun"),
]
MONTHS = [
    phrase("January"),
    phrase("February"),
    phrase("March"),
    phrase("April"),
    phrase("May"),
    phrase("June"),
    phrase("July"),
    phrase("August"),
    phrase("September"),
    phrase("October"),
    phrase("November"),
    phrase("December"),
]
SHORT_MONTHS = [
    phrase("Jan"),
    phrase("Feb"),
    phrase("Mar"),
    phrase("Apr"),
    phrase("May"),
    phrase("Jun"),
    phrase("Jul"),
    phrase("Aug"),
    phrase("Sep"),
    phrase("Oct"),
    phrase("Nov"),
    phrase("Dec"),
]


class Leaf(NamedTuple):
    """A day as on a tear-off calendar."""

    weekday: str
    day: int
    month: str


def since(then: datetime, at: datetime, zone: tzinfo = HOME) -> str:
    """*just now*, *since this morning*, *since yesterday*, *since Monday*, *for 3 days*, *since 11 March*.

    A day of this week is named, one of the week before is counted. A time to come (the clock of another node)
    is *just now*.
    """
    # In UTC: two times of one zone would be compared by the clock on the wall.
    if _local(at, UTC) - _local(then, UTC) < timedelta(hours=1):
        return gettext("just now")
    then, at = _local(then, zone), _local(at, zone)
    days = (at.date() - then.date()).days
    if days == 0:
        return _part_of_today(then.hour)
    if days == 1:
        return gettext("since yesterday")
    if days <= at.weekday():
        return gettext("since %(weekday)s") % {"weekday": translate(DAYS[then.weekday()])}
    if days < 7:
        return ngettext("for %(count)d day", "for %(count)d days", days) % {"count": days}
    if days <= at.weekday() + 7:
        return gettext("since last week")
    if days < 8 * 7:
        return ngettext("for %(count)d week", "for %(count)d weeks", days // 7) % {"count": days // 7}
    return gettext("since %(date)s") % {"date": date(then, at, zone)}


def until(when: datetime, at: datetime, zone: tzinfo = HOME) -> str:
    """*until today, 17.00*, *until tomorrow*, *until 11 June*."""
    days = (_local(when, zone).date() - _local(at, zone).date()).days
    if days == 0:
        return gettext("until today, %(time)s") % {"time": clock(when, zone)}
    if days == 1:
        return gettext("until tomorrow")
    return gettext("until %(date)s") % {"date": date(when, at, zone)}


def length(passed: timedelta) -> str:
    """How long something took or waits, in the largest unit that fits: *20 minutes*, *52 hours*, *4 days*."""
    minutes = max(int(passed.total_seconds()) // 60, 0)
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 72 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}


def date(when: datetime, at: datetime, zone: tzinfo = HOME) -> str:
    """*11 June*, with the year if it is another than now."""
    when, at = _local(when, zone), _local(at, zone)
    said = gettext("%(day)d %(month)s") if when.year == at.year else gettext("%(day)d %(month)s %(year)d")
    return said % {"day": when.day, "month": translate(MONTHS[when.month - 1]), "year": when.year}


def day(when: datetime, at: datetime, zone: tzinfo = HOME) -> str:
    """*Thursday 14 May*."""
    weekday = translate(DAYS[_local(when, zone).weekday()])
    return gettext("%(weekday)s %(date)s") % {"weekday": weekday, "date": date(when, at, zone)}


def moment(when: datetime, at: datetime, zone: tzinfo = HOME) -> str:
    """*Thursday 14 May, 11.00*."""
    return gettext("%(day)s, %(time)s") % {"day": day(when, at, zone), "time": clock(when, zone)}


def clock(when: datetime, zone: tzinfo = HOME) -> str:
    """*9.12* in the morning; *21.12* in the evening."""
    when = _local(when, zone)
    return gettext("%(hour)d.%(minute)02d") % {"hour": when.hour, "minute": when.minute}


def leaf(when: datetime, zone: tzinfo = HOME) -> Leaf:
    """*Thu*, *14*, *May*: for the agenda."""
    when = _local(when, zone)
    return Leaf(translate(SHORT_DAYS[when.weekday()]), when.day, translate(SHORT_MONTHS[when.month - 1]))


def machine(when: datetime) -> str:
    """For the `datetime` of a `time` element: RFC 3339 in UTC, to the second."""
    return _local(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_the_clock_of(zone: tzinfo) -> SimpleNamespace:
    """All of these, by another clock: what the templates of a node there know as `dates`."""
    by_clock = (since, until, date, day, moment, clock, leaf)
    others = {"length": length, "machine": machine}
    return SimpleNamespace(**{f.__name__: partial(f, zone=zone) for f in by_clock}, **others)


def _part_of_today(hour: int) -> str:
    if hour < 6:
        return gettext("since last night")
    if hour < 12:
        return gettext("since this morning")
    return gettext("since this afternoon") if hour < 18 else gettext("since this evening")


def _local(when: datetime, zone: tzinfo) -> datetime:
    if when.tzinfo is None:
        raise ValueError("a time needs its zone")
    return when.astimezone(zone)
