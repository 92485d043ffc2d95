"""When it is to be: the day, and the time if that is known, as two who agreed fill it in and read it."""

from datetime import datetime, time, tzinfo

from node.neighbourhood.match import has_no_time
from node.neighbourhood.refusal import Invalid, Words, phrase
from node.ui import dates
from node.ui.forms import Form
from node.ui.language import gettext
from node.ui.when import CLOCK, DAY, moment, read_clock, read_day

FIELDS = ("agreed_day", "agreed_time")


def filled_in(form: Form, zone: tzinfo) -> datetime | None:
    """The moment; without a time the beginning of the day; None for nothing. Raises Invalid, per field."""
    day, clock = form["agreed_day"].strip(), form["agreed_time"].strip()
    wrong: dict[str, Words] = {}
    found, at_clock = None, time()
    try:
        found = read_day(day) if day else None
    except (ValueError, OverflowError):
        wrong["agreed_day"] = DAY
    try:
        at_clock = read_clock(clock) if clock else at_clock
    except ValueError:
        wrong["agreed_time"] = CLOCK
    if clock and not day:
        wrong["agreed_day"] = phrase("Say on which day.")
    if wrong:
        raise Invalid(wrong)
    return moment(found, at_clock, zone) if found is not None else None


def at_its_field(refused: Invalid) -> Invalid:
    """What the rules say of the moment, at the field of the day."""
    return Invalid(
        {"agreed_day" if name == "agreed_for" else name: said for name, said in refused.errors.items()}
    )


def said(moment: datetime, at: datetime, zone: tzinfo) -> str:
    """*Thursday 14 May, 11.00*; only the day where no time is known."""
    return dates.day(moment, at, zone) if has_no_time(moment, zone) else dates.moment(moment, at, zone)


def words(moment: datetime, at: datetime, zone: tzinfo) -> str:
    """What the other reads in the conversation."""
    return gettext("I propose this time: %(moment)s. Does it not suit you? Then say another time.") % {
        "moment": said(moment, at, zone)
    }


def as_fields(moment: datetime | None, zone: tzinfo) -> dict[str, str]:
    """The same, as the fields of a form show it."""
    if moment is None:
        return {}
    there = moment.astimezone(zone)
    return {
        "agreed_day": f"{there:%Y-%m-%d}",
        "agreed_time": "" if has_no_time(moment, zone) else f"{there:%H:%M}",
    }
