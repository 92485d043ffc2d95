"""Every page and every form of this door, on one screen."""

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
from node.ui import (
    about,
    account,
    advice,
    agenda,
    answers,
    areas,
    blocklist,
    blocks,
    board,
    changes,
    choice,
    compose,
    desk,
    districts,
    doorstep,
    endings,
    failing,
    feeds,
    follow,
    followers,
    home,
    hub,
    invitations,
    invites,
    join,
    keepsake,
    letter_codes,
    mine,
    neighbours,
    offline,
    operator,
    outcome,
    passkeys,
    people,
    post,
    posts,
    queue,
    replies,
    report,
    returning,
    sayings,
    search,
    settings,
    sharing,
    signin,
    tags,
    talks,
    theme,
    vouch,
    websites,
)
from node.ui.assets import THEME, Assets
from node.ui.door import Ui, go_to
from node.ui.doorstep import Page, Send

_log = logging.getLogger("node.ui.routes")

PAGES: list[tuple[str, Page]] = [  # the one that is read most is found first
    ("/", home.page),
    ("/@{name}", home.profile),
    ("/favicon.ico", choice.favicon),
    ("/signin", signin.page),
    ("/signin/sent", signin.sent),
    ("/signin/letter", letter_codes.typing),
    ("/signin/{secret}", signin.link),
    ("/join", join.page),
    ("/join/invited", join.invited),
    ("/join/waiting", join.waiting),
    ("/me", account.page),
    ("/me/export", keepsake.page),
    ("/me/passkeys", passkeys.page),
    ("/vouch", vouch.page),
    ("/return", returning.page),
    ("/desk", desk.page),
    ("/desk/letters", letter_codes.page),
    ("/desk/{person}", desk.one),
    ("/operator", operator.page),
    ("/operator/neighbours", neighbours.page),
    ("/operator/neighbours/{node}/{step}", neighbours.step),
    ("/operator/people", people.page),
    ("/operator/people/new", people.newcomer),
    ("/operator/people/{person}", people.one),
    ("/operator/people/{person}/refuse", people.refusing),
    ("/operator/invitations", invitations.page),
    ("/operator/hub", hub.page),
    ("/operator/hub/leave", hub.leaving),
    ("/operator/hub/{node}/{step}", hub.step),
    ("/operator/hub/advice/{advice}/{choice}", advice.sure),
    ("/operator/followers", followers.page),
    ("/operator/followers/{account}/refuse", followers.refusing),
    ("/operator/blocks", blocks.page),
    ("/operator/blocks.csv", blocks.export),
    ("/operator/blocks/lift", blocks.lifting),
    ("/operator/blocks/import", blocklist.page),
    ("/operator/websites", websites.list_page),
    ("/operator/websites/{website}/remove", websites.removing),
    ("/operator/deliveries", failing.page),
    ("/operator/settings", settings.page),
    ("/operator/figures", operator.numbers),
    ("/map", areas.page),
    ("/districts", districts.page),
    ("/districts/{node}", districts.one),
    ("/about", about.about),
    ("/rules", about.rules),
    ("/privacy", about.privacy),
    ("/accessibility", about.accessibility),
    ("/posts", search.page),
    ("/requests", posts.page),
    ("/offers", posts.page),
    ("/notices", posts.page),
    ("/events", posts.page),
    ("/agenda", agenda.page),
    ("/websites", websites.page),
    ("/tags/{tag}", tags.page),
    ("/ask", compose.begin),
    ("/offer", compose.begin),
    ("/tell", compose.begin),
    ("/event", compose.begin),
    ("/o/{event}.ics", agenda.one),
    ("/o/{post}", post.page),
    ("/o/{post}/edit", changes.edit),
    ("/o/{post}/outcome", outcome.page),
    ("/o/{post}/{deed}", changes.sure),
    ("/o/{post}/answers/{answer}/{deed}", answers.sure),
    ("/follow", follow.page),
    ("/mine", mine.page),
    ("/board", board.page),
    ("/board/{post}/invite", board.choose),
    ("/board/{post}/close", endings.closing),
    ("/board/{post}/refer", endings.referring),
    ("/invites/{invite}", invites.page),
    ("/report/answers/{answer}", report.said_page),
    ("/report/messages/{message}", report.said_page),
    ("/report/{post}", report.page),
    ("/reports", report.mine),
    ("/queue", queue.page),
    ("/queue/replies", replies.page),
    ("/queue/said", sayings.page),
    ("/queue/{post}", queue.case),
    ("/talks", talks.page),
    ("/talks/{answer}", talks.one),
    ("/offline", offline.page),
]
FEEDS: list[tuple[str, Page]] = [  # for the sites and programs of others: what is public, whoever asks
    ("/agenda.ics", feeds.calendar),
    ("/feed.atom", feeds.atom),
    ("/feeds/{name}.atom", feeds.atom_of),
    ("/widget", feeds.widget),
    ("/cards/{post}.png", sharing.card),
    ("/sw.js", offline.worker),
    ("/manifest.webmanifest", offline.manifest),
]
FORMS: list[tuple[str, Send]] = [
    ("/choice", choice.choose),
    ("/signin", signin.ask),
    ("/signin/code", signin.code),
    ("/signin/letter", letter_codes.enter),
    ("/return", returning.come_back),
    ("/signin/challenge", passkeys.to_sign_in),
    ("/signin/passkey", passkeys.enter),
    ("/signin/{secret}", signin.enter),
    ("/signout", signin.leave),
    ("/join", join.join),
    ("/me/code", account.use_code),
    ("/me/contact", account.keep_contact),
    ("/me/passkeys", passkeys.add),
    ("/me/passkeys/new", passkeys.to_make),
    ("/me/passkeys/challenge", passkeys.to_prove),
    ("/me/passkeys/prove", passkeys.prove),
    ("/me/passkeys/{passkey}/name", passkeys.rename),
    ("/me/passkeys/{passkey}/end", passkeys.end),
    ("/me/letter", letter_codes.confirm),
    ("/me/return/stop", returning.stop_own),
    ("/me/return/yes", returning.back_own),
    ("/vouch", vouch.give),
    ("/vouch/{person}/{answer}", vouch.answer),
    ("/desk/letters", letter_codes.make),
    ("/desk/letters/{letter}/end", letter_codes.end),
    ("/desk/{person}/proofs", desk.prove),
    ("/desk/{person}/return", returning.begin),
    ("/desk/{person}/return/{deed}", returning.decide),
    ("/me/tokens", account.make_token),
    ("/me/tokens/{token}/end", account.end_token),
    ("/me/sessions/end", account.end_others),
    ("/me/sessions/{session}/end", account.end_session),
    ("/operator/neighbours", neighbours.ask),
    ("/operator/neighbours/lookups/{lookup}/end", neighbours.stop),
    ("/operator/neighbours/{node}/{step}", neighbours.decide),
    ("/operator/people", people.add),
    ("/operator/people/{person}/admit", people.admit),
    ("/operator/people/{person}/refuse", people.refuse),
    ("/operator/people/{person}/passkeys/end", people.forget_passkeys),
    ("/operator/people/{person}/roles", people.grant),
    ("/operator/people/{person}/roles/{role}/end", people.end_role),
    ("/operator/invitations", invitations.make),
    ("/operator/invitations/{invitation}/end", invitations.end),
    ("/operator/hub", hub.join),
    ("/operator/hub/leave", hub.leave),
    ("/operator/hub/{node}/{step}", hub.decide),
    ("/operator/hub/advice", hub.advise),
    ("/operator/hub/policy", hub.choose),
    ("/operator/hub/advice/{advice}/{choice}", advice.decide),
    ("/operator/followers", followers.choose),
    ("/operator/followers/{account}/admit", followers.admit),
    ("/operator/followers/{account}/refuse", followers.refuse),
    ("/operator/blocks", blocks.put),
    ("/operator/blocks/lift", blocks.lift),
    ("/operator/blocks/import", blocklist.take_in),
    ("/operator/websites", websites.add),
    ("/operator/websites/{website}/remove", websites.remove),
    ("/operator/deliveries/{node}/now", failing.now),
    ("/operator/deliveries/parked/{delivery}/again", failing.again),
    ("/districts/{node}/{wish}", districts.choose),
    ("/follow", follow.ask),
    ("/ask", compose.go_on),
    ("/offer", compose.go_on),
    ("/tell", compose.go_on),
    ("/event", compose.go_on),
    ("/o/{post}/edit", changes.save),
    ("/o/{post}/answers", answers.send),
    ("/o/{post}/{deed}", changes.do),
    ("/board/{post}/invite", board.invite),
    ("/board/{post}/close", endings.close),
    ("/board/{post}/refer", endings.refer),
    ("/invites/{invite}/{answer}", invites.answer),
    ("/report/answers/{answer}", report.send_answer),
    ("/report/messages/{message}", report.send_message),
    ("/report/{post}", report.send),
    ("/queue/{post}", queue.decide),
    ("/queue/replies/{reply}/{deed}", replies.decide),
    ("/queue/said/{report}", sayings.decide),
    ("/o/{post}/answers/{answer}/{deed}", answers.do),
    ("/talks/{answer}", talks.send),
    ("/talks/{answer}/date", talks.agree_on),
    ("/talks/{answer}/messages/{message}/end", talks.take_back),
    ("/talks/{answer}/contact", talks.release),
    ("/talks/{answer}/contact/end", talks.end),
    ("/talks/{answer}/contact/show", talks.show),
]
WITH_FILE = {"/operator/blocks/import": "file"}  # the field that may hold a file; only an operator's is read


def routes(ui: Ui) -> list[BaseRoute]:
    """The routes of this door. A GET changes nothing; a POST is believed only from our own pages."""
    pages = [Route(path, doorstep.page(ui, page), methods=["GET"]) for path, page in PAGES]
    feeds = [Route(path, doorstep.feed(ui, feed), methods=["GET"]) for path, feed in FEEDS]
    forms = [
        Route(path, doorstep.form(ui, send, WITH_FILE.get(path, "")), methods=["POST"])
        for path, send in FORMS
    ]
    return [*_ways_back(), *pages, *feeds, *forms, ui.assets.route()]


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


def _way_back(page: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return go_to(quote(page.format(**request.path_params)))

    return answer


def open_door(
    database: Database,
    settings: Settings,
    fetch: Fetch = out_of_reach,
    ask: handle.Ask = handle.out_of_reach,
) -> Ui:
    """The door to people with a browser. `fetch`: the way to what is released at another node; `ask`: to
    somebody's own server."""
    ui = Ui(database, settings, fetch, ask, Assets(extra=_of_the_municipality(settings)))
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
