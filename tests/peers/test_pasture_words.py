"""What other software writes to us alone stands with the person it is for, in words: all that fediverse-
pasture and funfedi have collected, but for what is listed here with its reason."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest

from node.demo.place import Place
from node.neighbourhood.policy import A_MINUTE_MOST
from tests.peers import pasture
from tests.peers.conftest import PATIENCE, Resident, lets_in
from tests.peers.pasture import Pasture
from tests.roof.neighbours import rows, until

TALKS = 8  # of one conversation more than sixty messages in an hour are not taken

# Written in public, by other names for everybody: a supervisor looks first.
WAITS = {"public_addressing 1": "as:Public", "public_addressing 2": "Public"}
PARTS_OF_EVENT = "attributedTo cc type published content endTime location name startTime".split()
NOT_SHOWN = {
    "it says that it answers something else": [*(f"in_reply_to {number}" for number in range(7))],
    "it has no id, so that nobody could change it or take it back": ["necessary_properties 1"],
    "it is not by whoever sends it, or not by them alone": [
        "attributed_to 2",
        "necessary_properties 3",
        "Notes: necessary_properties_notes: without attributedTo",
        "Polls: necessary_properties_polls: without attributedTo",
    ],
    "it does not say what it is": [
        "necessary_properties 4",
        "object_types 13",
        "Notes: necessary_properties_notes: without type",
        "Polls: necessary_properties_polls: without type",
    ],
    "it is no writing": [*(f"object_types {number}" for number in (2, 7, 8, 9, 10))],
    "there are no words in it": [
        "html_tags 26",
        "html_tags_article 26",
        "Notes: necessary_properties_notes: without content",
    ],
    "its times are no times, for they have two zones": [
        *(f"Events: events: {what}" for what in ("default", "with hashtag", "with mention")),
        "Events: events: with mention no name",
        *(f"Events: necessary_properties: without {what}" for what in PARTS_OF_EVENT),
    ],
    "it is no activity": [
        f"Activities: create_activity: {what}"
        for what in (
            *("null actor", "null id", "null type", "without actor", "without id", "without type"),
            *("as list actor", "as list object", "as list type", "as list published"),
        )
    ],
    "it is somebody else's word that this was said": ["Activities: announce_create: Announce(Create(Note))"],
}


@pytest.fixture(scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pasture]:
    async with pasture.running(tmp_path_factory.mktemp("pasture")) as there:
        yield there


@pytest.fixture
async def talks(place: Place, there: Pasture, bea: Resident) -> list[dict[str, Any]]:
    """Answers of the pasture's own actor to so many requests of Bea's."""
    home, actor = place.settings.home, there.person("actor")
    await lets_in(place, A_MINUTE_MOST)
    await there.says(
        "actor", f"{home.actor}/inbox", {"id": f"{actor}/f", "type": "Follow", "object": home.actor}
    )

    async def follows() -> bool:
        found = rows(place, "SELECT their_follow FROM accounts WHERE actor = ?", actor)
        return [row["their_follow"] for row in found] == ["accepted"]

    await until(follows, PATIENCE)
    return [await answered(home.actor, there, bea, number) for number in range(TALKS)]


async def answered(group: str, there: Pasture, bea: Resident, number: int) -> dict[str, Any]:
    post = await bea.asks(f"Wie komt er op dag {number}?")
    uri = f"{there.origin}/notes/{number}"
    note = {"id": uri, "type": "Note", "attributedTo": there.person("actor"), "content": "Ik."}
    said = {"object": {**note, "inReplyTo": post["uri"], "to": [group]}, "to": [group]}
    create = {"id": f"{uri}/create", "type": "Create", **said}
    assert await there.says("actor", f"{group}/inbox", create) == 202
    (answer,) = await bea.answers(post)
    return {**answer, "uri": uri}


async def test_what_should_be_shown_is_shown(
    place: Place, there: Pasture, bea: Resident, sam: Resident, talks: list[dict[str, Any]]
) -> None:
    group, about = place.settings.home.actor, [talk["uri"] for talk in talks]
    sent = [one for which in ("inputs", "cases") for one in await there.replays(which, group, about)]
    dropped = {name for names in NOT_SHOWN.values() for name in names}
    assert {one["status"] for one in sent} == {202, 400, 401}
    assert {one["name"] for one in sent if one["status"] != 202} <= dropped <= {one["name"] for one in sent}
    for talk in talks:
        here = [one for one in sent if one["about"] == talk["uri"]]
        expected = [one for one in here if one["name"] not in {*dropped, *WAITS}]
        shown = await said_in(bea, talk)
        assert [" ".join(text.split()) for text in shown] == [words(one) for one in expected]
    waiting = {one["text"]: one["public"] for one in await sam.waits_for("Public")}
    assert waiting == dict.fromkeys(WAITS.values(), True)


async def said_in(bea: Resident, talk: dict[str, Any]) -> list[str]:
    """What they wrote in a conversation, the oldest first."""
    found: list[str] = []
    path = f"/responses/{talk['id']}/messages?limit=50"
    page = await bea.does("GET", path)
    found.extend(message["text"] for message in page["items"])
    while page["next"]:
        page = await bea.does("GET", f"{path}&cursor={page['next']}")
        found.extend(message["text"] for message in page["items"])
    return found[::-1]


def words(sent: dict[str, Any]) -> str:
    """What a browser would show of a Note, on one line."""
    note = sent["activity"]["object"]
    content = note.get("content") or next(iter(note.get("contentMap", {}).values()), "")
    options = [option["name"] for option in [*note.get("oneOf", []), *note.get("anyOf", [])]]
    parts = [note.get("summary") or "", note.get("name") or "", content, *options]
    return " ".join(" ".join(map(read, parts)).split())


def read(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.shown)


class Reader(HTMLParser):
    """What stands in HTML, as it shows: a gap wherever a mark is not just part of a line."""

    IN_LINE = frozenset("a b strong i em del ins s mark var code small sup sub wbr span img".split())
    UNSEEN = frozenset(["script", "style", "title"])

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in self.UNSEEN
        self.shown.append(dict(attrs).get("alt") or "" if tag in self.IN_LINE else " ")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in self.UNSEEN
        self.shown.append("" if tag in self.IN_LINE else " ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.shown.append(data)
