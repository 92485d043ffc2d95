"""The roof: the routes of all doors under one application, and the work that goes on behind them."""

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from node import clock
from node.acts import timers
from node.api import routes as api_routes
from node.federation import contact, parcels, takeout, ways
from node.federation import routes as federation_routes
from node.federation import worker as federation_worker
from node.federation.door import Federation
from node.federation.door import open_door as federation_door
from node.federation.keys import Keys
from node.mail import worker as mail_worker
from node.neighbourhood.contact import out_of_reach
from node.serving import metrics, shift
from node.serving.front import Front, Sorry
from node.settings import Settings
from node.storage import deliveries, erasures, trigrams
from node.storage.database import Database
from node.trail import trail
from node.ui import doorstep, media, sharing
from node.ui import routes as pages_routes
from node.ui.door import Ui
from node.ui.routes import open_door as pages_door

TICK_SECONDS, INDEX_SECONDS, CARDS_SECONDS, SWEEP_SECONDS = 30.0, 5.0, 600.0, 600.0
ANSWER_SECONDS = 5.0  # how long the database may take before the node says it is not well
FOR_PROGRAMS = ("/api/", "/ap/", "/inbox", "/.well-known/", "/nodeinfo/", "/healthz", "/metrics")

_log = logging.getLogger("node.serving.app")
Work = Callable[[], Coroutine[Any, Any, None]]


def build(
    settings: Settings,
    database: Database,
    keys: Keys,
    role: str = "all",
    stop: Callable[[], None] = lambda: signal.raise_signal(signal.SIGTERM),
) -> Starlette:
    """The node as one application. Its workers live as long as it does; when one breaks, `stop` is called."""
    federation = federation_door(database, settings, keys)
    fetch = partial(contact.fetch, federation) if settings.federation else out_of_reach
    pages = _pages(database, settings, federation)
    federation.icon = settings.origin + pages.assets.url("touch.png")
    sorry = partial(_sorry, pages)
    outward: list[Work] = [lambda: federation_worker.run(federation)] if settings.federation else []
    work: list[Work] = [
        *outward,
        lambda: mail_worker.run(database, settings),
        lambda: keep_time(database),
        lambda: keep_index(database),
        lambda: keep_cards(pages),
        lambda: keep_swept(database),
    ]
    follows = settings.town and database.sqlite_path is None  # other processes may be this node too
    always: list[Work] = [lambda: shift.follow(settings)] if follows else []
    answered = Counter[int]()
    own = [*_own_routes(settings, database), metrics.route(database, answered)]
    routes = [
        *own,
        *federation_routes.routes(federation),
        *pages_routes.routes(pages),
        *api_routes.routes(database, settings, fetch),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        mine = always if role == "web" else [*always, *work]
        tasks = [asyncio.create_task(_guarded(one, stop)) for one in mine]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await federation.remote.close()

    app = Starlette(
        routes=routes if role != "worker" else own,
        middleware=[Middleware(Front, secure=settings.secure, sorry=sorry, answered=answered)],
        exception_handlers={HTTPException: partial(_refused, sorry)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would send people to whatever the Host header says
    return app


def _pages(database: Database, settings: Settings, federation: Federation) -> Ui:
    """The door to people, with what it needs of the one to other nodes, which it does not know."""
    outbox = partial(takeout.outbox, settings.home)
    if not settings.federation:
        return pages_door(database, settings, outbox=outbox)
    fetch, ask = partial(contact.fetch, federation), partial(ways.ask, federation)
    seal, unseal = partial(parcels.sealed, federation), partial(parcels.opened, federation)
    return pages_door(database, settings, fetch, ask, outbox, seal, unseal)


async def keep_time(database: Database) -> None:
    """Do what is due, at the start and then twice a minute."""
    while True:
        while await database.writing(timers.tick, clock.now()):
            pass
        await asyncio.sleep(TICK_SECONDS)


async def keep_index(database: Database) -> None:
    """New posts come into the index of words some seconds later, many at once; what was taken back goes."""
    while True:
        while await database.writing(timers.index, clock.now()):
            pass
        await asyncio.sleep(INDEX_SECONDS)


async def keep_cards(pages: Ui) -> None:
    """Share cards and photos of what is taken back or over go, at the start and then every ten minutes."""
    while True:
        await sharing.sweep(pages, clock.now())
        await media.sweep(pages, clock.now())
        await asyncio.sleep(CARDS_SECONDS)


async def keep_swept(database: Database) -> None:
    """Of who erased themselves nothing is left in the bytes of the file some minutes later."""
    while True:
        try:
            await sweep(database)
        except Exception as error:  # the outermost loop: a disk may be full for a while, the node goes on
            _log.error("what was erased still stands in the file: %s", trail(error))
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(database: Database) -> None:
    """Write the file anew, if somebody erased themselves since it was last written anew."""
    at = clock.now()
    if not await database.reading(erasures.to_sweep):
        return
    while await database.writing(trigrams.tidy):
        pass
    if await database.rewrite():
        await database.writing(erasures.swept, at, clock.now())


async def _guarded(work: Work, stop: Callable[[], None]) -> None:
    """A worker that ends by itself takes the process with it: it starts again, whole."""
    try:
        await work()
        _log.error("a worker ended: the node stops")
    except Exception as error:  # outermost loop of a worker
        _log.error("a worker broke, so the node stops: %s", trail(error))
    stop()


def _own_routes(settings: Settings, database: Database) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        """For machines: whether the database answers, and how much waits to be sent."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                queue = await database.reading(deliveries.waiting)
        except Exception as error:  # outermost: whatever it is, the node is not well
            _log.error("not well: %s", trail(error))
            return JSONResponse({"ok": False, "database": False}, status_code=503)
        return JSONResponse({"ok": True, "database": True, "queue": queue})

    async def security_txt(_: Request) -> Response:
        """Whom to tell of a hole (RFC 9116)."""
        contact = settings.contact_url or f"{settings.origin}/about"
        expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
        canonical = f"{settings.origin}/.well-known/security.txt"
        lines = [f"Contact: {contact}", f"Expires: {expires}", f"Canonical: {canonical}"]
        return PlainTextResponse("\n".join([*lines, f"Preferred-Languages: {settings.language}, en", ""]))

    routes = [Route("/healthz", healthz)]
    if settings.contact:
        routes.append(Route("/.well-known/security.txt", security_txt))
    return [*routes]


async def _refused(sorry: Sorry, request: Request, error: Exception) -> Response:
    """What no door knows, or what came too big or too slow."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    response = sorry(request, status, None)
    response.headers.update(headers or {})
    return response


def _sorry(pages: Ui, request: Request, status: int, number: str | None) -> Response:
    """Say kindly that it did not work: to a person on a page, to a program as problem+json (RFC 9457)."""
    if request.url.path.startswith(FOR_PROGRAMS) or "json" in request.headers.get("accept", ""):
        detail = f"The log of this node tells more under {number}." if number else _DETAIL.get(status, "")
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        return JSONResponse(problem, status, media_type="application/problem+json")
    return doorstep.sorry(pages, request, status)


_DETAIL = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    408: "The request took too long to arrive.",
    413: "The request is too big.",
    503: "The node is stopping or starting. Try again in a moment.",
}
