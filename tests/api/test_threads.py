"""Conversations and contact details through programs: between the two, and kept nowhere."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from node.acts import matches
from node.api.operation import PREFIX
from node.api.routes import routes
from node.clock import now
from node.neighbourhood.contact import Contact, Elsewhere
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import NotReachable, phrase
from node.neighbourhood.response import Response
from node.storage import posts, responses
from node.storage.database import Transaction
from tests.api.programs import Here, said
from tests.ui.next_door import offered

PHONE = "0199-77 66 55"


async def agreed(here: Here) -> str:
    """Bea and Merel agreed; the address of their answer."""
    post = await here.asks()
    answer = await here.answers("helper", post)
    await here.agree(post, answer)
    return f"/responses/{answer['id']}"


async def put(here: Here, part: str, path: str, body: Any, status: int = 200) -> Any:
    return said(await here.call(part, "PUT", path, json=body), status)


async def test_the_two_write_and_read_the_newest_first(here: Here) -> None:
    at = await agreed(here)
    first = await here.post("poster", f"{at}/messages", {"text": " Elf uur? "})
    assert first == {
        "id": first["id"],
        "response": at.removeprefix("/responses/"),
        "from": {"name": "Bea", "home": "Centrum"},
        "mine": True,
        "text": "Elf uur?",
        "created": first["created"],
        "deleted": False,
        "changed": False,
    }
    await here.post("helper", f"{at}/messages", {"text": "Ja."})
    page = await here.get("helper", f"{at}/messages", limit=1)
    assert [(one["text"], one["mine"]) for one in page["items"]] == [("Ja.", True)]
    rest = await here.get("helper", f"{at}/messages", cursor=page["next"])
    assert [(one["text"], one["mine"]) for one in rest["items"]] == [("Elf uur?", False)]
    assert rest["next"] is None
    await here.delete("poster", f"/messages/{first['id']}")
    await here.delete("poster", f"/messages/{first['id']}")
    rest = await here.get("helper", f"{at}/messages", cursor=page["next"])
    assert [(one["text"], one["deleted"]) for one in rest["items"]] == [("", True)]


async def test_what_cannot_be_sent_is_refused(here: Here) -> None:
    at = await agreed(here)
    for text in ("", " ", "a" * 4001):
        assert "text" in (await here.post("poster", f"{at}/messages", {"text": text}, 422))["errors"]
    for _ in range(60):
        await here.post("poster", f"{at}/messages", {"text": "Hallo?"})
    late = await here.call("poster", "POST", f"{at}/messages", json={"text": "Hallo?"})
    said(late, 429)
    assert late.headers["retry-after"] == "3600"


async def test_details_are_one_s_own(here: Here) -> None:
    kept = await put(here, "poster", "/me/contact", {"phone": PHONE, "address": "Kanarielaan 7"})
    assert kept == {"name": "Bea", "phone": PHONE, "email": "bea@example.org", "address": "Kanarielaan 7"}
    assert await here.get("poster", "/me/contact") == kept
    assert (await put(here, "poster", "/me/contact", {}))["phone"] is None
    wrong = await put(here, "poster", "/me/contact", {"phone": "bel me", "address": "a" * 300}, 422)
    assert set(wrong["errors"]) == {"phone", "address"}


async def test_each_shows_what_they_choose_as_long_as_they_choose(here: Here) -> None:
    at = await agreed(here)
    await put(here, "poster", "/me/contact", {"phone": PHONE})
    await here.post("helper", f"{at}/contact/show", status=404)
    assert await put(here, "poster", f"{at}/contact", {"fields": ["phone"]}) == {
        "fields": ["phone"],
        "seen": [],
    }
    shown = await here.post("helper", f"{at}/contact/show", status=200)
    assert shown == {"name": "Bea", "phone": PHONE, "email": None, "address": None}
    mine = await here.get("poster", f"{at}/contact")
    assert (mine["fields"], len(mine["seen"])) == (["phone"], 1)
    assert await here.get("helper", f"{at}/contact") == {"fields": [], "seen": []}
    for _ in range(2):
        await here.delete("poster", f"{at}/contact")
    await here.post("helper", f"{at}/contact/show", status=404)
    assert (await here.get("poster", f"{at}/contact"))["fields"] == []
    for fields in ([], ["address"]):
        assert "fields" in (await put(here, "poster", f"{at}/contact", {"fields": fields}, 422))["errors"]
    await put(here, "poster", f"{at}/contact", {"fields": ["name"]}, 422)


async def test_before_and_after_the_agreement_nothing_is_shown(here: Here) -> None:
    post = await here.asks()
    answer = await here.answers("helper", post)
    at = f"/responses/{answer['id']}"
    await put(here, "poster", f"{at}/contact", {"fields": ["email"]}, 409)
    match = await here.agree(post, answer)
    await put(here, "poster", f"{at}/contact", {"fields": ["email"]})
    await here.post("poster", f"/matches/{match['id']}/cancel", status=200)
    await here.post("helper", f"{at}/contact/show", status=409)
    assert (await here.get("poster", f"{at}/contact"))["fields"] == []


@pytest.mark.parametrize("part", ["broker", "supervisor", "operator", "other", "booster", "connector"])
async def test_nobody_else_reads_a_word(here: Here, part: str) -> None:
    post = await here.asks()
    answer = await here.answers("helper", post)
    at = f"/responses/{answer['id']}"
    match = await here.agree(post, answer)
    await here.post("poster", f"{at}/messages", {"text": "Kanarie in de gang"})
    await put(here, "poster", "/me/contact", {"phone": PHONE})
    await put(here, "poster", f"{at}/contact", {"fields": ["phone"]})
    await here.post("helper", f"{at}/contact/show", status=200)
    for path in (
        "/me/export",
        "/matches",
        f"/requests/{post['id']}",
        f"/requests/{post['id']}/responses",
        f"/requests/{post['id']}/copies",
        f"/matches?request={match['request']}",
        "/board",
        "/queue",
        "/nodes",
        f"{at}/messages",
        f"{at}/contact",
    ):
        text = (await here.call(part, "GET", path)).text
        assert "Kanarie" not in text, path
        assert PHONE not in text, path
    for path in (f"{at}/messages", f"{at}/contact"):
        there = await here.call(part, "GET", path)
        nowhere = await here.call(part, "GET", path.replace(answer["id"], "nowhere"))
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


# The other lives next door


@dataclass
class Away:
    """What another node answers."""

    says: Contact | None = None
    down: bool = False
    asked: int = 0

    async def fetch(self, there: Elsewhere) -> Contact | None:
        self.asked += 1
        if self.down:
            raise NotReachable(phrase("The other neighbourhood cannot be reached now."))
        return self.says


async def test_what_the_other_node_shows_comes_through_and_what_does_not_is_said(here: Here) -> None:
    node = await here.next_door()
    post = await here.asks()
    kept = await here.database.writing(_asked, node, post["id"])
    await here.database.writing(matches.agree, here.cast.poster, post["id"], kept.id, now())
    away = Away()
    transport = httpx.ASGITransport(Starlette(routes=routes(here.database, here.settings, away.fetch)))
    path = f"{PREFIX}/responses/{kept.id}/contact/show"
    async with httpx.AsyncClient(transport=transport, base_url=here.settings.origin) as client:
        headers = here.headers("poster")
        said(await client.post(path, headers=headers), 404)
        away.says = Contact("Youssef", PHONE)
        shown = said(await client.post(path, headers=headers), 200)
        assert shown == {"name": "Youssef", "phone": PHONE, "email": None, "address": None}
        away.down = True
        said(await client.post(path, headers=headers), 502)
        said(await client.post(path, headers=here.headers("broker")), 404)
    assert away.asked == 3
    said(await here.call("poster", "POST", path.removeprefix(PREFIX)), 502)


def _asked(tx: Transaction, node: Node, post_id: str) -> Response:
    """Somebody there says yes."""
    offered(tx, node, posts.get(tx, post_id))
    [answer] = responses.of_post(tx, post_id)
    return answer
