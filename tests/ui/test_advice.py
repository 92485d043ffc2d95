"""The hub's advice, on the page of the hub. Who else comes is in test_who_may.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.clock import now
from node.neighbourhood.block import Severity, Source
from node.neighbourhood.policy import Advice
from node.storage import advisories, blocks, policies
from node.storage.database import Transaction
from tests import town
from tests.elsewhere import advised
from tests.ui import visits
from tests.ui.visits import HUB, Here, words

HUB_PAGE, ADVICE = "/operator/hub", "/operator/hub/advice"


@pytest.fixture
async def town_hub(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path, **HUB) as here:
        yield here


async def shown(here: Here, path: str = HUB_PAGE) -> str:
    return words((await here.get("operator", path)).text)


async def ours(here: Here) -> str:
    """We are a member, and our hub advises; the key of that."""

    def joined(tx: Transaction) -> str:
        town.hub(tx)
        return advised(tx, now()).key

    return await here.database.writing(joined)


async def test_without_advice_the_page_says_so(here: Here) -> None:
    assert "adviseert te blokkeren" not in await shown(here)
    await here.database.writing(town.hub)
    page = await shown(here)
    assert "Wie het gemeentepunt adviseert te blokkeren Nu niemand." in page
    assert "Wat we met het advies doen: Vraag het mij" in page


async def test_advice_is_taken_after_a_question(here: Here) -> None:
    key = await ours(here)
    assert "Advies waar je over beslist: 1" in await shown(here, "/operator")
    assert "spam.example Wacht op jou Spam" in await shown(here)
    question = await shown(here, f"{ADVICE}/{key}/take")
    assert "spam.example blokkeren, zoals het gemeentepunt adviseert?" in question
    answer = await here.post("operator", f"{ADVICE}/{key}/take")
    assert "Het is hier nu ook geblokkeerd." in await shown(here, answer.headers["location"])
    await here.post("operator", f"{ADVICE}/{key}/take")  # the second click
    made = await here.database.reading(blocks.by_subject, "spam.example")
    assert made is not None
    assert (made.severity, made.source) == (Severity.BLOCK, Source.HUB)
    assert "op advies van het gemeentepunt" in await shown(here, "/operator/blocks")
    await here.post("operator", "/operator/blocks/lift", 303, subject="spam.example")
    assert "spam.example Niet gedaan" in await shown(here)  # lifted by hand


async def test_advice_is_left_and_taken_after_all(here: Here) -> None:
    key = await ours(here)
    answer = await here.post("operator", f"{ADVICE}/{key}/ignore")
    page = await shown(here, answer.headers["location"])
    assert "Je laat het." in page
    assert "spam.example Niet gedaan" in page
    assert "Advies waar" not in await shown(here, "/operator")
    await here.post("operator", f"{ADVICE}/{key}/take")
    assert "spam.example Geblokkeerd" in await shown(here)
    await here.post("operator", f"{ADVICE}/{key}/ignore")
    assert await here.database.reading(blocks.count) == 0


async def test_what_becomes_of_advice_is_chosen(here: Here) -> None:
    await ours(here)
    answer = await here.post("operator", f"{HUB_PAGE}/policy", 303, advice="auto")
    page = await here.get("operator", answer.headers["location"])
    assert "Zo is het vanaf nu." in words(page.text)
    assert 'id="advice-auto" checked' in page.text
    assert (await here.database.reading(policies.current)).advice is Advice.AUTO
    await here.post("operator", f"{HUB_PAGE}/policy", 422, advice="king")


async def test_much_advice_comes_a_page_at_a_time(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        town.hub(tx)
        for number in range(35):
            advised(tx, now(), f"s{number:02}.example", state=advisories.IGNORED)
        advised(tx, now() - town.DAY, "last.example")

    await here.database.writing(fill)
    page = (await here.get("operator", HUB_PAGE)).text
    assert "last.example" in page  # what waits comes first
    assert f'href="{HUB_PAGE}?advice=30#advice"' in page
    assert words((await here.get("operator", f"{HUB_PAGE}?advice=30")).text).count("Niet gedaan") == 6


async def test_a_hub_advises_and_takes_it_back(town_hub: Here) -> None:
    fields = {"subject": "Spam.example", "reason": "Spam <i>", "until": "2099-03-31"}
    answer = await town_hub.post("operator", ADVICE, 303, **fields)
    page = (await town_hub.get("operator", answer.headers["location"])).text
    assert "spam.example" in words(page)
    assert "31" in words(page)
    assert "Spam &lt;i&gt;" in page
    again = await town_hub.post("operator", ADVICE, 409, **fields)
    assert 'id="subject-error"' in again.text
    (one,) = await town_hub.database.reading(advisories.current, now())
    assert one.expires is not None
    assert one.expires.isoformat() == "2099-03-31T21:59:59+00:00"
    assert "spam.example" in await shown(town_hub, f"{ADVICE}/{one.key}/withdraw")
    await town_hub.post("operator", f"{ADVICE}/{one.key}/withdraw")
    await town_hub.post("operator", f"{ADVICE}/{one.key}/withdraw", 404)  # the second click
    assert await town_hub.database.reading(blocks.count) == 0
    for choice in ("take", "ignore"):
        await town_hub.post("operator", f"{ADVICE}/{one.key}/{choice}", 404)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "spam.example", "until": "tomorrow"}, "until"),
        ({"subject": "spam.example", "until": "2020-01-01"}, "until"),
        ({"subject": "spam.example", "reason": "x" * 201}, "reason"),
        ({"subject": "centrum.example"}, "subject"),
    ],
)
async def test_what_cannot_be_advised_is_said_at_the_field(
    town_hub: Here, fields: dict[str, str], field: str
) -> None:
    page = (await town_hub.post("operator", ADVICE, 422, **fields)).text
    assert f'id="{field}-error"' in page
    assert "<details open>" in page
    assert await town_hub.database.reading(blocks.count) == 0
