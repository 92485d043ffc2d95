"""Asking well: a warning before it is posted, what was begun, on which days, and what others will see."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from node.acts import posts as acts
from node.acts import publish, responses
from node.clock import now
from node.neighbourhood.content import contents
from node.neighbourhood.match import has_no_time
from node.neighbourhood.post import Kind, Post, State
from node.storage import drafts, posts
from node.storage import matches as kept_matches
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.town import asks
from tests.ui import next_door, visits
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, words

CALL = "Het is één tas. Bel mij op 06-00 00 00 12."
TYPED = {
    "category": "boodschappen",
    "title": "Wie haalt donderdag mijn boodschappen?",
    "text": CALL,
    "urgency": "week",
    "audience": "adjacent",
    "places": "1",
    "key": "k",
}
DAY = f"{(now() + 5 * town.DAY):%Y-%m-%d}"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        await here.database.writing(next_door.connected)
        yield here


async def written(here: Here, part: str = "poster") -> list[Post]:
    who = here.cast.all()[part]
    return await here.database.reading(posts.listing, who, posts.Filter(author=who.id), now())


async def begun(here: Here, part: str = "poster") -> drafts.Draft | None:
    return await here.database.reading(drafts.of, here.cast.all()[part].id, Kind.REQUEST, now())


async def sent(here: Here, go: str, status: int = 200, /, **change: str) -> httpx.Response:
    return await here.post("poster", "/ask", status, **{**TYPED, **change, "go": go})


# The warning


async def test_before_the_next_step_it_says_which_words_and_posts_nothing(here: Here) -> None:
    for go in ("reach", "check", "post"):
        page = await sent(here, go)
        assert "Even kijken: er staat een telefoonnummer in" in words(page.text)
        assert re.findall('<mark dir="auto">(.*?)</mark>', page.text) == ["06-00 00 00 12"]
    assert await written(here) == []


async def test_taken_out_it_comes_back_to_be_read_and_goes_on(here: Here) -> None:
    page = await sent(here, "out")
    assert "Het is eruit." in words(page.text)
    sheet = Sheet(page.text, "/ask")
    assert sheet.fields["text"] == "Het is één tas."
    page = await here.post("poster", "/ask", 200, **sheet.filled("reach"))
    assert "Wie mag dit zien?" in words(page.text)


async def test_who_goes_on_anyway_is_asked_once_and_posts_it(here: Here) -> None:
    fields = Sheet((await sent(here, "reach")).text, "/ask").filled("anyway")
    page = await here.post("poster", "/ask", 200, **fields)
    assert "Wie mag dit zien?" in words(page.text)
    page = await here.post("poster", "/ask", 200, **Sheet(page.text, "/ask").filled("check"))
    await here.post("poster", "/ask", 303, **Sheet(page.text, "/ask").filled("post"))
    assert [post.text for post in await written(here)] == [CALL]


async def test_other_words_are_looked_at_anew(here: Here) -> None:
    fields = Sheet((await sent(here, "reach")).text, "/ask").filled("anyway")
    page = await here.post("poster", "/ask", 200, **{**fields, "text": "Mail naar bea@post.example."})
    assert "er staat een mailadres in" in words(page.text)


async def test_what_cannot_be_taken_out_offers_to_say_it_otherwise(here: Here) -> None:
    page = await sent(here, "reach", text="Mijn moeder is vaak alleen thuis.")
    assert "er staat iets over alleen zijn in" in words(page.text)
    assert ("go", "out") not in Sheet(page.text, "/ask").buttons


async def test_the_enter_key_presses_no_button_of_the_warning(here: Here) -> None:
    buttons = Sheet((await sent(here, "check")).text, "/ask").buttons
    assert buttons[0] == ("go", "reach")


async def test_a_change_warns_of_new_words_and_not_of_those_that_stood_there(here: Here) -> None:
    await here.database.writing(_post, here, CALL)
    (post,) = await written(here)
    fields = Sheet((await here.get("poster", f"/o/{post.id}/edit")).text, f"/o/{post.id}/edit").filled()
    await here.post("poster", f"/o/{post.id}/edit", 303, **{**fields, "title": "Wie haalt mijn brood?"})
    new = {**fields, "text": "Kom naar de Dorpsstraat 14."}
    page = await here.post("poster", f"/o/{post.id}/edit", 200, **new)
    assert "er staat een adres in" in words(page.text)
    page = await here.post("poster", f"/o/{post.id}/edit", 200, **{**new, "go": "out"})
    assert "Dorpsstraat" not in Sheet(page.text, f"/o/{post.id}/edit").fields["text"]
    await here.post("poster", f"/o/{post.id}/edit", 303, **Sheet(page.text, f"/o/{post.id}/edit").filled())


async def test_an_answer_is_warned_of_too_and_carries_when_it_suits(here: Here) -> None:
    post = await here.database.writing(_post, here, "De winkel is om de hoek.")
    said = {"text": "Ik kom, bel 0612345678.", "when": "Donderdag om elf uur"}
    page = await here.post("helper", f"/o/{post.id}/answers", 200, **said)
    assert "er staat een telefoonnummer in" in words(page.text)
    fields = Sheet(page.text, f"/o/{post.id}/answers").filled("anyway")
    await here.post("helper", f"/o/{post.id}/answers", 303, **fields)
    page = await here.get("poster", f"/o/{post.id}")
    assert "Kan: Donderdag om elf uur" in words(page.text)


def _post(tx: Transaction, here: Here, text: str) -> Post:
    return acts.post(tx, here.cast.poster, asks(text=text), now())


# What was begun


async def test_what_was_begun_is_offered_again_and_thrown_away(here: Here) -> None:
    await sent(here, "reach", text="Het is één tas.")
    page = await here.get("poster", "/ask")
    assert "Je was al iets begonnen." in words(page.text)
    page = await here.get("poster", "/ask?draft=1")
    assert "Klopt het zo?" in words(page.text)
    assert Sheet(page.text, "/ask").fields["text"] == "Het is één tas."
    await here.post("poster", "/ask", 303, go="away")
    assert "Je was al iets begonnen." not in words((await here.get("poster", "/ask")).text)
    assert await begun(here) is None


async def test_v04_what_was_begun_is_on_no_page_of_anybody_else(here: Here) -> None:
    await sent(here, "reach", text="Het is één tas.", title="Een kanarie in het geheim")
    for part in (None, "helper", "broker", "supervisor", "operator"):
        for path in ("/ask", "/ask?draft=1", "/", "/requests"):
            assert "kanarie" not in (await here.get(part, path)).text


async def test_posted_it_is_begun_no_more(here: Here) -> None:
    await sent(here, "reach", text="Het is één tas.")
    assert await begun(here) is not None
    await sent(here, "post", 303, text="Het is één tas.")
    assert await begun(here) is None


async def test_a_category_alone_does_not_overwrite_a_story(here: Here) -> None:
    await sent(here, "reach", text="Het is één tas.")
    await here.post("poster", "/ask", 200, category="tuin", go="tell")
    kept = await begun(here)
    assert kept is not None
    assert kept.fields["text"] == "Het is één tas."


async def test_no_more_is_kept_than_anybody_types(here: Here) -> None:
    await sent(here, "tell", text="x" * 100_000, title="y" * 5_000)
    kept = await begun(here)
    assert kept is not None
    assert sum(map(len, kept.fields.values())) < 10_000
    assert not {"token", "go", "seen", "shown"} & kept.fields.keys()


# On which days, and how often


async def test_days_and_how_often_stand_on_the_post_and_its_card(here: Here) -> None:
    rhythm = {"day": DAY, "day_part": "morning", "repeats": "weekly"}
    await sent(here, "post", 303, text="Het is één tas.", **rhythm)
    (post,) = await written(here)
    assert (str(post.when), post.day_part, post.repeats) == (DAY, "morning", "weekly")
    for path in (f"/o/{post.id}", "/requests"):
        assert "'s Ochtends · Elke week" in words((await here.get("helper", path)).text)
    fields = Sheet((await here.get("poster", f"/o/{post.id}/edit")).text, f"/o/{post.id}/edit").filled()
    assert {name: fields[name] for name in rhythm} == rhythm
    await here.post("poster", f"/o/{post.id}/edit", 303, **{**fields, "day": "", "repeats": "once"})
    (post,) = await written(here)
    assert (post.when, post.day_part, post.repeats) == (None, "morning", "once")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"day": "morgen"}, "day"),
        ({"day": "2020-01-01"}, "day"),
        ({"day": "2090-01-01"}, "day"),
        ({"last": DAY}, "day"),
        ({"day": DAY, "last": "2020-01-01"}, "last"),
        ({"day_part": "midnight"}, "day_part"),
        ({"repeats": "always"}, "repeats"),
    ],
)
async def test_what_is_wrong_with_the_days_is_said_at_its_field(
    here: Here, change: dict[str, str], wrong: str
) -> None:
    page = await sent(here, "reach", 422, text="Het is één tas.", **change)
    assert Sheet(page.text, "/ask").wrong == {wrong}


# What others will see


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" .", ".").replace("# ", "#")


async def test_a_stranger_is_shown_what_is_really_sent(here: Here) -> None:
    rhythm = {"day": DAY, "day_part": "morning", "repeats": "weekly"}
    typed = {"text": "Het is één tas.\n\nDe winkel < de hoek.", "audience": "public", **rhythm}
    page = await sent(here, "check", **typed)
    found = re.search('<section aria-labelledby="stranger">(.*?)</section>', page.text, re.S)
    assert found
    await here.post("poster", "/ask", 303, **Sheet(page.text, "/ask").filled("post"))
    (post,) = await written(here)
    facts = publish.facts_of(post, None)
    home = await here.database.reading(lambda tx: tx.home)
    assert plain(contents(home, facts)["nl"]) in plain(found[1])


@pytest.mark.parametrize("audience", ["neighbourhood", "adjacent"])
async def test_where_nothing_goes_it_says_nothing(here: Here, audience: str) -> None:
    page = await sent(here, "check", text="Het is één tas.", audience=audience)
    for who in ("hub", "stranger"):
        found = re.search(f'<section aria-labelledby="{who}">(.*?)</section>', page.text, re.S)
        assert found
        assert "Niets" in words(found[1])
        assert "tas" not in words(found[1])


# When it is to be


async def test_who_chooses_says_when_it_is_and_the_other_reads_it(here: Here) -> None:
    post = await here.database.writing(_post, here, "De winkel is om de hoek.")
    yes = await here.database.writing(responses.answer, here.cast.helper, post.id, "Ik kom.", now())
    path = f"/o/{post.id}/answers/{yes.id}/choose"
    assert "Wanneer is het?" in words((await here.get("poster", path)).text)
    assert "Wanneer is het?" not in words((await here.get("broker", path)).text)
    wrong = await here.post("poster", path, 422, agreed_day="2020-01-01")
    assert Sheet(wrong.text, path).wrong == {"agreed_day"}
    assert (await here.database.reading(kept_responses.get, yes.id)).state == "pending"
    await here.post("poster", path, 303, agreed_day=DAY, agreed_time="11:00")
    match = await here.database.reading(kept_matches.of_response, yes.id)
    assert match is not None
    assert match.agreed_for is not None
    for part, page in (
        ("poster", f"/o/{post.id}"),
        ("helper", f"/o/{post.id}"),
        ("helper", f"/talks/{yes.id}"),
    ):
        assert "11.00" in words((await here.get(part, page)).text)
    await here.post("helper", f"/talks/{yes.id}/date", 303, agreed_day=DAY, agreed_time="")
    match = await here.database.reading(kept_matches.of_response, yes.id)
    assert match is not None
    assert match.agreed_for is not None
    assert has_no_time(match.agreed_for, (await here.database.reading(lambda tx: tx.home)).zone)
    await here.post("helper", f"/talks/{yes.id}/date", 422, agreed_day="", agreed_time="11:00")


async def test_childcare_says_that_somebody_looks_first(here: Here) -> None:
    page = await sent(here, "check", text="Een uur na school.", category="oppas")
    assert "Een toezichthouder kijkt eerst naar oppas." in words(page.text)
    sent_on = await sent(here, "post", 303, text="Een uur na school.", category="oppas")
    page = await here.get("poster", sent_on.headers["location"])
    assert "Je buren zien het nu" not in words(page.text)
    assert "Een toezichthouder kijkt eerst naar oppas." in words(page.text)
    (post,) = await written(here)
    assert post.state is State.WAITING
    await here.get("helper", f"/o/{post.id}", 404)
    assert "Het gaat over oppas." in words((await here.get("supervisor", "/queue")).text)
