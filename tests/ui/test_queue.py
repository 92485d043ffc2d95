"""Reports and the supervisor's queue as people meet them. Who else comes is in test_who_may.py."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from node.acts import moderation, posts, reports
from node.clock import now
from node.neighbourhood.activity import Happening
from node.neighbourhood.post import Post, State
from node.neighbourhood.report import ReportCategory
from node.neighbourhood.roles import Role
from node.storage import log, residents
from node.storage.database import Transaction
from node.ui.language import COOKIE
from tests import town
from tests.ui import next_door, visits
from tests.ui.doings import posted, state
from tests.ui.shades import DAY_AT_A_DESK, faults_in
from tests.ui.sheet import Sheet
from tests.ui.test_pages_seen import opened
from tests.ui.visits import Here, words

WHY = "Er staat een huisnummer in."


async def english(here: Here, part: str | None, path: str, status: int = 200) -> str:
    """What a page says, in the language of its source: the words of a translator may change."""
    return words((await raw(here, part, path, status)).text)


async def raw(here: Here, part: str | None, path: str, status: int = 200) -> httpx.Response:
    async with here.browser(part) as browser:
        browser.cookies.set(COOKIE, "en")
        return visits.said(await browser.get(path), status)


async def reported(here: Here, post: Post, part: str = "helper", **fields: str) -> None:
    await here.post(part, f"/report/{post.id}", **{"category": "privacy", "text": "Kijk eens.", **fields})


async def decided(here: Here, post: Post, what: str, status: int = 303, **fields: str) -> httpx.Response:
    return await here.post("supervisor", f"/queue/{post.id}", status, what=what, **{"reason": WHY, **fields})


def ways(page: str) -> list[str]:
    """What a supervisor can do, in order."""
    return re.findall(r'name="what" value="(\w+)"', page)


async def elsewhere(here: Here, title: str = "Gratis fiets") -> Post:
    def make(tx: Transaction) -> Post:
        return next_door.held(tx, next_door.connected(tx), title)

    return await here.database.writing(make)


async def test_from_the_foot_of_a_post_to_a_supervisor_and_back(here: Here) -> None:
    post = await posted(here)
    link = f'href="/report/{post.id}"'
    assert link in (await here.get("helper", f"/o/{post.id}")).text
    assert link not in (await here.get("poster", f"/o/{post.id}")).text  # one's own
    form = Sheet((await here.get("helper", f"/report/{post.id}")).text, f"/report/{post.id}")
    assert set(form.fields) == {"token", "text"}
    answer = await here.post("helper", f"/report/{post.id}", category="privacy", text="Nummer 12.")
    assert answer.headers["location"] == "/reports?said=reported"
    page = await english(here, "helper", "/reports?said=reported")
    assert "Thank you for telling us." in page
    assert "A supervisor looks at it" in page
    assert "Nummer 12." in page
    again = await english(here, "helper", f"/report/{post.id}")
    assert "You reported this already." in again
    await here.post("helper", f"/report/{post.id}", 409, category="privacy")
    queue = await english(here, "supervisor", "/queue")
    assert "1 report" in queue
    assert "A neighbour reported this." in queue
    assert "Nummer 12." in queue
    assert here.cast.helper.name not in queue
    assert (await decided(here, post, "ask", told="De schrijver past het aan.")).headers["location"] == (
        "/queue?said=ask"
    )
    assert "Something was done" in await english(here, "helper", "/reports")
    assert "De schrijver past het aan." in await english(here, "helper", "/reports")
    mine = await english(here, "poster", f"/o/{post.id}")
    assert "A supervisor asks you to change your post." in mine
    assert WHY in mine
    assert "0199-00 12 34" in mine  # whom to tell when one does not agree
    for part in ("helper", "broker"):
        assert WHY not in await english(here, part, f"/o/{post.id}")


async def test_a_form_that_came_back_says_what_to_do(here: Here) -> None:
    post = await posted(here)
    path = f"/report/{post.id}"
    page = (await here.post("helper", path, 422, text="Iets.")).text
    assert Sheet(page, path).fields["text"] == "Iets."
    assert 'href="#category"' in page
    page = (await here.post("helper", path, 422, category="other", text="")).text
    assert Sheet(page, path).wrong == {"text"}
    await reported(here, post)
    path = f"/queue/{post.id}"
    page = (await decided(here, post, "hide", 422, reason="", told="Het is weg.")).text
    form = Sheet(page, path)
    assert form.wrong == {"reason"}
    assert form.fields["told"] == "Het is weg."
    page = (await decided(here, post, "stays", 422, told="Bel 0199-00 12 34")).text
    assert Sheet(page, path).wrong == {"told"}
    assert await state(here, post) is State.OPEN


async def test_out_of_sight_changed_and_back(here: Here) -> None:
    post = await posted(here)
    for part in ("helper", "other"):
        await reported(here, post, part)
    assert await state(here, post) is State.WAITING
    mine = await english(here, "poster", f"/o/{post.id}")
    assert "It is out of sight until a supervisor has looked." in mine
    await here.get("helper", f"/o/{post.id}", 404)
    queue = await english(here, "supervisor", "/queue")
    assert "2 different neighbours reported this. So it is out of sight until somebody looked." in queue
    page = (await raw(here, "supervisor", "/queue")).text
    assert ways(page) == ["stays", "ask", "remove"]
    assert f'href="/o/{post.id}"' not in page  # nobody sees that page now
    await decided(here, post, "ask")
    fields = {"title": "Wie haalt iets?", "text": "", "category": "boodschappen", "urgency": "week"}
    await here.post("poster", f"/o/{post.id}/edit", **fields, places="1", audience="adjacent")
    assert "You changed it. A supervisor looks at it again" in await english(here, "poster", f"/o/{post.id}")
    queue = await english(here, "supervisor", "/queue")
    assert "Its writer changed it since." in queue
    assert "Wie haalt iets?" in queue
    await decided(here, post, "stays", reason="Zo is het goed.")
    assert await state(here, post) is State.OPEN
    mine = await english(here, "poster", f"/o/{post.id}")
    assert "It is in sight again." in mine
    assert "Zo is het goed." in mine
    assert "The broker did this for the poster." not in mine
    assert "All quiet on the line" in await english(here, "supervisor", "/queue")


async def test_removed_its_writer_reads_why(here: Here) -> None:
    post = await posted(here)
    await reported(here, post)
    await decided(here, post, "remove")
    assert await state(here, post) is State.WITHDRAWN
    mine = await english(here, "poster", f"/o/{post.id}")
    assert "A supervisor removed your post." in mine
    assert WHY in mine
    assert "A post that is gone" in await english(here, "helper", "/reports")
    await here.get("supervisor", f"/queue/{post.id}", 404)


async def test_a_post_of_another_node_is_hidden_here_and_shown_again(here: Here) -> None:
    post = await elsewhere(here)
    page = await english(here, "helper", f"/report/{post.id}")
    assert "This post is from Oude Haven." in page
    await reported(here, post)
    page = (await raw(here, "supervisor", "/queue")).text
    assert ways(page) == ["stays", "hide", "send"]
    assert "Oude Haven, where it comes from, knows it too." in words(page)
    await decided(here, post, "send", category="privacy", words="Er staat een huisnummer in.")
    sent = await here.database.reading(log.of, post.id)
    assert [entry.what for entry in sent] == [Happening.REPORTED]
    await decided(here, post, "send", 422, category="", words="x")
    await decided(here, post, "remove", 409)
    await decided(here, post, "hide")
    await here.get("helper", f"/o/{post.id}", 404)
    queue = (await raw(here, "supervisor", "/queue?said=hide")).text
    assert "It is out of sight." in words(queue)
    assert f'href="/queue/{post.id}"' in queue
    page = (await raw(here, "supervisor", f"/queue/{post.id}")).text
    assert ways(page) == ["stays", "send"]
    await decided(here, post, "stays")
    await here.get("helper", f"/o/{post.id}")
    assert "Not shown here" not in await english(here, "supervisor", "/queue")


async def test_what_another_node_says_stands_there_with_its_name(here: Here) -> None:
    post = await posted(here)

    def flag(tx: Transaction) -> None:
        node = next_door.connected(tx)
        uri, objects = f"{node.origin}/ap/a/1", [post.uri]
        words = ReportCategory.PRIVACY, "<b>Het huisnummer</b>"
        reports.flagged(tx, node, node.origin, uri, objects, *words, now())

    await here.database.writing(flag)
    page = (await raw(here, "supervisor", "/queue")).text
    assert "Oude Haven asks us to look at it." in words(page)
    assert "&lt;b&gt;Het huisnummer&lt;/b&gt;" in page


async def test_a_supervisor_looks_at_any_post_but_their_own(here: Here) -> None:
    post = await posted(here)
    assert f'href="/queue/{post.id}"' in (await here.get("supervisor", f"/o/{post.id}")).text
    assert f'href="/queue/{post.id}"' not in (await here.get("helper", f"/o/{post.id}")).text
    page = (await raw(here, "supervisor", f"/queue/{post.id}")).text
    assert ways(page) == ["stays", "ask", "hide", "remove"]
    own = await here.database.writing(posts.post, here.cast.supervisor, town.asks("Van Sjoerd"), now())
    await reported(here, own)
    await here.get("supervisor", f"/queue/{own.id}", 409)
    assert "Van Sjoerd" not in await english(here, "supervisor", "/queue")


async def test_a_long_queue_goes_on_with_the_oldest_on_top(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        node = next_door.connected(tx)
        for number in range(33):
            at = now() - (40 - number) * town.HOUR
            post = posts.post(tx, here.cast.poster, town.asks(f"Vraag {number:02}"), at)
            origin = f"https://vreemd{number}.example"
            uri, category = f"{origin}/ap/a/1", ReportCategory.SPAM
            reports.flagged(tx, node, origin, uri, [post.uri], category, "", at)

    await here.database.writing(fill)
    page = (await raw(here, "supervisor", "/queue")).text
    assert re.findall(r"Vraag \d\d</a>", page)[:2] == ["Vraag 00</a>", "Vraag 01</a>"]
    assert "33 things wait." in words(page)
    assert 'href="/queue?from=30"' in page
    rest = (await raw(here, "supervisor", "/queue?from=30")).text
    assert re.findall(r"(Vraag \d\d)</a>", rest) == ["Vraag 30", "Vraag 31", "Vraag 32"]
    assert "To the beginning" in await english(here, "supervisor", "/queue?from=90")


async def test_empty_pages_say_what_could_be_there(here: Here) -> None:
    assert "All quiet on the line" in await english(here, "supervisor", "/queue")
    assert "Nothing reported" in await english(here, "helper", "/reports")
    assert 'href="/reports"' in (await here.get("helper", "/mine")).text
    assert 'href="/queue"' in (await here.get("supervisor", "/me")).text
    assert 'href="/queue"' not in (await here.get("helper", "/me")).text
    assert "/operator/people" not in (await here.get("supervisor", "/queue")).text
    await here.database.writing(residents.grant, here.cast.supervisor.id, Role.OPERATOR, None, now())
    assert 'href="/operator/people"' in (await here.get("supervisor", "/queue")).text


async def test_letters_lead_to_the_right_page(here: Here) -> None:
    post = await posted(here)
    await reported(here, post)
    await decided(here, post, "ask")
    written = [what for what, _ in await here.letters()]
    assert written == ["reported", "report decided", "moderated"]


# In a real browser


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, dict[str, Any]]]:
    directory: Path = tmp_path_factory.mktemp("queue")
    async with visits.served(directory) as here:
        yield here, await here.database.writing(_filled, here)


def _filled(tx: Transaction, here: Here) -> dict[str, str]:
    cast, at, long = here.cast, now(), "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparaturwerkstatt"
    node = next_door.connected(tx, "noord", long)
    post = posts.post(tx, cast.poster, town.asks(long, text=long * 9), at)
    for who in (cast.helper, cast.other):
        reports.report(tx, who, post.id, "other", long * 9, at)
    held, hidden = next_door.held(tx, node, long, text=long * 9), next_door.held(tx, node, f"{long} 2")
    reports.report(tx, cast.helper, held.id, "rude", "رسالة طويلة", at)
    moderation.uphold(tx, cast.supervisor, hidden.id, "hide", long, "", at)
    return {
        "/queue": "supervisor",
        f"/queue/{held.id}": "supervisor",
        f"/report/{held.id}": "other",
        "/reports": "helper",
        f"/o/{post.id}": "poster",
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
