"""The pages about people and the node in a real browser: small and wide, by day and by night."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext
from sqlalchemy import select

from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.node import Follow
from node.neighbourhood.roles import Role
from node.storage import lookups, tables
from node.storage.database import Transaction
from tests import town
from tests.ui import things, visits
from tests.ui.shades import NIGHT_AT_A_DESK, faults, faults_in
from tests.ui.test_browser import quiet
from tests.ui.things import Things
from tests.ui.visits import Here

LONG = "Donaudampfschifffahrtsgesellschaftskapitän"
STRANGERS = [
    *("/signin", "/signin/sent", "/signin/{secret}", "/join", "/join/invited", "/join/waiting"),
    *("/about", "/rules", "/privacy", "/accessibility", "/thanks"),
]
OPERATORS = [
    *("/me", "/signin/{secret}", "/operator/people", "/operator/people/new", "/operator/people/{person}"),
    *("/operator/people/{broker}", "/operator/invitations", "/operator/neighbours"),
    *("/operator/neighbours/{node}/no", "/operator/neighbours/{node}/block"),
    *("/operator", "/operator/settings", "/operator/figures", "/operator/deliveries", "/operator/hub"),
    *("/operator/neighbours/{node}/keys", "/operator/hub/{node}/expel", "/operator/people?name=e"),
    *("/operator/followers", "/operator/followers/{account}/refuse", "/operator/blocks"),
    *("/operator/blocks/import", "/operator/hub/advice/{advice}/take"),
    *("/districts", "/districts/node-noord", "/"),
]
NUMBERED = """() => {
    const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const all = [...document.querySelectorAll(kinds)]
        .filter(one => one.type !== "radio" || one.checked)  // arrows lead to the others
        .filter(one => (one.getClientRects().length && one.checkVisibility()) || one.className === "skip");
    all.forEach((one, number) => one.dataset.number = number);
    return all.length }"""
WHERE = """() => {
    const here = document.activeElement, seen = getComputedStyle(here);
    const inParts = ["date", "time"].includes(here.type);  // each of which shows by itself where one is
    const unseen = seen.outlineStyle === "none" && !inParts;
    return unseen ? here.outerHTML : Number(here.dataset.number) }"""
PAGES = [
    *((None, path) for path in STRANGERS),
    *(("operator", path) for path in OPERATORS),
    ("outsider", "/me"),
]


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory: Path = tmp_path_factory.mktemp("node")
    async with visits.served(directory) as here:
        yield here


@pytest.fixture(scope="module")
async def built(here: Here) -> Things:
    built = await things.built(here)
    await here.database.writing(_all_that_can_be_seen, here, built)
    return built


def _all_that_can_be_seen(tx: Transaction, here: Here, built: Things) -> None:
    """Long names, an alarm, a failing delivery, a look-up that went wrong, a role with an end."""
    at, by = now(), here.cast.operator
    town.neighbour(tx, "west", alarm="keys changed")
    town.neighbour(tx, "oost", blocked=True)
    town.neighbour(tx, "ver", our_follow=Follow.REJECTED, we_claim=False)
    failing = {"due": at + town.HOUR, "attempts": 3, "error": "refused " + LONG * 2}
    assert tx.run(tables.destinations.update().values(failing)).rowcount
    town.hub(tx)
    town.member(tx, LONG.lower())
    for number, state in enumerate(("parked", "given_up")):
        message = {"activity_id": _some_message(tx), "inbox": f"https://a{number}.example", "state": state}
        more = {"origin": f"https://{LONG}{number}.example", "created": at, "attempts": 20}
        tx.run(tables.deliveries.insert(), {**message, **more, "error": LONG * 2})
    lookups.ask(tx, "neighbour", f"https://{LONG * 2}.example", at, by.id)
    (failed,) = [one for one in lookups.open_for(tx, "neighbour") if LONG in one.subject]
    lookups.failed(tx, failed, f"{LONG * 2} does not answer", None)
    acts.add(tx, by, LONG[:40], None, "nl", at)
    acts.grant(tx, by, here.cast.broker.id, Role.SUPERVISOR, at + 90 * town.DAY, at)
    acts.invite(tx, by, LONG * 3, 20, at)
    acts.make_token(tx, by, LONG * 2, at)


def _some_message(tx: Transaction) -> str:
    return str(tx.run(select(tables.activities.c.id).limit(1)).scalar_one())


async def opened(browser: Browser, here: Here, part: str | None, width: int, scheme: Any) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="nl-NL",
    )
    if part is not None:
        name, value = here.cookie("session"), here.sessions[part]
        await context.add_cookies([{"name": name, "value": value, "url": here.settings.origin}])
    return context


@pytest.mark.parametrize("part", [None, "operator", "outsider"])
async def test_everybody_can_use_every_page(
    browser: Browser, here: Here, built: Things, part: str | None
) -> None:
    async with await opened(browser, here, part, 360, "light") as context:
        page = await context.new_page()
        with quiet(page, here.settings.origin):
            for path in [path for who, path in PAGES if who == part]:
                url = here.settings.origin + built.path(path, broker=here.cast.broker.id)
                answer = await page.goto(url)
                assert answer is not None
                assert answer.status == 200, path
                assert await faults_in(page, NIGHT_AT_A_DESK) == {}, path


async def test_all_that_can_be_done_can_be_reached_with_the_keyboard(
    browser: Browser, here: Here, built: Things
) -> None:
    """Every link, button and field gets its turn, in the order of the page, and one sees where one is."""
    for part in (None, "operator"):
        async with await opened(browser, here, part, 1280, "light") as context:
            page = await context.new_page()
            for path in [path for who, path in PAGES if who == part]:
                await page.goto(here.settings.origin + built.path(path, broker=here.cast.broker.id))
                last = await page.evaluate(NUMBERED) - 1
                order: list[object] = [None]
                while order[-1] != last and len(order) < 200:
                    await page.keyboard.press("Tab")
                    where = await page.evaluate(WHERE)
                    order += [where] if where != order[-1] else []  # a day has three parts
                assert order[1:] == list(range(last + 1)), path


async def test_a_form_that_came_back_can_be_used_by_everybody(browser: Browser, here: Here) -> None:
    async with await opened(browser, here, None, 360, "light") as context:
        page = await context.new_page()
        await page.goto(here.settings.origin + "/join?code=WRONG")
        await page.get_by_label("Je naam").fill("Jan")
        await page.get_by_label("Je e-mailadres").fill("jan@example.org")
        await page.get_by_role("button", name="Meedoen").click()
        assert "Deze code kennen we niet" in await page.locator("main").inner_text()
        assert await page.get_by_label("Je naam").input_value() == "Jan"
        assert await faults(page, 360) == []
        await page.get_by_label("Uitnodigingscode").fill("")
        await page.get_by_role("button", name="Meedoen").click()
        assert page.url.endswith("/join/waiting")


async def test_what_is_shown_once_can_be_read_by_everybody(
    browser: Browser, here: Here, built: Things
) -> None:
    async with await opened(browser, here, "operator", 360, "light") as context:
        page = await context.new_page()
        await page.goto(here.settings.origin + "/operator/invitations")
        await page.get_by_label("Voor hoeveel mensen?").fill("20")
        await page.get_by_role("button", name="Maak een code").click()
        assert "/join?code=" in await page.locator("main").inner_text()
        assert await faults(page, 360) == []
        await page.goto(here.settings.origin + "/me")
        await page.get_by_label("Een naam voor een nieuwe sleutel").fill("Kalender")
        await page.get_by_role("button", name="Maak een sleutel").click()
        assert "bk_" in await page.locator("main").inner_text()
        assert await faults(page, 360) == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_signing_in_and_out_with_a_real_browser(
    browser: Browser, here: Here, built: Things, scripts: bool
) -> None:
    """Its forms are believed as it sends them, behind the headers of every answer; also without scripts."""
    origin = here.settings.origin
    context = await browser.new_context(locale="nl-NL", java_script_enabled=scripts)
    async with context:
        page = await context.new_page()
        await page.goto(origin + "/me")
        assert page.url == origin + "/signin?next=/me"
        await page.get_by_label("Je e-mailadres").fill(f"bea{scripts}@example.org")
        await page.get_by_role("button", name="Stuur mij de mail").click()
        assert page.url == origin + "/signin/sent"
        await page.goto(origin + built.path("/signin/{secret}"))
        await page.get_by_role("button", name="Ja, log mij in").click()
        assert page.url == origin + "/me"
        assert "Bea" in await page.locator("main").inner_text()
        await page.get_by_role("button", name="English").click()
        assert page.url == origin + "/me"
        await page.get_by_role("button", name="Nederlands").click()
        await page.get_by_role("button", name="Uitloggen", exact=True).click()
        assert page.url == origin + "/"
        assert {one["name"] for one in await context.cookies()} == {here.cookie("seal"), "bk_lang"}
