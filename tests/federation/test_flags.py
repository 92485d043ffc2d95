"""Reports between nodes (`wire.md` 10): a Flag by the Application alone, what it is about, its answer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.acts import moderation, reports
from node.clock import now
from node.federation.flags import said
from node.federation.gate import Gate
from node.federation.signatures import SigningKey
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.report import Report, ReportCategory, ReportState
from node.storage import log
from node.storage import posts as kept_posts
from node.storage import reports as kept
from node.storage.tables import activities
from tests.federation import by_hand, town_of_nodes
from tests.federation.liar import Document, Liar, described
from tests.federation.stillness import HEARD, untouched
from tests.federation.town_of_nodes import Model, Nodes, Place
from tests.federation.wire import until

WORDS = "Merel zegt: Bea woont op nummer 12, en haar nummer is 0199-00 12 34."
Lied = tuple[Nodes, Liar]


async def reported(place: Place, post: Post, part: str = "helper", word: str = "privacy") -> Report:
    """Merel, who lives there, reports a post as soon as it is there."""
    here = await place.holds(post)
    who = place.cast.all()[part]
    return await place.database.writing(reports.report, who, here.id, word, WORDS, now())


async def queue(place: Place) -> list[Report]:
    """What waits for the supervisor there."""
    who = place.cast.supervisor.id
    waiting = await place.database.reading(kept.queue, who, None, 99)
    return [report for one in waiting for report in one.reports]


async def comes_in(place: Place) -> Report:
    async def look() -> Report | None:
        found = await queue(place)
        return found[0] if found else None

    return await until(look)


async def outcome(place: Place, report: Report) -> Report:
    """The report, as soon as it is decided."""

    async def look() -> Report | None:
        mine = await place.database.reading(kept.of_resident, report.resident or "", None, 99)
        return next((r for r in mine if r.id == report.id and r.state is not ReportState.OPEN), None)

    return await until(look)


async def upholds(place: Place, post: Post, what: str = "hide", told: str = "Het is weg.") -> None:
    who = place.cast.supervisor
    here = await place.holds(post)
    await place.database.writing(moderation.uphold, who, here.id, what, "Te privé.", told, now())


async def dismisses(place: Place, post: Post, told: str = "") -> None:
    who = place.cast.supervisor
    here = await place.holds(post)
    await place.database.writing(moderation.dismiss, who, here.id, "Dit mag.", told, now())


# There and back


async def test_the_home_hears_what_is_wrong_and_nobodys_words_or_name(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await reported(b, post)
    came = await comes_in(a)
    assert (came.category, came.text, came.resident) == (ReportCategory.PRIVACY, "", None)
    assert came.node_id == (await a.knows(b)).id
    flag = next(e for e in pair.wire.log if e.kind == "Flag")
    assert flag.to == a.origin
    assert flag.said["actor"] == b.home.application
    assert flag.said["object"] == [post.uri]
    assert flag.said["content"] == "privacy"
    assert "party" not in flag.said
    key = f"{b.home.application}#ed25519-key"
    assert key.encode() in dict(flag.headers)[b"signature-input"]
    assert flag.said["proof"]["verificationMethod"] == key
    everything = b"".join(e.raw for e in pair.wire.log)
    for secret in ("Merel", "nummer 12", "0199-00", b.cast.helper.id):
        assert secret.encode() not in everything
    assert (await a.post(post) or post).state is State.OPEN  # it only waits to be looked at


async def test_hidden_at_home_it_is_hidden_everywhere_and_the_reporter_hears(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    report = await reported(b, post)
    await comes_in(a)
    await upholds(a, post)
    heard = await outcome(b, report)
    assert (heard.state, heard.outcome) == (ReportState.UPHELD, "Het is weg.")
    assert await b.letters("report decided") == [b.cast.helper.id]
    await b.holds(post, state=State.HIDDEN)
    await pair.quiet()
    accept = pair.wire.said("Accept", a.origin, b.origin)[-1]
    assert accept["content"] == "<p>Het is weg.</p>"
    assert accept["actor"] == a.home.actor  # an answer is the Group's
    await dismisses(a, post)
    await b.holds(post, state=State.OPEN)


async def test_out_of_sight_at_home_it_is_given_to_nobody(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks(audience="public")
    await b.holds(post)
    await upholds(a, post)
    await b.holds(post, state=State.HIDDEN)
    path = post.uri.removeprefix(a.origin)
    answer = await by_hand.signed(a, "GET", path, b.door.keys.application)
    unsigned = await by_hand.knock(a, by_hand.Raw("GET", post.uri, {}))
    assert [answer.status_code, unsigned.status_code] == [404, 404]


async def test_removed_at_home_it_is_gone_everywhere(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    report = await reported(b, post)
    await comes_in(a)
    await upholds(a, post, "remove", "")
    heard = await outcome(b, report)
    assert heard.state is ReportState.UPHELD
    assert "We hebben er iets aan gedaan" in heard.outcome  # the usual words, when nobody wrote others
    await b.loses(post)


async def test_it_stays_and_the_reporter_hears_why(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    report = await reported(b, post)
    await comes_in(a)
    await dismisses(a, post, "Wij zien niets vreemds.")
    heard = await outcome(b, report)
    assert (heard.state, heard.outcome) == (ReportState.DISMISSED, "Wij zien niets vreemds.")
    await pair.quiet()
    assert pair.wire.said("Reject", a.origin, b.origin)[-1]["content"] == "<p>Wij zien niets vreemds.</p>"
    await b.holds(post, state=State.OPEN)


async def test_a_supervisor_adds_words_of_their_own(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await reported(b, post)
    here = await b.holds(post)
    words = "het huisnummer staat in de tekst"
    await b.database.writing(reports.send_on, b.cast.supervisor, here.id, "privacy", words, now())

    async def both() -> bool:
        return [(one.category, one.text) for one in await queue(a)] == [("privacy", ""), ("privacy", words)]

    await until(both)


async def test_the_hub_hears_too_and_hides_its_copy(town_with_hub: Nodes) -> None:
    a, _, c, hub = town_with_hub
    post = await a.asks(audience="municipality")
    report = await reported(c, post)
    assert (await comes_in(a)).node_id == (await a.knows(c)).id
    assert (await comes_in(hub)).node_id == (await hub.knows(c)).id
    await upholds(hub, post, told="Bij ons verborgen.")
    there = await hub.holds(post, hidden=True)
    assert there.state is State.OPEN
    here = await c.holds(post)

    async def heard() -> bool:
        entries = await c.database.reading(log.of, here.id)
        return any(entry.why == "Bij ons verborgen." for entry in entries)

    await until(heard)
    assert [one.state for one in await _mine(c)] == [ReportState.OPEN]  # its home decides
    assert (await a.post(post) or post).state is State.OPEN  # the hub changes nothing at home
    await dismisses(a, post)
    assert (await outcome(c, report)).state is ReportState.DISMISSED


async def _mine(place: Place) -> list[Report]:
    return await place.database.reading(kept.of_resident, place.cast.helper.id, None, 9)


async def test_a_post_next_door_is_not_told_to_the_hub(town_with_hub: Nodes) -> None:
    a, b, _, hub = town_with_hub
    post = await a.asks()
    await reported(b, post)
    await comes_in(a)
    await town_with_hub.quiet()
    assert [e.to for e in town_with_hub.wire.log if e.kind == "Flag"] == [a.origin]
    assert await queue(hub) == []


# The liar


@pytest.fixture(scope="module")
async def lied_about(
    tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model
) -> AsyncIterator[tuple[Place, Liar, Post]]:
    """Centrum, with an enemy next door whose technical actor is known, and a post that it may hold."""
    async with town_of_nodes.opened(tmp_path_factory.mktemp("flags"), two_neighbours) as nodes:
        liar = Liar(nodes.wire)
        place, noord = nodes.places
        await liar.befriend(place)
        post = await place.asks()
        await nodes.quiet()
        for one in (place, noord):
            await one.stop()
        place.door.gate = Gate()  # a while later: it has seen who is a neighbour now
        await liar.says(place, flag_of(liar, "x"), key=liar.reader)  # now its key is known
        yield place, liar, post


def flag_of(liar: Liar, *objects: str, **change: object) -> Document:
    usual = {"actor": liar.application, "content": "spam: kijk nou", "to": None}
    return liar.activity("Flag", list(objects), **{**usual, **change})


async def ignored(place: Place, liar: Liar, activity: Document, status: int = 202) -> None:
    """It is heard, and means nothing; or (401) it is not even believed."""
    but = HEARD if status == 202 else ()
    async with untouched(place, *but):
        response = await liar.says(place, activity, key=liar.reader)
    assert response.status_code == status, response.text


async def test_a_flag_by_the_application_counts(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, post = lied_about
    for objects in ([post.uri], [place.home.actor, post.uri]):
        before = len(await queue(place))
        flag = flag_of(liar, *objects)
        assert (await liar.says(place, flag, key=liar.reader, proved=False)).status_code == 202
        assert len(await queue(place)) == before + 1
        await liar.says(place, flag, key=liar.reader)  # again
        assert len(await queue(place)) == before + 1
    assert (await queue(place))[-1].text == "kijk nou"
    await dismisses(place, post)


async def test_a_flag_by_the_group_is_dropped(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, post = lied_about
    async with untouched(place, *HEARD):
        response = await liar.says(place, flag_of(liar, post.uri, actor=liar.actor))
    assert response.status_code == 202


async def test_a_flag_in_the_applications_name_by_the_group_is_refused(
    lied_about: tuple[Place, Liar, Post],
) -> None:
    place, liar, post = lied_about
    async with untouched(place):
        response = await liar.says(place, flag_of(liar, post.uri), key=liar.key)
    assert response.status_code == 401


async def test_a_flag_in_the_name_of_another_node(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, post = lied_about
    for other in ("https://noord.example/ap/actor", place.home.application):
        await ignored(place, liar, flag_of(liar, post.uri, actor=other))
        await ignored(place, liar, flag_of(liar, post.uri, id="https://noord.example/ap/a/1"))
    pretends = SigningKey("https://noord.example/ap/actor#ed25519-key", liar.reader.private)
    before = await queue(place)
    activity = flag_of(liar, post.uri, actor="https://noord.example/ap/actor")
    assert (await liar.says(place, activity, key=pretends)).status_code == 401
    assert await queue(place) == before


async def test_a_flag_by_another_actor_of_its_origin(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, post = lied_about
    someone = f"{liar.origin}/ap/iemand"
    key = SigningKey(f"{someone}#key", liar.reader.private)
    liar.serve(someone, described(someone, "Application", key))
    before = await queue(place)
    await liar.says(place, flag_of(liar, post.uri, actor=someone), key=key)
    assert await queue(place) == before


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete", "Follow", "Offer", "Accept", "Undo"])
async def test_an_application_says_nothing_else(lied_about: tuple[Place, Liar, Post], kind: str) -> None:
    place, liar, _ = lied_about
    thing: object = liar.note() if kind in ("Create", "Update") else place.home.actor
    await ignored(place, liar, liar.activity(kind, thing, actor=liar.application))


async def test_a_flag_about_what_was_never_given_to_it(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, _ = lied_about
    secret = await place.asks(audience="neighbourhood")
    gone = await place.asks()
    await place.withdraws(gone)
    stranger = Liar(place.wire, "ver")
    await stranger.says(place, flag_of(stranger, "x"), key=stranger.reader)
    near = await place.asks()
    for who, uri in (
        (liar, secret.uri),
        (liar, gone.uri),
        (liar, place.home.uri("o", "f" * 32)),
        (liar, place.home.actor),
        (liar, liar.uri("o")),
        (stranger, near.uri),
    ):
        await ignored(place, who, flag_of(who, uri))
    await ignored(place, liar, liar.activity("Flag", {"x": 1}, actor=liar.application, content=["spam"]))


async def test_a_stranger_may_report_what_is_public(lied_about: tuple[Place, Liar, Post]) -> None:
    place, _, _ = lied_about
    post = await place.asks(audience="public")
    stranger = Liar(place.wire, "vreemd")
    assert (await stranger.says(place, flag_of(stranger, post.uri), key=stranger.reader)).status_code == 202
    (came,) = [one for one in await queue(place) if one.post_id == post.id]
    assert (came.node_id, came.resident) == (None, None)
    await dismisses(place, post)  # there is nobody to answer, and it does no harm


async def test_a_blocked_node_is_not_heard(tmp_path: Path, two_neighbours: Model) -> None:
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        place, _ = nodes.places
        liar = Liar(nodes.wire)
        await liar.befriend(place)
        post = await place.asks(audience="public")
        await place.blocks(liar)
        assert (await liar.says(place, flag_of(liar, post.uri), key=liar.reader)).status_code == 403
        assert await queue(place) == []


async def test_a_flood_is_cut_off(lied_about: tuple[Place, Liar, Post]) -> None:
    place, liar, _ = lied_about
    post = await place.asks()
    for _ in range(25):
        assert (await liar.says(place, flag_of(liar, post.uri), key=liar.reader)).status_code == 202
    assert len(await queue(place)) == 20
    await dismisses(place, post)


async def test_an_answer_to_a_flag_that_was_never_sent_or_went_elsewhere(pair: Nodes) -> None:
    a, b = pair
    liar = Liar(pair.wire)
    await liar.befriend(b)
    post = await a.asks()
    report = await reported(b, post)
    await comes_in(a)
    await pair.quiet()
    sent = await b.database.reading(
        lambda tx: tx.run(activities.select().where(activities.c.type == "Flag")).mappings().one()
    )
    for kind in ("Accept", "Reject"):
        for uri in (sent["uri"], b.home.uri("a", "f" * 32), report.uri, post.uri):
            answer = liar.activity(kind, uri, content="<p>Weg.</p>", reason="declined")
            assert (await liar.says(b, answer)).status_code == 202
    assert [one.state for one in await _mine(b)] == [ReportState.OPEN]
    assert await b.letters("report decided") == []


async def test_an_answer_shows_no_marks_of_its_sender(pair: Nodes) -> None:
    """Words of another node are words: cut, and without anything that cannot be seen."""
    b, liar = pair.places[1], Liar(pair.wire)
    await liar.befriend(b)
    held = liar.note()
    await liar.says(b, liar.activity("Create", held, to=[liar.adjacent]))
    here = await until(lambda: b.database.reading(kept_posts.by_uri, str(held["id"])))
    report = await b.database.writing(reports.report, b.cast.helper, here.id, "fraud", "", now())

    async def flagged() -> Document | None:
        return next((said for said in liar.got if said["type"] == "Flag"), None)

    flag = await until(flagged)
    content = "<p>Ga naar <b>x</b> &amp; y\u202e</p>" + "z" * 900
    await liar.says(b, liar.activity("Accept", flag["id"], content=content))
    heard = await outcome(b, report)
    assert heard.outcome.startswith("Ga naar  x  & y")
    assert len(heard.outcome) <= 500
    assert here.audience is Audience.ADJACENT


@pytest.mark.parametrize(
    ("content", "category", "words"),
    [
        ("privacy", "privacy", ""),
        ("privacy: het huisnummer", "privacy", "het huisnummer"),
        (" Spam : reclame: veel", "spam", "reclame: veel"),
        ("Ik vind dit niet fijn", "other", "Ik vind dit niet fijn"),
        ("raar: dit", "other", "raar: dit"),
        ("", "other", ""),
        (None, "other", ""),
        (["privacy"], "other", ""),
    ],
)
def test_what_a_flag_says(content: object, category: str, words: str) -> None:
    assert said(content) == (ReportCategory(category), words)


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=30)
    | st.sampled_from(["privacy", "spam: x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(thing=ODD, content=ODD, more=ODD)
async def test_anything_may_stand_in_a_flag(
    lied_about: tuple[Place, Liar, Post], thing: Any, content: Any, more: Any
) -> None:
    place, liar, post = lied_about
    for objects in (thing, [thing, post.uri]):
        activity = liar.activity(
            "Flag", objects, actor=liar.application, content=content, to=more, published=more
        )
        response = await liar.says(place, activity, key=liar.reader, proved=False)
        assert response.status_code in (202, 400)
    assert len(await queue(place)) <= 20
