"""The settings in use, for the operator to read: in plain words, without a secret in them.

They are changed in the file, not here: a page that could change them would be a way in for whoever got hold
of an operator's session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.node import NodeKind
from node.neighbourhood.pace import Pace
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.roles import Deed
from node.settings import FILE, PREFIX, Secret, Settings
from node.ui.dates import length
from node.ui.door import Ui, Visitor
from node.ui.language import gettext, translate
from node.ui.written import named

NONE = phrase("(none)")
SET = phrase("is set; it is not shown")
YES, NO = phrase("yes"), phrase("no")
KINDS = {NodeKind.NEIGHBOURHOOD: phrase("a neighbourhood"), NodeKind.HUB: phrase("a hub")}


@dataclass(frozen=True)
class Line:
    """One setting: its name in the file (if it stands there), what it is, and what it says now."""

    name: str
    word: Words
    value: str


@dataclass(frozen=True)
class Part:
    """Settings that belong together."""

    title: Words
    icon: str
    lines: list[Line]


def _database(settings: Settings) -> Words:
    """Which sort of database; its address may have a password in it."""
    if settings.database.startswith("sqlite:"):
        return phrase("one file (SQLite)")
    return phrase("PostgreSQL; its address is not shown")


Shown = Callable[[Settings], str]

PARTS: list[tuple[Words, str, dict[str, tuple[Words, Shown | None]]]] = [
    (
        phrase("Who we are"),
        "house",
        {
            "name": (phrase("Name"), None),
            "kind": (phrase("What it is"), lambda s: KINDS[s.kind]),
            "area": (phrase("Code of the area (CBS)"), None),
            "origin": (phrase("Address"), None),
            "slug": (phrase("Short name, in our handle"), lambda s: s.acct),
            "formerly": (phrase("What we were before we moved here"), None),
        },
    ),
    (
        phrase("What people see"),
        "eye",
        {
            "language": (phrase("Language for whoever chose none"), lambda s: named(s.language)),
            "time_zone": (phrase("Times are those of"), None),
            "phone": (phrase("Telephone number"), None),
            "phone_hours": (phrase("When somebody answers it"), None),
            "contact": (phrase("Whom to tell of a hole in our safety"), None),
            "theme": (phrase("Colours and letters of the municipality"), None),
        },
    ),
    (
        phrase("Where it runs"),
        "wrench",
        {
            "database": (phrase("Where everything is kept"), _database),
            "host": (phrase("Listens on"), None),
            "port": (phrase("At port"), None),
            "trusted_proxies": (phrase("Servers in front that we believe"), None),
            "federation": (
                phrase("Speaks with other nodes and servers"),
                lambda s: YES if s.federation else NO,
            ),
            "town": (phrase("Is part of a demo town"), lambda s: YES if s.town else NO),
        },
    ),
    (
        phrase("Mail"),
        "send",
        {
            "mail_host": (phrase("Mail server"), None),
            "mail_port": (phrase("Its port"), None),
            "mail_tls": (phrase("How that talk is kept private"), None),
            "mail_user": (phrase("Signs in there as"), lambda s: SET if s.mail_user else NONE),
            "mail_password": (phrase("Password there"), lambda s: SET if s.mail_password.reveal() else NONE),
            "mail_from": (phrase("Letters come from"), None),
            "mail_per_hour": (phrase("Letters that can wait, in an hour"), None),
            "imap_host": (phrase("Answers by mail come in at"), None),
            "imap_address": (phrase("Address of that box"), None),
            "imap_port": (phrase("Port of that box"), None),
            "imap_tls": (phrase("How the talk with that box is kept private"), None),
            "imap_user": (phrase("Signs in to that box as"), lambda s: SET if s.imap_user else NONE),
            "imap_password": (
                phrase("Password of that box"),
                lambda s: SET if s.imap_password.reveal() else NONE,
            ),
            "mail_folder": (phrase("Written to a folder instead"), lambda s: YES if s.mail_folder else NO),
        },
    ),
]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/settings. Only an operator. It changes nothing."""
    who.required(Deed.RUN_RESIDENTS)
    values = {"parts": parts(ui.settings), "pace": paced(ui.settings.home.pace)}
    where = {"file": str(ui.settings.dir / FILE), "prefix": PREFIX}
    return ui.page(request, who, "settings.html", current="me", **values, **where)


def parts(settings: Settings) -> list[Part]:
    """Every setting that is known to this page, in plain words."""
    return [
        Part(title, icon, [Line(name, word, told(settings, name, row)) for name, (word, row) in rows.items()])
        for title, icon, rows in PARTS
    ]


def told(settings: Settings, name: str, shown: Shown | None) -> str:
    """What one setting says. A secret is never told, whatever this page makes of it."""
    value = getattr(settings, name)
    if shown is not None:
        return translate(shown(settings))
    if isinstance(value, Secret):
        return translate(SET)
    return str(value) if value != "" else translate(NONE)


def paced(pace: Pace) -> Part:
    """How long things may wait here, in plain words."""
    day = gettext("between %(begin)d and %(end)d o'clock") % {"begin": pace.day_begins, "end": pace.day_ends}
    said = [
        (phrase("Nobody answers: a broker looks after"), _three(pace.no_response)),
        (phrase("Nobody answers, and the poster agreed: it goes further after"), _three(pace.release)),
        (phrase("It goes further only"), day),
        (phrase("An answer is not picked: the poster is reminded after"), length(pace.unpicked)),
        (phrase("And a broker looks after another"), length(pace.unpicked_broker)),
        (phrase("We ask whether it worked out after"), _listed(pace.aftercare)),
        (phrase("We say that a post is going to end before that by"), _listed(pace.remind)),
        (phrase("Nobody at all: a broker has to choose after"), length(pace.nobody)),
    ]
    return Part(
        phrase("The pace of the neighbourhood"), "clock", [Line("", word, value) for word, value in said]
    )


def _three(times: tuple[timedelta, timedelta, timedelta]) -> str:
    said = gettext("urgent: %(urgent)s; this week: %(week)s; whenever: %(whenever)s")
    return said % dict(zip(("urgent", "week", "whenever"), map(length, times), strict=True))


def _listed(times: tuple[timedelta, ...]) -> str:
    return gettext("%(first)s and %(last)s") % {"first": length(times[0]), "last": length(times[-1])}
