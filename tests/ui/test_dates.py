from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from node.ui import dates
from node.ui.language import speaking

HERE = ZoneInfo("Europe/Amsterdam")
WEDNESDAY = datetime(2026, 5, 13, 14, 30, tzinfo=HERE)


def here(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HERE, fold=fold)


@pytest.mark.parametrize(
    ("then", "english", "dutch"),
    [
        (here(2026, 5, 13, 14, 30), "just now", "net geplaatst"),
        (here(2026, 5, 13, 13, 31), "just now", "net geplaatst"),
        (here(2026, 5, 13, 15, 0), "just now", "net geplaatst"),  # another node's clock is fast
        (here(2027, 1, 1), "just now", "net geplaatst"),
        (here(2026, 5, 13, 13, 30), "since this afternoon", "sinds vanmiddag"),
        (here(2026, 5, 13, 11, 59), "since this morning", "sinds vanmorgen"),
        (here(2026, 5, 13, 6, 0), "since this morning", "sinds vanmorgen"),
        (here(2026, 5, 13, 0, 0), "since last night", "sinds vannacht"),
        (here(2026, 5, 12, 23, 59), "since yesterday", "sinds gisteren"),
        (here(2026, 5, 12, 0, 0), "since yesterday", "sinds gisteren"),
        (here(2026, 5, 11, 23, 59), "since Monday", "sinds maandag"),
        (here(2026, 5, 10, 12, 0), "for 3 days", "sinds 3 dagen"),
        (here(2026, 5, 7, 0, 0), "for 6 days", "sinds 6 dagen"),
        (here(2026, 5, 6, 12, 0), "since last week", "sinds vorige week"),
        (here(2026, 5, 4, 12, 0), "since last week", "sinds vorige week"),
        (here(2026, 5, 3, 12, 0), "for 1 week", "sinds 1 week"),
        (here(2026, 4, 29, 12, 0), "for 2 weeks", "sinds 2 weken"),
        (here(2026, 3, 19, 12, 0), "for 7 weeks", "sinds 7 weken"),
        (here(2026, 3, 18, 12, 0), "since 18 March", "sinds 18 maart"),
        (here(2025, 3, 18, 12, 0), "since 18 March 2025", "sinds 18 maart 2025"),
    ],
)
def test_since(then: datetime, english: str, dutch: str) -> None:
    with speaking("en"):
        assert dates.since(then, WEDNESDAY) == english
        assert dates.since(then.astimezone(UTC), WEDNESDAY.astimezone(UTC)) == english
    assert dates.since(then, WEDNESDAY) == dutch


def test_this_evening() -> None:
    assert dates.since(here(2026, 5, 13, 18, 0), here(2026, 5, 13, 23, 0)) == "sinds vanavond"


def test_just_after_midnight_an_hour_ago_was_yesterday() -> None:
    assert dates.since(here(2026, 5, 12, 23, 40), here(2026, 5, 13, 0, 15)) == "net geplaatst"
    assert dates.since(here(2026, 5, 12, 23, 10), here(2026, 5, 13, 0, 15)) == "sinds gisteren"
    assert dates.since(here(2026, 5, 12, 0, 5), here(2026, 5, 13, 23, 55)) == "sinds gisteren"


def test_the_day_is_the_neighbourhood_s_not_utc_s() -> None:
    late = datetime(2026, 5, 12, 22, 30, tzinfo=UTC)  # 0.30 on the 13th
    assert dates.since(late, WEDNESDAY) == "sinds vannacht"
    assert dates.day(late, WEDNESDAY) == "woensdag 13 mei"
    assert dates.leaf(late) == ("wo", 13, "mei")


def test_the_night_the_clock_goes_forward() -> None:
    before, after = here(2026, 3, 28, 12, 0), here(2026, 3, 29, 11, 30)  # 22.5 hours
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=22.5)
    assert dates.since(before, after) == "sinds gisteren"
    assert dates.since(here(2026, 3, 29, 1, 30), here(2026, 3, 29, 3, 15)) == "net geplaatst"  # 45 minutes
    assert dates.until(here(2026, 3, 30, 0, 30), here(2026, 3, 28, 23, 59)) == "tot 30 maart"


def test_the_night_the_clock_goes_back() -> None:
    first, second = here(2026, 10, 25, 2, 30), here(2026, 10, 25, 2, 30, fold=1)
    assert dates.clock(first) == dates.clock(second) == "2.30"
    assert dates.machine(first) == "2026-10-25T00:30:00Z"
    assert dates.machine(second) == "2026-10-25T01:30:00Z"
    assert dates.since(first, second) == "sinds vannacht"  # an hour has passed, by no clock on the wall
    assert dates.since(here(2026, 10, 24, 23, 30), here(2026, 10, 25, 23, 45)) == "sinds gisteren"


@pytest.mark.parametrize(
    ("when", "english", "dutch"),
    [
        (here(2026, 5, 13, 17, 0), "until today, 17.00", "tot vandaag, 17.00 uur"),
        (here(2026, 5, 14, 0, 0), "until tomorrow", "tot morgen"),
        (here(2026, 5, 14, 23, 59), "until tomorrow", "tot morgen"),
        (here(2026, 6, 11, 9, 0), "until 11 June", "tot 11 juni"),
        (here(2027, 6, 11, 9, 0), "until 11 June 2027", "tot 11 juni 2027"),
        (here(2026, 5, 12, 9, 0), "until 12 May", "tot 12 mei"),
    ],
)
def test_until(when: datetime, english: str, dutch: str) -> None:
    with speaking("en"):
        assert dates.until(when, WEDNESDAY) == english
    assert dates.until(when, WEDNESDAY) == dutch


def test_a_day_and_a_moment() -> None:
    when = here(2026, 5, 14, 11, 0)
    assert dates.moment(when, WEDNESDAY) == "donderdag 14 mei, 11.00 uur"
    assert dates.day(when, WEDNESDAY) == "donderdag 14 mei"
    assert dates.clock(here(2026, 5, 14, 9, 5)) == "9.05"
    with speaking("en"):
        assert dates.moment(when, WEDNESDAY) == "Thursday 14 May, 11.00"
        assert dates.moment(when, here(2025, 5, 14)) == "Thursday 14 May 2026, 11.00"


def test_another_place_has_another_clock() -> None:
    when = datetime(2026, 5, 13, 22, 30, tzinfo=UTC)
    assert dates.clock(when) == "0.30"
    assert dates.clock(when, ZoneInfo("America/Curacao")) == "18.30"
    assert dates.day(when, WEDNESDAY, ZoneInfo("America/Curacao")) == "woensdag 13 mei"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "0 minuten"),
        (timedelta(minutes=1), "1 minuut"),
        (timedelta(minutes=59, seconds=59), "59 minuten"),
        (timedelta(minutes=60), "1 uur"),
        (timedelta(hours=52), "52 uur"),
        (timedelta(hours=71, minutes=59), "71 uur"),
        (timedelta(days=3), "3 dagen"),
    ],
)
def test_how_long(passed: timedelta, said: str) -> None:
    assert dates.length(passed) == said


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        dates.since(datetime(2026, 5, 13), WEDNESDAY)  # noqa: DTZ001  (that is what is refused)


def test_every_day_and_month_has_its_own_word() -> None:
    said = {dates.day(here(2026, month, day), WEDNESDAY) for month in range(1, 13) for day in range(1, 8)}
    assert len(said) == 84
    assert len({dates.leaf(here(2026, month, 1)).month for month in range(1, 13)}) == 12
