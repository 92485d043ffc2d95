"""The desk and its letters, vouching and coming back, as people do it in a browser without scripts."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect

from node.acts import residents, returning, trust
from node.clock import now
from node.neighbourhood.trust import Proof
from node.storage import tables
from node.storage import trust as kept
from node.storage.database import Transaction
from tests.ui import visits
from tests.ui.shades import EVERY, faults_in
from tests.ui.visits import Here

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
SIGNS = re.compile(r"^[2-9A-Z]{4}(-[2-9A-Z]{4}){3}$")
TOLD = ("status of 422", "Clear-Site-Data")  # the browser says so of what is as it should be


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.served(tmp_path) as here:
        yield here


async def signed_in(context: BrowserContext, here: Here, part: str) -> None:
    name, secret = here.cookie("session"), here.sessions[part]
    await context.add_cookies([{"name": name, "value": secret, "url": here.settings.origin}])


@asynccontextmanager
async def at(
    browser: Browser, here: Here, part: str | None = None, size: ViewportSize = PHONE
) -> AsyncIterator[Page]:
    """Somebody's browser. Nothing is complained of, and nothing asked of another host."""
    heard: list[str] = []
    async with await browser.new_context(viewport=size, locale="nl-NL", java_script_enabled=False) as context:
        if part is not None:
            await signed_in(context, here, part)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda one: None if any(s in one.text for s in TOLD) else heard.append(one.text))
        page.on(
            "request",
            lambda one: None if one.url.startswith(here.settings.origin) else heard.append(one.url),
        )
        yield page
        assert heard == []


async def test_somebody_without_mail_gets_a_letter_and_comes_in(browser: Browser, here: Here) -> None:
    await here.database.writing(residents.add, here.cast.operator, "Truus", None, "nl", now())
    async with at(browser, here, "connector", DESK) as page:
        await page.goto(f"{here.settings.origin}/desk")
        await page.get_by_role("link", name="Brieven met een code").click()
        await page.get_by_text("Truus", exact=True).click()
        await page.get_by_role("button", name="Maak deze brieven").click()
        await expect(page.get_by_role("heading", name="Voor Truus")).to_be_visible()
        signs = await page.locator(".code").inner_text()
        assert SIGNS.match(signs)
        await page.emulate_media(media="print")
        await expect(page.get_by_text("Druk deze pagina nu af.")).to_be_hidden()
        await expect(page.locator(".code")).to_be_visible()
    async with at(browser, here) as page:
        await page.goto(f"{here.settings.origin}/signin")
        await page.get_by_role("link", name="Ik heb een brief met een code").click()
        await page.get_by_label("De code op je brief").fill("2222-2222-2222-2222")
        await page.get_by_role("button", name="Log mij in").click()
        await expect(page.get_by_text("Deze code werkt niet, of niet meer.").first).to_be_visible()
        await page.get_by_label("De code op je brief").fill(signs.lower())
        await page.get_by_role("button", name="Log mij in").click()
        await page.goto(f"{here.settings.origin}/me")
        await expect(page.get_by_text("Bekend in de buurt")).to_be_visible()
        await expect(page.get_by_text("Met een brief.")).to_be_visible()


async def test_two_neighbours_vouch_and_somebody_is_known(browser: Browser, here: Here) -> None:
    for part in ("broker", "supervisor"):
        async with at(browser, here, part) as page:
            await page.goto(f"{here.settings.origin}/vouch")
            await page.get_by_label("Wie ken je?").fill("bea")
            await page.get_by_role("button", name="Ik sta ervoor in").click()
            await expect(page.get_by_text("We vragen het je buur.")).to_be_visible()
        async with at(browser, here, "poster") as page:
            await page.goto(f"{here.settings.origin}/vouch")
            await page.get_by_role("button", name="Ja, goed").click()
            await expect(page.get_by_text("Vanaf nu telt het.")).to_be_visible()
    async with at(browser, here, "poster") as page:
        await page.goto(f"{here.settings.origin}/me")
        await expect(page.get_by_text("2 buren staan voor je in")).to_be_visible()
        await expect(page.get_by_text("Bekend in de buurt")).to_be_visible()


async def test_U21_two_at_the_desk_bring_somebody_back_and_their_phone_says_so(
    browser: Browser, here: Here
) -> None:
    one = f"{here.settings.origin}/desk/{here.cast.poster.id}"
    async with at(browser, here, "connector", DESK) as page:
        await page.goto(one)
        await page.get_by_label("Het nieuwe e-mailadres").fill("bea@new.example")
        await page.get_by_role("button", name="Ik ben de eerste").click()
        signs = await page.locator(".code").inner_text()
        await page.goto(one)
        await expect(page.get_by_role("button", name="Ja, ik ben de tweede")).to_be_hidden()
    async with at(browser, here, "poster") as page:
        for path in ("/", "/mine", "/requests"):
            await page.goto(here.settings.origin + path)
            await expect(page.get_by_role("button", name="Dat ben ik niet: stop het")).to_be_visible()
    async with at(browser, here, "supervisor", DESK) as page:
        await page.goto(one)
        await page.get_by_role("button", name="Ja, ik ben de tweede").click()
        await expect(page.get_by_text("Jij bent de tweede.")).to_be_visible()
    async with at(browser, here) as page:
        await page.goto(f"{here.settings.origin}/return")
        await page.get_by_label("De code op het papier").fill(signs)
        await page.get_by_role("button", name="Laat mij erbij").click()
        await expect(page.get_by_text("Een dag nadat je aan de balie was").first).to_be_visible()
        await here.database.writing(_a_day_goes_by)
        await page.get_by_role("button", name="Laat mij erbij").click()
        await expect(page.get_by_role("link", name="Van mij")).to_be_visible()
    async with at(browser, here, "poster") as page:
        await page.goto(f"{here.settings.origin}/mine")
        await expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()


async def test_U21_whose_account_it_is_stops_it_with_one_button(browser: Browser, here: Here) -> None:
    begin = (here.cast.connector, here.cast.poster.id, "", now())
    await here.database.writing(returning.begin_for, *begin)
    async with at(browser, here, "poster") as page:
        await page.goto(here.settings.origin)
        await page.get_by_role("button", name="Dat ben ik niet: stop het").click()
        await expect(page.get_by_text("Het is gestopt.")).to_be_visible()
        await expect(page.get_by_role("button", name="Dat ben ik niet: stop het")).to_be_hidden()


def _a_day_goes_by(tx: Transaction) -> None:
    tx.run(tables.recoveries.update().values(opened=now() - timedelta(hours=25)))


async def test_everybody_can_use_these_pages(browser: Browser, here: Here) -> None:
    def lived(tx: Transaction) -> str:
        cast, at = here.cast, now()
        trust.prove(tx, cast.connector, cast.helper.id, Proof.SEEN, at)
        trust.vouch(tx, cast.helper, cast.poster.id, at)
        kept.accept(tx, cast.helper.id, cast.poster.id, at)
        trust.vouch(tx, cast.broker, cast.poster.id, at)
        returning.begin_for(tx, cast.connector, cast.poster.id, "", at)
        return residents.make_link(tx, cast.other.id, at, browser="another")

    link = await here.database.writing(lived)
    one = f"/desk/{here.cast.poster.id}"
    pages = {
        None: ["/signin", "/signin/sent", "/signin/letter", "/return", f"/signin/{link}", "/join/moved"],
        "poster": ["/vouch", "/me", "/me/passkeys", "/me/data", "/me/erase", "/me/moving", "/me/brought"],
        "helper": ["/vouch", f"/vouch?for={here.cast.other.id}"],
        "connector": ["/desk", one, f"/desk/{here.cast.other.id}", "/desk/letters", "/desk?name=nobody"],
        "supervisor": ["/desk", one],
    }
    for part, paths in pages.items():
        async with await browser.new_context(viewport=PHONE, locale="nl-NL") as context:
            if part is not None:
                await signed_in(context, here, part)
            page = await context.new_page()
            for path in paths:
                await page.goto(here.settings.origin + path)
                assert await faults_in(page, EVERY) == {}, path
