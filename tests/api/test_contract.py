"""What stays put for those outside: the fields of everything that is answered."""

import re
from datetime import datetime, timedelta

from node import __version__
from node.clock import now
from tests.api.programs import Here, path_of

POST = set(
    "id uri kind title text category audience urgency state author area home created updated expires url "
    "decide places places_left".split()
)
RFC3339_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


async def test_a_post(here: Here) -> None:
    until = (now() + timedelta(days=9)).isoformat()
    made = await here.asks(
        audience="neighbourhood", urgency="urgent", decide="first", places=2, expires=until
    )
    assert set(made) == POST
    assert made == {
        **made,
        "uri": f"https://centrum.example/ap/o/{made['id']}",
        "kind": "request",
        "title": "Wie haalt dinsdag medicijnen?",
        "text": "Om de hoek.",
        "category": "boodschappen",
        "audience": "neighbourhood",
        "urgency": "urgent",
        "state": "open",
        "author": {"name": "Bea"},
        "area": {"code": "BU00000001", "name": "Centrum"},
        "home": {"name": "Centrum", "url": "https://centrum.example", "own": True},
        "url": f"https://centrum.example/o/{made['id']}",
        "decide": "first",
        "places": 2,
        "places_left": 2,
    }
    for name in ("created", "updated", "expires"):
        assert RFC3339_UTC.fullmatch(made[name]), name
    assert await here.get("poster", path_of(made)) == made
    assert (await here.get("poster", "/requests"))["items"] == [made]


async def test_a_post_of_the_neighbours_has_the_same_fields(here: Here) -> None:
    held = await here.told(await here.next_door())
    shown = await here.get("helper", f"/requests/{held.id}")
    assert set(shown) == POST
    assert shown["home"]["own"] is False


async def test_what_is_left_out_is_as_usual(here: Here) -> None:
    request, offer = await here.asks(), await here.offers()
    for post, days in ((request, 30), (offer, 180)):
        usual = (post["audience"], post["urgency"], post["decide"], post["places"])
        audience = "public" if post["kind"] == "offer" else "adjacent"
        assert usual == (audience, "week", "choose", 1)
        end = now() + timedelta(days=days)
        assert abs((end - _moment(post["expires"])).total_seconds()) < 60


async def test_a_response(here: Here) -> None:
    post = await here.asks()
    made = await here.answers("helper", post)
    created = made.pop("created")
    assert made == {
        "id": made["id"],
        "post": post["id"],
        "text": "Ik kan om tien uur.",
        "from": {"name": "Merel", "home": "Centrum"},
        "state": "pending",
    }
    assert RFC3339_UTC.fullmatch(created)


async def test_a_match(here: Here) -> None:
    post = await here.asks()
    answer = await here.answers("helper", post)
    made = await here.agree(post, answer)
    created = made.pop("created")
    assert made == {"id": made["id"], "request": post["id"], "response": answer["id"], "state": "agreed"}
    assert RFC3339_UTC.fullmatch(created)


async def test_a_copy(here: Here) -> None:
    node = await here.next_door()
    post = await here.asks()
    (copy,) = (await here.get("poster", f"{path_of(post)}/copies"))["items"]
    assert RFC3339_UTC.fullmatch(copy.pop("at"))
    assert copy == {"node": {"name": node.name, "url": node.origin}, "state": "asked"}


async def test_this_node_the_others_and_oneself(here: Here) -> None:
    node = await here.next_door()
    assert await here.get(None, "/node") == {
        "kind": "neighbourhood",
        "name": "Centrum",
        "area": "BU00000001",
        "actor": "https://centrum.example/ap/buurt/centrum",
        "acct": "centrum@centrum.example",
        "hub": None,
        "version": __version__,
    }
    assert (await here.get("helper", "/nodes"))["items"] == [
        {
            "id": node.id,
            "name": "Noord",
            "kind": "neighbourhood",
            "url": "https://noord.example",
            "actor": node.actor,
            "area": node.area,
            "standing": "active",
            "paused": False,
            "moved_to": None,
            "last_seen": None,
        }
    ]
    assert await here.get("helper", "/me") == {
        "id": here.cast.helper.id,
        "name": "Merel",
        "roles": [],
        "language": "nl",
        "node": {"name": "Centrum", "url": "https://centrum.example"},
    }


async def test_a_problem(here: Here) -> None:
    refused = await here.get(None, "/requests/nobody", 404)
    assert refused == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "This is not here, or no longer.",
    }
    wrong = await here.post("poster", "/requests", {"title": "a"}, 422)
    assert wrong["errors"] == {"category": "This is needed."}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
