"""In which language somebody wrote something: chosen, kept, told to who hears pages, and shown where it
differs."""

import re

import pytest

from node.acts import responses, threads
from node.clock import now
from node.neighbourhood.draft import PostChange, changed
from node.neighbourhood.language import SPOKEN, UNKNOWN, WRITTEN, of_tag
from node.neighbourhood.refusal import Invalid
from node.storage import posts as kept
from node.ui.language import speaking
from node.ui.written import choices, foreign, lang
from tests import town
from tests.ui.doings import posted
from tests.ui.sheet import Sheet
from tests.ui.visits import Here

TITLE = "Salı günü ilacımı kim alır?"
ASKED = town.asks(TITLE, text="Eczane köşede.", audience="public", language="tr")


def around(html: str, words: str) -> str:
    """The tags that open right before some words."""
    found = re.search(rf"(?:<[^/<>][^<>]*>)+{re.escape(words)}", html.partition("<main")[2])
    assert found is not None, words
    return found[0].removesuffix(words)


def test_what_is_in_the_language_of_the_page_or_in_nobody_knows_which_says_nothing() -> None:
    assert [lang(code) for code in ("nl", UNKNOWN, "tr")] == ["", "", ' lang="tr"']
    assert [foreign(code) for code in ("nl", UNKNOWN, "tr", "eo")] == ["", "", "Türkçe", "eo"]
    with speaking("en"):
        assert lang("nl") == ' lang="nl"'
        assert lang("en") == ""


def test_H05_a_language_from_elsewhere_adds_nothing_to_a_page() -> None:
    assert lang('x" onfocus="alert(1)').count('"') == 2


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("nl", "nl"),
        ("NL-be", "nl"),
        ("zh-Hant-TW", "zh"),
        ("pap", "pap"),
        ("und", UNKNOWN),
        ("", UNKNOWN),
        ("dutch", UNKNOWN),
        ('nl" onclick="', UNKNOWN),
        ("nl-" + "a-" * 30 + "a", UNKNOWN),
        ("ⅳⅳ", UNKNOWN),
        (None, UNKNOWN),
        (7, UNKNOWN),
    ],
)
def test_a_tag_names_a_language_or_none(tag: object, code: str) -> None:
    assert of_tag(tag) == code


def test_one_chooses_from_the_languages_of_the_page_first() -> None:
    codes = [code for code, _ in choices("nl")]
    assert codes[: len(SPOKEN)] == list(SPOKEN)
    assert set(codes) == {*WRITTEN, UNKNOWN}
    assert ("eo", "eo") in choices("eo")  # what came by a program stays when something else is changed
    with speaking("en"):
        assert next(iter(choices("nl")))[0] == "en"


async def test_the_language_is_that_of_the_page_unless_one_chooses_another(here: Here) -> None:
    typed = {"category": "tuin", "title": "Wie snoeit de heg?", "urgency": "week", "audience": "adjacent"}
    typed["go"] = "post"
    for chosen, is_then in (("", "nl"), ("tr", "tr"), (UNKNOWN, UNKNOWN)):
        sent = await here.post("poster", "/ask", 303, **typed, language=chosen, key=chosen)
        made = await here.database.reading(kept.get, sent.headers["location"][3:35])
        assert made.language == is_then
    page = await here.post("poster", "/ask", 200, **{**typed, "go": "tell"}, language="tr")
    assert Sheet(page.text, "/ask").fields["language"] == "tr"
    page = await here.post("poster", "/ask", 200, **{**typed, "go": "check"}, language="tr")
    assert Sheet(page.text, "/ask").fields["language"] == "tr"
    assert around(page.text, "Wie snoeit de heg?") == '<h3 dir="auto" lang="tr">'
    page = await here.post("poster", "/ask", 422, **{**typed, "go": "reach"}, language="<b>")
    assert 'href="#language"' in page.text


async def test_it_is_changed_where_the_post_is_changed(here: Here) -> None:
    post = await posted(here, ASKED)
    path = f"/o/{post.id}/edit"
    sheet = Sheet((await here.get("poster", path)).text, path)
    assert sheet.fields["language"] == "tr"
    await here.post("poster", path, 303, **sheet.filled("", language="pl"))
    assert (await here.database.reading(kept.get, post.id)).language == "pl"
    with pytest.raises(Invalid):
        changed(post, PostChange(language="x y"), town.home(), False, now())


async def test_wherever_a_post_stands_its_language_is_told(here: Here) -> None:
    """A reader who hears the page hears Turkish as Turkish; who sees it, sees that it is."""
    post = await posted(here, ASKED)
    for part, path in (("poster", "/"), ("poster", "/mine"), ("helper", "/requests"), ("broker", "/board")):
        html = (await here.get(part, path)).text
        assert 'lang="tr"' in around(html, TITLE), path
    html = (await here.get("helper", f"/o/{post.id}")).text
    assert around(html, TITLE) == '<h1 dir="auto" lang="tr">'
    assert around(html, "Eczane köşede.") == '<p dir="auto" lang="tr">'
    assert '<bdi lang="tr">Türkçe</bdi>' in html
    html = (await here.get("helper", "/requests", headers={"cookie": "bk_lang=en"})).text
    assert '<bdi lang="tr">Türkçe</bdi>' in html
    dutch = await posted(here, town.asks("Wie snoeit de heg?"))
    assert (
        around((await here.get("helper", f"/o/{dutch.id}")).text, "Wie snoeit de heg?") == '<h1 dir="auto">'
    )


async def test_in_a_conversation_only_what_is_known_is_told(here: Here) -> None:
    """Nobody says in which language a message is; its direction follows its own letters."""
    post = await posted(here, ASKED)
    answer = await here.database.writing(responses.answer, here.cast.helper, post.id, "سأذهب غدًا", now())
    await here.database.writing(threads.write, here.cast.helper, answer.id, "أين الصيدلية؟", now())
    html = (await here.get("poster", f"/talks/{answer.id}")).text
    assert 'lang="tr"' in around(html, TITLE)
    assert around(html, "أين الصيدلية؟").endswith('<p dir="auto">')
    assert 'lang="tr"' in around((await here.get("poster", "/talks")).text, TITLE)


async def test_a_feed_says_of_each_title_in_which_language_it_is(here: Here) -> None:
    await posted(here, ASKED)
    feed = (await here.get(None, "/feed.atom")).text
    assert f'<title xml:lang="tr">{TITLE}</title>' in feed
    assert '<content type="text" xml:lang="tr">Eczane' in feed


async def test_the_agenda_in_a_telephone_says_it_too(here: Here) -> None:
    for title, language in (("Buurtkoffie", "nl"), ("Mahalle kahvesi", "tr"), ("?", UNKNOWN)):
        draft = town.plans(title, at=now(), text="Saat üçte.", audience="public", language=language)
        await posted(here, draft)
    lines = (await here.get(None, "/agenda.ics")).text.splitlines()
    assert {"SUMMARY:Buurtkoffie", "SUMMARY;LANGUAGE=tr:Mahalle kahvesi", "SUMMARY:?"} < set(lines)
    assert lines.count("DESCRIPTION;LANGUAGE=tr:Saat üçte.") == 1
