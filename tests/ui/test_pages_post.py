"""The page of a post: what each sees there, and everything a poster can do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.response import ResponseState
from node.storage import outbox
from node.storage import posts as kept
from tests import town
from tests.town import asks, offers
from tests.ui import next_door, visits
from tests.ui.doings import agreed, answer_of, answered, posted, said, state, ways
from tests.ui.visits import Here, words

PARTS = [*town.NAMES, "outsider", None]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


# What is seen


@pytest.mark.parametrize("draft", [asks, offers])
async def test_a_stranger_is_asked_while_it_is_open_and_no_longer(here: Here, draft: Any) -> None:
    post = await posted(here, draft(audience="public"))
    asked = "Kun jij Bea helpen?" if post.kind is Kind.REQUEST else "Wil je dit graag?"
    answer = await answered(here, post)
    page = await said(here, None, f"/o/{post.id}")
    assert asked in page
    assert "Log in om te reageren." in page
    match = await here.database.writing(matches.agree, here.cast.poster, post.id, answer.id, now())
    await _not_asked(
        here, post, asked, "Bea heeft iemand gevonden." if "Kun" in asked else "hier al blij mee."
    )
    await here.database.writing(matches.complete, here.cast.poster, match.id, now())
    await _not_asked(here, post, asked, "Het is gelukt.")
    await _not_asked(here, post, asked, "Het is gelukt.", "other")


@pytest.mark.parametrize(("deed", "why"), [("close", "niet meer open"), ("pause", "staat even stil")])
async def test_a_stranger_is_not_asked_what_rests_or_is_closed(here: Here, deed: str, why: str) -> None:
    post = await posted(here, offers(audience="public"))
    await here.database.writing(getattr(posts, deed), here.cast.poster, post.id, now())
    await _not_asked(here, post, "Wil je dit graag?", why)


async def _not_asked(here: Here, post: Post, asked: str, why: str, part: str | None = None) -> None:
    html = (await here.get(part, f"/o/{post.id}")).text
    main = html.partition("<main")[2].partition("</main>")[0]
    assert why in words(main)
    assert asked not in words(main)
    assert "Log in om te reageren." not in words(main)
    assert "/follow" not in main


async def test_the_poster_reads_who_answered_and_what(here: Here) -> None:
    post = await posted(here)
    await answered(here, post)
    haven = await here.database.writing(next_door.connected)
    await here.database.writing(next_door.offered, haven, post)
    shown = await said(here, "poster", f"/o/{post.id}")
    assert "Merel uit Centrum" in shown
    assert "Ik kan om tien uur." in shown
    assert "Youssef uit Oude Haven" in shown
    assert "2 reacties" in shown


@pytest.mark.parametrize("part", ["poster", "broker"])
async def test_answers_are_for_the_poster_and_the_broker(here: Here, part: str) -> None:
    post = await posted(here)
    await answered(here, post)
    page = await here.get(part, f"/o/{post.id}")
    assert "Ik kan om tien uur." in page.text
    assert {"answers/choose", "answers/decline"} <= ways(page.text, post)


@pytest.mark.parametrize("part", ["other", "operator", "supervisor", "booster", "connector"])
async def test_others_read_nobody_s_answer(here: Here, part: str) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    page = await here.get(part, f"/o/{post.id}")
    assert "Ik kan om tien uur." not in page.text
    assert "Merel" not in page.text
    assert ways(page.text, post) == {"answers"}
    for deed in ("choose", "decline", "done", "off", "back", "x"):
        await here.get(part, f"/o/{post.id}/answers/{answer.id}/{deed}", 404)
        await here.post(part, f"/o/{post.id}/answers/{answer.id}/{deed}", 404)
    assert await answer_of(here, answer) is ResponseState.PENDING


async def test_where_it_is_and_what_happened_is_for_who_may_know(here: Here) -> None:
    await here.database.writing(next_door.connected)
    post = await posted(here)
    for part in PARTS:
        shown = (await here.get(part, f"/o/{post.id}", 404 if part in ("outsider", None) else 200)).text
        knows = part in ("poster", "broker", "supervisor")
        assert ("Waar is deze vraag nu?" in shown) is knows, part
        assert ("Wat is er gebeurd?" in shown) is knows, part


async def test_the_line_shows_home_and_each_copy_once(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    post = await posted(here)
    assert "Oude Haven Onderweg." in await said(here, "poster", f"/o/{post.id}")
    await here.database.writing(outbox.reached, post.uri, haven.id, "holds", now())
    shown = await said(here, "poster", f"/o/{post.id}")
    assert "Centrum (hier) Hier is het bericht thuis." in shown
    assert "Oude Haven Heeft een kopie." in shown
    for audience in ("neighbourhood", "adjacent"):  # away, and there anew under another id
        change = PostChange(audience=audience)
        await here.database.writing(posts.edit, here.cast.poster, post.id, change, now())
    line = (await said(here, "poster", f"/o/{post.id}")).partition("Waar is deze vraag nu?")[2]
    assert "Oude Haven Onderweg." in line
    assert line.count("Oude Haven") == 1


async def test_what_happened_is_told_in_words_and_names_nobody(here: Here) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    await here.database.writing(responses.decline, here.cast.broker, answer.id, now())
    shown = await said(here, "supervisor", f"/o/{post.id}")
    happened = shown.partition("Wat is er gebeurd?")[2]
    assert "Geplaatst." in happened
    assert "Er reageerde iemand." in happened
    assert "Iemand kreeg een vriendelijk nee. De makelaar deed dit." in happened
    assert "Merel" not in happened
    assert happened.index("vriendelijk nee") < happened.index("Geplaatst.")


async def test_a_post_from_next_door_says_so_and_can_be_answered(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    post = await here.database.writing(next_door.held, haven)
    shown = await said(here, "helper", f"/o/{post.id}")
    assert "Oude Haven, naast ons" in shown
    assert "Oude Haven en de buurten ernaast. Niet de rest van internet." in shown
    assert "Kun jij Annie helpen?" in shown
    sent = await here.post("helper", f"/o/{post.id}/answers", text="Ik kom.")
    shown = await said(here, "helper", sent.headers["location"])
    assert "Dank je wel! Je reactie gaat naar Annie." in shown
    assert "Annie kiest nog. Je krijgt een mail." in shown
    assert "Kun jij Annie helpen?" not in shown
    assert "Ik kom." not in await said(here, "broker", f"/o/{post.id}")


@pytest.mark.parametrize("path", ["", "/edit", "/close", "/withdraw", "/answers/x/choose"])
async def test_what_may_not_be_seen_is_not_there(here: Here, path: str) -> None:
    post = await posted(here)
    await here.get("outsider", f"/o/{post.id}{path}", 404)
    gone = await posted(here)
    await here.database.writing(posts.withdraw, here.cast.poster, gone.id, now())
    for part in ("helper", "broker", "operator"):
        await here.get(part, f"/o/{gone.id}{path}", 404)
        await here.get(part, f"/o/nothing{path}", 404)


async def test_a_stranger_is_told_to_sign_in_whether_there_is_a_post_or_not(here: Here) -> None:
    post = await posted(here)
    there, nothing = await said(here, None, f"/o/{post.id}", 404), await said(here, None, "/o/nothing", 404)
    assert there == nothing
    assert "Log in, dan kom je hier weer terug." in there
    page = await here.get(None, f"/o/{post.id}", 404)
    assert f'href="/signin?next=/o/{post.id}"' in page.text
    assert post.title not in page.text


# What the poster does with the post


@pytest.mark.parametrize(
    ("draft", "deed", "after", "says"),
    [
        (asks(), "close", State.CLOSED, "Het is gesloten."),
        (offers(), "pause", State.PAUSED, "Het staat even stil."),
        (asks(), "withdraw", State.WITHDRAWN, "Het is ingetrokken."),
        (asks(), "extend", State.OPEN, "Het blijft langer staan."),
    ],
)
async def test_a_poster_has_their_post_in_hand(
    here: Here, draft: Any, deed: str, after: State, says: str
) -> None:
    post = await posted(here, draft, ago=3 * town.DAY)
    offered = ways((await here.get("poster", f"/o/{post.id}")).text, post)
    assert deed in offered
    assert ("pause" in offered) is (draft.kind is Kind.OFFER)
    await here.post("poster", f"/o/{post.id}/{deed}")
    sent = await here.post("poster", f"/o/{post.id}/{deed}")  # pressed twice
    assert says in await said(here, "poster", sent.headers["location"])
    assert await state(here, post) is after
    if after in (State.CLOSED, State.PAUSED):
        await here.post("poster", f"/o/{post.id}/reopen")
        assert await state(here, post) is State.OPEN


async def test_what_cannot_be_undone_is_asked_first(here: Here) -> None:
    post = await posted(here)
    assert "Elke buurt met een kopie krijgt de vraag om die weg te halen." in await said(
        here, "poster", f"/o/{post.id}/withdraw"
    )
    assert "Is het niet meer nodig?" in await said(here, "poster", f"/o/{post.id}/close")
    for path in ("pause", "reopen", "moon"):
        await here.get("poster", f"/o/{post.id}/{path}", 404)
    await here.post("poster", f"/o/{post.id}/moon", 404)
    assert await state(here, post) is State.OPEN


@pytest.mark.parametrize("part", ["helper", "broker", "operator", "supervisor"])
@pytest.mark.parametrize("deed", ["close", "withdraw", "extend", "pause", "reopen"])
async def test_nobody_else_has(here: Here, part: str, deed: str) -> None:
    post = await posted(here)
    await here.post(part, f"/o/{post.id}/{deed}", 403)
    if deed in ("close", "withdraw", "extend"):
        await here.get(part, f"/o/{post.id}/{deed}", 403)
    await here.post("outsider", f"/o/{post.id}/{deed}", 404)
    await here.post(None, f"/o/{post.id}/{deed}", 404)
    assert await here.database.reading(kept.get, post.id) == post


async def test_a_post_past_its_day_is_put_up_again(here: Here) -> None:
    post = await posted(here, ago=40 * town.DAY)
    await here.database.writing(posts.expire, now())
    page = await here.get("poster", f"/o/{post.id}")
    assert "Verlopen" in words(page.text)
    assert "extend" in ways(page.text, post)
    await here.post("poster", f"/o/{post.id}/extend")
    assert await state(here, post) is State.OPEN


async def test_what_went_well_is_not_said_to_somebody_else(here: Here) -> None:
    post = await posted(here)
    for word in ("posted", "close", "answered", "choose", "x", "<b>"):
        page = await here.get("other", f"/o/{post.id}?said={word}")
        assert 'role="status"' not in page.text


async def test_H03_looking_changes_nothing(here: Here) -> None:
    """H03: not the questions either."""
    post, answer = await agreed(here, asks(places=2))
    waiting = await answered(here, post, "other")
    before = await here.rows()
    deeds = ("choose", "decline", "done", "off", "back")
    paths = [f"/o/{post.id}{path}" for path in ("", "/edit", "/close", "/withdraw", "/extend", "?said=close")]
    paths += [f"/o/{post.id}/answers/{one.id}/{deed}" for one in (answer, waiting) for deed in deeds]
    for part in (None, *here.cast.all()):
        async with here.browser(part) as browser:
            for path in paths:
                assert (await browser.get(path)).status_code < 500
    assert await here.rows() == before
