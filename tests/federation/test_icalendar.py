"""What stands in a website's calendar: once, again and again, and what a liar would write there."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.federation.feeds import NoFeed
from node.federation.icalendar import read
from node.neighbourhood.website import ENTRIES, Entry

HOME = ZoneInfo("Europe/Amsterdam")
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://buurthuis.example/agenda.ics"


def calendar(*lines: str, name: str = "X-WR-CALNAME:Buurthuis") -> bytes:
    """A calendar with one event, and these lines in it."""
    event = ["BEGIN:VEVENT", "UID:1@buurthuis.example", "SUMMARY:Koffie", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", name, *event, "END:VCALENDAR", ""]).encode()


def events(*lines: str) -> list[Entry]:
    return read(calendar(*lines), URL, HOME, AT).entries


def begins(*lines: str) -> list[str]:
    """When, by the clock of the neighbourhood."""
    return [one.starts.astimezone(HOME).strftime("%d-%m %H:%M") for one in events(*lines) if one.starts]


def test_once() -> None:
    found = read(
        calendar(
            "DTSTART;TZID=Europe/Amsterdam:20261203T100000",
            "DTEND;TZID=Europe/Amsterdam:20261203T113000",
            "LOCATION:Zaal 2\\, boven",
            "DESCRIPTION:Kom je ook?\\nTaart is",
            "  er ook.",
            "URL:https://buurthuis.example/koffie",
            "BEGIN:VALARM",
            "SUMMARY:Wekker",
            "END:VALARM",
        ),
        URL,
        HOME,
        AT,
    )
    [one] = found.entries
    assert (found.name, one.title, one.place) == ("Buurthuis", "Koffie", "Zaal 2, boven")
    assert one.summary == "Kom je ook? Taart is er ook."
    assert (one.starts, one.ends) == (
        datetime(2026, 12, 3, 9, tzinfo=UTC),
        datetime(2026, 12, 3, 10, 30, tzinfo=UTC),
    )
    assert (one.url, one.all_day) == ("https://buurthuis.example/koffie", False)


@pytest.mark.parametrize(
    ("start", "begin"),
    [
        ("DTSTART:20261203T100000Z", "03-12 11:00"),
        ("DTSTART:20261203T100000", "03-12 10:00"),
        ("DTSTART;TZID=Europe/London:20261203T100000", "03-12 11:00"),
        ("DTSTART;TZID=Nergens/Huis:20261203T100000", "03-12 10:00"),
        ("DTSTART;TZID=../../etc/passwd:20261203T100000", "03-12 10:00"),
        ("DTSTART;VALUE=DATE:20261203", "03-12 00:00"),
        ('DTSTART;X-A="a:b;c":20261203T100000', "03-12 10:00"),
    ],
)
def test_whose_clock(start: str, begin: str) -> None:
    assert begins(start) == [begin]


def test_a_whole_day_lasts_until_the_next() -> None:
    [one] = events("DTSTART;VALUE=DATE:20261203")
    assert one.all_day
    assert one.ends == datetime(2026, 12, 3, 23, tzinfo=UTC)


def test_what_goes_on_now_is_still_there_and_what_is_over_is_not() -> None:
    assert begins("DTSTART:20261130T100000Z", "DTEND:20261130T140000Z") == ["30-11 11:00"]
    assert begins("DTSTART:20261130T100000Z", "DURATION:PT3H") == ["30-11 11:00"]
    assert begins("DTSTART:20261101T100000Z") == []


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("FREQ=WEEKLY;COUNT=56", ["01-12 10:00", "08-12 10:00"]),  # since November of last year
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20261222T090000Z", ["01-12 10:00", "15-12 10:00"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261208", ["01-12 10:00", "03-12 10:00", "08-12 10:00"]),
        ("FREQ=MONTHLY;UNTIL=20270101T000000Z", ["18-12 10:00"]),
        ("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270110T000000Z", ["01-12 10:00", "05-01 10:00"]),
        ("FREQ=MONTHLY;BYDAY=-1TU;UNTIL=20270110T000000Z", ["29-12 10:00"]),
        ("FREQ=DAILY;INTERVAL=200;COUNT=9", ["23-12 10:00"]),
        ("FREQ=YEARLY", []),
    ],
)
def test_again_and_again(rule: str, times: list[str]) -> None:
    """Since Tuesday 18 November 2025, also over the night in which the clock changes."""
    start = "DTSTART;TZID=Europe/Amsterdam:20251118T100000"
    assert begins(start, f"RRULE:{rule}") == times


def test_but_not_that_day_and_another_hour_on_that() -> None:
    weekly = [
        "DTSTART;TZID=Europe/Amsterdam:20261201T100000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Amsterdam:20261208T100000,20261215T100000",
    ]
    moved = [
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:1@buurthuis.example",
        "SUMMARY:Koffie",
        "RECURRENCE-ID;TZID=Europe/Amsterdam:20261222T100000",
        "DTSTART;TZID=Europe/Amsterdam:20261223T150000",
    ]
    assert begins(*weekly, *moved) == ["01-12 10:00", "23-12 15:00"]


def test_what_is_called_off_is_not_shown() -> None:
    assert begins("DTSTART:20261203T100000Z", "STATUS:CANCELLED") == []


def test_a_day_that_not_every_month_has() -> None:
    assert begins("DTSTART:20260131T090000Z", "RRULE:FREQ=MONTHLY") == ["31-12 10:00"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "buurthuis", "https://a:b@c.example/", "https://[::1"]
)
def test_a_link_that_leads_nowhere_good_leads_to_the_calendar(url: str) -> None:
    [one] = events("DTSTART:20261203T100000Z", f"URL:{url}")
    assert one.url == URL


@pytest.mark.parametrize(
    "line",
    [
        *("DTSTART:nu", "DTSTART:99999999T999999", "DTSTART:00010101T000000Z", "DTSTART:20261301", "X:1"),
        "DTSTART:20261203T100000Z\r\nRRULE:FREQ=DAILY;INTERVAL=-1;COUNT=x",
        "DTSTART:20261203T100000Z\r\nDTEND:morgen",
    ],
)
def test_what_cannot_be_read_is_left_out_and_the_rest_stays(line: str) -> None:
    good = ["END:VEVENT", "BEGIN:VEVENT", "UID:2", "SUMMARY:Soep", "DTSTART:20261204T100000Z"]
    assert [one.title for one in events(line, *good)] == ["Soep"]


@pytest.mark.parametrize("body", [b"", b"BEGIN:VCARD", b"<rss/>", b"BEGIN:VCALENDAR\n" + b"X:1\n" * 60_000])
def test_what_is_no_calendar(body: bytes) -> None:
    with pytest.raises(NoFeed):
        read(body, URL, HOME, AT)


def test_a_rule_without_end_takes_no_more_than_its_share() -> None:
    rule = ["DTSTART:19700101T000000Z", "RRULE:FREQ=DAILY"]
    many = [
        line for n in range(400) for line in (*rule, "END:VEVENT", "BEGIN:VEVENT", f"UID:{n}", "SUMMARY:x")
    ]
    assert len(events(*many)) < 2 * ENTRIES
    assert len(events("DTSTART:20261130T130000Z", "RRULE:FREQ=DAILY")) == ENTRIES


@given(
    st.lists(st.sampled_from(["DTSTART", "DTEND", "RRULE", "EXDATE", "DURATION", "BEGIN", "END", "UID"])),
    st.text(),
)
def test_anything_is_read_or_refused(names: list[str], words: str) -> None:
    with suppress(NoFeed):
        read(calendar(*(f"{name}:{words}" for name in names)), URL, HOME, AT)
