"""Asking and offering, question by question, and changing a post: what is typed is kept, and posted once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from node.acts import posts as acts
from node.clock import now
from node.neighbourhood.post import Audience, Decide, Kind, Post, Urgency
from node.storage import outbox, posts
from tests.town import asks
from tests.ui import next_door, visits
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, words

STORY = "Hij is twee meter hoog.\n\nIk heb een <b>schaar</b> & een trap."
TYPED = {
    "category": "tuin",
    "title": "Wie snoeit de heg?",
    "text": STORY,
    "audience": "adjacent",
    "go": "post",
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def written(here: Here, part: str = "poster") -> list[Post]:
    """What somebody put up, the newest first."""
    who = here.cast.all()[part]
    return await here.database.reading(posts.listing, who, posts.Filter(author=who.id), now())


async def on(
    here: Here, page: httpx.Response, button: str, status: int = 200, path: str = "/ask", /, **typed: str
) -> httpx.Response:
    """Fill in the form of this page, and press a button."""
    return await here.post("poster", path, status, **Sheet(page.text, path).filled(button, **typed))


async def at_check(here: Here, path: str = "/ask", **typed: str) -> httpx.Response:
    """The way to the last question."""
    page = await here.get("poster", path)
    page = await on(here, page, "tell", 200, path, category="tuin")
    page = await on(here, page, "reach", 200, path, title="Wie snoeit de heg?", text=STORY)
    return await on(here, page, "check", 200, path, **typed)


async def test_four_questions_lead_to_a_post(here: Here) -> None:
    await here.database.writing(next_door.connected)
    page = await at_check(here)
    said = words(page.text)
    assert "Bea vraagt" in said
    assert "Wie snoeit de heg?" in said
    assert "Centrum ziet dit, en hiernaast Oude Haven." in said
    sent = await on(here, page, "post", 303)
    (post,) = await written(here)
    assert (post.kind, post.title, post.text) == (Kind.REQUEST, "Wie snoeit de heg?", STORY)
    assert (post.category, post.audience, post.urgency) == ("tuin", Audience.ADJACENT, Urgency.WEEK)
    assert (post.decide, post.places, post.language) == (Decide.CHOOSE, 1, "nl")
    assert sent.headers["location"] == f"/o/{post.id}?said=posted"
    shown = words((await here.get("poster", sent.headers["location"])).text)
    assert "Je vraag hangt aan de lijn. Je buren zien het nu. Hiernaast zien ze het ook: Oude Haven." in shown
    assert "Je vraag hangt" not in words((await here.get("helper", sent.headers["location"])).text)


async def test_the_last_choices_go_along(here: Here) -> None:
    page = await at_check(here, audience="neighbourhood")
    assert "Alleen Centrum ziet dit." in words(page.text)
    await on(here, page, "post", 303, decide="first", places="3")
    (post,) = await written(here)
    assert (post.audience, post.decide, post.places) == (Audience.NEIGHBOURHOOD, Decide.FIRST, 3)


async def test_an_offer_is_not_asked_how_much_hurry_it_has(here: Here) -> None:
    page = await here.get("poster", "/offer")
    page = await on(here, page, "tell", 200, "/offer", category="tuin")
    assert "Wanneer?" not in words(page.text)
    page = await at_check(here, "/offer")
    assert "Bea biedt aan" in words(page.text)
    sent = await on(here, page, "post", 303, "/offer")
    (post,) = await written(here)
    assert post.kind is Kind.OFFER
    assert "Je aanbod hangt aan de lijn." in words((await here.get("poster", sent.headers["location"])).text)


async def test_going_back_keeps_everything(here: Here) -> None:
    page = await at_check(here, audience="neighbourhood")
    there = Sheet(page.text, "/ask").filled("reach", decide="first", places="zes")
    page = await here.post("poster", "/ask", 200, **there)
    page = await on(here, page, "tell")
    page = await on(here, page, "what")
    assert 'value="tuin" id="category-tuin" checked' in page.text
    page = await on(here, page, "tell")
    fields = Sheet(page.text, "/ask").fields
    assert (fields["title"], fields["text"], fields["urgency"]) == ("Wie snoeit de heg?", STORY, "week")
    page = await on(here, page, "reach")
    assert Sheet(page.text, "/ask").fields["audience"] == "neighbourhood"
    page = await on(here, page, "check")
    fields = Sheet(page.text, "/ask").fields
    assert (fields["decide"], fields["places"]) == ("first", "zes")


async def test_one_can_go_back_with_a_question_half_answered(here: Here) -> None:
    page = await on(here, await here.get("poster", "/ask"), "tell", category="tuin")
    page = await on(here, page, "what", text="Nog niet klaar")
    page = await on(here, page, "tell")
    assert Sheet(page.text, "/ask").fields["text"] == "Nog niet klaar"


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"category": ""}, "category", "Kies waar het over gaat."),
        ({"category": "geld"}, "category", "Kies waar het over gaat."),
        ({"title": "  "}, "title", "Schrijf in één zin waar het over gaat."),
        ({"title": "a" * 121}, "title", "Niet meer dan 120 letters."),
        ({"text": "a" * 4001}, "text", "Niet meer dan 4000 letters."),
        ({"text": "a\x07"}, "text", "Er staat een teken in dat we niet kunnen laten zien. Typ het opnieuw."),
        ({"urgency": "gisteren"}, "urgency", "Kies er één uit de lijst."),
        ({"audience": ""}, "audience", "Kies wie dit mag zien."),
        ({"audience": "municipality"}, "audience", "Deze knoop heeft geen gemeentepunt."),
        ({"places": "zes"}, "places", "Kies een getal van 1 tot en met 50."),
        ({"places": "99999"}, "places", "Kies een getal van 1 tot en met 50."),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    here: Here, wrong: dict[str, str], field: str, says: str
) -> None:
    typed = {**TYPED, "urgency": "week", "places": "2", "key": "k", **wrong}
    page = await here.post("poster", "/ask", 422, **typed)
    assert says in words(page.text)
    assert f'href="#{field}"' in page.text
    assert f'id="{field}-error"' in page.text
    fields = Sheet(page.text, "/ask").fields
    kept = {
        name: value
        for name, value in typed.items()
        if name != "go" and (name != field or field in ("title", "text", "places"))
    }
    assert {name: fields.get(name, "") for name in kept} == kept
    assert await written(here) == []


async def test_a_button_pressed_twice_posts_once(here: Here) -> None:
    """The form holds a secret of its own: the same words from the same form are the same post."""
    await here.database.writing(next_door.connected)
    page = await at_check(here)
    fields = Sheet(page.text, "/ask").filled("post")
    answers = await asyncio.gather(*(here.post("poster", "/ask", 303, **fields) for _ in range(5)))
    (post,) = await written(here)
    assert {answer.headers["location"] for answer in answers} == {f"/o/{post.id}?said=posted"}
    assert len(await here.database.reading(outbox.copies_of, post.id)) == 1


async def test_who_goes_back_and_posts_other_words_loses_neither(here: Here) -> None:
    page = await at_check(here)
    fields = Sheet(page.text, "/ask").filled("post")
    await here.post("poster", "/ask", 303, **fields)
    await here.post("poster", "/ask", 303, **{**fields, "title": "Wie snoeit de boom?"})
    assert {post.title for post in await written(here)} == {"Wie snoeit de heg?", "Wie snoeit de boom?"}


async def test_the_secret_of_a_form_is_of_no_use_to_another(here: Here) -> None:
    fields = Sheet((await at_check(here)).text, "/ask").filled("post")
    await here.post("poster", "/ask", 303, **fields)
    sent = await here.post("helper", "/ask", 303, **fields)
    assert len(await written(here)) == len(await written(here, "helper")) == 1
    assert (await written(here))[0].id not in sent.headers["location"]


async def test_a_form_without_its_secret_still_posts(here: Here) -> None:
    for _ in range(2):
        await here.post("poster", "/ask", 303, **TYPED, urgency="week")
    assert len(await written(here)) == 2


async def test_who_may_not_post_is_told_so(here: Here) -> None:
    for path in ("/ask", "/offer"):
        await here.get("outsider", path, 403)
        await here.post("outsider", path, 403, **TYPED)


async def test_when_the_session_ended_the_text_is_safe(here: Here) -> None:
    page = await here.post(None, "/ask", 403, **TYPED, urgency="week", key="k")
    assert "Nog één ding: wie ben je? Je tekst is bewaard." in words(page.text)
    fields = Sheet(page.text, "/ask").filled("post")
    assert fields["text"] == STORY
    await here.post("poster", "/ask", 303, **fields)
    assert (await written(here))[0].title == "Wie snoeit de heg?"


async def test_without_neighbours_the_question_says_what_that_means(here: Here) -> None:
    page = await here.get("poster", "/ask")
    page = await on(here, page, "tell", category="tuin")
    page = await on(here, page, "reach", title="Wie?")
    assert "Er is nog geen buurt verbonden. Komt er een bij, dan ziet die dit ook." in words(page.text)
    page = await on(here, page, "check")
    assert "en de buurten hiernaast zodra we verbonden zijn." in words(page.text)


# Changing


async def test_a_post_is_changed_with_all_it_had_before(here: Here) -> None:
    await here.database.writing(next_door.connected)
    post = await here.database.writing(acts.post, here.cast.poster, asks(text=STORY), now())
    page = await here.get("poster", f"/o/{post.id}/edit")
    sheet = Sheet(page.text, f"/o/{post.id}/edit")
    assert sheet.fields["text"] == STORY
    assert sheet.fields["category"] == "boodschappen"
    assert "Wat je hier verandert, verandert in elke kopie." in words(page.text)
    sent = await here.post(
        "poster", f"/o/{post.id}/edit", 303, **sheet.filled(title="Wie haalt pillen?", places="2")
    )
    assert "Het is veranderd, hier en in elke kopie." in words(
        (await here.get("poster", sent.headers["location"])).text
    )
    (after,) = await written(here)
    assert (after.title, after.text, after.places) == ("Wie haalt pillen?", STORY, 2)
    assert (after.category, after.audience, after.urgency, after.decide) == (
        post.category,
        post.audience,
        post.urgency,
        post.decide,
    )


@pytest.mark.parametrize("ring", [Audience.ADJACENT, Audience.MUNICIPALITY])
async def test_a_post_may_go_as_far_as_it_did_where_nobody_can_choose_that_any_more(
    tmp_path: Path, ring: Audience
) -> None:
    async with visits.opened(tmp_path, federation=False) as here:
        post = await here.database.writing(acts.post, here.cast.poster, asks(), now())
        await here.database.writing(posts.save, replace(post, audience=ring))
        path = f"/o/{post.id}/edit"
        sheet = Sheet((await here.get("poster", path)).text, path)
        assert sheet.fields.get("audience") == ring
        await here.post("poster", path, 303, **sheet.filled(title="Wie haalt pillen?"))
        (after,) = await written(here)
    assert (after.title, after.audience) == ("Wie haalt pillen?", ring)


async def test_a_wrong_change_is_not_kept_but_its_words_are(here: Here) -> None:
    post = await here.database.writing(acts.post, here.cast.poster, asks(), now())
    path = f"/o/{post.id}/edit"
    sheet = Sheet((await here.get("poster", path)).text, path)
    page = await here.post("poster", path, 422, **sheet.filled(title="", text="Nieuw", places="x"))
    again = Sheet(page.text, path)
    assert again.wrong == {"title", "places"}
    assert again.fields["text"] == "Nieuw"
    assert (await written(here))[0] == post


async def test_another_audience_is_asked_twice(here: Here) -> None:
    await here.database.writing(next_door.connected)
    post = await here.database.writing(acts.post, here.cast.poster, asks(), now())
    path = f"/o/{post.id}/edit"
    page = await here.get("poster", path)
    changed = Sheet(page.text, path).filled(audience="neighbourhood", title="Wie haalt pillen?")
    page = await here.post("poster", path, 200, **changed)
    assert "Mogen minder mensen dit zien? Nu Centrum, en hiernaast Oude Haven." in words(page.text)
    assert "Straks Alleen Centrum." in words(page.text)
    assert "Alle kopieën worden teruggehaald." in words(page.text)
    assert (await written(here))[0] == post
    await here.post("poster", path, 303, **Sheet(page.text, path).fields)
    copies = await here.database.reading(outbox.copies_of, post.id)
    assert [copy.state for copy in copies] == ["deletion_asked"]
    (after,) = await written(here)
    assert (after.audience, after.title) == (Audience.NEIGHBOURHOOD, "Wie haalt pillen?")
    page = await here.get("poster", path)
    page = await here.post("poster", path, 200, **Sheet(page.text, path).filled(audience="adjacent"))
    assert "Mogen meer mensen dit zien?" in words(page.text)
    assert "Straks Centrum, en hiernaast Oude Haven." in words(page.text)
    await here.post("poster", path, 303, **Sheet(page.text, path).fields)
    assert (await written(here))[0].audience is Audience.ADJACENT


async def test_what_is_wrong_is_said_before_the_audience_is_asked(here: Here) -> None:
    post = await here.database.writing(acts.post, here.cast.poster, asks(), now())
    path = f"/o/{post.id}/edit"
    sheet = Sheet((await here.get("poster", path)).text, path)
    page = await here.post("poster", path, 422, **sheet.filled(title="", audience="public"))
    assert Sheet(page.text, path).fields["audience"] == "public"
    await here.post("poster", path, 422, **sheet.filled(audience="municipality"))
    assert (await written(here))[0] == post


@pytest.mark.parametrize("part", ["helper", "broker", "operator", "supervisor"])
async def test_only_the_poster_changes_a_post(here: Here, part: str) -> None:
    post = await here.database.writing(acts.post, here.cast.poster, asks(), now())
    await here.get(part, f"/o/{post.id}/edit", 403)
    await here.post(part, f"/o/{post.id}/edit", 403, **TYPED, urgency="week")
    assert (await written(here))[0] == post
    assert (await here.get(None, f"/o/{post.id}/edit", 404)).text
