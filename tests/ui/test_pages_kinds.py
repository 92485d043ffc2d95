"""Notices and events as people meet them: made step by step, found, answered, hidden, and over."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.post import Audience, Kind, Post, State
from node.neighbourhood.response import ResponseState
from node.storage import nodes as kept_nodes
from node.storage import posts as kept
from node.storage.database import Transaction
from tests import town
from tests.ui import next_door
from tests.ui.doings import answer_of, answered, posted, said, state, ways
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, words

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


async def plan(here: Here, **change: Any) -> Post:
    return await posted(here, town.plans(at=now(), **change))


async def tell(here: Here, **change: Any) -> Post:
    return await posted(here, town.tells(**change))


async def on(
    here: Here, page: httpx.Response, path: str, button: str, status: int = 200, **typed: str
) -> Any:
    return await here.post("poster", path, status, **Sheet(page.text, path).filled(button, **typed))


def in_a_hub(tx: Transaction) -> None:
    """Next door is Oude Haven, and Molenwijk is elsewhere in Waterhoven."""
    kept_nodes.save(tx, replace(town.hub(tx), name="Waterhoven"))
    kept_nodes.save(tx, replace(town.member(tx, "molen"), name="Molenwijk"))
    next_door.connected(tx)


async def last(here: Here) -> Post:
    who = here.cast.poster
    return (await here.database.reading(kept.listing, who, kept.Filter(author=who.id), now()))[0]


# Over


async def test_a_stranger_is_not_asked_to_come_to_what_is_off_full_or_over(here: Here) -> None:
    open_one = await plan(here, audience="public")
    assert "Kom jij ook?" in await said(here, None, f"/o/{open_one.id}")
    full = await plan(here, audience="public", places=1)
    await answered(here, full, text="")
    off = await plan(here, audience="public")
    await here.database.writing(posts.close, here.cast.poster, off.id, now())
    for event, why in ((full, "Het zit vol."), (off, "Dit gaat niet door.")):
        page = await said(here, None, f"/o/{event.id}")
        assert why in page
        assert "Kom jij ook?" not in page
        assert "Log in om te reageren." not in page


async def test_under_a_closed_notice_a_stranger_is_not_asked_to_answer(here: Here) -> None:
    notice = await tell(here, audience="public")
    assert "Log in om te reageren." in await said(here, None, f"/o/{notice.id}")
    await here.database.writing(posts.close, here.cast.poster, notice.id, now())
    page = await said(here, None, f"/o/{notice.id}")
    assert "Log in om te reageren." not in page
    assert "niet meer open" in page


# Made


async def test_an_event_is_not_kept_up_longer(here: Here) -> None:
    event = await plan(here)
    await here.get("poster", f"/o/{event.id}/extend", 404)


async def test_four_questions_lead_to_an_event(here: Here) -> None:
    page = await here.get("poster", "/event")
    assert "Wat voor activiteit is het?" in words(page.text)
    page = await on(here, page, "/event", "tell", category="gezelschap")
    day = (now() + 3 * town.DAY).astimezone(AMSTERDAM)
    time = {"day": f"{day:%Y-%m-%d}", "from": "19:30", "till": "21:00"}
    page = await on(here, page, "/event", "reach", 200, title="Buurtsoep", place="De Spil", **time)
    assert Sheet(page.text, "/event").fields["audience"] == "public"
    page = await on(here, page, "/event", "check")
    assert "19.30 uur tot 21.00 uur De Spil" in words(page.text)
    assert "Iedereen kan het lezen op internet: zo op servers als Mastodon" in words(page.text)
    sent = await on(here, page, "/event", "post", 303, places="20")
    made = await last(here)
    starts = datetime(day.year, day.month, day.day, 19, 30, tzinfo=AMSTERDAM)
    assert (made.kind, made.starts, made.ends) == (Kind.EVENT, starts, starts + timedelta(hours=1.5))
    assert (made.place, made.places, made.audience) == ("De Spil", 20, Audience.PUBLIC)
    assert "Het staat in de agenda." in await said(here, "poster", sent.headers["location"])


async def test_three_questions_and_a_look_lead_to_a_notice(here: Here) -> None:
    page = await here.get("poster", "/tell")
    page = await on(here, page, "/tell", "tell", category="dier")
    page = await on(here, page, "/tell", "reach", title="Grijze kat gevonden")
    page = await on(here, page, "/tell", "check", audience="adjacent")
    assert "Wie beslist?" not in words(page.text)
    sent = await on(here, page, "/tell", "post", 303)
    made = await last(here)
    assert (made.kind, made.audience, made.places) == (Kind.NOTICE, Audience.ADJACENT, 0)
    assert "Je bericht hangt aan de lijn." in await said(here, "poster", sent.headers["location"])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "gisteren"}, "day"),
        ({"day": "31-02-2027"}, "day"),
        ({"day": "2001-01-01"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"from": ""}, "from"),
        ({"from": "25:00"}, "from"),
        ({"till": "zes"}, "till"),
        ({"last": "2001-01-01", "till": "12:00"}, "till"),
        ({"last": "9998-01-01", "till": "12:00"}, "till"),
        ({"place": "x" * 200}, "place"),
    ],
)
async def test_a_time_that_is_none_is_said_at_its_field(
    here: Here, typed: dict[str, str], field: str
) -> None:
    page = await here.get("poster", "/event")
    page = await on(here, page, "/event", "tell", category="gezelschap")
    right = {"title": "Buurtsoep", "day": f"{now() + 3 * town.DAY:%Y-%m-%d}", "from": "10:00"}
    page = await on(here, page, "/event", "reach", 422, **{**right, **typed})
    sheet = Sheet(page.text, "/event")
    assert sheet.wrong == {field}
    assert {name: sheet.fields[name] for name in typed} == typed


async def test_who_will_see_it_is_said_by_name(here: Here) -> None:
    await here.database.writing(in_a_hub)
    page = await here.get("poster", "/ask")
    page = await on(here, page, "/ask", "tell", category="tuin")
    page = await on(here, page, "/ask", "reach", title="Wie snoeit de heg?")
    shown = words(page.text)
    assert "Alleen Centrum Je eigen buurt." in shown
    assert "Oude Haven. Meer kans op hulp." in shown
    assert "Heel Waterhoven De buurten naast ons, en ook Molenwijk." in shown
    assert "Iedereen Ook onbekenden: op internet en in zoekmachines." in shown
    assert "mag het door naar Oude Haven, en daarna naar alle buurten van Waterhoven." in shown
    there = Sheet(page.text, "/ask")
    assert (there.fields["audience"], "widen" in there.fields) == ("adjacent", False), "nobody agreed yet"
    fields = {**there.filled("check", audience="municipality"), "widen": "yes"}
    page = await here.post("poster", "/ask", 200, **fields)
    assert "Alle buurten van Waterhoven: Oude Haven, Molenwijk." in words(page.text)
    assert "dan mag het door" not in words(page.text), "there is nobody further"
    await on(here, page, "/ask", "post", 303)
    made = await last(here)
    assert (made.audience, made.widen) == (Audience.MUNICIPALITY, True)
    assert "Alle buurten van Waterhoven" in await said(here, "poster", f"/o/{made.id}")


async def test_without_a_hub_the_municipality_is_not_offered(here: Here) -> None:
    page = await here.get("poster", "/tell")
    page = await on(here, page, "/tell", "tell", category="tuin")
    page = await on(here, page, "/tell", "reach", title="Een tip")
    assert 'value="municipality"' not in page.text
    assert 'name="widen"' not in page.text
    fields = Sheet(page.text, "/tell").filled("check", audience="municipality")
    page = await here.post("poster", "/tell", 422, **fields)
    assert "Deze knoop heeft geen gemeentepunt." in words(page.text)


# An event


async def test_who_comes_is_for_the_poster_and_the_broker(here: Here) -> None:
    post = await plan(here, places=5)
    await answered(here, post, text="")
    for part in (*town.NAMES, "outsider", None):
        shown = await said(here, part, f"/o/{post.id}")
        assert "Er komt 1 buur. Er is nog plaats voor 4." in shown
        assert ("Merel" in shown) is (part in ("poster", "broker")), part


async def test_i_come_and_i_do_not(here: Here) -> None:
    post = await plan(here, places=1)
    assert ways((await here.get("helper", f"/o/{post.id}")).text, post) == {"answers"}
    sent = await here.post("helper", f"/o/{post.id}/answers")
    shown = await here.get("helper", sent.headers["location"].partition("#")[0])
    assert "Leuk dat je komt!" in words(shown.text)
    assert "Bea rekent op je." in words(shown.text)
    assert ways(shown.text, post) == {"answers/leave"}
    await here.post("helper", f"/o/{post.id}/answers")  # pressed twice
    full = await here.get("other", f"/o/{post.id}")
    assert "Het zit vol." in words(full.text)
    assert ways(full.text, post) == set()
    await here.post("other", f"/o/{post.id}/answers", 409)
    leave = re.findall(r'href="(/o/[^"]*/leave)"', shown.text)[0]
    assert "Kom je toch niet?" in await said(here, "helper", leave)
    sent = await here.post("helper", leave)
    assert "Je komt niet. Dat geeft niet." in await said(here, "helper", sent.headers["location"])
    assert ways((await here.get("other", f"/o/{post.id}")).text, post) == {"answers"}


async def test_an_event_that_is_off_says_so(here: Here) -> None:
    post = await plan(here)
    await answered(here, post, text="")
    question = await said(here, "poster", f"/o/{post.id}/close")
    assert "Dan hoort iedereen die wilde komen het meteen." in question
    await here.post("poster", f"/o/{post.id}/close")
    assert await state(here, post) is State.CLOSED
    assert "Je kunt deze keer niet komen." in await said(here, "helper", f"/o/{post.id}")
    assert "Dit gaat niet door." in await said(here, "other", f"/o/{post.id}")
    assert "called off" in [what for what, _ in await here.letters()]


async def test_the_time_of_an_event_is_changed_on_the_clock_of_the_neighbourhood(here: Here) -> None:
    post = await plan(here)
    path = f"/o/{post.id}/edit"
    assert post.starts is not None
    begins = post.starts.astimezone(AMSTERDAM)
    sheet = Sheet((await here.get("poster", path)).text, path)
    assert (sheet.fields["day"], sheet.fields["from"]) == (f"{begins:%Y-%m-%d}", f"{begins:%H:%M}")
    assert (sheet.fields["place"], sheet.fields["places"]) == ("Buurthuis De Spil", "")
    await here.post("poster", path, 303, **sheet.filled(title="Thee in het buurthuis"))
    same = await here.database.reading(kept.get, post.id)
    assert (same.title, same.starts, same.ends) == ("Thee in het buurthuis", post.starts, post.ends)
    later = (begins + 2 * town.DAY).date()
    time = {"day": f"{later:%d-%m-%Y}", "from": "9.15", "till": "10:00"}
    await here.post("poster", path, 303, **sheet.filled(**time))
    moved = await here.database.reading(kept.get, post.id)
    assert moved.starts == datetime(later.year, later.month, later.day, 9, 15, tzinfo=AMSTERDAM)
    page = await here.post("poster", path, 422, **sheet.filled(day="morgen"))
    assert Sheet(page.text, path).wrong == {"day"}


async def test_an_event_of_next_door_is_joined_there(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    starts = now() + town.DAY
    time = {"starts": starts, "expires": starts + town.HOUR, "places": 0, "places_left": 0}
    event = {"kind": Kind.EVENT, "place": "De Loods", **time}
    post = await here.database.writing(lambda tx: next_door.held(tx, haven, "Reparatiecafé", **event))
    sent = await here.post("helper", f"/o/{post.id}/answers")
    shown = await said(here, "helper", sent.headers["location"].partition("#")[0])
    assert "We vragen of er nog plaats is." in shown
    assert "Jij wilt komen" in shown
    assert "buren" not in shown.partition("Iedereen kan komen.")[0].partition("Wie komt er?")[2]


# A notice


async def test_what_is_said_is_read_by_whoever_may_see_the_notice(here: Here) -> None:
    post = await tell(here)
    await answered(here, post, text="Die is van Jan.")
    for part in (*town.NAMES, "outsider", None):
        page = await here.get(part, f"/o/{post.id}")
        assert "Merel uit Centrum Die is van Jan." in words(page.text), part
        deeds = {"helper": {"answers/delete"}, "poster": {"answers/hide"}, "supervisor": {"answers/hide"}}
        offered = {way for way in ways(page.text, post) if way.startswith("answers/")}
        assert offered == deeds.get(part or "", set()), part
        assert ("answers" in ways(page.text, post)) is (part in town.NAMES)


@pytest.mark.parametrize(("part", "deed"), [("poster", "hide"), ("supervisor", "hide"), ("helper", "delete")])
async def test_hidden_or_deleted_it_is_gone_from_the_page(here: Here, part: str, deed: str) -> None:
    post = await tell(here)
    one = await answered(here, post, text="Lelijk.")
    two = await answered(here, post, "other", text="Mooi.")
    path = f"/o/{post.id}/answers/{one.id}/{deed}"
    assert "Lelijk." in await said(here, part, path)
    sent = await here.post(part, path)
    shown = await said(here, part, sent.headers["location"])
    assert ("Het is verborgen." if deed == "hide" else "Je woorden zijn weg.") in shown
    for reader in (*town.NAMES, None):
        shown = await said(here, reader, f"/o/{post.id}")
        assert ("Lelijk." in shown, "Mooi." in shown) == (False, True)
    gone = ResponseState.DECLINED if deed == "hide" else ResponseState.WITHDRAWN
    assert (await answer_of(here, one), await answer_of(here, two)) == (gone, ResponseState.ACCEPTED)
    await here.get(part, path, 404)


async def test_an_empty_answer_comes_back_and_a_closed_notice_takes_none(here: Here) -> None:
    post = await tell(here)
    page = await here.post("helper", f"/o/{post.id}/answers", 422, text=" ")
    assert Sheet(page.text, f"/o/{post.id}/answers").wrong == {"text"}
    await here.database.writing(posts.close, here.cast.poster, post.id, now())
    await here.post("helper", f"/o/{post.id}/answers", 409, text="Hoi")
    assert "Dit staat niet meer open." in await said(here, "helper", f"/o/{post.id}")


@pytest.mark.parametrize("audience", [Audience.ADJACENT, Audience.PUBLIC])
async def test_the_answers_to_a_held_notice_are_at_its_home(here: Here, audience: Audience) -> None:
    haven = await here.database.writing(next_door.connected)
    told = {"kind": Kind.NOTICE, "places": 0, "places_left": 0, "audience": audience}
    post = await here.database.writing(lambda tx: next_door.held(tx, haven, "Wie mist sleutels?", **told))
    await here.post("helper", f"/o/{post.id}/answers", text="Misschien de buurvrouw?")
    mine, theirs = await here.get("helper", f"/o/{post.id}"), await here.get("other", f"/o/{post.id}")
    assert "Misschien de buurvrouw?" in words(mine.text)
    assert "Misschien de buurvrouw?" not in words(theirs.text)
    link = f'href="{haven.origin}/o/{post.uri.rpartition("/")[2]}"'
    assert (link in theirs.text) is (audience is Audience.PUBLIC)


async def test_the_id_that_others_know_leads_to_the_page(here: Here) -> None:
    post = await tell(here)
    key = "f" * 32

    def shared_anew(tx: Transaction) -> None:
        kept.save(tx, replace(kept.get(tx, post.id), uri=tx.home.uri("o", key)))

    await here.database.writing(shared_anew)
    assert (await here.get(None, f"/o/{key}", 303)).headers["location"] == f"/o/{post.id}"
    near = await tell(here, title="Alleen hier", audience="neighbourhood")
    await here.get(None, f"/o/{near.id}", 404)


# Lists


async def test_every_kind_has_its_list(here: Here) -> None:
    await here.database.writing(in_a_hub)
    west = await here.database.writing(kept_nodes.by_origin, town.home("molen").origin)
    assert west is not None
    event, notice = await plan(here), await tell(here)
    far = await here.database.writing(lambda tx: next_door.held(tx, west, "Markt", kind=Kind.NOTICE))
    shown = await said(here, "helper", "/notices")
    assert notice.title in shown
    assert far.title in shown
    assert event.title not in shown
    assert notice.title not in await said(here, "helper", "/notices?where=town")
    assert far.title in await said(here, "helper", "/notices?where=town")
    assert far.title not in await said(here, "helper", "/notices?where=near")
    assert "De rest van Waterhoven" in shown
    assert event.title in await said(here, "helper", "/events")
    assert event.title not in await said(here, "helper", "/events?where=town")


async def test_what_is_over_leaves_the_list_of_events(here: Here) -> None:
    post = await plan(here)
    await here.database.writing(posts.close, here.cast.poster, post.id, now())
    assert post.title not in await said(here, "helper", "/events")
    assert post.title in await said(here, "helper", "/events?show=all")


async def test_a_long_list_of_events_goes_on_where_it_ended(here: Here) -> None:
    for number in range(25):
        starts = now() + (30 - number) * town.DAY
        await plan(here, title=f"Nummer {number:02}", starts=starts, ends=None)
    first = await here.get("helper", "/events")
    following = re.findall(r'rel="next" href="([^"]*)"', first.text)[0].replace("&amp;", "&")
    second = await here.get("helper", following)
    found = re.findall(r"Nummer (\d\d)", words(first.text)) + re.findall(r"Nummer (\d\d)", words(second.text))
    assert found == [f"{number:02}" for number in reversed(range(25))]
