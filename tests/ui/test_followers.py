"""The operator's page of accounts elsewhere. Who else comes is in test_who_may.py."""

import pytest

from node.clock import now
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import Followers, Policy
from node.storage import accounts, policies
from node.storage.database import Transaction
from tests import town
from tests.elsewhere import asks_to_follow
from tests.ui.visits import Here, words

LIST = "/operator/followers"


async def shown(here: Here, path: str = LIST) -> str:
    return words((await here.get("operator", path)).text)


async def asks(here: Here, user: str = "mo", **change: object) -> Account:
    return await here.database.writing(lambda tx: asks_to_follow(tx, now(), user, **change))


async def follow(here: Here, account: Account) -> Follow:
    return (await here.database.reading(accounts.get, account.id)).their_follow


async def test_an_empty_page_says_how_people_follow(here: Here) -> None:
    page = await shown(here)
    assert "Er vraagt nu niemand." in page
    assert "Nog niemand volgt ons" in page
    assert "@centrum@centrum.example" in page
    assert "Wie ons mag volgen: Iedereen" in page


async def test_who_asks_is_let_in(here: Here) -> None:
    mo = await asks(here)
    assert "Wil volgen: 1" in await shown(here, "/operator")
    page = await shown(here)
    assert page.index("Wie het vraagt") < page.index("@mo@social.example") < page.index("Wie ons volgt")
    answer = await here.post("operator", f"{LIST}/{mo.id}/admit")
    page = await shown(here, answer.headers["location"])
    assert "Dat account volgt ons nu, en hoort dat." in page
    assert page.index("1 account volgt ons.") < page.index("@mo@social.example")
    assert await follow(here, mo) is Follow.ACCEPTED
    assert "Volgen ons: 1" in await shown(here, "/operator")
    await here.post("operator", f"{LIST}/{mo.id}/admit")


async def test_who_asks_is_refused_after_a_question(here: Here) -> None:
    mo = await asks(here)
    question = await shown(here, f"{LIST}/{mo.id}/refuse")
    assert "Nee zeggen tegen Mo?" in question
    assert "https://social.example/users/mo" in question
    assert await follow(here, mo) is Follow.PENDING
    answer = await here.post("operator", f"{LIST}/{mo.id}/refuse")
    assert "Je zei nee. Dat account hoort het nu." in await shown(here, answer.headers["location"])
    assert await follow(here, mo) is Follow.REJECTED
    await here.get("operator", f"{LIST}/{mo.id}/refuse", 409)
    await here.post("operator", f"{LIST}/{mo.id}/refuse")  # the second click


async def test_who_follows_is_sent_away(here: Here) -> None:
    mo = await asks(here, their_follow=Follow.ACCEPTED)
    assert "Mo ons niet meer laten volgen?" in await shown(here, f"{LIST}/{mo.id}/refuse")
    answer = await here.post("operator", f"{LIST}/{mo.id}/refuse")
    assert "Dat account volgt ons niet meer" in await shown(here, answer.headers["location"])
    page = (await here.get("operator", f"{LIST}/{mo.id}/refuse", 409)).text
    assert "Dit account volgt ons niet." in words(page)


async def test_refusing_leads_to_a_block(here: Here) -> None:
    mo = await asks(here)
    question = (await here.get("operator", f"{LIST}/{mo.id}/refuse")).text
    where = f"/operator/blocks?subject={mo.actor.replace(':', '%3A')}"
    assert f'href="{where}"' in question
    assert f'value="{mo.actor}"' in (await here.get("operator", where)).text


@pytest.mark.parametrize("choice", list(Followers))
async def test_who_may_follow_is_chosen(here: Here, choice: Followers) -> None:
    answer = await here.post("operator", LIST, 303, followers=choice, a_minute=" 60 ")
    assert await here.database.reading(policies.current) == Policy(choice, a_minute=60)
    page = await here.get("operator", answer.headers["location"])
    assert "Zo is het vanaf nu." in words(page.text)
    assert f'id="followers-{choice}" checked' in page.text


@pytest.mark.parametrize(
    ("followers", "a_minute", "field"),
    [
        ("king", "60", "followers"),
        ("open", "9", "a_minute"),
        ("open", "many", "a_minute"),
        ("open", "", "a_minute"),
    ],
)
async def test_what_cannot_be_chosen_is_said_at_the_field(
    here: Here, followers: str, a_minute: str, field: str
) -> None:
    page = (await here.post("operator", LIST, 422, followers=followers, a_minute=a_minute)).text
    assert f'id="{field}-error"' in page
    assert "<details open>" in page
    assert f'value="{a_minute}"' in page
    assert await here.database.reading(policies.current) == Policy()


async def test_H04_a_name_from_elsewhere_is_never_markup(here: Here) -> None:
    evil = '"><img src=x>'
    mo = await asks(here, name=evil, handle=f"{evil}@social.example")
    for path in (LIST, f"{LIST}/{mo.id}/refuse"):
        page = (await here.get("operator", path)).text
        assert "<img" not in page
        assert "&lt;img" in page


async def test_many_come_a_page_at_a_time(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(35):
            asks_to_follow(tx, now() - number * town.HOUR, f"a{number:02}")
            asks_to_follow(tx, now() - number * town.HOUR, f"f{number:02}", their_follow=Follow.ACCEPTED)

    await here.database.writing(fill)
    first = (await here.get("operator", LIST)).text
    assert f'href="{LIST}?from=30"' in first
    assert f'href="{LIST}?asking=30"' in first
    assert "@f29@" in first
    assert "@f30@" not in first
    assert "35 accounts volgen ons." in words(first)
    assert "@f34@" in await shown(here, f"{LIST}?from=30")
    assert "@a34@" in await shown(here, f"{LIST}?asking=30")
    await here.get("operator", f"{LIST}?from=x&asking=9999")
