"""All my data in one parcel: to read, for programs, and as other software reads posts."""

import io
import json
import re
from typing import Any
from zipfile import ZipFile

from node.acts import matches, photos, posts, responses, threads
from node.clock import now
from node.federation.vocabulary import PUBLIC
from node.neighbourhood.photo import Photo
from node.storage import erasing
from node.storage import export as kept
from node.storage.database import Transaction
from node.ui.photobox import Made
from tests import town
from tests.ui.visits import Here, words

EVIL = '"><img src=https://evil.example/x>'
NOT_IN_IT = {  # tables with something of a person that is not told, and why
    "challenges": "what a passkey is asked to sign, for minutes",
    "letters": "on their way: they get them",
    "lookups": "which node an operator asked for: that is the node's",
    "reads": "until when a conversation was read: a mark on the list",
    "reply_ways": "hashes of secrets in letters",
    "signin_links": "hashes of secrets in letters",
    "stops": "hashes of secrets in letters",
}


async def lived(here: Here) -> None:
    """Bea asks, next door and here alone, and tells everybody; Merel helps, and they write."""

    def live(tx: Transaction) -> None:
        cast, at = here.cast, now()
        town.neighbour(tx)
        asked = posts.post(tx, cast.poster, town.asks(text=f"Bij de apotheek. {EVIL}"), at)
        posts.post(tx, cast.poster, town.offers("Alleen voor de straat", audience="neighbourhood"), at)
        posts.post(tx, cast.poster, town.plans("Voor iedereen", audience="public", at=at), at)
        gone = posts.post(tx, cast.poster, town.tells("Toch maar niet"), at)
        posts.withdraw(tx, cast.poster, gone.id, at)
        yes = responses.answer(tx, cast.helper, asked.id, "Ik kom om tien uur.", at)
        matches.agree(tx, cast.poster, asked.id, yes.id, at)
        threads.write(tx, cast.poster, yes.id, "Neem een tas mee.", at)

    await here.database.writing(live)


async def parcel(here: Here, part: str) -> dict[str, str]:
    answer = await here.get(part, "/me/export.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-buurtknoop.zip"'
    with ZipFile(io.BytesIO(answer.content)) as box:
        return {name: box.read(name).decode() for name in box.namelist()}


async def test_the_page_reads_well_and_fetches_nothing(here: Here) -> None:
    await lived(here)
    files = await parcel(here, "poster")
    page = files["index.html"]
    said = words(page)
    for one in ("Bea", "bea@example.org", "Wie haalt dinsdag medicijnen?", "Alleen voor de straat"):
        assert one in said
    for one in (
        "Merel",
        "Ik kom om tien uur.",
        "Neem een tas mee.",
        "Wat ik vraag en aanbied",
        "Afgesproken",
    ):
        assert one in said
    assert '<html lang="nl" dir="ltr">' in page
    assert "<img" not in page  # H04
    assert re.findall(r'(?:href|src|action|url)\s*=\s*"([^"]*)"', page) == ["style.css"]
    assert "url(" not in files["style.css"]
    assert "<script" not in page


async def test_the_page_is_in_the_language_of_its_reader(here: Here) -> None:
    async with here.browser("poster") as browser:
        await browser.post("/choice", data={"language": "en", "back": "/me"}, headers=here.own_form)
        answer = await browser.get("/me/export.zip")
    with ZipFile(io.BytesIO(answer.content)) as box:
        assert '<html lang="en"' in box.read("index.html").decode()


async def test_the_file_for_programs_is_the_one_of_the_api(here: Here) -> None:
    await lived(here)
    data = json.loads((await parcel(here, "poster"))["data.json"])
    alone = (await here.get("poster", "/me/export")).json()
    assert {**data, "made": None} == {**alone, "made": None}
    assert data["account"]["email"] == "bea@example.org"


async def test_the_outbox_holds_each_post_as_other_software_reads_it(here: Here) -> None:
    await lived(here)
    outbox: dict[str, Any] = json.loads((await parcel(here, "poster"))["outbox.json"])
    assert (outbox["type"], outbox["totalItems"]) == ("OrderedCollection", 3)
    assert outbox["@context"][0] == "https://www.w3.org/ns/activitystreams"
    by_name = {one["object"]["name"]: one for one in outbox["orderedItems"]}
    assert set(by_name) == {"Voor iedereen", "Alleen voor de straat", "Wie haalt dinsdag medicijnen?"}
    for one in by_name.values():
        assert (one["type"], one["actor"]) == ("Create", here.settings.home.actor)
        assert one["to"] == one["object"]["to"]
        assert one["id"].startswith(here.settings.origin)
    assert by_name["Voor iedereen"]["to"] == [PUBLIC]
    assert by_name["Voor iedereen"]["object"]["type"] == "Event"
    assert by_name["Alleen voor de straat"]["to"] == []  # it never left, and is for nobody else
    assert "<img" not in by_name["Wie haalt dinsdag medicijnen?"]["object"]["content"]


async def test_v12_nothing_of_anybody_else_is_in_the_parcel(here: Here) -> None:
    await lived(here)
    for part, who in here.cast.all().items():
        others = [one for one in here.cast.all().values() if one.id != who.id]
        private = {one.id for one in others} | {f"{one.name.lower()}@example.org" for one in others}
        private |= {"session of", "Toch maar niet"} if part != "poster" else {"session of"}
        private |= {"Neem een tas mee."} if part not in ("poster", "helper") else set()
        for name, held in (await parcel(here, part)).items():
            assert {word for word in private if word in held} == set(), (part, name)


async def test_v12_what_is_kept_of_somebody_is_told_or_there_is_a_reason(here: Here) -> None:
    """A table that names a person is in the export under its own name, but for those that say why not."""
    told = set(await here.database.reading(kept.everything, here.cast.poster.id))
    called = {"follows": "districts", "luggage": "brought", "letter_codes": "paper", "recoveries": "returns"}
    tables = {column.table.name for column in erasing.THEIRS}
    assert {called.get(name, name) for name in tables - set(NOT_IN_IT)} <= told


async def test_photos_are_in_it_and_on_the_page(here: Here) -> None:
    def put(tx: Transaction) -> None:
        asked = posts.post(tx, here.cast.poster, town.asks(), now())
        photo = Photo("7" * 32, here.cast.poster.id, asked.id, None, "Een rode tas", 4, 3, 20, now())
        here.ui.photos.keep(photo.id, Made(4, 3, b"\xff\xd8 large", b"small"))
        photos.add(tx, here.cast.poster, photo, now())

    await here.database.writing(put)
    answer = await here.get("poster", "/me/export.zip")
    with ZipFile(io.BytesIO(answer.content)) as box:
        assert box.read(f"photos/{'7' * 32}.jpg") == b"\xff\xd8 large"
        page = box.read("index.html").decode()
    assert f'<img src="photos/{"7" * 32}.jpg" alt="Een rode tas"' in page
    here.ui.photos.drop("7" * 32)
    again = await here.get("poster", "/me/export.zip")
    assert again.status_code == 200
