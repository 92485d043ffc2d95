"""What a browser needs to read without a line, and to put the node between its programs: the worker, the page
for when nothing is there, and the manifest."""

from hashlib import sha256
from json import dumps

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.ui.assets import Assets
from node.ui.door import Ui, Visitor
from node.ui.language import language
from node.ui.reader import READER

FRAME = (  # what a page without a line stands on
    "tokens.css",
    "buurtknoop.css",
    "enhance.js",
    "favicon.svg",
    "fonts/atkinson-hyperlegible-next-latin-400-normal.woff2",
    "fonts/atkinson-hyperlegible-next-latin-700-normal.woff2",
)
ICONS = (("icon-192.png", "192x192"), ("icon-512.png", "512x512"))
PAPER, DOOR = "#fbf6ec", "#15655a"  # of the tokens, as they are by day


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /offline: there is no internet. A worker keeps it; it is the same for everybody."""
    nobody = Visitor(None, None, "", who.at)
    response = ui.page(request, nobody, "offline.html", reader="", current="")
    del response.headers[READER]  # it says nothing about who reads
    return response


async def worker(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /sw.js: the worker that keeps what may be kept, with the names of the files it stands on."""
    body = _worker(ui.assets)
    headers = {"Cache-Control": "public, no-cache", "Service-Worker-Allowed": "/"}
    return Response(body, media_type="text/javascript", headers=headers)


async def manifest(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /manifest.webmanifest: how this node stands between the programs of a telephone (W3C)."""
    icons = [
        {"src": ui.assets.url(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes in ICONS
        for purpose in ("any", "maskable")
    ]
    body = {
        "id": "/",
        "name": ui.settings.name,
        "short_name": ui.settings.name[:30],
        "lang": language().code,
        "dir": language().direction,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": DOOR,
        "icons": icons,
    }
    headers = {"Cache-Control": "public, max-age=3600"}
    return JSONResponse(body, headers=headers, media_type="application/manifest+json")


def _worker(assets: Assets) -> str:
    files = [assets.url(name) for name in (*FRAME, *assets.extra)]
    source = assets.served[assets.names["worker.js"]].content.decode()
    version = sha256((dumps(files) + source).encode()).hexdigest()[:12]
    return f"var FILES = {dumps(files)}, VERSION = {dumps(version)};\n{source}"
