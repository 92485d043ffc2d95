"""Every address that other software knows us by, on one screen."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node import clock
from node.federation import actors, collections, identity, inbox, vocabulary
from node.federation.door import Federation
from node.federation.remote import JRD
from node.federation.signatures import Refused
from node.federation.vocabulary import MEDIA_TYPE
from node.neighbourhood.node import Node
from node.storage import nodes

Handler = Callable[[Federation, Request], Awaitable[Response]]
_NOT_HERE = b'{"error": "not found"}'


def routes(door: Federation) -> list[BaseRoute]:
    """The routes of this door. GET of what is not public answers 404 to whoever may not see it, byte for
    byte."""
    return list(_routes(door))


def _routes(door: Federation) -> Iterator[BaseRoute]:
    group = f"/ap/buurt/{door.home.slug}"
    for path in ("/inbox", f"{group}/inbox", "/ap/actor/inbox"):
        yield _route(door, path, inbox.receive, "POST")
    table: list[tuple[str, Handler]] = [
        (group, _actor(actors.group)),
        ("/ap/actor", _actor(actors.application)),
        ("/ap/o/{key}", _post),
        ("/ap/o/{key}/proposal", _proposal),
        (f"{group}/outbox", _outbox),
        (f"{group}/adjacent", _adjacent),
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


async def _reader(door: Federation, request: Request) -> Node | None:
    """The node that asks, by its signature; None when it is unsigned, not proved, or not known."""
    if "signature" not in request.headers:
        return None
    try:
        found = await identity.signer(door, request, b"")
    except Refused:
        return None
    if found.fetched is not None:
        await door.database.writing(identity.keep, found, clock.now())
    node = await door.database.reading(nodes.by_origin, found.origin)
    theirs = (node.actor, f"{node.origin}/ap/actor") if node is not None else ()  # `wire.md` 1.2
    return node if found.verified.actor in theirs else None


def _actor(document: Callable[[Federation], dict[str, Any]]) -> Handler:
    async def answer(door: Federation, request: Request) -> Response:
        if (door.sleeping or door.unheard) and "signature" in request.headers:
            await _reader(door, request)  # a sign of life makes what waits for that host due now
        return _json(document(door), cache="max-age=60")

    return answer


async def _post(door: Federation, request: Request) -> Response:
    node, key, at = await _reader(door, request), request.path_params["key"], clock.now()
    found = await door.database.reading(collections.post, node, key)
    if found is not None:
        if node is not None:
            await door.database.writing(collections.given_out, node, [found], at)
        return _json(collections.note_document(door, found, at))
    gone = await door.database.reading(collections.taken_back, node, key)
    return _json(gone, 410) if gone is not None else _not_here()


async def _proposal(door: Federation, request: Request) -> Response:
    node, key = await _reader(door, request), request.path_params["key"]
    found = await door.database.reading(collections.post, node, key)
    if found is None:
        return _not_here()
    return _json(collections.proposal_document(door, found))


async def _outbox(door: Federation, request: Request) -> Response:
    node, at = await _reader(door, request), clock.now()
    uri, cursor = f"{door.home.actor}/outbox", request.query_params.get("before")
    if cursor is None:
        total = await door.database.reading(collections.counted, node, at)
        return _json(collections.collection(uri, total, f"{uri}?before="))
    if cursor and collections.decoded(cursor) is None:
        return _not_here()
    shown, creates, following = await door.database.reading(collections.outbox_page, node, cursor, at)
    if node is not None and shown:
        await door.database.writing(collections.given_out, node, shown, at)
    items = [
        collections.create_document(door, post, create, at)
        for post, create in zip(shown, creates, strict=True)
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


async def _followers(door: Federation, request: Request) -> Response:
    return _counted(door, request, await door.database.reading(nodes.followers))


async def _following(door: Federation, request: Request) -> Response:
    return _counted(door, request, len(await door.database.reading(nodes.claimed)))


async def _empty(door: Federation, request: Request) -> Response:
    document = collections.collection(door.home.origin + request.url.path, 0)
    return _json({**document, "orderedItems": []})


async def _webfinger(door: Federation, request: Request) -> Response:
    resource = request.query_params.get("resource", "")
    if not actors.is_resource(resource):
        return Response("Name a resource.", 400, media_type="text/plain")
    found = actors.webfinger(door, resource)
    return _not_here() if found is None else _json(found, kind=JRD, open_to_scripts=True)


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
    open_to_scripts: bool = False,
) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept, Signature"}
    if open_to_scripts:
        headers["Access-Control-Allow-Origin"] = "*"
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type=kind)


def _not_here() -> Response:
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept, Signature"}
    return Response(_NOT_HERE, 404, headers, media_type="application/json")
