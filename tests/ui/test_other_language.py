"""Another language with one press, also in the middle of a form: the page is the same, and so is what was
typed."""

import re

import pytest

from node.acts import responses
from node.clock import now
from node.neighbourhood.language import SPOKEN
from node.storage import posts as kept
from node.storage import reports, residents
from node.storage import responses as kept_responses
from tests import town
from tests.ui.doings import posted
from tests.ui.sheet import Sheet
from tests.ui.visits import Here

STORY = "Een hele lange vraag, met \u201caanhaling\u201d & <tekens>."


def buttons(html: str) -> list[dict[str, str]]:
    """What is offered at the foot of a page, as a browser reads it."""
    foot = html.partition("<footer")[2]
    found = [dict(re.findall(r'([\w]+)="([^"]*)"', tag)) for tag in re.findall(r"<button([^>]*)>", foot)]
    return [one for one in found if one.get("name") in ("language", "speak")]


async def test_each_language_is_offered_by_its_own_name(here: Here) -> None:
    html = (await here.get(None, "/")).text
    assert [(one["value"], one["lang"]) for one in buttons(html)] == [
        (code, code) for code in SPOKEN if code != "nl"
    ]
    foot = html.partition("<footer")[2]
    assert all(f">{name}</button>" in foot for code, name in SPOKEN.items() if code != "nl")
    assert {one["name"] for one in buttons(html)} == {"language"}


@pytest.mark.parametrize("step", ["what", "tell", "reach", "check"])
async def test_in_each_step_of_a_question_all_that_was_typed_stays(here: Here, step: str) -> None:
    typed = {"category": "tuin", "title": "Wie snoeit de heg?", "text": STORY, "urgency": "urgent"}
    typed["language"] = "nl"
    page = await here.post("poster", "/ask", 200, **typed, audience="adjacent", places="2", go=step)
    assert {(one["name"], one["form"]) for one in buttons(page.text)} == {("speak", "compose")}
    sheet = Sheet(page.text, "/ask").filled()
    english = await here.post("poster", "/ask", 200, **sheet, speak="en")
    assert '<html lang="en" dir="ltr"' in english.text
    assert "bk_lang=en" in english.headers["set-cookie"]
    again = Sheet(english.text, "/ask").fields
    assert {**again, "spoke": "nl"} | {"token": ""} == {**sheet, "token": ""}
    assert (again["title"], again["text"], again["language"]) == (typed["title"], STORY, "nl")
    assert (await here.database.reading(residents.get, here.cast.poster.id, now())).language == "en"


async def test_who_has_written_nothing_yet_writes_in_the_language_they_choose(here: Here) -> None:
    page = await here.get(None, "/ask")
    sheet = Sheet(page.text, "/ask").filled(category="tuin")
    turned = await here.post(None, "/ask", 200, **sheet, speak="ar")
    assert '<html lang="ar" dir="rtl"' in turned.text
    assert Sheet(turned.text, "/ask").fields["language"] == "ar"
    assert 'id="category-tuin" checked' in turned.text
    chosen = await here.post(None, "/ask", 200, **{**sheet, "language": "pl"}, speak="ar")
    assert Sheet(chosen.text, "/ask").fields["language"] == "pl"


async def test_nothing_is_done_by_choosing_a_language(here: Here) -> None:
    """No answer, no message, no report, no change: only the page comes back."""
    post = await posted(here, town.asks())
    answer = await here.database.writing(responses.answer, here.cast.other, post.id, "Ik kan.", now())
    post = await here.database.reading(kept.get, post.id)
    typed = {"text": STORY, "title": STORY, "category": "other"}
    for part, page, path in (
        ("poster", f"/o/{post.id}/edit", f"/o/{post.id}/edit"),
        ("helper", f"/o/{post.id}", f"/o/{post.id}/answers"),
        ("poster", f"/talks/{answer.id}", f"/talks/{answer.id}"),
        ("helper", f"/report/{post.id}", f"/report/{post.id}"),
    ):
        foot = buttons((await here.get(part, page)).text)
        assert {one["name"] for one in foot} == {"speak"}, page
        came = await here.post(part, path, 200, **typed, speak="en")
        assert '<html lang="en"' in came.text
        assert f'id="{foot[0]["form"]}"' in came.text
        assert Sheet(came.text, path).fields["text"] == STORY
    assert await here.database.reading(kept.get, post.id) == post
    answers = await here.database.reading(kept_responses.pending, post.id)
    assert [one.resident for one in answers] == [here.cast.other.id]
    assert STORY not in (await here.get("other", f"/talks/{answer.id}")).text
    assert not await here.database.reading(reports.of_resident, here.cast.helper.id, None, 5)


async def test_what_is_no_language_or_no_such_form_is_sent_as_ever(here: Here) -> None:
    post = await posted(here, town.asks())
    await here.post("helper", f"/o/{post.id}/answers", 303, text="Ik kan.", speak="xx")
    await here.post("poster", "/me/contact", 303, phone="", address="", speak="en")
    answers = await here.database.reading(kept_responses.pending, post.id)
    assert len(answers) == 1


async def test_u10_a_language_in_a_form_from_another_site_is_not_believed(here: Here) -> None:
    async with here.browser("poster") as browser:
        there = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        answer = await browser.post("/ask", data={"speak": "ar"}, headers=there)
    assert answer.status_code == 403
    assert "bk_lang" not in answer.headers.get("set-cookie", "")
    assert (await here.database.reading(residents.get, here.cast.poster.id, now())).language == "nl"
