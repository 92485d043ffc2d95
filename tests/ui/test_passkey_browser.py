"""Passkeys in a real browser, with an authenticator that the browser itself plays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, CDPSession, Page, ViewportSize, expect

from node.clock import now
from node.neighbourhood.passkey import FRESH
from node.storage import access
from tests.ui import visits
from tests.ui.shades import EVERY, faults_in
from tests.ui.visits import Here

SIZES: list[ViewportSize] = [{"width": 360, "height": 740}, {"width": 1280, "height": 800}]
REFUSED = (
    "status of 400",
    "status of 403",
    "Clear-Site-Data",
)  # the browser says so of a page that was refused, as it should


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """A node with a name, as strict as one with https."""
    async with visits.served(tmp_path, "localhost", strict=True) as here:
        yield here


@asynccontextmanager
async def at_home(
    browser: Browser, here: Here, size: ViewportSize = SIZES[0], scripts: bool = True
) -> AsyncIterator[Page]:
    heard: list[str] = []
    async with await browser.new_context(
        viewport=size, locale="nl-NL", java_script_enabled=scripts
    ) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "console",
            lambda one: None if any(said in one.text for said in REFUSED) else heard.append(one.text),
        )
        page.on(
            "request",
            lambda one: None if one.url.startswith(here.settings.origin) else heard.append(one.url),
        )
        yield page
        assert heard == []


async def device(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """A telephone that has passkeys: the browser plays it."""
    wire = await page.context.new_cdp_session(page)
    await wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = await wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return wire, str(made["authenticatorId"])


async def by_mail(page: Page, here: Here, part: str, own: bool = False) -> None:
    await page.goto(here.settings.origin + await here.link(part))
    if own:
        await page.get_by_label("Dit is mijn eigen apparaat").check()
    await page.get_by_role("button", name="Ja, log mij in").click()
    await expect(page.get_by_role("link", name="Van mij")).to_be_visible()


async def make_one(page: Page, here: Here, name: str = "mijn telefoon") -> None:
    await page.goto(f"{here.settings.origin}/me/passkeys")
    await page.get_by_label("Een naam om hem te herkennen").last.fill(name)
    await page.get_by_role("button", name="Maak een passkey").click()
    await expect(page.get_by_text("Je passkey werkt vanaf nu.")).to_be_visible()


async def test_a_device_that_says_no_leaves_one_where_one_was(browser: Browser, here: Here) -> None:
    async with at_home(browser, here) as page:
        await device(page)
        await page.goto(f"{here.settings.origin}/signin")
        await page.get_by_role("button", name="Gebruik mijn passkey").click()
        await expect(page.get_by_text("Dat lukte niet.")).to_be_visible(timeout=60_000)
        await expect(page.get_by_label("Je e-mailadres")).to_be_visible()


async def test_C09_an_operator_shows_the_passkey_and_goes_on_with_what_was_filled_in(
    browser: Browser, here: Here
) -> None:
    async with at_home(browser, here) as page:
        await device(page)
        await by_mail(page, here, "operator")
        await make_one(page, here)
        await page.goto(f"{here.settings.origin}/operator/people/new")
        await expect(page.get_by_role("heading", name="Ben jij het?")).to_be_visible()
        await page.get_by_role("button", name="Laat mijn passkey zien").click()
        await expect(page).to_have_url(f"{here.settings.origin}/operator/people/new?")
        ago = now() - FRESH
        await here.database.writing(access.verify_session, await session_of(page, here), ago)
        await page.get_by_label("Naam", exact=True).fill("Noor")
        await page.get_by_role("button", name="Zet erin").click()
        await page.get_by_role("button", name="Laat mijn passkey zien").click()
        await expect(page.get_by_role("heading", name="Noor")).to_be_visible()


async def session_of(page: Page, here: Here) -> str:
    found = {one["name"]: one["value"] for one in await page.context.cookies()}
    return found[here.cookie("session")]


async def test_U13_a_device_that_knows_nobody_makes_no_passkey_for_a_role(
    browser: Browser, here: Here
) -> None:
    async with at_home(browser, here) as page:
        await device(page, verifies=False)
        await by_mail(page, here, "operator")
        await page.goto(f"{here.settings.origin}/me/passkeys")
        await page.get_by_label("Een naam om hem te herkennen").fill("sleutel")
        await page.get_by_role("button", name="Maak een passkey").click()
        await expect(page.get_by_text("Dat lukte niet.")).to_be_visible(timeout=60_000)


async def test_without_scripts_nothing_is_offered_that_needs_one(browser: Browser, here: Here) -> None:
    async with at_home(browser, here, scripts=False) as page:
        await page.goto(f"{here.settings.origin}/signin")
        await expect(page.get_by_role("button", name="Gebruik mijn passkey")).to_be_hidden()
        await expect(page.get_by_role("button", name="Stuur mij de mail")).to_be_visible()
        await by_mail(page, here, "poster", own=True)
        await page.goto(f"{here.settings.origin}/me/passkeys")
        await expect(page.get_by_text("Deze browser kent geen passkeys")).to_be_visible()
        await expect(page.get_by_role("button", name="Maak een passkey")).to_be_hidden()


async def test_everybody_can_use_these_pages(browser: Browser, here: Here) -> None:
    async with at_home(browser, here) as page:
        await device(page)
        await by_mail(page, here, "operator")
        await make_one(page, here)
        for path in ("/signin", "/signin/sent", "/me/passkeys", "/operator/people", "/me"):
            await page.goto(here.settings.origin + path)
            assert await faults_in(page, EVERY) == {}, path
