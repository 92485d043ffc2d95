"""On which days and how often, for a request or an offer: as it is filled in, and as it is said."""

from datetime import UTC, date, datetime, time

from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Invalid, Words, phrase
from node.neighbourhood.when import DayPart, Days, Repeats, days
from node.ui import dates
from node.ui.cards import Card
from node.ui.forms import Form
from node.ui.language import gettext, translate
from node.ui.when import DAY, read_day

FIELDS = ("day", "last", "day_part", "repeats")
PARTS: dict[str, Words] = {
    DayPart.ANY: phrase("Any time of the day"),
    DayPart.MORNING: phrase("In the morning"),
    DayPart.AFTERNOON: phrase("In the afternoon"),
    DayPart.EVENING: phrase("In the evening"),
}
OFTEN: dict[str, Words] = {
    Repeats.ONCE: phrase("Once"),
    Repeats.WEEKLY: phrase("Every week"),
    Repeats.FORTNIGHTLY: phrase("Every two weeks"),
    Repeats.MONTHLY: phrase("Every month"),
}


def spelled(form: Form) -> str:
    """The days that were filled in, in their one spelling; empty for any day. Raises Invalid, per field."""
    wrong: dict[str, Words] = {}
    found: dict[str, date] = {}
    for name in ("day", "last"):
        if form[name].strip():
            try:
                found[name] = read_day(form[name].strip())
            except (ValueError, OverflowError):
                wrong[name] = DAY
    if "last" in found and not form["day"].strip():
        wrong["day"] = phrase("Say the first day too.")
    if wrong:
        raise Invalid(wrong)
    if "day" not in found:
        return ""
    try:
        return str(days(found["day"], found.get("last")))
    except Invalid as refused:
        raise Invalid({"last": next(iter(refused.errors.values()))}) from None


def filled(post: Post) -> dict[str, str]:
    """The same, as the fields of a form show it."""
    span = post.when
    last = str(span.last) if span and span.last != span.first else ""
    fields = {"day": str(span.first) if span else "", "last": last}
    return {**fields, "day_part": str(post.day_part), "repeats": str(post.repeats)}


def said(post: Post | Card, at: datetime) -> str:
    """*Thursday 5 November · In the morning · Every week*; empty when nothing of that was said."""
    parts = [_span(post.when, at)] if post.when else []
    if post.day_part != DayPart.ANY:
        parts.append(translate(PARTS[post.day_part]))
    if post.repeats != Repeats.ONCE:
        parts.append(translate(OFTEN[post.repeats]))
    return " · ".join(parts)


def _span(span: Days, at: datetime) -> str:
    first, last = (datetime.combine(day, time(12), UTC) for day in (span.first, span.last))
    if span.first == span.last:
        return dates.day(first, at, UTC)
    return gettext("%(first)s to %(last)s") % {
        "first": dates.day(first, at, UTC),
        "last": dates.day(last, at, UTC),
    }
