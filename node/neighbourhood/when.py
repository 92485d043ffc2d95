"""When help is wanted or given, in days and parts of a day, and how often.

A day is one by the clock of the neighbourhood. It travels and is kept in one spelling: nothing for any day,
`2026-03-05` for one, `2026-03-05/2026-03-08` for several (ISO 8601).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from node.neighbourhood.refusal import Invalid, phrase

LONGEST = timedelta(days=92)  # from the first day to the last
STILL = timedelta(days=3)
"""After the day for which help was asked: who asked says whether it is still needed, else it ends."""
_SPELLING = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?", re.ASCII)
_SPELL_IT = phrase("Write a day like 2030-05-31, or two with / between them.")


class DayPart(StrEnum):
    """Which part of the day."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Repeats(StrEnum):
    """How often. What repeats stays up until its end, like anything else, and is agreed on once."""

    ONCE = "once"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Days:
    """From one day to another, both counted; of one day the two are the same."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}/{self.last}"

    def over(self, zone: tzinfo) -> datetime:
        """The end of the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), zone).astimezone(UTC)


def days(first: date, last: date | None = None) -> Days:
    """One day, or from one to another. Raises Invalid for what is the wrong way round or too long."""
    found = Days(first, last or first)
    if found.last < found.first:
        raise Invalid({"when": phrase("The last day is before the first.")})
    if found.last - found.first > LONGEST:
        raise Invalid({"when": phrase("At most %(days)d days.", days=LONGEST.days)})
    return found


def read(spelled: str) -> Days | None:
    """What is spelled as above; None for nothing at all. Raises Invalid for anything else."""
    if not spelled:
        return None
    found = _SPELLING.fullmatch(spelled)
    if found is None:
        raise Invalid({"when": _SPELL_IT})
    try:
        first, last = (date.fromisoformat(day) for day in (found[1], found[2] or found[1]))
    except ValueError:
        raise Invalid({"when": _SPELL_IT}) from None
    return days(first, last)


def believed(spelled: object, at: datetime) -> Days | None:
    """What another node says; anything that no form of ours gives is any day."""
    try:
        found = read(spelled) if isinstance(spelled, str) else None
    except Invalid:
        return None
    near = found is not None and abs(found.last - at.date()) < timedelta(days=2 * 366)
    return found if near else None


def checked_days(found: Days | None, zone: tzinfo, until: datetime, at: datetime) -> Days | None:
    """Days that are still to come, and not after `until`: the longest that a post of its kind can stay up."""
    if found is None:
        return None
    if found.last < at.astimezone(zone).date():
        raise Invalid({"when": phrase("Choose a day that is still to come.")})
    if found.last > (latest := until.astimezone(zone)).date():
        raise Invalid({"when": phrase("Choose a day before %(day)s.", day=f"{latest:%d-%m-%Y}")})
    return found
