"""Saying that something is wrong with what somebody wrote, and what a supervisor makes of it, without
scripts. Who else comes is in test_who_may.py."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from node.acts import posts, responses, sayings, threads
from node.clock import now
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.response import Response
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.ui import visits
from tests.ui.doings import answered, posted
from tests.ui.shades import DAY_AT_A_DESK, faults_in
from tests.ui.sheet import Sheet
from tests.ui.test_pages_seen import opened
from tests.ui.test_queue import english, raw
from tests.ui.visits import Here

WHY = "Er wordt gescholden."
LIST = "/queue/said"
HIDDEN = "You reported this. You do not see it until a supervisor has looked."


async def said_under(here: Here, text: str = "Wat een onzin!") -> tuple[Post, Response]:
    """Merel said something under a notice of Bea."""
    post = await posted(here, town.tells())
    return post, await answered(here, post, text=text)


async def wrote(here: Here, text: str = "Stuur eerst geld.") -> tuple[Response, str]:
    """Merel answered Bea, and wrote to her: the answer, and the id of the message."""
    answer = await answered(here, await posted(here))
    said = await here.database.writing(threads.write, here.cast.helper, answer.id, text, now())
    return answer, said.id


async def case_of(here: Here) -> str:
    """Where the one thing that waits is decided about."""
    (found,) = set(re.findall(rf'action="({LIST}/[0-9a-f]+)"', (await raw(here, "supervisor", LIST)).text))
    return str(found)


def ways(page: str) -> list[str]:
    """What a supervisor can do, in order."""
    return re.findall(r'name="what" value="(\w+)"', page)


async def test_from_under_a_notice_to_a_supervisor_and_back(here: Here) -> None:
    post, said = await said_under(here)
    path, link = f"/report/answers/{said.id}", f'href="/report/answers/{said.id}"'
    assert link in (await here.get("other", f"/o/{post.id}")).text
    assert link not in (await here.get("helper", f"/o/{post.id}")).text  # one's own
    form = Sheet((await here.get("other", path)).text, path)
    assert set(form.fields) == {"token", "text"}
    page = await english(here, "other", path)
    assert "Wat een onzin!" in page
    assert "Nobody else hears that it was you." in page
    after = await here.post("other", path, category="rude", text="Gemeen.")
    assert after.headers["location"] == "/reports?said=reported"
    mine = await english(here, "other", "/reports")
    assert "What somebody wrote about Grijze kat gevonden" in mine
    seen = await english(here, "other", f"/o/{post.id}")
    assert HIDDEN in seen
    assert "Wat een onzin!" not in seen
    assert link not in (await here.get("other", f"/o/{post.id}")).text
    assert "Wat een onzin!" in await english(here, "poster", f"/o/{post.id}")
    again = await english(here, "other", path)
    assert "You reported this already." in again
    assert "Wat een onzin!" not in again
    await here.post("other", path, 409, category="rude")

    assert "Answers and messages (1)" in await english(here, "supervisor", "/queue")
    page = await english(here, "supervisor", LIST)
    for words in ("Merel", "A neighbour reported this.", "Gemeen.", "Wat een onzin!", "1 report"):
        assert words in page
    assert here.cast.other.name not in page
    assert ways((await raw(here, "supervisor", LIST)).text) == ["stays", "away"]
    done = await here.post("supervisor", await case_of(here), what="away", reason=WHY, told="Het is weg.")
    assert done.headers["location"] == f"{LIST}?said=away"
    assert "It is taken away." in await english(here, "supervisor", f"{LIST}?said=away")
    assert "Het is weg." in await english(here, "other", "/reports")
    for part in ("poster", "other"):
        assert "Wat een onzin!" not in await english(here, part, f"/o/{post.id}")
        assert WHY not in await english(here, part, f"/o/{post.id}")
    own = await english(here, "helper", f"/o/{post.id}")
    assert "A supervisor took this away." in own
    assert WHY in own


async def test_one_message_of_a_conversation_and_no_other(here: Here) -> None:
    answer, said = await wrote(here)
    await here.database.writing(threads.write, here.cast.poster, answer.id, "Mijn sleutel ligt daar.", now())
    talk, path = f"/talks/{answer.id}", f"/report/messages/{said}"
    assert f'href="{path}"' in (await here.get("poster", talk)).text
    assert f'href="{path}"' not in (await here.get("helper", talk)).text
    assert f'href="/report/answers/{answer.id}"' in (await here.get("poster", talk)).text
    page = await english(here, "poster", path)
    assert "By reporting it you let the supervisor read this one message, and no other." in page
    assert "the writer may guess" in page
    await here.post("poster", path, category="fraud")
    seen = await english(here, "poster", talk)
    assert HIDDEN in seen
    assert "Stuur eerst geld." not in seen
    assert "Stuur eerst geld." in await english(here, "helper", talk)
    page = await english(here, "supervisor", LIST)
    assert "Stuur eerst geld." in page
    assert "Mijn sleutel" not in page
    assert "Ik kan om tien uur." not in page
    assert "The rest you do not read." in page
    await here.get("supervisor", talk, 404)
    await here.post("supervisor", await case_of(here), what="away", reason=WHY)
    for part in ("poster", "helper"):
        assert "A supervisor took this away." in await english(here, part, talk)
    assert WHY in await english(here, "helper", talk)
    assert WHY not in await english(here, "poster", talk)


async def test_an_answer_may_stay_and_is_read_again(here: Here) -> None:
    answer = await answered(here, await posted(here))
    path = f"/report/answers/{answer.id}"
    page = await english(here, "broker", path)
    assert "Only the poster and the broker read this answer." in page
    await here.post("poster", path, category="rude")
    at = f"/o/{answer.post_id}"
    assert "Ik kan om tien uur." not in await english(here, "poster", at)
    assert "Ik kan om tien uur." not in await english(here, "poster", f"/talks/{answer.id}")
    assert f"{at}/answers/{answer.id}/choose" in (await here.get("poster", at)).text, "one can still choose"
    assert "Ik kan om tien uur." in await english(here, "broker", at)
    await here.post("supervisor", await case_of(here), what="stays", reason="Dit mag.")
    assert "Ik kan om tien uur." in await english(here, "poster", at)
    assert "It stays" in await english(here, "poster", "/reports")


async def test_what_comes_from_elsewhere_says_so_and_its_home_can_be_told(here: Here) -> None:
    def write(tx: Transaction) -> Response:
        post = posts.post(tx, here.cast.poster, town.asks(audience=Audience.PUBLIC), now())
        return elsewhere.answered(tx, post, now(), "Stuur eerst <b>geld</b>.")

    answer = await here.database.writing(write)
    path = f"/report/answers/{answer.id}"
    page = await english(here, "poster", path)
    assert "This comes from social.example. The supervisor decides whether they hear" in page
    await here.post("poster", path, category="fraud")
    html = (await raw(here, "supervisor", LIST)).text
    assert ways(html) == ["stays", "away", "tell"]
    assert "@mo@social.example" in html
    assert "&lt;b&gt;geld&lt;/b&gt;" in html
    done = await here.post("supervisor", await case_of(here), what="tell", reason=WHY)
    assert done.headers["location"] == f"{LIST}?said=tell"
    assert "where it comes from they hear" in await english(here, "supervisor", f"{LIST}?said=tell")


async def test_a_form_that_came_back_says_what_to_do(here: Here) -> None:
    answer, said = await wrote(here)
    path = f"/report/messages/{said}"
    page = (await here.post("poster", path, 422, category="other", text="")).text
    assert Sheet(page, path).wrong == {"text"}
    await here.post("poster", path, category="rude")
    await here.post("broker", f"/report/answers/{answer.id}", category="rude")
    html = (await raw(here, "supervisor", LIST)).text
    first, second = dict.fromkeys(re.findall(rf'action="({LIST}/[0-9a-f]+)"', html))
    back = (await here.post("supervisor", second, 422, what="away", reason="", told="Bedankt.")).text
    form = Sheet(back, second)
    assert form.wrong == {"reason"}
    assert form.fields["told"] == "Bedankt."
    assert Sheet(back, first).fields["told"] == ""
    await here.post("supervisor", first, 404, what="burn", reason=WHY)


async def test_a_form_of_a_later_page_comes_back_on_that_page(here: Here) -> None:
    answer, said = await wrote(here)
    await here.post("poster", f"/report/messages/{said}", category="rude")
    await here.post("broker", f"/report/answers/{answer.id}", category="rude")
    html = (await raw(here, "supervisor", f"{LIST}?from=1")).text
    (there,) = set(re.findall(rf'action="({LIST}/[^"]+)"', html))
    back = (await here.post("supervisor", there, 422, what="away", reason="", told="Bedankt.")).text
    form = Sheet(back, there)
    assert form.wrong == {"reason"}
    assert form.fields["told"] == "Bedankt."
    assert set(re.findall(rf'action="({LIST}/[^"]+)"', back)) == {there}, "it is the page of before"
    await here.post("supervisor", there, what="away", reason=WHY)


# In a real browser


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, dict[str, str]]]:
    directory: Path = tmp_path_factory.mktemp("sayings")
    async with visits.served(directory) as here:
        yield here, await here.database.writing(_filled, here)


def _filled(tx: Transaction, here: Here) -> dict[str, str]:
    cast, at, long = here.cast, now(), "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparaturwerkstatt"
    post = posts.post(tx, cast.poster, town.asks(long, audience=Audience.PUBLIC), at)
    elsewhere.account(tx, at, "mo", name=long)
    answer = elsewhere.answered(tx, post, at, long * 9)
    sayings.report_answer(tx, cast.broker, answer.id, "rude", long * 9, at)
    helped = responses.answer(tx, cast.helper, post.id, long * 9, at)
    said = [threads.write(tx, cast.helper, helped.id, long * 9, at) for _ in range(3)]
    sayings.report_message(tx, cast.poster, said[0].id, "rude", long, at)
    gone = sayings.report_message(tx, cast.poster, said[1].id, "rude", "رسالة طويلة", at)
    sayings.uphold(tx, cast.supervisor, gone.id, long * 5, long, False, at)
    return {
        LIST: "supervisor",
        f"/report/answers/{answer.id}": "poster",
        f"/report/messages/{said[2].id}": "poster",
        f"/talks/{helped.id}": "poster",
        f"/o/{post.id}": "poster",
        "/reports": "poster",
    }


async def test_everybody_can_use_these_pages(browser: Browser, served: tuple[Here, dict[str, str]]) -> None:
    here, paths = served
    found = {}
    for part in set(paths.values()):
        async with await opened(browser, here, part, 360, "light") as context:
            page = await context.new_page()
            for path in [path for path, who in paths.items() if who == part]:
                await page.goto(here.settings.origin + path)
                await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                found[path] = await faults_in(page, DAY_AT_A_DESK)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
