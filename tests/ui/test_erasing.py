"""Erase me: the page, the button, and the receipt of who has no account any more."""

from datetime import timedelta

import httpx
from sqlalchemy import select

from node.acts import posts
from node.clock import now
from node.neighbourhood.passkey import FRESH
from node.storage import access, outbox, tables
from node.storage.database import Transaction
from tests import town
from tests.ui.visits import Here, words

DAY = town.DAY


async def asked(here: Here) -> str:
    """Bea asks, and next door there is a copy; its id."""

    def ask(tx: Transaction) -> str:
        town.neighbour(tx)
        return posts.post(tx, here.cast.poster, town.asks(), now()).id

    return await here.database.writing(ask)


async def erased(here: Here, part: str = "poster") -> httpx.Response:
    return await here.post(part, "/me/erase", 303)


async def test_the_page_says_what_goes_what_stays_and_that_it_is_for_good(here: Here) -> None:
    await asked(here)
    page = words((await here.get("poster", "/me/erase")).text)
    for said in (
        "Je kunt dit niet terugdraaien.",
        "Dat is 1 bericht.",
        "Wat anderen schreven.",
        "Ja, wis mij",
    ):
        assert said in page
    assert "/me/erase" in (await here.get("poster", "/me/data")).text
    assert "/me/data" in (await here.get("poster", "/me")).text


async def test_one_button_and_they_are_gone_with_a_receipt_that_anybody_with_its_address_reads(
    here: Here,
) -> None:
    post = await asked(here)
    answer = await erased(here)
    assert "clear-site-data" in {name.lower() for name in answer.headers}
    receipt = answer.headers["location"]
    assert receipt.startswith("/erased/")
    await here.get("poster", "/me/data", 303)  # their session is nobody's
    page = (await here.get(None, receipt)).text
    assert "Je bent gewist" in words(page)
    assert "1 buurt zei dat nog niet." in words(page)
    assert "Bea" not in page
    assert "Wie haalt" not in page
    [held] = await here.database.reading(lambda tx: tx.run(select(tables.copies)).all())
    await here.database.writing(outbox.reached, held.post_uri, held.node_id, "gone", now())
    page = words((await here.get(None, receipt)).text)
    assert "Ze zeiden allemaal dat het weg is." in page
    assert "Kopie is weg." in page
    await here.get("helper", f"/o/{post}", 404)
    await here.post("poster", "/me/erase", 403)  # the button was pressed twice


async def test_u09_who_finds_a_device_that_lies_open_cannot_erase_its_owner(here: Here) -> None:
    at = now()
    old = ("an old one", here.cast.poster.id, at + DAY, at - FRESH - timedelta(minutes=1))
    await here.database.writing(access.add_session, *old)
    here.sessions["poster"] = "an old one"
    page = await here.get("poster", "/me/erase")
    assert "Log eerst nog een keer in." in words(page.text)
    assert "/signin?next=/me/erase" in page.text
    answer = await erased(here)
    assert answer.headers["location"] == "/me/erase"
    await here.get("poster", "/me")


async def test_the_last_operator_reads_what_to_do_first(here: Here) -> None:
    page = words((await here.post("operator", "/me/erase", 409)).text)
    assert "Jij bent hier de laatste beheerder." in page
    await here.get("operator", "/operator")


async def test_a_receipt_is_found_by_no_other_secret_and_goes_after_its_day(here: Here) -> None:
    receipt = (await erased(here)).headers["location"]
    await here.get(None, receipt[:-1] + ("a" if receipt[-1] != "a" else "b"), 404)
    await here.database.writing(_is_over)
    await here.get(None, receipt, 404)


def _is_over(tx: Transaction) -> None:
    tx.run(tables.erasures.update().values(until=now() - DAY))
