"""As neighbours would, in a browser without scripts: an event and a notice, answered on another node."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from node.clock import now
from node.neighbourhood.roles import Role
from tests.town import DAY
from tests.ui.nodes import Street, connected
from tests.ui.readers import Neighbour, at_home


@pytest.fixture(scope="module")
async def streets(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Street]]:
    async with connected(tmp_path_factory.mktemp("streets"), "De Rietlanden", "Oude Haven") as streets:
        yield streets


async def begin(one: Neighbour, path: str, category: str) -> None:
    await one.goes(path)
    await one.picks("category", category)
    await one.goes_on("tell")


async def post(one: Neighbour, audience: str) -> str:
    """The last two questions; the path of what was made."""
    await one.goes_on("reach")
    await one.picks("audience", audience)
    await one.goes_on("check")
    await one.goes_on("post")
    await expect(one.page.get_by_role("status")).to_be_visible()
    return one.page.url.removeprefix(one.site).partition("?")[0]


async def test_somebody_from_next_door_comes_and_leaves(browser: Browser, streets: list[Street]) -> None:
    here, there = streets
    async with at_home(browser, here, "Bea") as bea, at_home(browser, there, "Merel") as merel:
        await begin(bea, "/event", "gezelschap")
        await bea.fills(title="Buurtsoep", day=f"{now() + 30 * DAY:%Y-%m-%d}", place="De Spil")
        await bea.fills(**{"from": "18:00"})
        made = await post(bea, "adjacent")
        await merel.goes("/agenda")
        await merel.awaits("Buurtsoep")
        await merel.opens("Buurtsoep")
        await merel.finds("18.00 uur tot 20.00 uur")
        await merel.sends("/answers")
        await merel.finds("Bea hoort het nu.")
        await merel.awaits("Bea rekent op je.")
        await bea.goes(made)
        await bea.awaits("Merel uit Oude Haven")
        await bea.finds("Er komt 1 buur.")
        await merel.follows("/leave")
        await merel.agrees()
        await merel.reads("You do not come. That is all right.", "status")
        await bea.awaits("Er komen 0 buren.")


async def test_what_is_said_next_door_is_read_at_home_and_can_be_hidden(
    browser: Browser, streets: list[Street]
) -> None:
    here, there = streets
    supervisor = await here.lives("Sjoerd", Role.SUPERVISOR)
    async with (
        at_home(browser, here, "Bea") as bea,
        at_home(browser, there, "Merel") as merel,
        at_home(browser, here, supervisor) as sjoerd,
    ):
        await begin(bea, "/tell", "dier")
        await bea.fills(title="Grijze kat gevonden")
        made = await post(bea, "public")
        await merel.goes("/notices")
        await merel.awaits("Grijze kat gevonden")
        await merel.opens("Grijze kat gevonden")
        await merel.fills(text="Goedkope horloges!")
        await merel.sends("/answers")
        await bea.goes(made)
        await bea.awaits("Goedkope horloges!")
        await sjoerd.goes(made)
        await sjoerd.follows("/hide")
        await sjoerd.agrees()
        await sjoerd.reads("It is hidden. Nobody reads it here any more.", "status")
        await bea.page.reload()
        await expect(bea.page.locator("main")).not_to_contain_text("Goedkope horloges!")
