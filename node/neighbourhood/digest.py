"""Digests: how often somebody wants to read what is new in the neighbourhood, and at what hour."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from node.neighbourhood.refusal import Invalid, phrase

HOURS = range(8, 13)  # o'clock, by the clock on the wall of the neighbourhood
USUAL_HOUR = 9
WEEKDAY = 3  # Thursday: what is on at the weekend can still be planned


class Often(StrEnum):
    """How often a digest comes. Without a word it never does."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True)
class Digest:
    """What somebody chose. `due`: when the next one is made; None when none is."""

    often: Often = Often.NEVER
    hour: int = USUAL_HOUR
    due: datetime | None = None


def checked(often: str, hour: str, at: datetime, zone: tzinfo) -> Digest:
    """A choice as it was filled in; the first one comes at the next such morning."""
    errors = {}
    if often not in list(Often):
        errors["often"] = phrase("Choose one of the list.")
    if hour not in {str(one) for one in HOURS}:
        errors["hour"] = phrase("Choose one of the list.")
    if errors:
        raise Invalid(errors)
    return Digest(Often(often), int(hour), next_moment(Often(often), int(hour), at, zone))


def next_moment(often: Often, hour: int, at: datetime, zone: tzinfo) -> datetime | None:
    """The first such morning after this moment, in summer and in winter by the clock on the wall."""
    if often is Often.NEVER:
        return None
    today = at.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(9))
    mornings = (datetime.combine(day, time(hour), zone).astimezone(UTC) for day in days)
    return next(m for m in mornings if m > at and (often is Often.DAILY or _is_the_day(m, zone)))


def _is_the_day(moment: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).weekday() == WEEKDAY
