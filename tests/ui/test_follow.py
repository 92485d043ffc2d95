"""Following us from one's own server: the page, with the way there and without."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette

from node.acts import posts, ways
from node.clock import now
from node.federation import ways as federation
from node.federation.door import open_door
from node.federation.keys import load_or_make
from node.neighbourhood.post import Audience, Post
from node.storage import tables
from node.ui import routes
from tests import town
from tests.federation.stranger import Stranger
from tests.federation.wire import Wire
from tests.ui import next_door, visits
from tests.ui.doings import posted, said
from tests.ui.shades import DAY_AT_A_DESK, faults_in
from tests.ui.sheet import Sheet
from tests.ui.test_pages_seen import opened
from tests.ui.visits import Here, words

PUBLIC = Audience.PUBLIC
MO = "@mo@social.example"
TEMPLATE = "https://social.example/interact?uri={uri}"


def elsewhere(here: Here, directory: Path, template: str = TEMPLATE) -> tuple[Here, Stranger]:
    """The same pages with a wire to the server where Mo has an account."""
    wire = Wire()
    mo = Stranger(wire)
    links = [{"rel": federation.SUBSCRIBE, "template": template}] if template else []
    finger = "/.well-known/webfinger?resource=acct%3Amo%40social.example"
    mo.serve(mo.origin + finger, {"links": links}, kind="application/jrd+json")
    door = open_door(here.database, here.settings, load_or_make(directory, here.settings.home), wire)
    pages = routes.open_door(here.database, here.settings, ask=partial(federation.ask, door))
    return replace(here, app=Starlette(routes=routes.routes(pages))), mo


async def tries(here: Here) -> int:
    rows = await here.rows()
    return len(rows[tables.tries.name])


async def public(here: Here) -> Post:
    return await posted(here, town.asks(audience=PUBLIC))


async def test_the_page_shows_how_to_do_it_by_hand_to_everybody(here: Here) -> None:
    before = await here.rows()
    for part in (None, "outsider", "poster"):
        raw = (await here.get(part, "/follow")).text
        assert 'value="@centrum@centrum.example" readonly' in raw
        assert "Plak het in het zoekveld" in words(raw)
    assert await here.rows() == before


async def test_the_front_page_leads_a_stranger_there(here: Here) -> None:
    assert 'href="/follow"' in (await here.get(None, "/")).text
    assert 'href="/follow"' in (await here.get(None, "/about")).text
    assert 'href="/follow"' not in (await here.get("poster", "/")).text


async def test_at_a_hub_too(tmp_path: Path) -> None:
    async with visits.opened(tmp_path, **visits.HUB) as hub:
        assert 'href="/follow"' in (await hub.get(None, "/")).text
        assert "@waterhoven@centrum.example" in (await hub.get(None, "/follow")).text


async def test_somebody_types_an_address_and_presses_the_link(here: Here, tmp_path: Path) -> None:
    there, mo = elsewhere(here, tmp_path)
    form = Sheet((await there.get(None, "/follow")).text, "/follow").filled(address=MO)
    answer = await there.post(None, "/follow", 200, **form)
    link = "https://social.example/interact?uri=centrum%40centrum.example"
    assert f'<a class="btn" href="{link}" rel="nofollow noopener noreferrer">' in answer.text
    assert "Je gaat verder op social.example." in words(answer.text)
    assert "location" not in answer.headers
    assert "refresh" not in answer.headers
    assert mo.asked == ["/.well-known/webfinger?resource=acct%3Amo%40social.example"]
    assert f'value="{MO}"' in answer.text


async def test_a_look_asks_nothing_of_anybody(here: Here, tmp_path: Path) -> None:
    there, mo = elsewhere(here, tmp_path)
    await there.get(None, f"/follow?address={MO}")
    await there.get(None, f"/follow?address={MO}&post={(await public(here)).id}")
    assert mo.asked == []
    assert await tries(here) == 0


async def test_a_form_of_another_site_asks_nothing(here: Here, tmp_path: Path) -> None:
    there, mo = elsewhere(here, tmp_path)
    async with there.browser() as browser:
        headers = {**there.own_form, "sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        answer = await browser.post("/follow", data={"address": MO}, headers=headers)
    assert answer.status_code == 403
    assert mo.asked == []


async def test_answering_a_post_takes_its_id_along(here: Here, tmp_path: Path) -> None:
    there, _ = elsewhere(here, tmp_path)
    post = await public(here)
    raw = (await there.get(None, f"/o/{post.id}")).text
    assert f'href="/follow?post={post.id}"' in raw
    page = await there.get(None, f"/follow?post={post.id}")
    assert f'value="{post.uri}" readonly' in page.text
    assert post.title in words(page.text)
    form = Sheet(page.text, "/follow").filled(address=MO)
    answer = await there.post(None, "/follow", 200, **form)
    assert (
        f"https://social.example/interact?uri=https%3A%2F%2Fcentrum.example%2Fap%2Fo%2F{post.id}"
        in answer.text
    )


async def test_the_page_says_who_reads_an_answer_from_elsewhere(here: Here) -> None:
    asked, told = await public(here), await posted(here, town.tells(audience=PUBLIC))
    private, open_to_all = (
        "Kies dat alleen wie je noemt het kan lezen.",
        "Reacties op een bericht leest iedereen.",
    )
    for post, there, absent in ((asked, private, open_to_all), (told, open_to_all, private)):
        page = await said(here, None, f"/follow?post={post.id}")
        assert there in page
        assert absent not in page


@pytest.mark.parametrize("audience", [Audience.NEIGHBOURHOOD, Audience.ADJACENT, Audience.MUNICIPALITY])
@pytest.mark.parametrize("part", [None, "helper", "poster"])
async def test_what_is_not_for_everyone_is_not_there(
    here: Here, audience: Audience, part: str | None
) -> None:
    await here.database.writing(town.hub)
    post = await posted(here, town.asks("Geheim", audience=audience))
    page = await here.get(part, f"/follow?post={post.id}", 404)
    assert "Geheim" not in page.text
    await here.post(part, "/follow", 404, address=MO, post=post.id)
    assert "/follow" not in (await here.get("helper", f"/o/{post.id}")).text


async def test_neither_is_what_is_over_an_event_or_of_others(here: Here) -> None:
    over, event = await public(here), await posted(here, town.plans(at=now(), audience=PUBLIC))
    await here.database.writing(posts.withdraw, here.cast.poster, over.id, now())
    held = await here.database.writing(
        lambda tx: next_door.held(tx, next_door.connected(tx), audience=PUBLIC)
    )
    for post in (over, event, held):
        await here.get(None, f"/follow?post={post.id}", 404)
    for path in (f"/o/{event.id}", f"/o/{held.id}"):
        assert "/follow?" not in (await here.get(None, path)).text
    for key in ("nowhere", "%00", "../x", "a" * 500, "é"):
        await here.get(None, f"/follow?post={key}", 404)


async def test_who_is_signed_in_answers_here_and_is_not_sent_away(here: Here) -> None:
    for draft in (town.asks(audience=PUBLIC), town.tells(audience=PUBLIC)):
        post = await posted(here, draft)
        assert f'href="/follow?post={post.id}"' in (await here.get(None, f"/o/{post.id}")).text
        assert "/follow" not in (await here.get("helper", f"/o/{post.id}")).text


async def test_a_server_without_such_a_page_is_said_and_the_hand_goes_on(here: Here, tmp_path: Path) -> None:
    for template in ("", "https://evil.example/?uri={uri}", "javascript:alert(1)//{uri}"):
        there, _ = elsewhere(here, tmp_path, template)
        answer = await there.post(None, "/follow", 200, address=MO)
        page = words(answer.text)
        assert "social.example zegt niet waar de pagina hiervoor staat." in page
        assert "Plak het in het zoekveld" in page
        assert "evil" not in answer.text
        assert "javascript:" not in answer.text


async def test_a_server_that_does_not_answer_is_said_and_the_hand_goes_on(here: Here) -> None:
    answer = await here.post(None, "/follow", 502, address="@mo@weg.example")
    page = words(answer.text)
    assert "weg.example antwoordt nu niet, of kent dit adres niet." in page
    assert "Plak het in het zoekveld" in page
    assert 'value="@mo@weg.example"' in answer.text


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mo", "Schrijf je hele adres"),
        ("", "Schrijf je hele adres"),
        ("<script>alert(1)</script>", "Schrijf je hele adres"),
        ("@mo@centrum.example", "Dit is onze eigen server."),
    ],
)
async def test_a_wrong_address_comes_back_with_words_at_its_field(here: Here, address: str, why: str) -> None:
    answer = await here.post(None, "/follow", 422, address=address)
    assert Sheet(answer.text, "/follow").wrong == {"address"}
    assert Sheet(answer.text, "/follow").fields["address"] == address
    assert why in words(answer.text)
    assert "<script>alert" not in answer.text
    assert await tries(here) == 0


async def test_a_few_times_a_minute_is_enough_for_each_and_for_all(here: Here, tmp_path: Path) -> None:
    there, mo = elsewhere(here, tmp_path)
    for _ in range(ways.A_MINUTE):
        await there.post(None, "/follow", 200, address=MO)
    answer = await there.post(None, "/follow", 429, address=MO)
    assert answer.headers["retry-after"] == "60"
    assert "Wacht een minuut" in words(answer.text)
    assert "Plak het in het zoekveld" in words(answer.text)
    assert len(mo.asked) == ways.A_MINUTE
    caller = 0
    while len(mo.asked) < ways.A_MINUTE_IN_ALL:
        caller += 1
        async with there.browser(at=(f"192.0.2.{100 + caller}", 1)) as browser:
            for _ in range(ways.A_MINUTE):
                await browser.post("/follow", data={"address": MO}, headers=there.own_form)
    async with there.browser(at=("192.0.2.99", 1)) as browser:
        last = await browser.post("/follow", data={"address": MO}, headers=there.own_form)
    assert last.status_code == 429
    assert len(mo.asked) == ways.A_MINUTE_IN_ALL


async def test_in_english_as_well(here: Here) -> None:
    async with here.browser() as browser:
        page = await browser.get("/follow", headers={"accept-language": "en"})
    assert "Paste it in the search field of your app or server, and search." in words(page.text)
    assert "<title>Follow us from your own server" in page.text
    assert "Volg ons" in await said(here, None, "/follow")


# In a real browser


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, list[str]]]:
    async with visits.served(tmp_path_factory.mktemp("follow")) as here:
        long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparaturwerkstatt"
        post = await posted(here, town.asks(long, audience=PUBLIC))
        yield here, ["/follow", f"/follow?post={post.id}", f"/o/{post.id}"]


async def test_everybody_can_use_these_pages(browser: Browser, served: tuple[Here, list[str]]) -> None:
    here, paths = served
    found = {}
    async with await opened(browser, here, None, 360, "light") as context:
        page = await context.new_page()
        for path in paths:
            await page.goto(here.settings.origin + path)
            found[path] = await faults_in(page, DAY_AT_A_DESK)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
