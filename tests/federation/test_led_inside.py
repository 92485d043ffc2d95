"""Links in what others serve lead us nowhere we would not go by ourselves (`security.md`, X07, X08, X12)."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from node.clock import now
from node.storage import lookups
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until

INSIDE = [
    *(
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
    ),
    *(
        "https://[::1]/x",
        "http://127.0.0.1:8080/x",
        "https://2130706433/x",
        "file:///etc/passwd",
        "gopher://x/",
    ),
    *("https://leugenaar.example:22/x", "http://leugenaar.example/x", "https://centrum.example/ap/actor"),
]


def hosts(place: Place, since: int) -> set[str]:
    """With whom this node spoke."""
    log = place.wire.log[since:]
    return {str(urlsplit(exchange.url).netloc) for exchange in log if exchange.sender == place.origin}


async def settled(place: Place) -> None:
    """Until nothing is to be looked up now."""
    await until(place.idle)


@pytest.mark.parametrize("inside", INSIDE)
async def test_X07_webfinger_leads_nowhere_else(pair: Nodes, inside: str) -> None:
    place, enemy = pair.places[0], Liar(pair.wire)
    links = [
        {"rel": "self", "type": "application/activity+json", "href": inside},
        {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": inside},
        {"rel": "lrdd", "template": inside + "?resource={uri}"},
        {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": inside + "{uri}"},
    ]
    resource = "acct:leugenaar@leugenaar.example"
    jrd = {"subject": resource, "links": links}
    enemy.serve(
        "/.well-known/webfinger?resource=acct%3Aleugenaar%40leugenaar.example",
        jrd,
        kind="application/jrd+json",
    )
    enemy.serve("/.well-known/host-meta", {"links": links})
    enemy.serve("/.well-known/nodeinfo", {"links": links})
    since = len(place.wire.log)
    await place.wants_at("leugenaar@leugenaar.example")

    async def failed() -> bool:
        return any(row.error for row in await place.database.reading(lookups.open_for, "neighbour"))

    await until(failed)
    assert hosts(place, since) == {"leugenaar.example"}
    assert len(enemy.asked) == 1


@pytest.mark.parametrize("inside", INSIDE)
async def test_X08_no_link_of_an_actor_or_a_post_leads_inside(pair: Nodes, inside: str) -> None:
    place, enemy = pair.places[0], Liar(pair.wire)
    await enemy.befriend(place)
    link = {"type": "Image", "mediaType": "image/png", "url": inside}
    links: dict[str, Any] = dict.fromkeys(
        "outbox followers following featured adjacentNodes directory hub url movedTo streams".split(),
        inside,
    )
    odd = enemy.group(
        **links,
        icon=link,
        image=link,
        alsoKnownAs=[inside],
        endpoints={"sharedInbox": inside},
        attachment=[link],
    )
    note = enemy.note(
        url=inside,
        attachment=[link],
        image=link,
        icon=link,
        replies=inside,
        inReplyTo=inside,
        context=inside,
        tag=[{"type": "Mention", "href": inside}, {"type": "Emoji", "icon": link}],
        likes=inside,
        shares=inside,
    )
    since = len(place.wire.log)
    for activity in (
        enemy.activity("Update", odd),
        enemy.activity("Create", note),
        enemy.activity("Announce", inside),
        enemy.activity("Like", inside),
        enemy.activity("Follow", inside),
        enemy.activity("Add", inside, target=inside),
        enemy.activity("Move", enemy.actor, target=inside),
        enemy.activity("Create", inside),
        enemy.activity("Create", {"id": inside, "type": "Note"}),
        enemy.activity("Undo", inside),
        enemy.activity("Accept", inside),
    ):
        assert (await enemy.says(place, activity)).status_code in (202, 400, 401)
    for served in (odd, {**odd, "inbox": inside}):
        enemy.serve(enemy.actor, served)
        await place.change("lookups", due=now())
        await settled(place)
    assert hosts(place, since) <= {"leugenaar.example", "noord.example"}


class Endless(Liar):
    """Each of its posts answers another one, without end."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path.startswith("/ap/o/") and path not in self.served:
            number = int(path.rpartition("/")[2])
            parent = f"{self.origin}/ap/o/{number + 1}"
            self.serve(path, self.note(self.origin + path, inReplyTo=parent, context=parent, replies=parent))
        await super().__call__(scope, receive, send)


async def test_X12_a_chain_of_answers_without_end(pair: Nodes) -> None:
    place, enemy = pair.places[0], Endless(pair.wire)
    await enemy.befriend(place)
    enemy.asked.clear()
    for kind in ("Create", "Update"):
        note = enemy.note(inReplyTo=f"{enemy.origin}/ap/o/1", to=[place.home.actor])
        assert (await enemy.says(place, enemy.activity(kind, note, to=[place.home.actor]))).status_code == 202
    await enemy.says(place, enemy.activity("Announce", f"{enemy.origin}/ap/o/1"))
    await settled(place)
    assert len([path for path in enemy.asked if path.startswith("/ap/o/")]) <= 10
