"""Moving house: the file of the old neighbourhood, what the new one makes of it, and what a liar brings."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from node.acts import digests, posts, searches
from node.clock import now
from node.federation import parcels as federation
from node.federation import public_key
from node.federation.door import Federation, open_door
from node.federation.keys import load_or_make
from node.neighbourhood.digest import Often
from node.neighbourhood.parcel import LASTS
from node.storage import digests as kept_digests
from node.storage import nodes, parcels, residents, tables
from node.storage import searches as kept_searches
from node.storage.database import Transaction
from node.ui import routes
from tests import town
from tests.federation.wire import Wire
from tests.ui import visits
from tests.ui.visits import Here, words

OLD = "https://noord.example"


@dataclass
class Two:
    """The old neighbourhood and the new one, which knows the keys of the old."""

    old: Here
    new: Here
    door: Federation  # of the old one

    async def file(self, part: str = "poster") -> dict[str, Any]:
        answer = await self.old.get(part, "/me/moving/file")
        assert answer.headers["content-disposition"] == 'attachment; filename="my-move.json"'
        said: dict[str, Any] = answer.json()
        return said

    def sealed(self, said: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
        """The same, signed anew by the old node."""
        return federation.sealed(self.door, said, at or now())

    async def give(self, part: str | None, said: Any, status: int) -> httpx.Response:
        text = said if isinstance(said, str) else json.dumps(said)
        async with self.new.browser(part) as browser:
            headers = {name: value for name, value in self.new.own_form.items() if name != "content-type"}
            files = {"file": ("my-move.json", text, "application/json")}
            return visits.said(await browser.post("/join/moved", files=files, headers=headers), status)

    async def refused(self, said: Any, status: int = 422, part: str = "poster") -> str:
        """What somebody reads whose file is not taken; nothing of it is kept."""
        page = words((await self.give(part, said, status)).text)
        assert await self.brought(part) == []
        return page

    async def brought(self, part: str) -> list[str]:
        theirs = await self.new.database.reading(parcels.of, self.new.cast.all()[part].id)
        return [one.fields["title"] for one in theirs]


def speaking(here: Here, directory: Path) -> tuple[Here, Federation]:
    """These pages with the door to other nodes behind them, as the roof makes them; nobody answers there."""
    door = open_door(here.database, here.settings, load_or_make(directory, here.settings.home), Wire())
    seal, unseal = partial(federation.sealed, door), partial(federation.opened, door)
    pages = routes.open_door(here.database, here.settings, seal=seal, unseal=unseal)
    return replace(here, app=Starlette(routes=routes.routes(pages))), door


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    async with visits.opened(tmp_path / "old", OLD) as there, visits.opened(tmp_path / "new") as here:
        old, door = speaking(there, tmp_path / "old")
        new, _ = speaking(here, tmp_path / "new")
        key = door.keys.of_group().ed25519
        public = {key.key_id: public_key.encode(key.private.public_key())}

        def know(tx: Transaction) -> None:
            town.neighbour(tx)
            nodes.keep_keys(tx, old.settings.home.actor, OLD, public, now())

        await new.database.writing(know)
        yield Two(old, new, door)


async def lived(two: Two) -> None:
    def live(tx: Transaction) -> None:
        bea, at = two.old.cast.poster, now()
        posts.post(tx, bea, town.offers(), at)
        posts.post(tx, bea, town.asks(), at)
        gone = posts.post(tx, bea, town.offers("Niet meer"), at)
        posts.withdraw(tx, bea, gone.id, at)
        digests.choose(tx, bea, "daily", "9", at)
        searches.keep(tx, bea, "bakfiets", "", "", "", at)
        details = {"phone": "0199-11 22 33", "address": "Lindelaan 12"}
        tx.run(tables.residents.update().where(tables.residents.c.id == bea.id).values(details))

    await two.old.database.writing(live)


async def test_the_file_holds_what_travels_and_nothing_else(two: Two) -> None:
    await lived(two)
    said = await two.file()
    assert (said["name"], said["mail"], said["language"]) == ("Bea", "bea@example.org", "nl")
    assert [one["title"] for one in said["offers"]] == ["Ik snoei graag een heg"]
    assert (said["digest"], said["searches"]) == (["daily", "9"], [["bakfiets", "", "", ""]])
    text = json.dumps(said)
    for private in ("0199", "Lindelaan", two.old.cast.poster.id, "medicijnen", "Niet meer"):
        assert private not in text
    assert "roles" not in said  # nor how far they are known


async def test_who_has_an_account_gets_wishes_and_offers_and_nobody_else_sees_them(two: Two) -> None:
    await lived(two)
    answer = await two.give("poster", await two.file(), 303)
    assert answer.headers["location"] == "/me/brought"
    assert await two.brought("poster") == ["Ik snoei graag een heg"]
    bea = two.new.cast.poster.id
    assert (await two.new.database.reading(kept_digests.of, bea)).often is Often.DAILY
    assert [one.words for one in await two.new.database.reading(kept_searches.of, bea)] == ["bakfiets"]
    assert await two.new.database.reading(lambda tx: tx.run(select(tables.posts)).all()) == []
    assert "Ik snoei" not in (await two.new.get("helper", "/offers")).text
    page = (await two.new.get("poster", "/me/brought")).text
    assert "Ik snoei graag een heg" in page
    assert "/me/brought" in (await two.new.get("poster", "/me/data")).text


async def test_an_offer_is_looked_at_and_posted_or_thrown_away(two: Two) -> None:
    await lived(two)
    await two.give("poster", await two.file(), 303)
    [one] = await two.new.database.reading(parcels.of, two.new.cast.poster.id)
    for part in ("helper", "operator"):
        await two.new.post(part, f"/me/brought/{one.id}/away", 404)
    answer = await two.new.post("poster", f"/me/brought/{one.id}/look")
    assert answer.headers["location"] == "/offer?draft=1"
    assert "Ik snoei graag een heg" in (await two.new.get("poster", "/offer?draft=1")).text
    assert await two.brought("poster") == []


async def test_a_stranger_joins_with_it_and_the_name_and_the_mail_are_there(two: Two) -> None:
    def noor(tx: Transaction) -> None:
        named = {"name": "Noor", "email": "noor@example.org"}
        tx.run(tables.residents.update().where(tables.residents.c.id == two.old.cast.poster.id).values(named))

    await lived(two)
    await two.old.database.writing(noor)
    said = await two.file()
    page = (await two.give(None, said, 200)).text
    assert 'value="Noor"' in page
    assert 'value="noor@example.org"' in page
    sent = {"name": "Noor", "email": "noor@example.org", "language": "nl", "parcel": json.dumps(said)}
    other = await two.new.post(None, "/join", 422, **{**sent, "email": "eve@example.org"})
    assert "Dit bestand is van iemand met een ander mailadres." in words(other.text)
    await two.new.post(None, "/join", 303, **sent)
    made = await two.new.database.reading(residents.by_email, "noor@example.org", now())
    assert made is not None
    assert made.admitted is None  # how far one is known does not travel, nor that one was let in
    brought = await two.new.database.reading(parcels.of, made.id)
    assert [one.fields["title"] for one in brought] == ["Ik snoei graag een heg"]


async def test_u01_into_an_account_that_is_there_nobody_puts_anything_without_signing_in(two: Two) -> None:
    await lived(two)
    sent = {
        "name": "Bea",
        "email": "bea@example.org",
        "language": "nl",
        "parcel": json.dumps(await two.file()),
    }
    await two.new.post(None, "/join", 303, **sent)
    assert await two.brought("poster") == []
    await two.give("poster", await two.file(), 303)  # and it was not used up by that


Liar = Callable[[dict[str, Any]], Any]
CHANGED: dict[str, Liar] = {
    "one letter of a word": lambda said: {**said, "name": "Bee"},
    "whose it is": lambda said: {**said, "mail": "merel@example.org"},
    "until when it works": lambda said: {**said, "endTime": "2099-01-01T00:00:00Z"},
    "which node it is of": lambda said: {**said, "attributedTo": "https://zuid.example/ap/buurt/zuid"},
    "its id": lambda said: {**said, "id": f"{OLD}#parcel-2"},
    "no proof": lambda said: {name: value for name, value in said.items() if name != "proof"},
    "no file at all": lambda said: "{",
    "a list": lambda said: [said],
    "much too long": lambda said: {**said, "offers": ["x" * 70_000]},
}


@pytest.mark.parametrize("liar", CHANGED.values(), ids=CHANGED.keys())
async def test_a_changed_file_is_refused_in_plain_words(two: Two, liar: Liar) -> None:
    await lived(two)
    page = await two.refused(liar(await two.file()))
    assert "Dit is geen bestand van een buurt, of er is iets in veranderd." in page


async def test_a_file_signed_by_another_key_is_refused(two: Two, tmp_path: Path) -> None:
    said = await two.file()
    (tmp_path / "eve").mkdir()
    keys = load_or_make(tmp_path / "eve", two.old.settings.home)  # says that it is the old node's
    eve = open_door(two.old.database, two.old.settings, keys, Wire())
    forged = federation.sealed(eve, {name: said[name] for name in said if name != "proof"}, now())
    page = await two.refused(forged)
    assert "er is iets in veranderd" in page


async def test_it_works_once(two: Two) -> None:
    await lived(two)
    said = await two.file()
    await two.give("poster", said, 303)
    [one] = await two.new.database.reading(parcels.of, two.new.cast.poster.id)
    await two.new.post("poster", f"/me/brought/{one.id}/away")
    page = await two.refused(said, 409)
    assert "Dit bestand is hier al gebruikt. Het werkt één keer." in page


async def test_somebody_elses_file_is_refused(two: Two) -> None:
    await lived(two)
    page = await two.refused(await two.file(), part="helper")
    assert "Dit bestand is van iemand met een ander mailadres." in page


async def test_one_that_is_too_old_is_refused_and_so_is_one_that_never_ends(two: Two) -> None:
    said = await two.file()
    for until in (now() - timedelta(minutes=1), now() + 2 * LASTS):
        page = await two.refused(two.sealed({**said, "endTime": until.isoformat()}))
        assert "Dit bestand is te oud." in page


async def test_one_from_here_is_kindly_sent_on(two: Two) -> None:
    here = (await two.new.get("poster", "/me/moving/file")).json()
    page = await two.refused(here)
    assert "Geef het in je nieuwe buurt." in page


@pytest.mark.parametrize(
    "lie",
    [
        {"offers": [{"title": "x" * 500, "text": "Lang.", "category": "tuin"}]},
        {"offers": [{"title": "Heg", "text": "Nu.", "category": "tuin", "audience": "public", "key": ""}]},
        {"offers": ["geen formulier"]},
        {"searches": [["a", "b"]]},
        {"searches": [["", "", "", ""]]},
        {"digest": ["hourly", "3"]},
        {"name": "bel 0199112233"},
        {"language": "../../etc"},
        {"mail": "bea@example.org\r\nBcc: all@example.org"},
    ],
    ids=str,
)
async def test_a_node_that_lies_fills_in_nothing_that_our_forms_would_not_take(
    two: Two, lie: dict[str, Any]
) -> None:
    said = await two.file()
    answer = await two.give("poster", two.sealed({**said, **lie}), 303 if "audience" in str(lie) else 422)
    if answer.status_code == 303:  # what our form does not ask there is left out: who sees it is chosen here
        [one] = await two.new.database.reading(parcels.of, two.new.cast.poster.id)
        assert set(one.fields) == {"title", "text", "category"}


async def test_a_node_that_we_keep_out_brings_nobody(two: Two) -> None:
    said = await two.file()
    block = tables.nodes.update().where(tables.nodes.c.origin == OLD).values(blocked=True)

    def blocked(tx: Transaction) -> None:
        tx.run(block)

    await two.new.database.writing(blocked)
    assert "geen contact" in await two.refused(said, 403)


async def test_a_key_that_cannot_be_had_now_is_asked_for_later(two: Two) -> None:
    said = await two.file()

    def forget(tx: Transaction) -> None:
        tx.run(tables.keys.delete())

    await two.new.database.writing(forget)
    assert "Je oude buurt antwoordt nu niet." in await two.refused(said, 502)


async def test_r09_a_stranger_has_only_so_many_files_looked_at(two: Two) -> None:
    said = await two.file()
    for _ in range(5):
        await two.give(None, {**said, "name": "Bee"}, 422)
    await two.give(None, said, 429)
