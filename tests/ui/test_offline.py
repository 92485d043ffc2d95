"""Without a line, in a real browser with scripts: what was seen can be read, what was typed is kept and sent
later, and nothing of it outlives the session (V06)."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select

from node.storage import access, tables
from node.storage.database import Transaction
from tests.ui import things, visits
from tests.ui.nodes import until
from tests.ui.things import Things
from tests.ui.visits import Here

PHONE: ViewportSize = {"width": 360, "height": 740}
BY_THE_BROWSER = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 4", "Cleared data types")
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      const { pathname } = new URL(key.url);
      found[pathname + ' ' + name] = await (await cache.match(key)).text();
    }
  }
  return found;
}"""


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[tuple[Here, Things]]:
    async with visits.served(tmp_path) as here:
        yield here, await things.built(here)


@asynccontextmanager
async def reading(
    browser: Browser, here: Here, part: str | None
) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """Somebody with a telephone, whose browser has the worker. Nothing is complained of but that there is no
    line."""
    heard: list[str] = []
    async with await browser.new_context(viewport=PHONE, locale="nl-NL") as context:
        if part is not None:
            await sign_in(context, here, part)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "console",
            lambda one: None if any(w in one.text for w in BY_THE_BROWSER) else heard.append(one.text),
        )
        page.on("pageerror", lambda error: heard.append(str(error)))
        await page.goto(here.settings.origin)
        await until_it_holds(page, "navigator.serviceWorker.controller !== null")
        yield context, page
        assert heard == []


async def sign_in(context: BrowserContext, here: Here, part: str) -> None:
    await context.add_cookies(
        [{"name": here.cookie("session"), "value": here.sessions[part], "url": here.settings.origin}]
    )


async def kept(page: Page) -> dict[str, str]:
    """What the worker keeps: the page by its path and the name of its heap."""
    found: dict[str, str] = await page.evaluate(KEPT)
    return found


async def pages_kept(page: Page) -> set[str]:
    return {name.split(" ")[0] for name in await kept(page) if "bk-pages-" in name}


async def until_kept(page: Page, path: str) -> None:
    async def there() -> bool:
        return path in await pages_kept(page)

    await until(there)


async def until_it_holds(page: Page, what: str) -> None:
    async def holds() -> bool:
        return bool(await page.evaluate(what))

    await until(holds)


async def test_what_was_seen_is_read_without_a_line(browser: Browser, node: tuple[Here, Things]) -> None:
    here, made = node
    async with reading(browser, here, "other") as (context, page):
        await until_kept(page, "/")
        await page.goto(f"{here.settings.origin}/o/{made.copy}")
        title = await page.locator("h1").inner_text()
        await until_kept(page, f"/o/{made.copy}")
        await context.set_offline(True)
        await page.goto(here.settings.origin)
        await expect(page.get_by_role("status")).to_contain_text("Geen internet. Je leest wat je zag op")
        await page.goto(f"{here.settings.origin}/o/{made.copy}")
        await expect(page.locator("h1")).to_have_text(title)
        await page.goto(f"{here.settings.origin}/talks")
        await expect(page.get_by_role("heading", name="Er is nu geen internet")).to_be_visible()
        await expect(page.get_by_role("link", name=title)).to_be_visible()
        await page.get_by_role("link", name=title).click()
        await expect(page.locator("h1")).to_have_text(title)


async def test_what_could_not_be_sent_is_kept_and_sent_when_there_is_a_line(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    here, made = node
    async with reading(browser, here, "other") as (context, page):
        await page.goto(f"{here.settings.origin}/o/{made.copy}")
        await page.get_by_label("Je bericht").fill("Ik kan om elf uur.")
        await context.set_offline(True)
        await page.get_by_role("button", name="Stuur").click()
        await expect(page.get_by_role("alert")).to_contain_text("Dat ging mis. Je tekst is bewaard.")
        await expect(page.get_by_role("alert")).to_contain_text(
            "Zodra er weer internet is, gaat het vanzelf weg."
        )
        await expect(page.get_by_label("Je bericht")).to_have_value("Ik kan om elf uur.")
        await page.reload()  # of what the worker keeps
        await expect(page.get_by_label("Je bericht")).to_have_value("Ik kan om elf uur.")
        await expect(page.get_by_role("alert")).to_contain_text("Je tekst is bewaard.")
        assert await said(here) == 0
        await context.set_offline(False)
        await expect(page.get_by_text("Wat je eerder schreef, is nu verstuurd.")).to_be_visible()
        assert await said(here) == 1
        await page.reload()
        await expect(page.locator("main")).to_contain_text("Ik kan om elf uur.")
        assert await page.evaluate("Object.keys(localStorage)") == ["bk-me"]


async def test_what_waits_to_be_sent_can_be_thrown_away(browser: Browser, node: tuple[Here, Things]) -> None:
    here, made = node
    async with reading(browser, here, "other") as (context, page):
        await page.goto(f"{here.settings.origin}/o/{made.copy}")
        await page.get_by_label("Je bericht").fill("Ik kan om elf uur.")
        await context.set_offline(True)
        await page.get_by_role("button", name="Stuur").click()
        await page.get_by_role("button", name="Toch niet sturen").click()
        await context.set_offline(False)
        await page.reload()
        await expect(page.get_by_label("Je bericht")).to_have_value("Ik kan om elf uur.")
        assert not await page.evaluate("Object.keys(localStorage).some(name => name.startsWith('bk-later'))")
        assert await said(here) == 0


async def test_V06_nothing_private_is_kept_and_all_goes_with_the_session(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    """On the computer of the library: conversations, details, desks and one's own posts are never kept, and
    after signing out nothing is."""
    here, made = node
    async with reading(browser, here, "poster") as (_, page):
        private = (
            "/mine",
            "/me",
            "/talks",
            f"/talks/{made.answer}",
            f"/o/{made.post}",
            "/reports",
            "/requests?show=all",
        )
        for path in ("/requests", "/agenda", f"/o/{made.copy}", *private, "/about"):
            await page.goto(here.settings.origin + path)
        await until_kept(page, "/about")
        assert await pages_kept(page) == {"/", "/requests", "/agenda", f"/o/{made.copy}", "/about"}
        seal = next(one["value"] for one in await page.context.cookies() if "seal" in one.get("name", ""))
        for name, body in (await kept(page)).items():
            assert seal not in body, name
            assert not re.search(r'name="token" value="[^"]', body), name
            for word in (
                "Ik kan om tien uur.",
                "Kan het om elf uur?",
                here.sessions["poster"],
                "bea@example.org",
            ):
                assert word not in body, name
        await page.goto(f"{here.settings.origin}/o/{made.notice}")
        await page.goto(f"{here.settings.origin}/me")
        await page.get_by_role("button", name="Uitloggen").first.click()
        await expect(page.get_by_role("link", name="Inloggen").first).to_be_visible()
        await until_it_holds(page, "Object.keys(localStorage).every(name => name === 'bk-me')")
        assert await pages_kept(page) <= {"/"}  # a stranger's, if the worker is back already
        assert all("Wie haalt" not in body for name, body in (await kept(page)).items() if "pages" in name)


@pytest.mark.parametrize("office", ["broker", "supervisor", "operator"])
async def test_V06_a_desk_is_never_kept(browser: Browser, node: tuple[Here, Things], office: str) -> None:
    here, made = node
    desks = {"broker": "/board", "supervisor": "/queue", "operator": "/operator/people"}
    async with reading(browser, here, office) as (_, page):
        for path in (desks[office], f"/o/{made.post}", "/about"):
            await page.goto(here.settings.origin + path)
        await until_kept(page, "/about")
        assert desks[office] not in await pages_kept(page)
        bodies = [body for name, body in (await kept(page)).items() if "pages" in name]
        assert all("Ik kan om tien uur." not in body for body in bodies)


async def test_V06_what_one_neighbour_left_behind_the_next_never_sees(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    """The session ended at the server, or another took its place: pages and what was typed go, unsent."""
    here, made = node
    async with reading(browser, here, "other") as (context, page):
        await page.goto(f"{here.settings.origin}/o/{made.copy}")
        await page.get_by_label("Je bericht").fill("Ik kan om elf uur.")
        await context.set_offline(True)
        await page.get_by_role("button", name="Stuur").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await here.database.writing(access.end_session, here.sessions["other"])
        await sign_in(context, here, "helper")
        await context.set_offline(False)
        await expect(page.get_by_label("Je bericht")).to_have_value("")  # the page looked again by itself
        await page.goto(f"{here.settings.origin}/about")
        await until_kept(page, "/about")
        assert await pages_kept(page) == {f"/o/{made.copy}", "/about"}
        assert await page.evaluate("Object.keys(localStorage)") == ["bk-me"]
        assert await said(here) == 0


async def test_V06_when_a_session_ended_the_browser_is_told_to_forget(node: tuple[Here, Things]) -> None:
    here, _ = node
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), "of a session that ended")
        ended = await browser.get("/")
    assert ended.headers["clear-site-data"] == '"storage"'
    for part in (None, "other"):
        assert "clear-site-data" not in (await here.get(part, "/about")).headers
    out = await here.post("other", "/signout")
    assert out.headers["clear-site-data"] == '"storage"'


async def test_V06_a_page_of_one_neighbour_never_sends_for_another(node: tuple[Here, Things]) -> None:
    here, made = node
    mine = (await here.get("other", "/about")).headers["buurtknoop-reader"].split(" ")[0]
    async with here.browser("helper") as browser:
        way = f"/o/{made.copy}/answers"
        headers = here.own_form | {"buurtknoop-reader": mine}
        refused = await browser.post(way, data={"text": "Ik kan om elf uur."}, headers=headers)
    assert refused.status_code == 403
    assert "Er is nu iemand anders ingelogd." in refused.text
    assert await said(here) == 0


async def test_what_was_typed_is_there_again_after_the_page_was_closed(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    here, _ = node
    async with reading(browser, here, "other") as (context, page):
        await page.goto(f"{here.settings.origin}/ask")
        await page.locator("label[for=category-tuin]").click()
        await page.get_by_role("button", name="Verder").click()
        await page.get_by_label("Je vraag in één zin").fill("Wie snoeit de heg?")
        await page.close()
        page = await context.new_page()
        await page.goto(f"{here.settings.origin}/ask")
        await page.locator("label[for=category-tuin]").click()
        await page.get_by_role("button", name="Verder").click()
        await expect(page.get_by_label("Je vraag in één zin")).to_have_value("Wie snoeit de heg?")
        await expect(page.get_by_role("status")).to_contain_text("Je tekst van eerder staat er weer.")
        await context.set_offline(True)
        await page.get_by_role("button", name="Verder").click()
        await expect(page.get_by_role("alert")).to_contain_text(
            "Druk nog eens op de knop als er weer internet is."
        )
        await context.set_offline(False)
        await page.get_by_role("button", name="Verder").click()
        await page.get_by_role("button", name="Verder").click()
        await page.get_by_role("button", name="Plaats mijn vraag").click()
        await expect(page.get_by_role("status").first).to_contain_text("Je vraag hangt aan de lijn.")
        await page.go_back()
        await expect(page.get_by_role("heading", name="Waarmee kan een buur helpen?")).to_be_visible()
        assert await page.evaluate("Object.keys(localStorage)") == ["bk-me"]


async def test_a_form_is_sent_without_leaving_the_page_and_once(
    browser: Browser, node: tuple[Here, Things]
) -> None:
    here, made = node
    async with reading(browser, here, "helper") as (_, page):
        await page.goto(f"{here.settings.origin}/talks/{made.answer}")
        await page.evaluate("window.stays = true")
        await page.locator("#text").fill("Tot elf uur!")
        await page.get_by_role("button", name="Stuur").dblclick()
        await expect(page.locator(".say", has_text="Tot elf uur!")).to_have_count(1)
        assert await page.evaluate("window.stays")
        await page.locator("#text").fill("")
        await page.get_by_role("button", name="Stuur").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await page.evaluate("document.activeElement.getAttribute('role')") == "alert"


async def said(here: Here) -> int:
    """How many answers of *other* stand there with these words."""
    return await here.database.reading(_said)


def _said(tx: Transaction) -> int:
    found = tx.run(select(tables.responses.c.id).where(tables.responses.c.text == "Ik kan om elf uur."))
    return len(found.all())
