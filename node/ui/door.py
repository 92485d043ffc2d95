"""What the pages of this door share, and how one is made: for whom, in which language, and never kept by a
cache."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from node import clock
from node.neighbourhood import handle
from node.neighbourhood.contact import Fetch, out_of_reach
from node.neighbourhood.passkey import Shown
from node.neighbourhood.refusal import NotAllowed, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.settings import Settings
from node.storage.database import Database
from node.ui import appointment, dates, photobox
from node.ui.assets import Assets
from node.ui.cardbox import FOLDER, CardBox
from node.ui.darkroom import Darkroom
from node.ui.fragments import Fragments
from node.ui.kept import Kept
from node.ui.language import COOKIE, LOOK_COOKIE, Look, choose, language
from node.ui.packing import Packer, may_pack
from node.ui.photobox import PhotoBox
from node.ui.reader import READER, mark_of
from node.ui.seals import masked
from node.ui.templating import environment
from node.ui.uploads import Uploads

SEE_OTHER = HTTPStatus.SEE_OTHER


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page: the person signed in, if any, the seal of this browser's forms, and the moment.

    `longer`: the session was just extended, so the cookie that names it is to be kept longer too. `shared`:
    others use this browser as well. `resting`: roles of this person that wait for their passkey.
    `notice`: somebody wants to come back as this person, and every device says so (U21).
    """

    person: Resident | None
    session: str | None
    seal: str
    at: datetime
    longer: bool = False
    shared: bool = False
    shown: Shown = field(default_factory=Shown)
    resting: frozenset[Role] = frozenset()
    notice: bool = False

    @property
    def admitted(self) -> Resident | None:
        """The person, when let in by the neighbourhood."""
        return self.person if self.person is not None and self.person.admitted is not None else None

    @property
    def one_of_many(self) -> bool:
        """Whether this is a stranger or one of the neighbours: somebody who waits to be let in is neither."""
        return self.person is None or self.admitted is not None

    def signed_in(self) -> Resident:
        """The person; a stranger is asked to sign in first."""
        if self.person is None:
            raise NotAllowed(phrase("Sign in first."))
        return self.person

    def required(self, *deeds: Deed, owner: str | None = None) -> Resident:
        """The person, when the table lets them do all this, to a thing of `owner`; others are refused."""
        person = self.signed_in()
        for deed in deeds:
            require(person, deed, owner)
        return person


@dataclass(frozen=True)
class Handling:
    """How a page goes out. `shared`: the part of it that many read. `packs`: it may go compressed; not where
    somebody else's words stand beside what is private.

    `may_keep`: this browser may keep it, to be read without a line; only what all neighbours read, never what
    is one's own.
    """

    shared: Callable[[], str] = str
    packs: bool = True
    may_keep: bool = False


PRIVATE = Handling()
Seal = Callable[[dict[str, Any], datetime], dict[str, Any]]
Unseal = Callable[[str], Awaitable[dict[str, Any]]]
Outbox = Callable[[list[tuple[dict[str, Any], str | None]]], dict[str, Any]]


@dataclass
class Ui:
    """Made once, and handed to every page."""

    database: Database
    settings: Settings
    fetch: Fetch = out_of_reach
    ask: handle.Ask = handle.out_of_reach
    outbox: Outbox | None = None  # of somebody's posts: the facts of each, and the id of its Create
    seal: Seal | None = None  # a file that somebody takes to another neighbourhood
    unseal: Unseal | None = None  # one that somebody brings from there; raises a Refusal
    assets: Assets = field(default_factory=Assets)
    templates: Environment = field(init=False)
    kept: Kept[Any] = field(init=False)
    cards: CardBox = field(init=False)
    photos: PhotoBox = field(init=False)
    uploads: Uploads = field(default_factory=Uploads)
    packer: Packer = field(default_factory=Packer)

    def __post_init__(self) -> None:
        self.templates = environment(self.assets)
        self.templates.globals["federates"] = self.settings.federation
        self.templates.globals["fragments"] = Fragments()
        self.kept = Kept(self.database)
        zone = self.settings.home.zone
        self.templates.globals["dates"] = dates.by_the_clock_of(zone)
        self.templates.globals["appointment"] = lambda moment, at: appointment.said(moment, at, zone)
        darkroom = Darkroom()
        self.cards = CardBox(self.settings.dir / FOLDER, darkroom)
        self.photos = PhotoBox(self.settings.dir / photobox.FOLDER, darkroom)

    def page(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        code: int = 200,
        out: Handling = PRIVATE,
        /,
        **values: Any,
    ) -> Response:
        """A page as this visitor sees it, and how it goes `out`. `values` are what its template names at its
        head."""
        reader = mark_of(visitor.person)
        keeps = out.may_keep and code == 200 and not visitor.shared  # others use this device too
        frame = {
            "node": self.settings,
            "here": here(request),
            "look": Look.kept(request.cookies.get(LOOK_COOKIE)),
            "person": visitor.person,
            "notice": visitor.notice,
            "reader": reader,
            "token": masked(visitor.seal),
            "at": visitor.at,
        }
        html = self.templates.get_template(template).render({**frame, **values})
        headers = {
            "Cache-Control": "private, no-store",
            "Vary": "Accept, Accept-Encoding, Cookie, Accept-Language",
            READER: f"{reader} {language().code}{' keep' if keeps else ''}",
        }
        if out.packs and may_pack(request, code):
            headers["Content-Encoding"] = "gzip"
            return HTMLResponse(self.packer.packed(html, out.shared()), code, headers)
        return HTMLResponse(html, code, headers)

    def sorry(
        self, request: Request, visitor: Visitor, status: int, reason: str = "", signin: str = ""
    ) -> Response:
        """A page that says kindly that it did not work, and the way on; `signin`: the way in, if it helps."""
        return self.page(request, visitor, "error.html", status, status=status, reason=reason, signin=signin)

    def language_for(self, request: Request, person: Resident | None) -> str:
        """The language kept in this browser, else the person's own, else what the browser asks for."""
        kept = request.cookies.get(COOKIE) or (person.language if person else None)
        return choose(kept, request.headers.get("accept-language"), self.settings.language)


def stranger(at: datetime | None = None) -> Visitor:
    """Somebody of whom nothing is known: for pages made when nothing may be looked up any more."""
    return Visitor(None, None, "", at or clock.now())


def go_to(path: str) -> Response:
    """On to another page, by GET, after a form did its work."""
    return RedirectResponse(path, SEE_OTHER, {"Cache-Control": "private, no-store"})


def here(request: Request) -> str:
    """The address of this page, to return to; a page that answers a POST returns to the front."""
    if request.method != "GET":
        return "/"
    query = request.scope["query_string"].decode("latin-1")
    return quote(request.scope["path"]) + (f"?{query}" if query else "")
