"""Where software looks first: WebFinger, NodeInfo, host-meta, and our own words. All served unsigned."""

from starlette.requests import Request
from starlette.responses import Response

from node.federation import actors, terms
from node.federation.documents import written
from node.federation.door import Federation
from node.federation.negotiation import wants_page
from node.federation.served import document, fixed, not_here, to_scripts

JSON_LD = "application/ld+json"
_NODEINFO = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'


async def webfinger(door: Federation, request: Request) -> Response:
    resource = request.query_params.get("resource", "")
    body = door.fingers.get(resource.lower())
    if body is None:
        if not actors.is_resource(resource):
            return Response("Name a resource.", 400, media_type="text/plain")
        found = actors.webfinger(door, resource)
        if found is None:
            return not_here()
        body = door.fingers[resource.lower()] = written(found)
    return to_scripts(body)


async def nodeinfo_links(door: Federation, request: Request) -> Response:
    return document(actors.nodeinfo_links(door), kind="application/json")


async def nodeinfo(door: Federation, request: Request) -> Response:
    return document(actors.nodeinfo(door), kind=_NODEINFO)


async def host_meta(door: Federation, request: Request) -> Response:
    return Response(actors.host_meta(door), media_type="application/xrd+xml")


async def host_meta_json(door: Federation, request: Request) -> Response:
    return to_scripts(written({"links": [actors.lrdd(door)]}))


async def namespace(door: Federation, request: Request) -> Response:
    """The words of our own: a page for people, a JSON-LD context for programs."""
    if wants_page(request.headers.get("accept", "")):
        return fixed(terms.page().encode(), "text/html")
    return fixed(written(terms.document()), JSON_LD)
