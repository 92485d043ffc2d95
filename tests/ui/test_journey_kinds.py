"""As neighbours would, in a browser without scripts: an event and a notice, answered on another node."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from node.clock import now
from node.neighbourhood.roles import Role
from tests.town import DAY
from tests.ui.nodes import Street, connected
from tests.ui.test_journey import at_home, sees


@pytest.fixture
async def streets(tmp_path: Path) -> AsyncIterator[list[Street]]:
    async with connected(tmp_path, "De Rietlanden", "Oude Haven") as streets:
        yield streets


async def begin(page: Page, street: Street, path: str, category: str) -> None:
    await page.goto(f"{street.url}{path}")
    await page.locator(f"label[for=category-{category}]").click()
    await page.get_by_role("button", name="Verder").click()


async def post(page: Page, button: str, audience: str) -> str:
    """The last two questions; the address of what was made."""
    await page.get_by_role("button", name="Verder").click()
    await page.locator(f"label[for=audience-{audience}]").click()
    await page.get_by_role("button", name="Verder").click()
    await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("status")).to_be_visible()
    return page.url.partition("?")[0]


async def test_somebody_from_next_door_comes_and_leaves(browser: Browser, streets: list[Street]) -> None:
    here, there = streets
    async with at_home(browser, here, "Bea") as bea, at_home(browser, there, "Merel") as merel:
        await begin(bea, here, "/event", "gezelschap")
        await bea.get_by_label("Hoe heet het?").fill("Buurtsoep")
        await bea.get_by_label("Op welke dag?").fill(f"{now() + 30 * DAY:%Y-%m-%d}")
        await bea.get_by_label("Hoe laat begint het?").fill("18:00")
        await bea.get_by_label("Waar is het?").fill("De Spil")
        made = await post(bea, "Zet het in de agenda", "adjacent")
        await merel.goto(f"{there.url}/agenda")
        await sees(merel, "Buurtsoep")
        await merel.get_by_role("link", name="Buurtsoep").click()
        await expect(merel.locator("main")).to_contain_text("18.00 uur tot 20.00 uur")
        await merel.get_by_role("button", name="Ik kom").click()
        await expect(merel.get_by_role("status")).to_contain_text("Bea hoort het nu.")
        await sees(merel, "Bea rekent op je.")
        await bea.goto(made)
        await sees(bea, "Merel uit Oude Haven")
        await expect(bea.locator("main")).to_contain_text("Er komt 1 buur.")
        await merel.get_by_role("link", name="Ik kom niet").click()
        await merel.get_by_role("button", name="Nee, ik kom niet").click()
        await expect(merel.get_by_role("status")).to_contain_text("Je komt niet.")
        await sees(bea, "Er komen 0 buren.")


async def test_what_is_said_next_door_is_read_at_home_and_can_be_hidden(
    browser: Browser, streets: list[Street]
) -> None:
    here, there = streets
    async with (
        at_home(browser, here, "Bea") as bea,
        at_home(browser, there, "Merel") as merel,
        at_home(browser, here, "Sjoerd", role=Role.SUPERVISOR) as sjoerd,
    ):
        await begin(bea, here, "/tell", "dier")
        await bea.get_by_label("Je bericht in één zin").fill("Grijze kat gevonden")
        made = await post(bea, "Plaats mijn bericht", "public")
        await merel.goto(f"{there.url}/notices")
        await sees(merel, "Grijze kat gevonden")
        await merel.get_by_role("link", name="Grijze kat gevonden", exact=True).click()
        await merel.get_by_label("Weet jij hier iets van?").fill("Goedkope horloges!")
        await merel.get_by_role("button", name="Zet het erbij").click()
        await bea.goto(made)
        await sees(bea, "Goedkope horloges!")
        await sjoerd.goto(made)
        await sjoerd.get_by_role("link", name="Verberg").click()
        await sjoerd.get_by_role("button", name="Ja, verberg het").click()
        await expect(sjoerd.get_by_role("status")).to_contain_text("Het is verborgen.")
        await bea.reload()
        await expect(bea.locator("main")).not_to_contain_text("Goedkope horloges!")
