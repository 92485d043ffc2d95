"""The agenda by day, and what others put on their own site: calendars, a feed, a frame. Public posts only."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.post import Audience, Kind, Post, State
from node.neighbourhood.refusal import Invalid
from node.storage import posts as kept
from node.ui import when
from node.ui.calendars import calendar, escaped, folded
from node.ui.forms import Form
from tests import town
from tests.ui import next_door
from tests.ui.doings import answered, posted, said
from tests.ui.visits import Here, words

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/agenda.ics", "/feed.atom", "/feeds/events.atom", "/widget"]


async def plan(here: Here, **change: Any) -> Post:
    return await posted(here, town.plans(at=now(), **change))


def fields(ics: str) -> list[str]:
    """The lines of a calendar as they were before they were folded."""
    assert all(len(line.encode()) <= 75 for line in ics.split("\r\n"))
    return ics.replace("\r\n ", "").split("\r\n")


# The page


async def test_events_stand_under_their_day_ours_and_those_next_door(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    two = await plan(here)
    one = await plan(here, title="Wandelen", starts=now() + town.DAY, ends=None, place="")
    time = {"starts": now() - town.HOUR, "expires": now() + town.HOUR, "places": 0, "places_left": 0}
    running = {"kind": Kind.EVENT, "place": "De Loods", **time}
    held = await here.database.writing(lambda tx: next_door.held(tx, haven, "Nu bezig", **running))
    shown = await said(here, "helper", "/agenda")
    assert shown.index(held.title) < shown.index(one.title) < shown.index(two.title)
    assert "Buurthuis De Spil, Centrum" in shown
    assert "De Loods, Oude Haven, naast ons" in shown
    assert shown.count(" uur ") == 3
    page = (await here.get("helper", "/agenda")).text
    assert len(re.findall("<section ", page)) == 3
    strange = await said(here, None, "/agenda")
    assert (two.title in strange, held.title in strange) == (True, False)


async def test_an_empty_agenda_offers_the_first_step(here: Here) -> None:
    assert "Er staat nog niets in de agenda" in await said(here, "helper", "/agenda")
    assert "Er staat nog niets in de agenda" not in await said(here, None, "/agenda")


async def test_a_full_agenda_goes_on_where_it_ended(here: Here) -> None:
    for number in range(55):
        await plan(here, title=f"Nummer {number:02}", starts=now() + (number + 1) * town.DAY, ends=None)
    first = await here.get("helper", "/agenda")
    following = re.findall(r'rel="next" href="([^"]*)"', first.text)[0]
    second = await here.get("helper", following)
    found = [n for page in (first, second) for n in re.findall(r"Nummer (\d\d)", words(page.text))]
    assert found == [f"{number:02}" for number in range(55)]
    assert "Terug naar vandaag" in words(second.text)


# What others embed


async def in_every_audience(here: Here) -> dict[Audience, Post]:
    await here.database.writing(town.hub)
    return {audience: await plan(here, title=f"Voor {audience}", audience=audience) for audience in Audience}


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("part", ["poster", "operator", "outsider", None])
async def test_only_what_is_public_is_in_it_whoever_asks(here: Here, path: str, part: str | None) -> None:
    made = await in_every_audience(here)
    haven = await here.database.writing(next_door.connected)
    time = {"starts": now() + town.DAY, "expires": now() + 2 * town.DAY, "places": 0, "places_left": 0}
    for audience in (Audience.ADJACENT, Audience.PUBLIC):
        event: dict[str, Any] = {"kind": Kind.EVENT, "audience": audience, **time}
        await here.database.writing(partial(next_door.held, **event), haven, f"Verder {audience}")
    gone = await plan(here, title="Teruggenomen")
    await here.database.writing(posts.withdraw, here.cast.poster, gone.id, now())
    hidden = await plan(here, title="Verborgen")
    await here.database.writing(
        lambda tx: kept.save(tx, replace(kept.get(tx, hidden.id), state=State.WAITING))
    )
    text = (await here.get(part, path)).text
    assert {a for a, post in made.items() if post.title in text} == {Audience.PUBLIC}
    assert ("Verder public" in text, "Verder adjacent" in text) == (True, False)
    assert "Teruggenomen" not in text
    assert "Verborgen" not in text


@pytest.mark.parametrize("path", FEEDS)
async def test_a_cache_may_keep_it_for_it_is_the_same_for_everybody(here: Here, path: str) -> None:
    post = await plan(here)
    await answered(here, post, text="")
    strange, known = await here.get(None, path), await here.get("poster", path)
    assert strange.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in known.headers
    assert "Merel" not in strange.text
    assert "example.org" not in strange.text.replace("centrum@example.org", "")


async def test_the_calendar_is_one_that_others_read(here: Here) -> None:
    title = "Soep; met brood, en \\ zout " + "é" * 60
    post = await plan(here, title=title, text="Neem mee:\n- een kom\n- BEGIN:VEVENT", places=4)
    answer = await here.get(None, "/agenda.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = fields(answer.text)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert (lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT")) == (1, 1)
    assert post.starts is not None
    assert f"DTSTART:{post.starts:%Y%m%dT%H%M%SZ}" in lines
    assert f"UID:{post.uri}" in lines
    assert "DESCRIPTION:Neem mee:\\n- een kom\\n- BEGIN:VEVENT" in lines
    assert f"SUMMARY:Soep\\; met brood\\, en \\\\ zout {'é' * 60}" in lines
    assert f"URL:{here.settings.origin}/o/{post.id}" in lines


async def test_one_event_for_whoever_may_see_it(here: Here) -> None:
    near = await plan(here, audience="neighbourhood")
    mine = await here.get("helper", f"/o/{near.id}.ics")
    assert mine.headers["content-disposition"] == f'attachment; filename="{near.id}.ics"'
    assert f"UID:{near.uri}" in fields(mine.text)
    await here.get(None, f"/o/{near.id}.ics", 404)
    asked = await posted(here, town.asks(audience="public"))
    await here.get("helper", f"/o/{asked.id}.ics", 404)
    await here.database.writing(posts.close, here.cast.poster, near.id, now())
    assert "STATUS:CANCELLED" in fields((await here.get("helper", f"/o/{near.id}.ics")).text)


async def test_the_feed_is_atom(here: Here) -> None:
    post = await posted(here, town.tells(title="<b>Kat</b> & hond", text="Een ]]> en een &amp;"))
    await plan(here)
    answer = await here.get(None, "/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}id") == f"{here.settings.origin}/feed.atom"
    entry = next(e for e in feed.findall(f"{ATOM}entry") if e.findtext(f"{ATOM}id") == post.uri)
    assert entry.findtext(f"{ATOM}title") == "<b>Kat</b> & hond"
    assert entry.findtext(f"{ATOM}content") == "Een ]]> en een &amp;"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Bea"
    for name in ("updated", "published"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.findtext(f"{ATOM}{name}") or "")


async def test_what_another_node_sent_breaks_no_feed(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    odd = {"text": "a\x0b\ufffe\x1bb", "author_name": "\x1fx", "audience": Audience.PUBLIC}
    await here.database.writing(partial(next_door.held, **odd), haven, "vreemd\x08")
    feed = ElementTree.fromstring((await here.get(None, "/feed.atom")).content)
    assert [e.findtext(f"{ATOM}title") for e in feed.findall(f"{ATOM}entry")] == ["vreemd"]


async def test_H05_the_widget_may_be_framed_and_nothing_else_may(here: Here) -> None:
    await plan(here)
    framed = await here.get(None, "/widget")
    policy = framed.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert "<form" not in framed.text
    assert "<script" not in framed.text
    assert len(re.findall(r'href="https://[^"]*" target="_blank" rel="noopener"', framed.text)) == 3
    for path in ("/", "/agenda", "/feed.atom"):
        assert "frame-ancestors 'none'" in (await here.get(None, path)).headers["content-security-policy"]


# Rules of their own


@pytest.mark.parametrize(
    ("words_", "as_text"),
    [
        ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"),
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("tab\there", "tab\there"),
        ("\x00\x07\u202e\u2028x", "x"),
        (":=\"'", ":=\"'"),
    ],
)
def test_text_cannot_end_its_line(words_: str, as_text: str) -> None:
    assert escaped(words_) == as_text


@pytest.mark.parametrize("line", ["", "x" * 75, "x" * 76, "€" * 200, "👍🏽" * 50, "a" * 74 + "é"])
def test_a_line_is_folded_between_letters(line: str) -> None:
    pieces = folded(line).split("\r\n")
    assert pieces.pop() == ""
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line


def test_a_calendar_without_events() -> None:
    made = calendar("Centrum", "https://centrum.example", [], town.NOON).decode()
    assert made.startswith("BEGIN:VCALENDAR\r\n")
    assert made.endswith("END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("typed", "starts", "ends"),
    [
        ({"day": "2026-11-20", "from": "19:30", "till": "21:00"}, "20T18:30", "20T20:00"),
        ({"day": "20-11-2026", "from": "19.30"}, "20T18:30", "20T20:30"),
        ({"day": "20/11/2026", "from": "9"}, "20T08:00", "20T10:00"),
        ({"day": "2026-11-20", "from": "22:00", "till": "01:00"}, "20T21:00", "21T00:00"),
        (
            {"day": "20-11-2026", "from": "10", "till": "9:00", "last": "22-11-2026"},
            "20T09:00",
            "22T08:00",
        ),
    ],
)
def test_a_time_as_people_type_it(typed: dict[str, str], starts: str, ends: str) -> None:
    found = when.span(Form(typed), AMSTERDAM, town.NOON)
    assert [f"{moment.astimezone(UTC):%dT%H:%M}" for moment in found] == [starts, ends]
    again = when.filled(*found, AMSTERDAM)
    assert when.span(Form(again), AMSTERDAM, town.NOON) == found


def test_a_time_in_the_hour_that_is_there_twice_or_never() -> None:
    for day in ("2026-10-25", "2027-03-28"):
        typed = Form({"day": day, "from": "02:30", "till": "04:00"})
        starts, ends = when.span(typed, AMSTERDAM, datetime(2026, 9, 1, tzinfo=UTC))
        assert timedelta(0) < ends - starts <= timedelta(hours=2.5)


@pytest.mark.parametrize(
    "typed", [{}, {"day": "0000-00-00", "from": "x"}, {"day": "9999-12-31", "from": "23:59"}]
)
def test_no_time_is_refused(typed: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        when.span(Form(typed), AMSTERDAM, town.NOON)
