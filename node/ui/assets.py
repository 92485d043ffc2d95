"""The files a page needs beside its words: style, letters, pictures.

Read once, when the program starts. Each is served under a name that holds its own hash, so a browser may
keep it for ever and never shows yesterday's style; the plain name answers 404.
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.ui.packing import takes_gzip

FOLDER = Path(__file__).parent / "static"
ROOT = "/static/"
THEME = "theme.css"  # of the municipality, where it has one
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
TEXT = {".css", ".js", ".svg"}
LINK = re.compile(r"url\(\s*(['\"]?)([^'\"()\s]+)\1\s*\)")


@dataclass(frozen=True)
class Asset:
    """One file as it goes out; `packed` is its gzip, for text."""

    media_type: str
    content: bytes
    packed: bytes | None
    tag: str


class Assets:
    """Every file under `folder`, by the name it is served under; and `extra` ones of this node's own."""

    def __init__(self, folder: Path = FOLDER, extra: Mapping[str, bytes] | None = None) -> None:
        self.extra = dict(extra or {})
        self.served: dict[str, Asset] = {}
        self.names: dict[str, str] = {}
        files = [f for f in sorted(folder.rglob("*")) if f.suffix in TYPES and f.is_file()]
        for file in sorted(files, key=lambda f: f.suffix == ".css"):  # style last: it names the others
            name = file.relative_to(folder).as_posix()
            content = file.read_bytes()
            self._add(name, self._rewritten(name, content) if file.suffix == ".css" else content)
        for name, content in self.extra.items():
            self._add(name, content)

    def url(self, name: str) -> str:
        """Where a page finds a file; a name we do not have is a fault in the page, so it raises KeyError."""
        return ROOT + self.names[name]

    def route(self) -> Route:
        return Route(ROOT + "{name:path}", self.serve, methods=["GET"], name="static")

    async def serve(self, request: Request) -> Response:
        asset = self.served.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        packed = asset.packed if takes_gzip(request.headers.get("accept-encoding", "")) else None
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "ETag": f'"{asset.tag}-gzip"' if packed else f'"{asset.tag}"',
            "X-Content-Type-Options": "nosniff",
        }
        if asset.packed is not None:
            headers["Vary"] = "Accept-Encoding"
        if _names(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(packed or asset.content, media_type=asset.media_type, headers=headers)

    def _add(self, name: str, content: bytes) -> None:
        path = PurePosixPath(name)
        tag = sha256(content).hexdigest()[:12]
        packed = gzip.compress(content, 9, mtime=0) if path.suffix in TEXT else None
        self.names[name] = str(path.with_name(f"{path.stem}.{tag}{path.suffix}"))
        self.served[self.names[name]] = Asset(TYPES[path.suffix], content, packed, tag)

    def _rewritten(self, name: str, content: bytes) -> bytes:
        """A style sheet with the served names of what it asks for; what is not ours raises KeyError."""
        here = PurePosixPath(name).parent

        def served(found: re.Match[str]) -> str:
            return f"url({PurePosixPath(self.names[str(here / found[2])]).relative_to(here)})"

        return LINK.sub(served, content.decode()).encode()


def _names(known: str, tag: str) -> bool:
    """Whether `If-None-Match` names this tag (RFC 9110, 13.1.2)."""
    return known.strip() == "*" or tag in [k.strip().removeprefix("W/") for k in known.split(",")]
