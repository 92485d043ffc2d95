"""Who may open and send what: every route of the pages, for every standing, from one table (U14).

A route, a decision or a person that is new fails here until the table says what it is for them.
"""

import re
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from node.clock import now
from node.neighbourhood.roles import Role
from node.ui import (
    advice,
    answers,
    borders,
    changes,
    districts,
    hub,
    photos,
    replies,
    returning,
    searches,
    thanks,
    vouch,
)
from node.ui.addresses import BY_SECRET, FORMS, PAGES
from tests import town
from tests.ui import things, visits
from tests.ui.things import Rows, Things, Watch
from tests.ui.visits import FOREIGN, TOWN, Here, bare

STANDINGS = ["stranger", *town.NAMES, "outsider"]
RESIDENTS = set(town.NAMES)  # let in, with a role or without
SIGN_IN = 1303  # 303, to sign in first
Expected = dict[str, int]

POST = {"category": "tuin", "title": "Wie snoeit?", "text": "De heg.", "urgency": "week", "places": "1"}
ASKED = {**POST, "audience": "adjacent", "key": "once"}
TOMORROW = {"day": f"{now() + town.DAY:%Y-%m-%d}", "from": "10:00", "places": ""}


@dataclass(frozen=True)
class Row:
    """One thing to do: what each standing hears. `path`: the route, with names of things in brackets."""

    method: str
    route: str
    path: str
    expected: Expected
    fields: dict[str, str] = field(default_factory=dict)


def everybody(status: int) -> Expected:
    return dict.fromkeys(STANDINGS, status)


def account(status: int, stranger: int = 403, **others: int) -> Expected:
    return {**everybody(status), "stranger": stranger, **others}


def residents(status: int, stranger: int, outsider: int, **others: int) -> Expected:
    return {**everybody(status), "stranger": stranger, "outsider": outsider, **others}


def operator(status: int, stranger: int = 403) -> Expected:
    return {**everybody(403), "stranger": stranger, "operator": status}


def broker(status: int, stranger: int = 403) -> Expected:
    return {**everybody(403), "stranger": stranger, "broker": status}


def supervisor(status: int, stranger: int = 403) -> Expected:
    return {**everybody(403), "stranger": stranger, "supervisor": status}


def desk(status: int, stranger: int = 403, supervisor: int = 0) -> Expected:
    """For who stands at the desk; a supervisor is only the second there, unless it says otherwise."""
    there = {"connector": status, "operator": status, "supervisor": supervisor or status}
    return {**everybody(403), "stranger": stranger, **there}


def poster(status: int) -> Expected:
    """Of a post that residents can see: for others it is not theirs, for who is not in it is not there."""
    return residents(403, 404, 404, poster=status)


def only(status: int, *standings: str) -> Expected:
    """Of what nobody else may know of."""
    return {**everybody(404), **dict.fromkeys(standings, status)}


def two(status: int, stranger: int = 403) -> Expected:
    """Of a conversation, which nobody else may know of, whatever their office."""
    return {**only(status, "poster", "helper"), "stranger": stranger}


def look(route: str, expected: Expected, **put: str) -> Row:
    return Row("GET", route, replaced(route, put), expected)


def send(route: str, expected: Expected, fields: dict[str, str] | None = None, **put: str) -> Row:
    return Row("POST", route, replaced(route, put), expected, fields or {})


def replaced(route: str, put: dict[str, str]) -> str:
    for name, value in put.items():
        route = route.replace(f"{{{name}}}", value)
    return route


ADVICE = "/operator/hub/advice/{advice}/{choice}"
MEMBER, WISH = "/operator/hub/{node}/{step}", "/districts/{node}/{wish}"
NODE, PERSON = "/operator/neighbours/{node}/{step}", "/operator/people/{person}"
ONE, ANSWER = "/o/{post}", "/o/{post}/answers/{answer}/{deed}"
BOARD, INVITE = "/board/{post}", "/invites/{invite}/{answer}"
TALK = "/talks/{answer}"
BROUGHT = "/me/brought/{brought}/{deed}"
SEARCH = "/me/mail/searches/{search}/{deed}"
DECIDES = ("poster", "broker")  # about an answer
UNSEEN, OWN = {"stranger": SIGN_IN, "outsider": 403}, {"stranger": 403, "outsider": 403}
SPAM, TOO_RUDE, SAID = {"category": "spam"}, {"reason": "Grof."}, ("stays", "away", "tell")

TABLE = [
    look("/", everybody(200)),
    look("/posts", everybody(200)),
    look("/requests", everybody(200)),
    look("/offers", everybody(200)),
    look("/notices", everybody(200)),
    look("/events", everybody(200)),
    look("/agenda", everybody(200)),
    look("/websites", everybody(200)),
    look("/map", everybody(200)),
    look("/tags/{tag}", everybody(200), tag="boodschappen"),
    look("/tags/{tag}", everybody(404), tag="nergens"),
    look("/@{name}", everybody(303), name="Centrum"),
    look("/@{name}", everybody(404), name="noord"),
    look("/about", everybody(200)),
    look("/rules", everybody(200)),
    look("/privacy", everybody(200)),
    look("/accessibility", everybody(200)),
    look("/favicon.ico", everybody(302)),
    look("/offline", everybody(200)),
    look("/follow", everybody(200)),
    send("/follow", everybody(422), {"address": "mo"}),
    send("/follow", everybody(502), {"address": "@mo@social.example"}),
    send("/follow", everybody(404), {"address": "@mo@social.example", "post": "nowhere"}),
    send("/choice", everybody(303), {"language": "en"}),
    # Signing in and joining
    look("/signin", everybody(200)),
    look("/signin/sent", everybody(200)),
    look("/signin/{secret}", everybody(200)),
    look("/signin/{secret}", everybody(404), secret="wrong"),
    look("/join", account(303, stranger=200)),
    look("/join/invited", everybody(200)),
    look("/join/waiting", everybody(200)),
    send("/signin", everybody(303), {"email": "bea@example.org"}),
    send("/signin/{secret}", everybody(303)),
    send("/signin/{secret}", everybody(404), secret="wrong"),
    send("/signout", everybody(303)),
    send("/join", everybody(303), {"name": "Noor", "email": "noor@example.org"}),
    # One's own
    look("/me", account(200, stranger=SIGN_IN)),
    look("/me/export", account(200, stranger=SIGN_IN)),
    look("/me/export.zip", account(200, stranger=SIGN_IN)),
    look("/me/data", account(200, stranger=SIGN_IN)),
    look("/me/moving", account(200, stranger=SIGN_IN)),
    look("/me/moving/file", account(409, stranger=SIGN_IN)),  # these pages have nobody who signs
    look("/join/moved", everybody(200)),
    send("/join/moved", everybody(409)),
    look("/me/brought", account(200, stranger=SIGN_IN)),
    send(BROUGHT, {**only(303, "poster"), "stranger": 403}, {}, deed="away"),
    send(BROUGHT, {**only(303, "poster"), **OWN}, {}, deed="look"),
    send(BROUGHT, account(404), {}, deed="eat"),
    look("/me/erase", account(200, stranger=SIGN_IN)),
    send("/me/erase", account(303, operator=409)),
    look("/erased/{receipt}", everybody(200)),
    look("/erased/{receipt}", everybody(404), receipt="wrong"),
    look("/me/mail", residents(200, SIGN_IN, 403)),
    look("/me/mail/new", residents(200, SIGN_IN, 403)),
    send("/me/mail", residents(303, 403, 403), {"often": "weekly", "hour": "9"}),
    send("/me/mail/searches", residents(303, 403, 403), {"words": "fiets"}),
    *(send(SEARCH, residents(404, 403, 403, poster=303), deed=deed) for deed in searches.DEEDS),
    send(SEARCH, residents(404, 403, 403), deed="burn"),
    # Whoever has a letter may end letters like it: the secret in its address is all that counts
    look("/stop/{secret}", everybody(200), secret="{stop}"),
    look("/stop/{secret}", everybody(404), secret="wrong"),
    Row("POST", "/stop/{secret}", "/stop/{stop}", everybody(200)),
    Row("POST", "/stop/{secret}", "/stop/wrong", everybody(404)),
    look("/mine", account(200, stranger=SIGN_IN)),
    send("/me/code", {**account(303), "outsider": 422}, {"code": "wrong"}),
    send("/me/tokens", account(200), {"name": "Kalender"}),
    send("/me/tokens/{token}/end", {**account(404), "poster": 303}),
    send("/me/sessions/end", account(303)),
    send("/me/sessions/{session}/end", {**account(404), "poster": 303}),
    send("/me/contact", account(303), {"phone": "0199-00 12 34"}),
    # Passkeys, letters, coming back
    look("/signin/letter", everybody(200)),
    look("/return", everybody(200)),
    send("/signin/code", everybody(422), {"code": "123456"}),
    send("/signin/challenge", everybody(200)),
    send("/signin/passkey", everybody(400), {"credential": "{}"}),
    send("/signin/letter", everybody(422), {"code": "2222-2222-2222-2222"}),
    send("/return", everybody(422), {"code": "2222-2222-2222-2222"}),
    look("/me/passkeys", account(200, stranger=SIGN_IN)),
    send("/me/passkeys", account(400), {"credential": "{}", "name": "telefoon"}),
    send("/me/passkeys/new", account(200)),
    send("/me/passkeys/challenge", account(200)),
    send("/me/passkeys/prove", account(400), {"credential": "{}"}),
    send("/me/passkeys/{passkey}/name", {**account(404), "poster": 303}, {"name": "tablet"}),
    send("/me/passkeys/{passkey}/end", {**account(404), "poster": 303}),
    send("/me/letter", account(422), {"letter": "2222-2222-2222-2222"}),
    send("/me/return/stop", account(404)),  # nobody wants to come back
    send("/me/return/yes", account(403)),  # no passkey was shown
    # Who is known, and the desk
    look("/vouch", residents(200, SIGN_IN, 403)),
    send("/vouch", residents(422, 403, 403), {"name": "Nobody"}),
    *(send("/vouch/{person}/{answer}", account(404), answer=one) for one in (*vouch.ANSWERS, "burn")),
    look("/desk", desk(200, stranger=SIGN_IN)),
    look("/desk/{person}", desk(200, stranger=SIGN_IN)),
    look("/desk/{person}", desk(404, stranger=SIGN_IN), person="nobody"),
    look("/desk/letters", desk(200, stranger=SIGN_IN, supervisor=403)),
    send("/desk/letters", desk(422, supervisor=403)),  # for nobody
    send("/desk/letters/{letter}/end", desk(303, supervisor=403)),
    send("/desk/letters/{letter}/end", desk(404, supervisor=403), letter="2222"),
    send("/desk/{person}/proofs", desk(303, supervisor=403), {"what": "seen"}, person="{resident}"),
    send("/desk/{person}/proofs", desk(422, supervisor=403), {"what": "king"}, person="{resident}"),
    send("/desk/{person}/proofs", desk(409, supervisor=403), {"what": "seen"}),  # who waits
    send("/desk/{person}/return", desk(200), person="{resident}"),
    send("/desk/{person}/return", desk(403), person="{broker}"),  # nobody with a role
    *(
        send("/desk/{person}/return/{deed}", desk(404), person="{resident}", deed=deed)
        for deed in (*returning.DEEDS, "burn")
    ),
    # Conversations
    look("/talks", account(200, stranger=SIGN_IN)),
    look(TALK, two(200, stranger=SIGN_IN)),
    look(TALK, {**everybody(404), "stranger": SIGN_IN}, answer="nowhere"),
    send(TALK, two(303), {"text": "Kan het ook later?"}),
    send(f"{TALK}/date", two(409), {"agreed_day": f"{now() + town.DAY:%Y-%m-%d}"}),  # nothing is agreed yet
    send(f"{TALK}/messages/{{message}}/end", {**two(303), "helper": 403}),
    send(f"{TALK}/contact", two(409), {"email": "yes"}),  # nothing is agreed yet
    send(f"{TALK}/contact/show", two(409)),
    send(f"{TALK}/contact/end", two(303)),
    # Thank you
    look("/thanks", everybody(200)),
    look(f"{TALK}/thanks", two(303, stranger=SIGN_IN)),  # nothing to thank for yet
    send(f"{TALK}/thanks", {**two(409), "helper": 403}, {"text": "Dank je."}),
    *(send(f"{TALK}/thanks/{{deed}}", {**only(404), "stranger": 403}, deed=deed) for deed in thanks.DEEDS),
    send(f"{TALK}/thanks/{{deed}}", {**everybody(404), "stranger": 403}, deed="burn"),
    # Posts
    look("/ask", residents(200, 200, 403)),  # a stranger may begin, and is asked who they are at the end
    look("/offer", residents(200, 200, 403)),
    send("/ask", residents(303, 403, 403), ASKED),
    send("/offer", residents(303, 403, 403), ASKED),
    look("/tell", residents(200, 200, 403)),
    look("/event", residents(200, 200, 403)),
    send("/tell", residents(303, 403, 403), {**ASKED, "places": ""}),
    send("/event", residents(303, 403, 403), {**ASKED, **TOMORROW}),
    look("/o/{event}.ics", residents(200, 404, 404)),
    look("/o/{event}.ics", everybody(404), event="{post}"),
    look(ONE, residents(200, 404, 404), post="{event}"),
    look(ONE, residents(200, 404, 404), post="{notice}"),
    look(ONE, residents(200, 404, 404)),
    look(ONE, residents(200, 404, 404), post="{copy}"),
    look(ONE, everybody(404), post="nowhere"),
    look(f"{ONE}/edit", poster(200)),
    look(f"{ONE}/edit", residents(403, 404, 404), post="{copy}"),
    send(f"{ONE}/edit", poster(303), ASKED),
    send(f"{ONE}/edit", residents(403, 404, 404), ASKED, post="{copy}"),
    look(f"{ONE}/photos", poster(200)),
    look(f"{ONE}/photos", residents(403, 404, 404), post="{copy}"),
    send(f"{ONE}/photos", residents(403, 403, 403, poster=422)),  # without one
    send(f"{ONE}/photos", residents(403, 403, 403), post="{copy}"),
    look("/photos/{kind}", residents(303, SIGN_IN, 403), kind="request"),  # nobody began one
    look("/photos/{kind}", everybody(404), kind="burn"),
    send("/photos/{kind}", residents(303, 403, 403), kind="request"),
    *(send("/photos/{photo}/{deed}", {**only(303, "poster"), **OWN}, deed=deed) for deed in photos.DEEDS),
    send("/photos/{photo}/{deed}", residents(404, 403, 403), deed="burn"),
    send("/photos/{photo}/{deed}", residents(404, 403, 403), photo="nothing", deed="remove"),
    *(look(path, residents(200, 404, 404)) for path in ("/media/{photo}.jpg", "/media/{photo}-small.jpg")),
    look("/media/{photo}.jpg", everybody(404), photo="nothing"),
    look(f"{ONE}/{{deed}}", poster(200), deed="close"),
    look(f"{ONE}/{{deed}}", poster(200), deed="withdraw"),
    *(look(f"{ONE}/{{deed}}", everybody(404), deed=deed) for deed in ("pause", "reopen", "burn")),
    look(f"{ONE}/{{deed}}", poster(200), deed="extend"),
    look(f"{ONE}/outcome", {**poster(303), "broker": 303}),
    look(f"{ONE}/still", poster(200)),
    send(f"{ONE}/{{deed}}", poster(303), deed="extend"),
    send(f"{ONE}/{{deed}}", poster(422), deed="pause"),  # a request cannot be paused
    send(f"{ONE}/{{deed}}", poster(303), deed="reopen"),
    send(f"{ONE}/{{deed}}", poster(303), deed="close"),
    send(f"{ONE}/{{deed}}", poster(303), deed="elsewhere"),
    send(f"{ONE}/{{deed}}", poster(303), deed="withdraw"),
    send(f"{ONE}/{{deed}}", everybody(404), deed="burn"),
    *(send(f"{ONE}/{{deed}}", residents(403, 404, 404), post="{copy}", deed=d) for d in changes.DEEDS),
    # Answers
    send(f"{ONE}/answers", residents(303, 403, 404, poster=409), {"text": "Ik kan ook."}),
    send(f"{ONE}/answers", residents(303, 403, 404), {"text": "Ik kan ook."}, post="{copy}"),
    look(ANSWER, only(200, *DECIDES), deed="choose"),
    look(ANSWER, only(200, *DECIDES), deed="decline"),
    look(ANSWER, only(303, *DECIDES), deed="done"),  # nothing is agreed yet
    look(ANSWER, only(303, *DECIDES), deed="off"),
    look(ANSWER, only(200, "helper"), deed="back"),
    send(ANSWER, only(303, *DECIDES), deed="choose"),
    send(ANSWER, only(303, *DECIDES), deed="decline"),
    send(ANSWER, only(409, *DECIDES), deed="done"),
    send(ANSWER, only(409, *DECIDES), deed="off"),
    send(ANSWER, only(303, "helper"), deed="back"),
    *(
        do(ANSWER, only(200 if do is look else 303, *who), post=f"{{{post}}}", answer=f"{{{one}}}", deed=deed)
        for do in (look, send)
        for deed, post, one, who in (
            ("leave", "event", "coming", ("helper",)),
            ("away", "event", "coming", DECIDES),
            ("hide", "notice", "comment", ("poster", "supervisor")),
            ("delete", "notice", "comment", ("helper",)),
        )
    ),
    *(do(ANSWER, everybody(404), deed="burn") for do in (look, send)),
    *(do(ANSWER, everybody(404), post="{copy}", deed=d) for do in (look, send) for d in answers.DEEDS),
    # The broker's, and who is asked by one
    look("/board", broker(200, stranger=SIGN_IN)),
    look(f"{BOARD}/invite", broker(200, stranger=SIGN_IN)),
    look(f"{BOARD}/invite", broker(404, stranger=SIGN_IN), post="{copy}"),
    look(f"{BOARD}/close", broker(200, stranger=SIGN_IN)),
    look(f"{BOARD}/close", broker(404, stranger=SIGN_IN), post="{copy}"),
    look(f"{BOARD}/refer", broker(200, stranger=SIGN_IN)),
    look(f"{BOARD}/refer", broker(404, stranger=SIGN_IN), post="{copy}"),
    send(f"{BOARD}/refer", broker(303), {"words": "Het wijkteam belt je."}),
    send(f"{BOARD}/invite", broker(404), {"offer": "nothing"}),
    send(f"{BOARD}/close", broker(303), {"words": "De gemeente doet het."}),
    look("/invites/{invite}", {**only(200, "other"), "stranger": SIGN_IN}),
    look("/invites/{invite}", {**everybody(404), "stranger": SIGN_IN}, invite="nothing"),
    send(INVITE, {**only(303, "other"), "stranger": 403}, {"text": "Ik kom."}, answer="yes"),
    send(INVITE, {**only(303, "other"), "stranger": 403}, answer="no"),
    send(INVITE, {**everybody(404), "stranger": 403}, answer="burn"),
    # Reports, and the supervisor's queue
    look("/report/{post}", residents(200, SIGN_IN, 403)),
    look("/report/{post}", residents(200, SIGN_IN, 403), post="{copy}"),
    look("/report/{post}", residents(404, SIGN_IN, 403), post="nowhere"),
    send("/report/{post}", residents(303, 403, 403, poster=409), {"category": "spam"}),
    send("/report/{post}", residents(303, 403, 403), {"category": "spam"}, post="{copy}"),
    send("/report/{post}", residents(404, 403, 403), {"category": "spam"}, post="nowhere"),
    look("/report/answers/{answer}", {**only(200, "poster", "broker", "helper"), **UNSEEN}),
    look("/report/answers/{answer}", residents(200, SIGN_IN, 403), answer="{comment}"),
    look("/report/answers/{answer}", residents(404, SIGN_IN, 403), answer="nowhere"),
    look("/report/messages/{message}", {**only(200, "poster", "helper"), **UNSEEN}),
    look("/report/messages/{message}", residents(404, SIGN_IN, 403), message="nowhere"),
    send("/report/answers/{answer}", {**only(303, "poster", "broker"), **OWN, "helper": 409}, SPAM),
    send("/report/answers/{answer}", residents(303, 403, 403, helper=409), SPAM, answer="{comment}"),
    send("/report/answers/{answer}", residents(404, 403, 403), SPAM, answer="nowhere"),
    send("/report/messages/{message}", {**only(303, "helper"), **OWN, "poster": 409}, SPAM),
    send("/report/messages/{message}", residents(404, 403, 403), SPAM, message="nowhere"),
    look("/queue/said", supervisor(200, stranger=SIGN_IN)),
    *(send("/queue/said/{report}", supervisor(303), TOO_RUDE | {"what": w}) for w in SAID),
    send("/queue/said/{report}", supervisor(404), TOO_RUDE | {"what": "burn"}),
    send("/queue/said/{report}", supervisor(404), TOO_RUDE | {"what": "away"}, report="nothing"),
    look("/reports", account(200, stranger=SIGN_IN)),
    look("/queue", supervisor(200, stranger=SIGN_IN)),
    look("/queue/replies", supervisor(200, stranger=SIGN_IN)),
    *(send("/queue/replies/{reply}/{deed}", supervisor(303), deed=deed) for deed in replies.DEEDS),
    send("/queue/replies/{reply}/{deed}", supervisor(404), deed="burn"),
    send("/queue/replies/{reply}/{deed}", supervisor(404), reply="nothing", deed="let-in"),
    look("/queue/{post}", supervisor(200, stranger=SIGN_IN)),
    look("/queue/{post}", supervisor(200, stranger=SIGN_IN), post="{copy}"),
    look("/queue/{post}", supervisor(404, stranger=SIGN_IN), post="nowhere"),
    *(
        send("/queue/{post}", supervisor(303), {"what": what, "reason": "Reclame."})
        for what in ("stays", "hide", "remove", "ask")
    ),
    send("/queue/{post}", supervisor(409), {"what": "remove", "reason": "Reclame."}, post="{copy}"),
    send("/queue/{post}", supervisor(303), {"what": "hide", "reason": "Reclame."}, post="{copy}"),
    send("/queue/{post}", supervisor(303), {"what": "send", "category": "spam", "words": "x"}, post="{copy}"),
    send("/queue/{post}", supervisor(422), {"what": "burn", "reason": "Reclame."}),
    # The operator's
    look("/operator/neighbours", operator(200, stranger=SIGN_IN)),
    *(look(NODE, operator(200, stranger=SIGN_IN), step=step) for step in borders.STEPS),
    look(NODE, operator(404, stranger=SIGN_IN), step="burn"),
    send("/operator/neighbours", operator(303), {"address": "https://oost.example"}),
    send("/operator/neighbours/lookups/{lookup}/end", operator(303)),
    *(send(NODE, operator(303), step=step) for step in borders.STEPS if step != "follow"),
    send(NODE, operator(409), step="follow"),  # it did not move
    send(NODE, operator(404), step="burn"),
    look("/operator/people", operator(200, stranger=SIGN_IN)),
    look("/operator/people/new", operator(200, stranger=SIGN_IN)),
    look(PERSON, operator(200, stranger=SIGN_IN)),
    look(PERSON, operator(404, stranger=SIGN_IN), person="nobody"),
    send("/operator/people", operator(303), {"name": "Noor"}),
    look(f"{PERSON}/refuse", operator(200, stranger=SIGN_IN)),
    send(f"{PERSON}/refuse", operator(303)),
    send(f"{PERSON}/admit", operator(303)),
    send(f"{PERSON}/passkeys/end", operator(303), person="{resident}"),
    send(f"{PERSON}/passkeys/end", operator(403), person="{own}"),
    send(f"{PERSON}/roles", operator(409), {"role": "broker"}),  # who waits gets no role
    *(send(f"{PERSON}/roles", operator(303), {"role": role}, person="{resident}") for role in Role),
    *(send(f"{PERSON}/roles", operator(403), {"role": role}, person="{own}") for role in Role),
    *(
        send(f"{PERSON}/roles/{{role}}/end", operator(303), person=f"{{{role}}}", role=role)
        for role in sorted(set(Role) - {Role.OPERATOR})
    ),
    send(f"{PERSON}/roles/{{role}}/end", operator(409), person="{own}", role="operator"),  # the last
    send(f"{PERSON}/roles/{{role}}/end", operator(404), person="{resident}", role="king"),
    look("/operator/invitations", operator(200, stranger=SIGN_IN)),
    send("/operator/invitations", operator(200), {"uses": "1"}),
    send("/operator/invitations/{invitation}/end", operator(303)),
    send("/operator/invitations/{invitation}/end", operator(404), invitation="nothing"),
    look("/operator", operator(200, stranger=SIGN_IN)),
    look("/operator/settings", operator(200, stranger=SIGN_IN)),
    look("/operator/figures", operator(200, stranger=SIGN_IN)),
    look("/operator/hub", operator(200, stranger=SIGN_IN)),
    look("/operator/hub/leave", operator(409, stranger=SIGN_IN)),  # there is none
    send("/operator/hub", operator(303), {"address": "https://gemeente.example"}),
    send("/operator/hub/leave", operator(409)),
    *(look(MEMBER, operator(200, stranger=SIGN_IN), step=step) for step in hub.STEPS),
    *(send(MEMBER, operator(409), step=step) for step in hub.STEPS),  # we are no hub
    look(MEMBER, operator(404, stranger=SIGN_IN), step="burn"),
    send(MEMBER, operator(404), step="burn"),
    *(look(ADVICE, operator(200, stranger=SIGN_IN), choice=choice) for choice in ("take", "withdraw")),
    look(ADVICE, operator(303, stranger=SIGN_IN), choice="ignore"),  # asks nothing first
    look(ADVICE, operator(404, stranger=SIGN_IN), choice="take", advice="nothing"),
    look(ADVICE, operator(404, stranger=SIGN_IN), choice="burn"),
    *(send(ADVICE, operator(303), choice=choice) for choice in ("take", "ignore")),
    send(ADVICE, operator(404), choice="withdraw"),  # that is for the hub
    send(ADVICE, operator(404), choice="burn"),
    send("/operator/hub/advice", operator(409), {"subject": "spam.example"}),  # we are no hub
    send("/operator/hub/policy", operator(303), {"advice": "auto"}),
    # Who follows, and whom we keep out
    look("/operator/followers", operator(200, stranger=SIGN_IN)),
    look("/operator/followers/{account}/refuse", operator(200, stranger=SIGN_IN)),
    look("/operator/followers/{account}/refuse", operator(404, stranger=SIGN_IN), account="nobody"),
    send("/operator/followers", operator(303), {"followers": "ask", "a_minute": "60"}),
    send("/operator/followers/{account}/admit", operator(303)),
    send("/operator/followers/{account}/refuse", operator(303)),
    look("/operator/blocks", operator(200, stranger=SIGN_IN)),
    look("/operator/blocks.csv", operator(200, stranger=SIGN_IN)),
    look("/operator/blocks/lift", operator(303, stranger=SIGN_IN)),
    look("/operator/blocks/import", operator(200, stranger=SIGN_IN)),
    send("/operator/blocks", operator(303), {"subject": "evil.example", "severity": "block"}),
    send("/operator/blocks/lift", operator(404), {"subject": "evil.example"}),
    send("/operator/blocks/import", operator(200), {"list": "evil.example"}),
    send("/operator/blocks/import", operator(303), {"list": "evil.example", "sure": "yes"}),
    look("/operator/websites", operator(200, stranger=SIGN_IN)),
    look("/operator/websites/{website}/remove", operator(200, stranger=SIGN_IN)),
    look("/operator/websites/{website}/remove", operator(404, stranger=SIGN_IN), website="nothing"),
    send("/operator/websites", operator(303), {"address": "buurt.example"}),
    send("/operator/websites", operator(422), {"address": "geen adres"}),
    send("/operator/websites/{website}/remove", operator(303)),
    look("/operator/deliveries", operator(200, stranger=SIGN_IN)),
    send("/operator/deliveries/{node}/now", operator(303)),
    send("/operator/deliveries/parked/{delivery}/again", operator(404), delivery="7"),
    # Which districts one sees
    look("/districts", residents(200, SIGN_IN, 403)),
    look("/districts/{node}", residents(200, SIGN_IN, 403), node="node-noord"),
    look("/districts/{node}", residents(404, SIGN_IN, 403)),  # it only asks us
    *(send(WISH, residents(303, 403, 403), node="node-noord", wish=wish) for wish in districts.CHOICES),
    send(WISH, residents(409, 403, 403), wish="follow"),
    send(WISH, residents(404, 403, 403), wish="burn"),
]
IN_TURN = ("operator", "broker", "supervisor", "poster", "outsider")
BEGUN = ("/ask", "/offer", "/tell", "/event")  # what a stranger typed there is kept until they sign in
DRAFTS = frozenset({"drafts", "tries"})
NAMED = ("role", "what", "sure", "address", "post")  # fields that tell rows of one path apart
assert set(STANDINGS) >= set(Role)


@dataclass(frozen=True)
class World:
    here: Here
    things: Things
    watch: Watch
    before: Rows


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    directory: Path = tmp_path_factory.mktemp("node")
    async with visits.opened(directory, TOWN) as here:
        built = await things.built(here)
        with closing(Watch(here.database)) as watch:
            yield World(here, built, watch, await watch.rows())


@pytest.mark.parametrize(
    "row",
    TABLE,
    ids=lambda row: " ".join([row.method, row.path, *(row.fields.get(n, "") for n in NAMED)]).strip(),
)
async def test_U14_who_may(world: World, row: Row) -> None:
    found = {standing: await heard(world, row, standing) for standing in STANDINGS}
    assert found == row.expected


async def heard(world: World, row: Row, standing: str) -> int:
    """What somebody hears; who is refused changed nothing, and what was changed is put back."""
    here, part = world.here, None if standing == "stranger" else standing
    named = {role.value: here.cast.all()[role].id for role in Role}
    named |= {"own": here.cast.operator.id, "resident": here.cast.other.id}
    path = world.things.path(row.path, **named)
    async with here.browser(part) as browser:
        if row.method == "GET":
            answer = await browser.get(path)
        else:
            answer = await browser.post(path, data=row.fields, headers=here.own_form)
    if answer.status_code not in (302, 303):
        assert answer.headers["cache-control"] == "private, no-store"
    after = await world.watch.rows()
    if row.method == "GET" or answer.status_code in (403, 404):
        begun = DRAFTS if standing == "stranger" and row.route in BEGUN else frozenset()
        assert {**after, **{table: world.before[table] for table in begun}} == world.before
    if after != world.before:
        await here.database.writing(things.put_back, world.before)
    if answer.status_code == 403:
        assert FOREIGN not in answer.text
    to_sign_in = answer.headers.get("location", "").startswith("/signin?next=")
    return SIGN_IN if to_sign_in else answer.status_code


def test_U14_every_route_is_in_the_table() -> None:
    known = {("GET", path) for path, _ in PAGES} | {("POST", path) for path, _ in [*FORMS, *BY_SECRET]}
    assert {(row.method, row.route) for row in TABLE} == known


def test_every_decision_is_in_the_table() -> None:
    def said(route: str, method: str = "POST") -> set[str]:
        rows = [row.path for row in TABLE if (row.method, row.route) == (method, route)]
        return {path.rpartition("/")[2] for path in rows} - {"burn"}

    assert said(f"{ONE}/{{deed}}") == set(changes.DEEDS)
    assert said(ANSWER) == said(ANSWER, "GET") == set(answers.DEEDS)
    assert said(NODE) == said(NODE, "GET") == set(borders.STEPS)
    assert said(MEMBER) == said(MEMBER, "GET") == set(hub.STEPS)
    assert said(SEARCH) == set(searches.DEEDS)
    assert said("/photos/{photo}/{deed}") == set(photos.DEEDS)
    assert said(WISH) == set(districts.CHOICES)
    assert said("/queue/replies/{reply}/{deed}") == set(replies.DEEDS)
    assert said("/desk/{person}/return/{deed}") == set(returning.DEEDS)
    assert said("/vouch/{person}/{answer}") == set(vouch.ANSWERS)
    assert said(ADVICE) == said(ADVICE, "GET") == set(advice.CHOICES)


def test_U14_the_table_is_large_enough() -> None:
    assert len(TABLE) * len(STANDINGS) >= 1000


async def test_what_is_written_is_seen(world: World) -> None:
    await sees_what_is_written(world)


async def sees_what_is_written(world: World) -> None:
    assert await world.watch.rows() is await world.watch.rows()
    await world.here.post("poster", "/me/contact", phone="0199-00 12 35")
    assert await world.watch.rows() != world.before
    await world.here.database.writing(things.put_back, world.before)
    assert await world.watch.rows() == world.before


def of_each_sort(row: Row) -> list[str]:
    """Everybody who gets a page; of who is answered otherwise, one for each answer, another one each row."""
    first = TABLE.index(row) % len(IN_TURN)
    sorts: dict[object, str] = {}
    for standing in (*IN_TURN[first:], *IN_TURN[:first]):
        status = row.expected[standing]
        sorts.setdefault((status, standing) if (row.method, status) == ("GET", 200) else status, standing)
    return list(sorts.values())


async def test_the_same_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    async with visits.opened(tmp_path, TOWN, postgresql) as here:
        built, watch = await things.built(here), Watch(here.database)
        world = World(here, built, watch, await watch.rows())
        for row in TABLE:
            for standing in of_each_sort(row):
                found = await heard(world, row, standing)
                assert found == row.expected[standing], (standing, row.method, row.path)
        await sees_what_is_written(world)
        for path in {re.sub(r"\{\w+\}", "%00", path) for path, _ in PAGES if "{" in path}:
            await here.get("operator", path, 404)


async def test_what_is_not_there_for_a_stranger_reads_like_what_never_was(world: World) -> None:
    """And it offers the way in, for it may be there for a neighbour."""
    here, there, nowhere = world.here, world.things.post, "0" * 32
    for part in (None, "outsider"):
        real = bare((await here.get(part, f"/o/{there}", 404)).text).replace(there, nowhere)
        never = bare((await here.get(part, f"/o/{nowhere}", 404)).text)
        assert real == never
        assert (f'href="/signin?next=/o/{nowhere}"' in never) is (part is None)
