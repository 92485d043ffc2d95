"""The ways in, in a browser: the link in a mail, the code in the next, and a passkey where scripts run."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.mail.test_carriers import Server
from tests.mail.test_carriers import opened as mail_server
from tests.ui.mailed import code_for, link_for, way_to
from tests.ui.nodes import Street, connected
from tests.ui.readers import READERS, Album, Neighbour, Reader, before_a_screen
from tests.ui.test_passkey_browser import device


@pytest.fixture(scope="module")
async def mail() -> AsyncIterator[Server]:
    async with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory, mail: Server) -> AsyncIterator[Street]:
    """Under a name, since passkeys are made for no number."""
    directory = tmp_path_factory.mktemp("street")
    async with connected(directory, "De Rietlanden", host="localhost", **way_to(mail)) as (street,):
        yield street


@pytest.mark.parametrize("reader", READERS, ids=str)
async def test_somebody_comes_in_by_mail_and_by_passkey(
    browser: Browser, street: Street, mail: Server, album: Album, reader: Reader
) -> None:
    address = f"{reader}@example.org"
    await street.lives(reader.asker, language=reader.language, address=address)
    async with before_a_screen(browser, street, reader, album) as you:
        await asks_for_a_mail(you, address)
        await you.page.goto(await link_for(mail, address))
        await you.looks("the-link-in-the-mail")
        await you.agrees()
        await is_in(you)
        await leaves(you)
        await asks_for_a_mail(you, address)
        await you.fills(code=await code_for(mail, address, 2))
        await you.looks("the-code-in-the-mail")
        await you.sends("/signin/code")
        await is_in(you)
        if reader.scripts:
            await by_passkey(you)
        else:
            await is_offered_none(you)


async def asks_for_a_mail(you: Neighbour, address: str) -> None:
    await you.goes("/signin")
    await you.fills(email=address)
    await you.looks("sign-in")
    await you.sends("/signin")
    await expect(you.page.locator("main [name=code]")).to_be_visible()


async def is_in(you: Neighbour) -> None:
    await expect(you.page.locator('.nav a[href="/mine"]')).to_be_visible()


async def leaves(you: Neighbour) -> None:
    await you.goes("/me")
    await you.looks("me")
    await you.sends("/signout")
    await expect(you.page.locator('.nav a[href="/signin"]')).to_be_visible()


async def by_passkey(you: Neighbour) -> None:
    """Made on this device, and then the way in to the page that was asked for."""
    wire, phone = await device(you.page)
    await you.goes("/me/passkeys")
    await you.fills(name="mijn telefoon")
    await you.looks("make-a-passkey")
    await you.sends("/me/passkeys")
    await you.reads("Your passkey works from now on.", "status")
    await you.looks("a-passkey")
    await leaves(you)
    await you.goes("/signin?next=/mine")
    await you.sends("/signin/passkey")
    await expect(you.page).to_have_url(f"{you.site}/mine")
    await you.looks("in-by-passkey")
    found = await wire.send("WebAuthn.getCredentials", {"authenticatorId": phone})
    (made,) = found["credentials"]
    assert made["rpId"] == "localhost"
    assert made["isResidentCredential"]


async def is_offered_none(you: Neighbour) -> None:
    await you.goes("/me/passkeys")
    await expect(you.page.locator("main form[data-passkey]")).to_be_hidden()
    await you.reads("This browser has no passkeys, or runs no scripts. Try it on a newer phone or computer.")
    await you.looks("no-passkeys")
