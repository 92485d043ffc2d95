"""After each step an operator reads that it was done; and people who are not in, or whose post is gone, read
what they can do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.node import Follow, Membership, Node
from node.neighbourhood.refusal import NotFound
from node.storage import nodes, residents
from tests import town
from tests.ui import things, visits
from tests.ui.doings import posted, said
from tests.ui.sheet import Sheet
from tests.ui.visits import HUB, Here, words

NODES, PEOPLE, CODES = "/operator/neighbours", "/operator/people", "/operator/invitations"
HUB_PAGE = "/operator/hub"


@pytest.fixture
async def town_hub(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path, **HUB) as here:
        yield here


async def after(here: Here, path: str, **fields: str) -> str:
    """What an operator reads after a step."""
    return await said(
        here, "operator", (await here.post("operator", path, 303, **fields)).headers["location"]
    )


async def asks_us(here: Here) -> Node:
    asks: dict[str, Any] = {"we_claim": False, "our_follow": Follow.NONE}
    return await here.database.writing(lambda tx: town.neighbour(tx, **asks))


# Steps


@pytest.mark.parametrize(
    ("step", "words_said"),
    [
        ("yes", "Je zei ja. Die knoop hoort het nu."),
        ("no", "Je zei nee. De beheerder daar hoort het nu."),
        ("block", "Die knoop is geblokkeerd."),
    ],
)
async def test_a_step_about_a_node_is_said_to_be_done(here: Here, step: str, words_said: str) -> None:
    node = await asks_us(here)
    assert words_said not in await said(here, "operator", NODES)
    assert words_said in await after(here, f"{NODES}/{node.id}/{step}")
    assert "Die knoop" not in await said(here, "operator", f"{NODES}?said=burn")


@pytest.mark.parametrize(
    ("step", "words_said"),
    [
        ("admit", "Die buurt is nu lid, en hoort het."),
        ("refuse", "Je zei nee. De beheerder daar hoort het nu."),
    ],
)
async def test_a_step_of_a_hub_is_said_to_be_done(town_hub: Here, step: str, words_said: str) -> None:
    hub = town_hub.settings.home.actor
    change: dict[str, Any] = {"membership": Membership.ASKED, "hub": hub}
    change["membership_uri"] = "https://west.example/ap/a/1"
    node = await town_hub.database.writing(lambda tx: town.member(tx, **change))
    assert words_said in await after(town_hub, f"{HUB_PAGE}/{node.id}/{step}")


async def test_putting_a_member_out_is_said_to_be_done(town_hub: Here) -> None:
    node = await town_hub.database.writing(town.member)
    assert "Die buurt is geen lid meer." in await after(town_hub, f"{HUB_PAGE}/{node.id}/expel")


async def test_leaving_a_hub_is_said_to_be_done(here: Here) -> None:
    await here.database.writing(town.hub)
    assert "Het gemeentepunt hoort nu dat we niet meedoen." in await after(here, f"{HUB_PAGE}/leave")


async def test_trying_again_is_said_to_be_done(here: Here) -> None:
    built = await things.built(here)
    node = (await here.database.reading(nodes.neighbours))[0]
    assert "We proberen het nu." in await after(here, f"/operator/deliveries/{node.id}/now")
    path = f"/operator/deliveries/parked/{built.delivery}/again"
    assert "Het wordt nu weer verstuurd." in await after(here, path)


# People


async def test_letting_in_says_who(here: Here) -> None:
    page = await after(here, f"{PEOPLE}/{here.cast.outsider.id}/admit")
    assert "Otto hoort er nu bij, en krijgt een mail." in page
    assert "hoort er nu bij" not in await said(here, "operator", f"{PEOPLE}?said=in&who=nobody")


async def test_an_operator_says_no_to_who_waits_after_being_asked(here: Here) -> None:
    otto = f"{PEOPLE}/{here.cast.outsider.id}/refuse"
    assert f'href="{otto}"' in (await here.get("operator", PEOPLE)).text
    assert "Nee zeggen tegen Otto?" in await said(here, "operator", otto)
    assert "Je zei nee. Het account is weg." in await after(here, otto)
    with pytest.raises(NotFound):
        await here.database.reading(residents.get, here.cast.outsider.id, now())
    assert (await here.get("outsider", "/me", 303)).headers["location"] == "/signin?next=/me"
    for do in (here.get, here.post):
        await do("operator", f"{PEOPLE}/{here.cast.helper.id}/refuse", 409)


# Codes


async def test_a_form_makes_one_code_however_often_it_is_sent(here: Here) -> None:
    page = await here.get("operator", CODES)
    form = Sheet(page.text, CODES).filled(note="straat", uses="2")
    shown = [(await here.post("operator", CODES, 200, **form)).text for _ in range(2)]
    codes = [re.findall(r'class="code"[^>]*>([A-Z2-9-]{14})<', page) for page in shown]
    assert codes[0] == codes[1]
    listed = (await here.get("operator", CODES)).text
    assert listed.count("/end") == 1
    other = Sheet(listed, CODES).filled(note="straat", uses="2")
    assert other["key"] != form["key"]
    (which,) = re.findall(rf'action="{CODES}/(\w+)/end"', listed)
    assert "Deze code laat niemand meer binnen." in await after(here, f"{CODES}/{which}/end")
    late = await here.post("operator", CODES, 409, **form)
    assert "Maak een andere." in words(late.text)
    assert Sheet(late.text, CODES).fields["key"] != form["key"]


# Who is not in yet, and what is gone


async def test_who_is_not_in_yet_finds_where_the_code_goes(here: Here) -> None:
    page = await here.get("outsider", "/ask", 403)
    assert "Ik heb een uitnodigingscode" in words(page.text)
    assert 'href="/me"' in page.text.partition("<main")[2].partition("</main>")[0]
    assert "uitnodigingscode" not in words((await here.get("helper", "/operator", 403)).text)


@pytest.mark.parametrize("way", ["edit", "withdraw", "close", "extend"])
async def test_what_was_taken_back_asks_nothing_any_more(here: Here, way: str) -> None:
    post = await posted(here)
    await here.database.writing(posts.withdraw, here.cast.poster, post.id, now())
    assert "Je hebt dit teruggenomen." in await said(here, "poster", f"/o/{post.id}/{way}", 404)
