"""The operator's front page, what does not get through, the settings, the map's proposals, changed keys."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import posts
from node.clock import now
from node.settings import Settings, build
from node.storage import borders, destinations, lookups, nodes, tables
from node.storage import deliveries as queue
from node.storage.borders import Border
from node.storage.database import Transaction
from node.ui import settings
from node.ui.heard import heard
from tests import town
from tests.ui import visits
from tests.ui.test_districts import page
from tests.ui.visits import Here, words

LIST = "/operator/deliveries"
SECRET = "not-for-a-page"


async def shown(here: Here, path: str) -> str:
    return words(await page(here, path, "operator"))


async def test_the_front_page_says_what_waits_where(here: Here) -> None:
    said = await shown(here, "/operator")
    assert "Waits to be let in: 1" in said
    assert "People in: 8" in said
    assert "Does not answer" not in said
    await here.database.writing(lambda tx: town.neighbour(tx, "noord", alarm="keys changed"))
    await here.database.writing(lambda tx: town.neighbour(tx, "zuid", we_claim=False, our_follow="none"))
    await here.invitation()
    said = await shown(here, "/operator")
    assert "Changed keys: 1" in said
    assert "Asks to be our neighbour: 1" in said
    assert "Still usable: 1" in said
    links = re.findall(r'<a href="(/operator/\w+)">', await page(here, "/operator", "operator"))
    assert links == [f"/operator/{name}" for name in PAGES]
    for link in links:
        await here.get("operator", link)


PAGES = [
    "neighbours",
    "hub",
    "followers",
    "blocks",
    "websites",
    "deliveries",
    "people",
    "invitations",
    "settings",
    "figures",
]


async def stuck(here: Here, **change: Any) -> str:
    """Noord does not answer, and two messages wait for it."""

    def fill(tx: Transaction) -> str:
        noord = town.neighbour(tx, "noord")
        for title in ("Een", "Twee"):
            posts.post(tx, here.cast.poster, town.asks(title), now())
        error = f"{noord.origin}: ConnectError <b>"
        values = {"due": now() + town.HOUR, "attempts": 3, "error": error, **change}
        tx.run(tables.destinations.update().values(values))
        return noord.id

    return await here.database.writing(fill)


async def test_who_does_not_answer_is_tried_when_the_operator_says_so(here: Here) -> None:
    assert "Everybody answers" in await shown(here, LIST)
    noord = await stuck(here)
    html = await page(here, LIST, "operator")
    said = words(html)
    assert "2 messages wait to go out." in said
    assert "It cannot be reached. It is switched off, or its address is not right." in said
    assert "ConnectError &lt;b&gt;" in html
    assert "2 messages wait, the oldest since" in said
    assert "Tried 3 times." in said
    assert "Next try:" in said
    assert "Does not answer: 1" in await shown(here, "/operator")
    for _ in range(2):
        answer = await here.post("operator", f"{LIST}/{noord}/now")
        assert answer.headers["location"] == f"{LIST}?said=now"
    assert len(await here.database.writing(queue.claim, now(), 10)) == 1


async def test_what_was_laid_aside_is_sent_again_and_what_was_given_up_is_told(here: Here) -> None:
    await stuck(here)

    def lay(tx: Transaction) -> None:
        for message, state in zip(
            queue.head(tx, "https://noord.example", now()),
            (destinations.PARKED, destinations.GIVEN_UP),
            strict=True,
        ):
            queue.settle(tx, message.id, state, "answered 400")

    await here.database.writing(lay)
    html = await page(here, LIST, "operator")
    said = words(html)
    assert "A new post for Noord" in said
    assert said.index("Laid aside for you") < said.index("Given up")
    assert "It does not understand this message." in said
    found = re.search(rf'action="({LIST}/parked/\d+/again)"', html)
    assert found is not None
    await here.post("operator", found[1])
    await here.post("operator", found[1], 404)
    said = await shown(here, LIST)
    assert "Laid aside for you" not in said
    assert "Given up" in said


async def test_a_long_list_of_what_was_given_up_comes_page_by_page(here: Here) -> None:
    def lay(tx: Transaction) -> None:
        town.neighbour(tx, "noord")
        for number in range(31):
            posts.post(tx, here.cast.poster, town.asks(f"Vraag {number}"), now())
        tx.run(tables.deliveries.update().values(state=destinations.GIVEN_UP, error="answered 410"))

    await here.database.writing(lay)
    first = await page(here, LIST, "operator")
    assert first.count('class="gone"') == 30
    assert f'href="{LIST}?over=30"' in first
    assert (await page(here, f"{LIST}?over=30", "operator")).count('class="gone"') == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("https://a.example did not answer within 30 seconds", "It takes too long to answer."),
        ("answered 503", "It is there, but something is broken with it."),
        ("answered 403", "It does not want to hear from us. Maybe it blocked us."),
        ("https://a.example: ConnectTimeout", "It cannot be reached."),
        ("something new", "It did not work."),
        (None, "It did not work."),
    ],
)
def test_an_error_is_said_in_plain_words(error: str | None, words: str) -> None:
    assert heard(error).startswith(words)


# Settings


def test_every_setting_is_on_the_page() -> None:
    """The pace stands below, as it works out; the directory is where the file is."""
    told = {name for *_, rows in settings.PARTS for name in rows}
    assert told == set(Settings.__struct_fields__) - {"dir", "pace"}


@pytest.fixture
async def secretive(tmp_path: Path) -> AsyncIterator[Here]:
    more = {"mail_password": SECRET, "mail_user": f"user-{SECRET}", "mail_host": "mail.example"}
    async with visits.opened(tmp_path, **more) as here:
        yield here


async def test_settings_are_read_and_no_secret_is_shown(secretive: Here) -> None:
    before = await secretive.rows()
    html = await page(secretive, "/operator/settings", "operator")
    said = words(html)
    assert SECRET not in html
    assert "mail.example" in said
    assert "one file (SQLite)" in said
    assert "urgent: 4 hours; this week: 48 hours; whenever: 5 days" in said
    assert "buurtknoop.toml" in said
    assert "<form" not in html.partition("<main")[2].partition("</main>")[0]
    assert await secretive.rows() == before


def test_the_address_of_a_database_is_not_told(tmp_path: Path) -> None:
    values = {"origin": "https://centrum.example", "name": "Centrum", "area": "BU00000001"}
    url = f"postgresql://buurt:{SECRET}@db.example/buurt"
    told = settings.parts(build({**values, "database": url}, tmp_path))
    assert not any(SECRET in line.value for part in told for line in part.lines)


async def test_the_node_in_numbers(here: Here) -> None:
    assert "people who are in 8" in await shown(here, "/operator/figures")


# The map, keys, people and invitations


async def test_the_map_proposes_whom_we_do_not_know_yet(here: Here) -> None:
    path = "/operator/neighbours"
    assert "On the map these touch us" not in await shown(here, path)

    def draw(tx: Transaction) -> None:
        known = town.neighbour(tx, "noord").area
        own = Border("BU00000001", "Centrum", ("BU00000002", known or "", "BU00000009"), "2025")
        borders.replace(tx, [own, Border("BU00000002", "Oude Haven", ("BU00000001",), "2025")])

    await here.database.writing(draw)
    said = (await shown(here, path)).partition("On the map these touch us")[2]
    assert "Oude Haven BU00000002" in said
    assert "A neighbourhood outside our map BU00000009" in said
    assert "Noord" not in said


async def test_changed_keys_are_believed_only_after_a_look(here: Here) -> None:
    node = await here.database.writing(lambda tx: town.neighbour(tx, "noord", alarm="keys changed"))
    path = f"/operator/neighbours/{node.id}/keys"
    html = await page(here, "/operator/neighbours", "operator")
    assert "Its keys changed." in words(html)
    assert f'href="{path}"' in html
    assert "Ring its operator first" in await shown(here, path)
    for _ in range(2):
        await here.post("operator", path)
    assert (await here.database.reading(nodes.get, node.id)).alarm is None
    (asked,) = await here.database.reading(lookups.open_for, "actor")
    assert asked.subject == node.id


async def test_somebody_is_found_by_a_piece_of_the_name(here: Here) -> None:
    said = await shown(here, "/operator/people?name=ERE")
    assert "Merel" in said
    assert "Bea" not in said
    assert "Nobody waits" not in said
    for wild in ("%25", "_", "%00", "zzz"):
        found = await shown(here, f"/operator/people?name={wild}")
        assert ("Merel" in found) is (wild == "%00")
    assert "Nobody is called so here" in await shown(here, "/operator/people?name=zzz")


async def test_an_invitation_ends_early(here: Here) -> None:
    code = await here.invitation(5)
    path = "/operator/invitations"
    html = await page(here, path, "operator")
    found = re.search(rf'action="({path}/\w+/end)"', html)
    assert found is not None
    assert code.replace("-", "") not in html
    await here.post("operator", found[1])
    await here.post("operator", found[1], 404)
    assert "No code is out" in await shown(here, path)
    await here.post(None, "/join", 422, name="Noor", email="noor@example.org", code=code)
