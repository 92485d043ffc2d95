"""The examples of docs/federation.md: what real nodes say to each other, and to somebody elsewhere.

Centrum (A) and Noord (B) are neighbours and members of the hub Gemeente (H); Mo has an account on
social.example. All of it happens here, and each scene waits for what should come of what was said.
"""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from node.acts import advice, invites, matches, moderation, moving, nodes, replies, reports, threads
from node.clock import now
from node.neighbourhood.post import Audience, State
from node.neighbourhood.resident import console
from node.neighbourhood.response import ResponseState
from node.storage import invites as kept_invites
from node.storage import replies as kept_replies
from node.storage import reports as kept_reports
from tests import town
from tests.federation import talks, town_of_nodes
from tests.federation.scene import Examples, Scene, answer_to, at_noon, get, put_up
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Place
from tests.federation.wire import until, until_true

EVENT_AT = town.NOON + 25 * town.HOUR  # two in the afternoon, by the clock of the neighbourhood


async def made(directory: Path) -> Examples:
    """Let it all happen, at the noon of the cast."""
    async with at_noon():
        model = await town_of_nodes.model(directory, "centrum", "noord", "zuid", "gemeente", joined=False)
        (directory / "copy").mkdir()
        zone = ZoneInfo("Europe/Amsterdam")
        async with town_of_nodes.opened(directory / "copy", model, zone=zone) as running:
            scene = Scene(running, Stranger(running.wire), {})
            for part in SCENES:
                await part(scene)
                await running.quiet()
            return scene.found


async def _borders(scene: Scene) -> None:
    """Neighbours, a refusal, a hub with two members, and what they look like."""
    a, b, hub = scene.places
    zuid = scene.nodes.places[2]
    await scene.nodes.join(a, b)
    scene.found["follow"] = await scene.said("Follow", a, b)
    scene.found["accept-of-a-follow-by-a-node"] = await scene.said("Accept", b, a)
    await zuid.wants(b)
    await until_true(lambda: scene.nodes.wire.said("Follow", zuid.origin))
    await scene.nodes.quiet()
    await b.database.writing(nodes.say_no, console(now()), (await b.knows(zuid)).id, "declined", now())
    scene.found["reject-of-a-follow-by-a-node"] = await scene.said("Reject", b, zuid)
    await scene.nodes.gather(hub, a, b)
    scene.found["offer-to-a-directory"] = await scene.said("Offer", b, hub)
    scene.found["accept-of-a-member"] = await scene.said("Accept", hub, b)
    scene.found["add-to-a-directory"] = await scene.said("Add", hub, b)
    scene.found["directory"] = await get(hub, hub.home.directory)
    scene.found["adjacent"] = await get(a, a.home.adjacent)
    await _addresses(scene, a)
    actor = await get(hub, hub.home.actor)
    scene.found["hub"] = {name: actor[name] for name in ("id", "type", "areaCode", "directory")}


async def _addresses(scene: Scene, a: Place) -> None:
    finger = f"/.well-known/webfinger?resource=acct:centrum@{a.settings.authority}"
    scene.found["group"] = await get(a, a.home.actor)
    scene.found["application"] = await get(a, a.home.application)
    scene.found["webfinger"] = await get(a, finger, accept="*/*")
    scene.found["nodeinfo-links"] = await get(a, "/.well-known/nodeinfo", accept="*/*")
    scene.found["nodeinfo"] = await get(a, "/nodeinfo/2.1", accept="*/*")


async def _a_public_request(scene: Scene) -> None:
    """Mo follows, reads a request, answers in private, and it works out."""
    (a, b, _), mo = scene.places, scene.mo
    scene.found["follow-of-an-account"] = await mo.follows(a)
    scene.found["accept-of-a-follow"] = mo.heard("Accept")[-1]
    post = await a.asks(audience=Audience.PUBLIC)
    create = scene.found["create"] = await mo.hears("Create")
    scene.found["a-request-by-draft-cavage"] = scene.sent("Create", mo.origin)
    scene.found["receipt"] = await scene.said("Accept", b, a)
    scene.found["proposal"] = await get(a, f"{post.uri}/proposal")
    scene.found["featured"] = await get(a, f"{a.home.actor}/featured")
    scene.found["outbox"] = await get(a, f"{a.home.actor}/outbox")
    reply = mo.answers(post.uri, a.home.actor, "Ik kan dinsdag.")
    scene.found["private-reply"] = reply
    await mo.tells(a, reply)
    answer = await answer_to(a, post)
    await a.agrees(post, answer)
    scene.found["direct-note"] = await mo.hears("Create", 2)
    scene.found["update-matched"] = _differs(create, await mo.hears("Update"))
    await a.database.writing(threads.write, a.cast.poster, answer.id, "Hoe laat?", now())
    scene.found["direct-message"] = await mo.hears("Create", 3)
    (match,) = await a.agreements(post)
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    await mo.hears("Create", 4)  # that it worked out
    scene.found["update-fulfilled"] = _differs(create, await mo.hears("Update", 2))
    await a.withdraws(post)
    scene.found["delete"] = await mo.hears("Delete")
    scene.found["tombstone"] = await get(a, post.uri, 410)


def _differs(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """An Update with what its post says otherwise than the Create did."""
    old, new = before["object"], after["object"]
    changed = {name: new[name] for name in new if name in ("id", "type") or new[name] != old.get(name)}
    return {**after, "object": changed}


async def _a_public_event(scene: Scene) -> None:
    """Mo comes to an event."""
    (a, _, _), mo = scene.places, scene.mo
    ends = EVENT_AT + 3 * town.HOUR
    plan = town.plans(starts=EVENT_AT, ends=ends, audience=Audience.PUBLIC, places=30)
    post = await put_up(a, plan, seen="De lange tafel van vorig jaar")
    create = await mo.hears("Create", 5)
    scene.found["event"] = create["object"]
    join = scene.found["join-of-an-account"] = mo.does("Join", post.uri)
    await mo.tells(a, join)
    scene.found["accept-of-a-join"] = await mo.hears("Accept", 2)


async def _a_public_notice(scene: Scene) -> None:
    """Mo says something under a notice, and a supervisor lets it through."""
    (a, _, _), mo = scene.places, scene.mo
    post = await put_up(a, town.tells(audience=Audience.PUBLIC))
    reply = mo.answers(post.uri, a.home.actor, "Gezien in het park!", public=True)
    scene.found["public-reply"] = reply
    await mo.tells(a, reply)
    (held,) = await a.database.reading(kept_replies.oldest, 9)
    await a.database.writing(replies.let_in, a.cast.supervisor, held.id, now())
    scene.found["replies"] = await get(a, f"{post.uri}/replies")
    scene.found["context"] = await get(a, f"{post.uri}/context")
    await mo.tells(a, mo.answers(post.uri, a.home.actor, "Koop nu!", public=True))
    (held,) = await a.database.reading(kept_replies.oldest, 9)
    await a.database.writing(replies.report, a.cast.supervisor, held.id, now())
    scene.found["flag-to-other-software"] = await mo.hears("Flag")


async def _a_hub_points_and_advises(scene: Scene) -> None:
    """Mo follows the hub; the hub advises its members."""
    (a, b, hub), mo = scene.places, scene.mo
    await mo.tells(hub, mo.does("Follow", hub.home.actor))
    await mo.hears("Accept", 3)
    post = await a.asks("Wie leent een ladder uit?", audience=Audience.PUBLIC, category="spullen")
    scene.found["announce"] = await mo.hears("Announce")
    await a.withdraws(post)
    scene.found["undo-of-an-announce"] = await mo.hears("Undo")
    await hub.database.writing(
        advice.advise, hub.cast.operator, "spam.example", "Sends advertisements", None, now()
    )
    scene.found["add-to-advisories"] = await scene.said("Add", hub, b)
    scene.found["advisories"] = await b.door.remote.document(f"{hub.home.actor}/advisories")


async def _an_agreement(scene: Scene) -> None:
    """A yes over the border, one that comes too late, words, a number to call, and that it is done."""
    a, b, _ = scene.places
    post = await a.asks(when="2026-11-05", day_part="morning", repeats="weekly")
    merel = await b.answers(post, when="Op donderdag")
    scene.found["offer"] = await scene.said("Offer", b, a)
    scene.found["a-request-by-rfc-9421"] = scene.sent("Offer", a.origin)
    scene.found["create-for-neighbours"] = await scene.said("Create", a, b, post.uri)
    tariq = await b.answers(post, "Ik kan ook.", part="other")
    await a.heard(tariq)
    match = await a.agrees(post, merel)
    agreed = await b.heard(merel, state=ResponseState.ACCEPTED)
    await b.heard(tariq, state=ResponseState.TAKEN)
    scene.found["accept-of-an-offer"] = await scene.said("Accept", a, b, merel.uri)
    scene.found["reject-of-an-offer"] = await scene.said("Reject", a, b, tariq.uri)
    talk = talks.Talk(a, b, post, await a.heard(agreed), agreed, match)
    await talk.agrees_on(b, town.NOON + 47 * town.HOUR, "Donderdag, elf uur?")
    await talk.reads(a, "Donderdag, elf uur?")
    scene.found["message"] = await scene.said("Create", b, a)
    await talk.shows(a)
    await talk.looks(b)
    look = next(e for e in scene.nodes.wire.log if e.path.endswith("/contact") and e.status == 200)
    scene.found["contact"] = json.loads(look.answer)
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    scene.found["update-of-an-agreement"] = await scene.said("Update", a, b, match.uri)


async def _taken_back(scene: Scene) -> None:
    a, b, _ = scene.places
    post = await a.asks("Wie helpt een kast verplaatsen?")
    answer = await b.answers(post, "Zaterdag.")
    await a.heard(answer)
    await b.takes_back(answer, "ill")
    await a.heard(answer, state=ResponseState.WITHDRAWN)
    scene.found["undo-of-an-offer"] = await scene.said("Undo", b, a)


async def _an_invite(scene: Scene) -> None:
    """A broker asks somebody next door, who says no."""
    a, b, _ = scene.places
    post = await a.asks("Wie snoeit mijn heg?", category="tuin")
    offer = await put_up(b, town.offers(audience=Audience.ADJACENT))
    await b.holds(post)
    held = await a.holds(offer)
    asked = await a.database.writing(invites.ask, a.cast.broker, post.id, held.id, now())

    async def here() -> Any:
        return await b.database.reading(kept_invites.by_uri, asked.uri)

    there = await until(here)
    await b.database.writing(invites.decline, b.cast.poster, there.id, now())
    await a.holds(post, state=State.OPEN)
    scene.found["invite"] = await scene.said("Invite", a, b)
    scene.found["reject-of-an-invite"] = await scene.said("Reject", b, a)


async def _next_door(scene: Scene) -> None:
    """Words under a notice, somebody who comes, and a report."""
    a, b, _ = scene.places
    notice = await put_up(a, town.tells("Sleutels gevonden", audience=Audience.ADJACENT))
    said = await b.answers(notice, "Die zijn van Jan.")
    await a.heard(said)
    scene.found["comment"] = await scene.said("Create", b, a)
    await b.takes_back(said)
    await a.heard(said, state=ResponseState.WITHDRAWN)
    scene.found["delete-of-a-comment"] = await scene.said("Delete", b, a)
    event = await put_up(a, town.plans("Buurtborrel", at=now(), audience=Audience.ADJACENT))
    coming = await b.answers(event, "")
    await b.heard(coming, state=ResponseState.ACCEPTED)
    scene.found["join"] = await scene.said("Join", b, a)
    scene.found["accept-of-a-join-by-a-node"] = await scene.said("Accept", a, b, scene.found["join"]["id"])


async def _a_report(scene: Scene) -> None:
    a, b, _ = scene.places
    post = await a.asks("Wie past op mijn planten?")
    here = await b.holds(post)
    words = "het huisnummer staat in de tekst"
    await b.database.writing(reports.send_on, b.cast.supervisor, here.id, "privacy", words, now())
    await until(lambda: a.database.reading(kept_reports.open_about, post.id))
    scene.found["flag"] = await scene.said("Flag", b, a)
    told = ("hide", "Te privé.", "Het huisnummer is weg.")
    await a.database.writing(moderation.uphold, a.cast.supervisor, post.id, *told, now())
    scene.found["accept-of-a-flag"] = await scene.said("Accept", a, b, scene.found["flag"]["id"])


async def _a_move(scene: Scene) -> None:
    """Centrum lives elsewhere from now on, at a node that says so too."""
    a, _, _ = scene.places
    there = Stranger(scene.nodes.wire, "nieuw", user="centrum", kind="Group")
    there.serve(there.person, there.document(alsoKnownAs=[a.home.actor]))
    await a.database.writing(moving.ask, a.cast.operator, there.person, now())
    scene.found["move"] = await scene.mo.hears("Move")


SCENES = (
    _borders,
    _a_public_request,
    _a_public_event,
    _a_public_notice,
    _a_hub_points_and_advises,
    _an_agreement,
    _taken_back,
    _an_invite,
    _next_door,
    _a_report,
    _a_move,
)
