"""As neighbours would, in a browser without scripts: two nodes, one conversation, a number shown and taken
back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from node.acts import contacts, matches, posts, residents, responses
from node.clock import now
from node.neighbourhood.resident import Resident
from node.storage import posts as kept_posts
from node.storage import residents as people
from node.storage import responses as kept
from tests import town
from tests.ui.nodes import Street, connected, until

WIDTHS = {"phone": 360, "desk": 1280}
PHONE, ADDRESS = "0199-77 66 55", "Kanarielaan 7"


@pytest.fixture
async def streets(tmp_path: Path) -> AsyncIterator[list[Street]]:
    async with connected(tmp_path, "De Rietlanden", "Molenwijk") as streets:
        yield streets


async def lives(street: Street, name: str) -> Resident:
    await street.welcome(name)
    found = await street.database.reading(people.by_email, f"{name.lower()}@example.org", now())
    assert found is not None
    return found


async def agreed(here: Street, there: Street, miep: Resident, youssef: Resident) -> tuple[str, str]:
    """Miep asked, Youssef next door answered, and she chose him: the conversation at each node."""
    post = await here.database.writing(posts.post, miep, town.asks(), now())

    async def held() -> bool:
        return await there.database.reading(kept_posts.by_uri, post.uri) is not None

    await until(held)
    copy = await there.database.reading(kept_posts.by_uri, post.uri)
    assert copy is not None
    yes = await there.database.writing(responses.answer, youssef, copy.id, "Zal ik om elf uur komen?", now())

    async def heard() -> bool:
        return await here.database.reading(kept.by_uri, yes.uri) is not None

    await until(heard)
    answer = await here.database.reading(kept.by_uri, yes.uri)
    assert answer is not None
    await here.database.writing(matches.agree, miep, post.id, answer.id, now())

    async def known() -> bool:
        return (await there.database.reading(kept.get, yes.id)).state == "accepted"

    await until(known)
    return f"{here.url}/talks/{answer.id}", f"{there.url}/talks/{yes.id}"


@asynccontextmanager
async def at_home(browser: Browser, street: Street, who: Resident, width: int) -> AsyncIterator[Page]:
    """Somebody signed in, without scripts. Nothing comes from another host, and nothing is complained of."""
    heard: list[str] = []
    size: ViewportSize = {"width": width, "height": 740}
    secret = await street.database.writing(residents.make_link, who.id, now())
    async with await browser.new_context(viewport=size, locale="nl-NL", java_script_enabled=False) as context:
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "console", lambda message: None if "status of 502" in message.text else heard.append(message.text)
        )
        page.on("request", lambda one: None if one.url.startswith(street.url) else heard.append(one.url))
        await page.goto(f"{street.url}/signin/{secret}")
        await page.locator("main form button").click()
        yield page
        assert heard == []


async def press(page: Page, path: str) -> None:
    await page.locator(f'main form[action$="{path}"] button').click()


async def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    box = await page.locator("body").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    widest = [await one.bounding_box() for one in await page.locator("main *:visible").all()]
    return all(one is None or one["x"] + one["width"] <= size["width"] + 1 for one in [box, *widest])


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
async def test_they_write_and_ring_each_other(browser: Browser, streets: list[Street], width: int) -> None:
    here, there = streets
    miep, youssef = await lives(here, "Miep"), await lives(there, "Youssef")
    mieps, youssefs = await agreed(here, there, miep, youssef)
    async with at_home(browser, here, miep, width) as bea, at_home(browser, there, youssef, width) as you:
        await bea.goto(mieps)
        await bea.locator("#text").fill("Graag! Ik maak een lijstje.")
        await bea.locator("#write button").click()
        await expect(bea.locator("#last")).to_contain_text("Ik maak een lijstje.")

        async def arrived() -> bool:
            await you.goto(f"{there.url}/talks")
            return await you.locator("main .chip").count() == 1

        await until(arrived)
        await you.locator("main article a").click()
        await expect(you.locator("#last")).to_contain_text("Ik maak een lijstje.")
        await you.goto(f"{there.url}/talks")
        await expect(you.locator("main .chip")).to_have_count(0)

        await bea.goto(f"{here.url}/me")
        await bea.locator("#phone").fill(PHONE)
        await bea.locator("#address").fill(ADDRESS)
        await press(bea, "/me/contact")
        await bea.goto(mieps)
        await bea.locator("label[for=show-phone]").click()
        await press(bea, "/contact")

        await you.goto(youssefs)
        assert PHONE not in await you.content()
        await press(you, "/contact/show#theirs")
        await expect(you.locator(f'a[href="tel:{PHONE.replace("-", "").replace(" ", "")}"]')).to_be_visible()
        assert ADDRESS not in await you.content()
        assert await fits(you)

        await bea.goto(mieps)
        assert await fits(bea)
        await press(bea, "/contact/end")
        await press(you, "/contact/show#theirs")
        await expect(you.get_by_role("status")).to_be_visible()
        assert PHONE not in await you.content()


async def test_when_the_other_node_is_gone_the_page_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    async with connected(tmp_path, "De Rietlanden", "Molenwijk") as (here, there):
        miep, youssef = await lives(here, "Miep"), await lives(there, "Youssef")
        mieps, _ = await agreed(here, there, miep, youssef)
        await there.database.writing(contacts.keep, youssef, PHONE, "")
        async with at_home(browser, here, miep, 360) as bea:
            await there.stop()
            await bea.goto(mieps)
            await press(bea, "/contact/show#theirs")
            await expect(bea.get_by_role("alert")).to_contain_text("Molenwijk")
            await expect(bea.locator("#text")).to_be_visible()
            assert await fits(bea)
