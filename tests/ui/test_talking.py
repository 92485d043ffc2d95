"""As neighbours would, in a browser without scripts: a conversation whose other side cannot be reached."""

from pathlib import Path

from playwright.async_api import Browser, expect

from node.acts import contacts, matches, posts, responses
from node.clock import now
from node.neighbourhood.resident import Resident
from node.storage import posts as kept_posts
from node.storage import responses as kept
from tests import town
from tests.ui.nodes import Street, connected, until
from tests.ui.readers import at_home


async def agreed(here: Street, there: Street, miep: Resident, youssef: Resident) -> str:
    """Miep asked, Youssef next door answered, and she chose him: the conversation at her node."""
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
    return f"/talks/{answer.id}"


async def test_when_the_other_node_is_gone_the_page_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    async with connected(tmp_path, "De Rietlanden", "Molenwijk") as (here, there):
        miep, youssef = await here.lives("Miep"), await there.lives("Youssef")
        talk = await agreed(here, there, miep, youssef)
        await there.database.writing(contacts.keep, youssef, "0199-77 66 55", "")
        async with at_home(browser, here, miep) as you:
            await there.stop()
            await you.goes(talk)
            await you.sends("/contact/show#theirs")
            await expect(you.page.get_by_role("alert")).to_contain_text("Molenwijk")
            await expect(you.page.locator("#text")).to_be_visible()
            await you.looks("gone")
