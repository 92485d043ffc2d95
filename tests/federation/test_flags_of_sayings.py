"""Reports about what people said, over the wire: what a node tells another of it, and when."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.acts import sayings, threads
from node.clock import now
from node.neighbourhood.report import Report, ReportCategory, ReportState
from node.storage import sayings as kept
from node.storage import threads as kept_threads
from tests.federation import talks, town_of_nodes
from tests.federation.liar import Liar
from tests.federation.stranger import Stranger
from tests.federation.test_accounts import answered
from tests.federation.test_flags import WORDS, outcome
from tests.federation.test_notices import tells, under
from tests.federation.town_of_nodes import Model, Nodes, Place
from tests.federation.wire import until, until_true

SECRETS = ("Merel zegt", "nummer 12", "0199-00")
WHY, TOLD = "Er wordt gescholden.", "Het is weg."


@pytest.fixture
async def met(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[tuple[Place, Stranger]]:
    """Centrum, and somebody with an account elsewhere."""
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes.places[0], Stranger(nodes.wire)


async def queue(place: Place) -> list[kept.Waiting]:
    return await place.database.reading(kept.oldest, place.cast.supervisor.id, 0, 99)


async def comes_in(place: Place) -> kept.Waiting:
    async def look() -> kept.Waiting | None:
        found = await queue(place)
        return found[0] if found else None

    return await until(look)


async def takes_away(place: Place, key: str, home: bool = False) -> None:
    await place.database.writing(sayings.uphold, place.cast.supervisor, key, WHY, TOLD, home, now())


async def flagged_comment(pair: Nodes) -> tuple[Report, str]:
    """Merel of B said something under a notice of A; Tariq of A reports it."""
    a, b = pair
    post = await tells(a)
    said = await b.answers(post, "Wat een onzin, sukkel.")
    heard = await a.heard(said)
    made = await a.database.writing(sayings.report_answer, a.cast.other, heard.id, "rude", WORDS, now())
    return made, said.id


async def test_what_was_said_in_public_goes_to_its_home_and_what_that_does_comes_back(pair: Nodes) -> None:
    a, b = pair
    report, _ = await flagged_comment(pair)
    came = await comes_in(b)
    assert came.saying.text == "Wat een onzin, sukkel."
    assert [(one.category, one.text) for one in came.reports] == [(ReportCategory.RUDE, "")]
    flag = next(e for e in pair.wire.log if e.kind == "Flag")
    assert flag.said["actor"] == a.home.application
    assert flag.said["object"] == [came.saying.uri]
    assert flag.said["content"] == "rude"
    everything = b"".join(e.raw for e in pair.wire.log)
    for secret in (*SECRETS, a.cast.other.id, a.cast.other.name):
        assert secret.encode() not in everything
    await takes_away(b, came.id)
    heard = await outcome(a, report)
    assert (heard.state, heard.outcome) == (ReportState.UPHELD, TOLD)
    await pair.quiet()
    assert await under(a, came.saying.post) == []
    assert await a.letters("report decided") == [a.cast.other.id]
    assert await b.letters("moderated") == [b.cast.helper.id]
    assert WHY.encode() not in b"".join(e.raw for e in pair.wire.log), "that is for its writer"


async def test_its_home_finds_nothing_wrong_and_ours_still_decides(pair: Nodes) -> None:
    a, b = pair
    report, _ = await flagged_comment(pair)
    came = await comes_in(b)
    await b.database.writing(sayings.dismiss, b.cast.supervisor, came.id, "Dit mag.", "", now())
    await pair.quiet()
    assert pair.wire.said("Reject", b.origin, a.origin)
    assert [one.id for one in await queue(a)] == [report.id]
    await takes_away(a, report.id)
    assert (await outcome(a, report)).state is ReportState.UPHELD


async def test_of_a_message_nothing_goes_out_until_a_supervisor_says_so(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.answered(a, b)
    await talk.writes(b, "Stuur eerst geld.")
    await talk.reads(a, "Stuur eerst geld.")
    (there,) = await a.database.reading(kept_threads.page, talk.bea.id, None, 9)
    poster = a.cast.poster
    made = await a.database.writing(sayings.report_message, poster, there.id, "fraud", WORDS, now())
    await pair.quiet()
    assert not [e for e in pair.wire.log if e.kind == "Flag"]
    await takes_away(a, made.id, home=True)
    came = await comes_in(b)
    assert (came.saying.text, came.reports[0].category) == ("Stuur eerst geld.", ReportCategory.FRAUD)
    await pair.quiet()
    everything = b"".join(e.raw for e in pair.wire.log)
    for secret in (*SECRETS, WHY):
        assert secret.encode() not in everything
    assert await talk.read(a) == [""]
    await takes_away(b, came.id)
    await talk.reads(b, "")
    await pair.quiet()
    assert await b.letters("moderated") == [b.cast.helper.id]


async def test_a_third_node_that_learned_an_id_cannot_report_a_conversation(pair: Nodes) -> None:
    a, b = pair
    talk, liar = await talks.answered(a, b), Liar(pair.wire)
    await liar.befriend(a)
    await talk.writes(b, "Hoe laat?")
    await talk.writes(a, "Elf uur.")
    found = await a.database.reading(kept_threads.page, talk.bea.id, None, 9)
    uris = [talk.bea.uri, *(one.uri for one in found)]
    for uri in uris:
        flag = liar.activity("Flag", [uri], actor=liar.application, content="rude: x", to=None)
        assert (await liar.says(a, flag, key=liar.reader)).status_code == 202
    assert await queue(a) == []


async def test_the_server_of_an_account_hears_what_is_wrong_and_nobodys_name(
    met: tuple[Place, Stranger],
) -> None:
    place, mo = met
    answer = await answered(place, mo)
    poster = place.cast.poster
    made = await place.database.writing(sayings.report_answer, poster, answer.id, "fraud", WORDS, now())
    await until(place.idle)
    assert mo.heard("Flag") == []
    await takes_away(place, made.id, home=True)
    flag = await mo.hears("Flag")
    assert flag["actor"] == place.home.application
    assert flag["object"] == [mo.person, answer.uri]
    assert flag["content"] == "fraud"
    for secret in (*SECRETS, WHY, TOLD, poster.name):
        assert secret not in str(flag)


async def test_a_server_reports_what_one_of_ours_wrote_to_an_account_of_its_own(
    met: tuple[Place, Stranger],
) -> None:
    place, mo = met
    answer = await answered(place, mo)
    poster = place.cast.poster
    said = await place.database.writing(threads.write, poster, answer.id, "Sukkel.", now())
    await until_true(lambda: any(one["object"]["id"] == said.uri for one in mo.heard("Create")))
    other = Stranger(mo.wire, "vreemd")
    about = [place.home.actor, said.uri]
    assert (await other.tells(place, other.does("Flag", about, content="Grof."))).status_code == 202
    assert await queue(place) == []
    assert (await mo.tells(place, mo.does("Flag", about, content="Grof."))).status_code == 202
    (came,) = await queue(place)
    assert (came.saying.text, came.reports[0].text) == ("Sukkel.", "Grof.")
    await takes_away(place, came.id)
    await mo.hears("Delete")
