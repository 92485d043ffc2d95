"""Who sees a post, in words: at a hub, which has no neighbourhood; and to whom it goes on, by name."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import districts, posts, release
from node.clock import now
from node.neighbourhood.post import Kind, Post
from node.storage import posts as kept
from node.storage.database import Transaction
from node.ui import reach
from tests import town
from tests.ui import next_door, visits
from tests.ui.doings import posted, said
from tests.ui.test_pages_kinds import in_a_hub
from tests.ui.visits import HUB, Here, words

ASKED = {"category": "tuin", "title": "Wie snoeit?", "urgency": "week", "key": "once"}


@pytest.fixture
async def town_hub(tmp_path: Path) -> AsyncIterator[Here]:
    """The hub of the municipality, with the cast in it."""
    async with visits.opened(tmp_path, **HUB) as here:
        yield here


async def step(here: Here, go: str, **typed: str) -> str:
    """What a step of asking for help says."""
    return words((await here.post("poster", "/ask", 200, go=go, **{**ASKED, **typed})).text)


# At a hub


async def test_a_hub_has_no_neighbourhood_and_nobody_next_door(town_hub: Here) -> None:
    await town_hub.database.writing(town.member, "west")
    asked = await step(town_hub, "reach")
    assert "Alleen wie hier een account heeft" in asked
    assert "De buurten die lid zijn: West." in asked
    assert "Reageert niemand, dan mag het door naar alle buurten van Waterhoven." in asked
    for wrong in ("Je eigen buurt", "ernaast", "hiernaast", "naast ons"):
        assert wrong not in asked
    check = await step(town_hub, "check", audience="neighbourhood", widen="yes")
    assert "Alleen wie een account heeft bij Waterhoven zelf." in check
    assert "dan mag het door naar alle buurten van Waterhoven." in check
    wide = await step(town_hub, "check", audience="municipality", widen="yes")
    assert "Alle buurten van Waterhoven: West." in wide
    assert "dan mag het door" not in wide


async def test_what_a_hub_posted_is_seen_by_whoever_has_an_account(town_hub: Here) -> None:
    post = await posted(town_hub, town.asks(audience="neighbourhood"))
    assert "Wie hier een account heeft, ziet het nu." in await said(
        town_hub, "poster", f"/o/{post.id}?said=posted"
    )
    wide = await posted(town_hub, town.asks("Wie snoeit?", audience="municipality"))
    page = await said(town_hub, "poster", f"/o/{wide.id}?said=posted")
    assert "Alle buurten van Waterhoven die lid zijn, zien het nu." in page
    board = await said(town_hub, "broker", "/board")
    assert "Alleen wie hier een account heeft" in board
    assert "Alleen mijn buurt" not in board


async def test_a_hub_with_many_members_counts_them(town_hub: Here) -> None:
    def fill(tx: Transaction) -> reach.Reach:
        for number in range(9):
            town.member(tx, f"buurt{number}")
        return reach.reach(tx)

    found = await town_hub.database.writing(fill)
    hints = [str(sign.hint) for _, sign in found.choices(Kind.REQUEST)]
    assert "All 9 neighbourhoods that are members." in hints


async def test_notices_do_not_wait_for_somebody(town_hub: Here) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(5):
            posts.post(tx, town_hub.cast.poster, town.asks(f"Vraag {number}", audience="municipality"), now())
            posts.post(tx, town_hub.cast.poster, town.tells(f"Kat {number}", audience="municipality"), now())

    await town_hub.database.writing(fill)
    await town_hub.database.writing(town.member, "west")
    assert "In Waterhoven wachten nu 5 berichten op iemand." in await said(town_hub, "helper", "/")


# Further, when nobody answers


async def test_the_consent_to_go_further_names_who_sees_it_then(here: Here) -> None:
    assert "zodra er een verbonden is" in await step(here, "reach")
    await here.database.writing(in_a_hub)
    both = "dan mag het door naar Oude Haven, en daarna naar alle buurten van Waterhoven."
    town_only = "dan mag het door naar alle buurten van Waterhoven."
    assert both in await step(here, "reach")
    assert both in await step(here, "check", audience="neighbourhood", widen="yes")
    assert town_only in await step(here, "check", audience="adjacent", widen="yes")
    assert "dan mag het door" not in await step(here, "check", audience="municipality", widen="yes")


@pytest.mark.parametrize(
    ("audience", "further"),
    [("neighbourhood", "Oude Haven, en daarna"), ("adjacent", "alle buurten"), ("municipality", None)],
)
async def test_a_post_says_to_whom_it_may_still_go(here: Here, audience: str, further: str | None) -> None:
    await here.database.writing(in_a_hub)
    post = await posted(here, town.asks(audience=audience, widen=True))
    page = await said(here, "poster", f"/o/{post.id}")
    assert (f"dan mag het door naar {further}" in page) if further else ("dan mag het door" not in page)


async def test_the_history_says_to_whom_it_went(here: Here) -> None:
    def wait(tx: Transaction) -> Post:
        in_a_hub(tx)
        noon = now().replace(hour=12) + town.DAY
        post = posts.post(tx, here.cast.poster, town.asks(audience="neighbourhood", widen=True), now())
        for day in range(2):
            assert release.widen(tx, kept.get(tx, post.id), noon + day * town.DAY)
        return post

    post = await here.database.writing(wait)
    page = await said(here, "poster", f"/o/{post.id}")
    assert "Niemand reageerde, dus de buurten hiernaast zien het nu ook." in page
    assert "Niemand reageerde, dus de hele gemeente ziet het nu." in page


# What somebody muted


async def test_what_is_muted_is_not_counted_and_not_listed_next_door(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        quiet, loud = next_door.connected(tx), next_door.connected(tx, "zuid", "Molenwijk")
        for node, title in ((quiet, "Stil"), (loud, "Luid"), (loud, "Luider")):
            next_door.held(tx, node, title, kind=Kind.OFFER)
        districts.mute(tx, here.cast.helper, quiet.id)

    await here.database.writing(fill)
    assert "Al het aanbod (2)" in await said(here, "helper", "/")
    near = await said(here, "helper", "/offers?where=near")
    assert "Luider" in near
    assert "Stil" not in near
    assert "Al het aanbod (3)" in await said(here, "other", "/")


async def test_without_a_hub_there_is_no_rest_of_a_municipality(here: Here) -> None:
    await here.database.writing(next_door.connected)
    page = await said(here, "helper", "/")
    assert "En de rest van de gemeente?" not in page
    assert "Welke buurten zie je hier?" in page


# The board


async def test_the_board_says_how_many_more_need_somebody(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(8):
            draft: Any = town.asks(f"Vraag {number}", urgency="urgent")
            posts.post(tx, here.cast.poster, draft, now() - 5 * town.HOUR)

    await here.database.writing(fill)
    page = await here.get("broker", "/board")
    assert "En nog 3, op het bord hieronder" in words(page.text)
    assert 'href="#board"' in page.text
