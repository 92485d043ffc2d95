"""Every address that other software knows us by, on one screen."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from node import clock
from node.federation import (
    actors,
    collections,
    contact,
    conversation,
    discovery,
    identity,
    inbox,
    readers,
    references,
    vocabulary,
)
from node.federation.collections import Shown
from node.federation.documents import written
from node.federation.door import Federation
from node.federation.lookups import EVERY
from node.federation.negotiation import ForPrograms
from node.federation.remote import JSON
from node.federation.served import Shut, document, fixed, not_here
from node.federation.signatures import Refused
from node.neighbourhood.node import Node
from node.storage import advisories, lookups, nodes
from node.storage.database import Transaction

Handler = Callable[[Federation, Request], Awaitable[Response]]
DIRECTORY_AT_MOST = timedelta(minutes=10)  # a stranger makes us read our hub's directory this often
KEPT_SECONDS = 1.0  # our own actor as bytes, while nothing is committed: another process of ours may do so


def routes(door: Federation) -> list[BaseRoute]:
    """The routes of this door. GET of what is not public answers 404 to whoever may not see it, byte for
    byte. Where federation is off all do, and read no body (S27)."""
    on = door.settings.federation
    return [route if on else type(route)(route.path, Shut()) for route in _routes(door)]


def _routes(door: Federation) -> Iterator[Route]:
    group = door.home.actor.removeprefix(door.home.origin)
    for path in ("/inbox", f"{group}/inbox", "/ap/actor/inbox"):
        yield Route(path, _Inbox(door), methods=["POST"])
    table: list[tuple[str, Handler]] = [
        (group, _group),
        ("/ap/actor", _application),
        ("/ap/o/{key}", _post),
        ("/ap/o/{key}/proposal", _proposal),
        ("/ap/o/{key}/replies", _replies),
        ("/ap/o/{key}/context", _context),
        ("/ap/category/{word}", _category),
        ("/ap/gebied/{code}", _area),
        ("/ap/m/{key}", _message),
        ("/ap/a/{key}/contact", _contact),
        (f"{group}/outbox", _outbox),
        (f"{group}/nodes", _directory) if door.home.is_hub else (f"{group}/adjacent", _adjacent),
        *([(f"{group}/advisories", _advisories)] if door.home.is_hub else []),
        (f"{group}/followers", _followers),
        (f"{group}/following", _following),
        (f"{group}/featured", _featured),
        ("/ap/actor/outbox", _empty),
        ("/ap/actor/followers", _empty),
        ("/ap/actor/following", _empty),
        ("/.well-known/webfinger", discovery.webfinger),
        ("/.well-known/nodeinfo", discovery.nodeinfo_links),
        ("/nodeinfo/2.1", discovery.nodeinfo),
        ("/.well-known/host-meta", discovery.host_meta),
        ("/.well-known/host-meta.json", discovery.host_meta_json),
        ("/ns", discovery.namespace),
    ]
    for path, handler in table:
        yield _route(door, path, handler, "GET")
    pages: list[tuple[str, Handler]] = [("/", _group), ("/@{name}", _named), ("/o/{page}", _page)]
    for path, handler in pages:
        yield _route(door, path, handler, "GET", ForPrograms)


class _Inbox:
    """The inbox, as an ASGI program of its own: what is sent most often goes through fewer layers."""

    def __init__(self, door: Federation) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await inbox.receive(self._door, Request(scope, receive, send))
        await response(scope, receive, send)


def _route(door: Federation, path: str, handler: Handler, method: str, kind: type[Route] = Route) -> Route:
    async def answer(request: Request) -> Response:
        return await handler(door, request)

    return kind(path, answer, methods=[method])


async def _reader(door: Federation, request: Request, technical: bool = False) -> Node | None:
    """The node that asks, by its signature; None when it is unsigned, not proved, or not known. `technical`:
    only by its Application."""
    if "signature" not in request.headers:
        return None
    try:
        found = await readers.reader(door, request)
    except Refused:
        return None
    if found.fetched is not None:
        await door.database.writing(identity.keep, found, clock.now())
    node = await door.database.reading(nodes.by_origin, found.origin)
    if node is not None and not node.partner and not door.home.is_hub:
        await door.database.writing(_who_is_this, clock.now())
    reads = f"{node.origin}/ap/actor" if node is not None else ""
    theirs = (reads,) if node is None or technical else (node.actor, reads)  # `wire.md` 1.2
    return node if found.verified.actor in theirs else None


def _who_is_this(tx: Transaction, at: datetime) -> None:
    """A stranger reads here: a new member of our hub perhaps, of whom we have not heard yet (`wire.md` 3)."""
    hub = nodes.hub(tx)
    if hub is not None and hub.member:
        lookups.hurry(tx, "directory", hub.id, at, at + EVERY - DIRECTORY_AT_MOST)


async def _group(door: Federation, request: Request) -> Response:
    await _listen(door, request)
    as_now = (door.database.change(), door.keys.of_group())
    kept, until, body = door.group
    if kept != as_now or monotonic() > until:
        body = written(await actors.ourselves(door))
        door.group = as_now, monotonic() + KEPT_SECONDS, body
    return fixed(body)


async def _named(door: Federation, request: Request) -> Response:
    """Our page by our name, for software that was given its address."""
    ours = request.path_params["name"].lower() == door.home.slug
    return await _group(door, request) if ours else not_here()


async def _application(door: Federation, request: Request) -> Response:
    await _listen(door, request)
    return fixed(written(actors.application(door)))


async def _listen(door: Federation, request: Request) -> None:
    """A sign of life makes what waits for that host due now.

    Only by a key that is known: two nodes that looked up each other's keys for this would both wait.
    """
    if (door.sleeping or door.unheard) and "signature" in request.headers:
        with suppress(Refused):
            await identity.heard(door, request)


async def _post(door: Federation, request: Request) -> Response:
    return await _post_of(door, request, request.path_params["key"])


async def _page(door: Federation, request: Request) -> Response:
    """A post by the address of its page."""
    key = await door.database.reading(collections.key_of, request.path_params["page"])
    return await _post_of(door, request, key)


async def _post_of(door: Federation, request: Request, key: str) -> Response:
    node, at = await _reader(door, request), clock.now()
    found = await door.database.reading(collections.post, node, key)
    if found is not None and await _given_out(door, node, [found], at):
        return document(collections.post_document(door, found, at))
    gone = await door.database.reading(collections.taken_back, node, key)
    return document(gone, 410) if gone is not None else not_here()


async def _given_out(door: Federation, node: Node | None, shown: list[Shown], at: datetime) -> set[str]:
    """The ids of the posts that whoever reads may have; a node of ours stands in the ledger from then on."""
    if node is None or not shown:
        return {found.post.uri for found in shown}
    return await door.database.writing(collections.given_out, node, shown, at)


async def _proposal(door: Federation, request: Request) -> Response:
    node, key = await _reader(door, request), request.path_params["key"]
    found = await door.database.reading(collections.post, node, key)
    twin = collections.proposal_document(door, found) if found is not None else None
    if twin is not None:
        return document(twin)
    gone = await door.database.reading(collections.taken_back, node, key)
    if gone is None:
        return not_here()
    return document({**gone, "id": f"{gone['id']}/proposal", "formerType": "Proposal"}, 410)


async def _replies(door: Federation, request: Request) -> Response:
    found = await door.database.reading(collections.public, request.path_params["key"])
    if found is None:
        return not_here()
    shown = conversation.page if "page" in request.query_params else conversation.replies
    return document(shown(*found))


async def _context(door: Federation, request: Request) -> Response:
    found = await door.database.reading(collections.public, request.path_params["key"])
    return document(conversation.context(door.home, *found)) if found is not None else not_here()


async def _category(door: Federation, request: Request) -> Response:
    found = references.category(door.home, request.path_params["word"])
    return fixed(written(found)) if found is not None else not_here()


async def _area(door: Federation, request: Request) -> Response:
    found = references.area(door.home, request.path_params["code"])
    return fixed(written(found)) if found is not None else not_here()


async def _message(door: Federation, request: Request) -> Response:
    """A message of a thread, for the node it was written to."""
    node, key = await _reader(door, request), request.path_params["key"]
    found = await door.database.reading(contact.message, node, key) if node is not None else None
    return document(found) if found is not None else not_here()


async def _contact(door: Federation, request: Request) -> Response:
    """Contact details, while they are released, for the other side's node alone; nobody keeps them."""
    node, key = await _reader(door, request, technical=True), request.path_params["key"]
    shown = await door.database.writing(contact.shown, node, key, clock.now()) if node is not None else None
    return document(shown, kind=JSON, cache="no-store") if shown is not None else not_here()


async def _outbox(door: Federation, request: Request) -> Response:
    node, at = await _reader(door, request), clock.now()
    uri, cursor = f"{door.home.actor}/outbox", request.query_params.get("before")
    if cursor is None:
        total = await door.database.reading(collections.counted, node, at)
        return document(collections.collection(uri, total, f"{uri}?before="))
    if cursor and collections.decoded(cursor) is None:
        return not_here()
    shown, creates, following = await door.database.reading(collections.outbox_page, node, cursor, at)
    given = await _given_out(door, node, shown, at)
    items = [
        collections.create_document(door, found, create, at)
        for found, create in zip(shown, creates, strict=True)
        if found.post.uri in given
    ]
    page = {"@context": vocabulary.AS, "id": f"{uri}?before={cursor}", "type": "OrderedCollectionPage"}
    more = {"next": f"{uri}?before={following}"} if following else {}
    return document({**page, "partOf": uri, **more, "orderedItems": items})


async def _adjacent(door: Federation, request: Request) -> Response:
    return document(await door.database.reading(collections.adjacent))


async def _directory(door: Federation, request: Request) -> Response:
    return document(await door.database.reading(collections.directory))


async def _advisories(door: Federation, request: Request) -> Response:
    """At a hub: whom it advises to block, for its members alone."""
    node = await _reader(door, request)
    if node is None or not node.member:
        return not_here()
    found = await door.database.reading(advisories.current, clock.now())
    return document(collections.advisories(door.home, found))


async def _followers(door: Federation, request: Request) -> Response:
    return _counted(door, request, await door.database.reading(collections.followers))


async def _following(door: Federation, request: Request) -> Response:
    return _counted(door, request, len(await door.database.reading(nodes.claimed)))


async def _featured(door: Federation, request: Request) -> Response:
    """What a server shows of us that never heard of us before."""
    found = await door.database.reading(collections.featured, clock.now())
    total = collections.collection(f"{door.home.actor}/featured", len(found))
    return document({**total, "orderedItems": found})


async def _empty(door: Federation, request: Request) -> Response:
    none = collections.collection(door.home.origin + request.url.path, 0)
    return document({**none, "orderedItems": []})


def _counted(door: Federation, request: Request, total: int) -> Response:
    return document(collections.collection(door.home.origin + request.url.path, total))
