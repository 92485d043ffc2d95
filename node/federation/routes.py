"""Every address that other software knows us by, on one screen."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node import clock
from node.federation import actors, collections, contact, identity, inbox, vocabulary
from node.federation.collections import Shown
from node.federation.door import Federation
from node.federation.lookups import EVERY
from node.federation.remote import JRD, JSON
from node.federation.signatures import Refused
from node.federation.vocabulary import MEDIA_TYPE
from node.neighbourhood.node import Node
from node.storage import lookups, nodes
from node.storage.database import Transaction

Handler = Callable[[Federation, Request], Awaitable[Response]]
DIRECTORY_AT_MOST = timedelta(minutes=10)  # a stranger makes us read our hub's directory this often
KEPT_SECONDS = 1.0  # our own actor as bytes, while nothing is committed: another process of ours may do so
_TO_SCRIPTS = {
    "Cache-Control": "private, no-store",
    "Vary": "Accept, Signature",
    "Access-Control-Allow-Origin": "*",
}
_NOT_HERE = b'{"error": "not found"}'


def routes(door: Federation) -> list[BaseRoute]:
    """The routes of this door. GET of what is not public answers 404 to whoever may not see it, byte for
    byte."""
    return list(_routes(door))


def _routes(door: Federation) -> Iterator[BaseRoute]:
    group = door.home.actor.removeprefix(door.home.origin)
    for path in ("/inbox", f"{group}/inbox", "/ap/actor/inbox"):
        yield _route(door, path, inbox.receive, "POST")
    table: list[tuple[str, Handler]] = [
        (group, _group),
        ("/ap/actor", _application),
        ("/ap/o/{key}", _post),
        ("/ap/o/{key}/proposal", _proposal),
        ("/ap/m/{key}", _message),
        ("/ap/a/{key}/contact", _contact),
        (f"{group}/outbox", _outbox),
        (f"{group}/nodes", _directory) if door.home.is_hub else (f"{group}/adjacent", _adjacent),
        (f"{group}/followers", _followers),
        (f"{group}/following", _following),
        (f"{group}/featured", _empty),
        ("/ap/actor/outbox", _empty),
        ("/ap/actor/followers", _empty),
        ("/ap/actor/following", _empty),
        ("/.well-known/webfinger", _webfinger),
        ("/.well-known/nodeinfo", _nodeinfo_links),
        ("/nodeinfo/2.1", _nodeinfo),
        ("/.well-known/host-meta", _host_meta),
    ]
    for path, handler in table:
        yield _route(door, path, handler, "GET")


def _route(door: Federation, path: str, handler: Handler, method: str) -> Route:
    async def answer(request: Request) -> Response:
        return await handler(door, request)

    return Route(path, answer, methods=[method])


async def _reader(door: Federation, request: Request, technical: bool = False) -> Node | None:
    """The node that asks, by its signature; None when it is unsigned, not proved, or not known. `technical`:
    only by its Application."""
    if "signature" not in request.headers:
        return None
    try:
        found = await identity.signer(door, request, b"")
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
        hub = await door.database.reading(nodes.hub)
        body = _encoded(actors.group(door, hub.actor if hub else None))
        door.group = as_now, monotonic() + KEPT_SECONDS, body
    return _fixed(body)


async def _application(door: Federation, request: Request) -> Response:
    await _listen(door, request)
    return _fixed(_encoded(actors.application(door)))


def _fixed(body: bytes) -> Response:
    headers = {"Cache-Control": "max-age=60", "Vary": "Accept, Signature"}
    return Response(body, 200, headers, media_type=MEDIA_TYPE)


async def _listen(door: Federation, request: Request) -> None:
    """A sign of life makes what waits for that host due now.

    Only by a key that is known: two nodes that looked up each other's keys for this would both wait.
    """
    if (door.sleeping or door.unheard) and "signature" in request.headers:
        with suppress(Refused):
            await identity.heard(door, request)


async def _post(door: Federation, request: Request) -> Response:
    node, key, at = await _reader(door, request), request.path_params["key"], clock.now()
    found = await door.database.reading(collections.post, node, key)
    if found is not None and await _given_out(door, node, [found], at):
        return _json(collections.post_document(door, found, at))
    gone = await door.database.reading(collections.taken_back, node, key)
    return _json(gone, 410) if gone is not None else _not_here()


async def _given_out(door: Federation, node: Node | None, shown: list[Shown], at: datetime) -> set[str]:
    """The ids of the posts that whoever reads may have; a node of ours stands in the ledger from then on."""
    if node is None or not shown:
        return {found.post.uri for found in shown}
    return await door.database.writing(collections.given_out, node, shown, at)


async def _proposal(door: Federation, request: Request) -> Response:
    node, key = await _reader(door, request), request.path_params["key"]
    found = await door.database.reading(collections.post, node, key)
    twin = collections.proposal_document(door, found) if found is not None else None
    return _json(twin) if twin is not None else _not_here()


async def _message(door: Federation, request: Request) -> Response:
    """A message of a thread, for the node it was written to."""
    node, key = await _reader(door, request), request.path_params["key"]
    found = await door.database.reading(contact.message, node, key) if node is not None else None
    return _json(found) if found is not None else _not_here()


async def _contact(door: Federation, request: Request) -> Response:
    """Contact details, while they are released, for the other side's node alone; nobody keeps them."""
    node, key = await _reader(door, request, technical=True), request.path_params["key"]
    shown = await door.database.writing(contact.shown, node, key, clock.now()) if node is not None else None
    return _json(shown, kind=JSON, cache="no-store") if shown is not None else _not_here()


async def _outbox(door: Federation, request: Request) -> Response:
    node, at = await _reader(door, request), clock.now()
    uri, cursor = f"{door.home.actor}/outbox", request.query_params.get("before")
    if cursor is None:
        total = await door.database.reading(collections.counted, node, at)
        return _json(collections.collection(uri, total, f"{uri}?before="))
    if cursor and collections.decoded(cursor) is None:
        return _not_here()
    shown, creates, following = await door.database.reading(collections.outbox_page, node, cursor, at)
    given = await _given_out(door, node, shown, at)
    items = [
        collections.create_document(door, found, create, at)
        for found, create in zip(shown, creates, strict=True)
        if found.post.uri in given
    ]
    page = {
        "@context": vocabulary.AS,
        "id": f"{uri}?before={cursor}",
        "type": "OrderedCollectionPage",
        "partOf": uri,
    }
    more = {"next": f"{uri}?before={following}"} if following else {}
    return _json({**page, **more, "orderedItems": items})


async def _adjacent(door: Federation, request: Request) -> Response:
    return _json(await door.database.reading(collections.adjacent))


async def _directory(door: Federation, request: Request) -> Response:
    return _json(await door.database.reading(collections.directory))


async def _followers(door: Federation, request: Request) -> Response:
    return _counted(door, request, await door.database.reading(nodes.followers))


async def _following(door: Federation, request: Request) -> Response:
    return _counted(door, request, len(await door.database.reading(nodes.claimed)))


async def _empty(door: Federation, request: Request) -> Response:
    document = collections.collection(door.home.origin + request.url.path, 0)
    return _json({**document, "orderedItems": []})


async def _webfinger(door: Federation, request: Request) -> Response:
    resource = request.query_params.get("resource", "")
    body = door.fingers.get(resource.lower())
    if body is None:
        if not actors.is_resource(resource):
            return Response("Name a resource.", 400, media_type="text/plain")
        found = actors.webfinger(door, resource)
        if found is None:
            return _not_here()
        body = door.fingers[resource.lower()] = _encoded(found)
    return Response(body, 200, _TO_SCRIPTS, media_type=JRD)


async def _nodeinfo_links(door: Federation, request: Request) -> Response:
    return _json(actors.nodeinfo_links(door), kind="application/json")


async def _nodeinfo(door: Federation, request: Request) -> Response:
    kind = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
    return _json(actors.nodeinfo(door), kind=kind)


async def _host_meta(door: Federation, request: Request) -> Response:
    return Response(actors.host_meta(door), media_type="application/xrd+xml")


def _counted(door: Federation, request: Request, total: int) -> Response:
    return _json(collections.collection(door.home.origin + request.url.path, total))


def _json(
    document: dict[str, Any],
    status: int = 200,
    kind: str = MEDIA_TYPE,
    cache: str = "private, no-store",
) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept, Signature"}
    return Response(_encoded(document), status, headers, media_type=kind)


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _not_here() -> Response:
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept, Signature"}
    return Response(_NOT_HERE, 404, headers, media_type="application/json")
