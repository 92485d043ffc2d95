"""As people would, without scripts, on two nodes over real sockets: reported here, decided at its home."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from node.acts import posts
from node.clock import now
from node.neighbourhood.roles import Role
from node.storage import residents
from node.storage.database import Transaction
from tests import town
from tests.ui.nodes import Street, connected
from tests.ui.readers import PHONE, sees

SECRET = "Zij woont op nummer 12, dat weet ik van haar zus."
TOLD = "Het huisnummer is weg. Dank je wel."


@asynccontextmanager
async def signed_in(
    browser: Browser, street: Street, name: str, role: Role | None = None
) -> AsyncIterator[Page]:
    async with await browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(await street.welcome(name, role))
        await page.locator("main button").first.click()
        yield page


def asks(tx: Transaction) -> str:
    bea = residents.by_email(tx, "bea@example.org", now())
    assert bea is not None
    return posts.post(tx, bea, town.asks("Wie loopt mee?"), now()).id


async def test_reported_next_door_decided_at_home_and_heard_again(browser: Browser, tmp_path: Path) -> None:
    async with (
        connected(tmp_path, "De Rietlanden", "Oude Haven") as (here, there),
        signed_in(browser, here, "Bea") as bea,
        signed_in(browser, here, "Sjoerd", Role.SUPERVISOR) as sjoerd,
        signed_in(browser, there, "Merel") as merel,
    ):
        post_id = await here.database.writing(asks)
        await merel.goto(there.url + "/requests")
        await sees(merel, "Wie loopt mee?")
        await merel.locator("main h3 a", has_text="Wie loopt mee?").click()
        await merel.locator('a[href^="/report/"]').click()
        await merel.locator("label[for=category-privacy]").click()
        await merel.locator("#text").fill(SECRET)
        await merel.locator("main form button").click()
        assert merel.url.endswith("/reports?said=reported")

        await sjoerd.goto(here.url + "/queue")
        await sees(sjoerd, "Wie loopt mee?")
        said = await sjoerd.locator("main").inner_text()
        assert "Oude Haven" in said
        assert "Merel" not in said
        assert "nummer 12" not in said
        await sjoerd.locator("input[name=reason]").fill("Te privé.")
        await sjoerd.locator("main summary").click()
        await sjoerd.locator("textarea[name=told]").fill(TOLD)
        await sjoerd.locator("button[value=hide]").click()
        assert sjoerd.url.endswith("/queue?said=hide")

        await sees(merel, TOLD)
        await merel.goto(there.url + "/requests")
        assert "Wie loopt mee?" not in await merel.locator("main").inner_text()
        await bea.goto(f"{here.url}/o/{post_id}")
        assert "Te privé." in await bea.locator("main").inner_text()

        await sjoerd.locator("input[name=reason]").fill("Zo is het goed.")
        await sjoerd.locator("button[value=stays]").click()
        await sees(merel, "Wie loopt mee?")
