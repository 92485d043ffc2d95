"""How the addresses of this door become routes: a GET only looks, a form is believed from our own pages."""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node.neighbourhood import handle
from node.neighbourhood.contact import Fetch, out_of_reach
from node.settings import Settings
from node.storage.database import Database
from node.ui import doorstep, sharing, theme
from node.ui.addresses import BY_SECRET, FEEDS, FORMS, PAGES, SPEAKS, WITH_FILE, WITH_PHOTO
from node.ui.assets import THEME, Assets
from node.ui.door import Outbox, Seal, Ui, Unseal, go_to
from node.ui.doorstep import Send

Answer = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger("node.ui.routes")


def routes(ui: Ui) -> list[BaseRoute]:
    """The routes of this door. A GET changes nothing; a POST is believed only from our own pages,
    but for what an address with a secret in it allows by itself."""
    pages = [Route(path, doorstep.page(ui, page), methods=["GET"]) for path, page in PAGES]
    feeds = [Route(path, doorstep.feed(ui, feed), methods=["GET"]) for path, feed in FEEDS]
    forms = [Route(path, _form(ui, path, send), methods=["POST"]) for path, send in FORMS]
    by_secret = [Route(path, doorstep.page(ui, do), methods=["POST"]) for path, do in BY_SECRET]
    return [*_ways_back(), *pages, *feeds, *forms, *by_secret, ui.assets.route()]


def _form(ui: Ui, path: str, send: Send) -> Answer:
    if path in WITH_PHOTO:
        return doorstep.photo(ui, send)
    return doorstep.form(ui, send, *WITH_FILE.get(path, ("", None)), path in SPEAKS)


def _ways_back() -> list[BaseRoute]:
    """An address that only takes a form may stand in somebody's history: it leads to the page it is under."""
    pages = {path for path, _ in PAGES}
    return [
        Route(path, _way_back(_above(path, pages)), methods=["GET"]) for path, _ in FORMS if path not in pages
    ]


def _above(path: str, pages: set[str]) -> str:
    """The nearest page above an address; the front page when there is no other."""
    while path and path not in pages:
        path = path.rpartition("/")[0]
    return path or "/"


def _way_back(page: str) -> Answer:
    async def answer(request: Request) -> Response:
        return go_to(quote(page.format(**request.path_params)))

    return answer


def open_door(
    database: Database,
    settings: Settings,
    fetch: Fetch = out_of_reach,
    ask: handle.Ask = handle.out_of_reach,
    outbox: Outbox | None = None,
    seal: Seal | None = None,
    unseal: Unseal | None = None,
) -> Ui:
    """The door to people with a browser. `fetch`: the way to what is released at another node; `ask`: to
    somebody's own server; `outbox`: posts as other software reads them; `seal` and `unseal`: the files of
    who moves house."""
    assets = Assets(extra=_of_the_municipality(settings))
    ui = Ui(database, settings, fetch, ask, outbox, seal, unseal, assets)
    ui.templates.globals["shared"] = sharing.shared
    return ui


def _of_the_municipality(settings: Settings) -> dict[str, bytes]:
    """Its own look; ours stays when that cannot be read well, and the log says why."""
    try:
        found = theme.of(settings)
    except theme.Unfit as why:
        _log.warning("the theme is not used: %s", why)
        return {}
    return {THEME: found.css.encode()} if found is not None else {}
