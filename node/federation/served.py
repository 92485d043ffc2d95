"""How a document goes out: its media type, and who may keep it."""

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from node.federation.documents import written
from node.federation.remote import JRD
from node.federation.vocabulary import MEDIA_TYPE

ALONE = "private, no-store"
_VARY = "Accept, Signature"
_TO_SCRIPTS = {"Cache-Control": ALONE, "Vary": _VARY, "Access-Control-Allow-Origin": "*"}
_NOT_HERE = b'{"error": "not found"}'


def document(said: Any, status: int = 200, kind: str = MEDIA_TYPE, cache: str = ALONE) -> Response:
    """A document for whoever asks now: others may be told something else."""
    return Response(written(said), status, {"Cache-Control": cache, "Vary": _VARY}, media_type=kind)


def fixed(body: bytes, kind: str = MEDIA_TYPE) -> Response:
    """A document that is the same for everybody."""
    return Response(body, 200, {"Cache-Control": "max-age=60", "Vary": _VARY}, media_type=kind)


def to_scripts(body: bytes) -> Response:
    """An answer that scripts of other sites may read as well (RFC 7033, 5)."""
    return Response(body, 200, _TO_SCRIPTS, media_type=JRD)


def not_here() -> Response:
    """The same bytes for what never was and for what is not for whoever asks."""
    return Response(_NOT_HERE, 404, {"Cache-Control": ALONE, "Vary": _VARY}, media_type="application/json")


class Shut:
    """What stands at an address while this node speaks with nobody: an ASGI program that reads no body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await not_here()(scope, receive, send)
