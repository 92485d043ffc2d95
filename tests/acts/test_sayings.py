"""Reports about what people said: under a notice, in an answer, to each other. Who may, who reads what then,
what goes, who hears, and what other software and other nodes may say about it."""

from typing import Any

from sqlalchemy import event

from node.acts import comments, posts, replies, reports, responses, sayings, threads
from node.acts.replies import Told
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.report import Report, ReportCategory, ReportState
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.saying import Where
from node.neighbourhood.thread import Message
from node.storage import log, outbox
from node.storage import posts as kept_posts
from node.storage import replies as kept_replies
from node.storage import reports as kept_reports
from node.storage import responses as kept_responses
from node.storage import sayings as kept
from node.storage import threads as kept_threads
from node.storage.database import Transaction
from node.storage.tables import activities, deliveries, messages
from tests import elsewhere, town
from tests.acts.test_answers import a_copy, asked, offer
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR
WHY, TOLD = "Er wordt gescholden.", "Het is weg."
UPHELD, DISMISSED = ReportState.UPHELD, ReportState.DISMISSED


def noticed(tx: Transaction, cast: town.Cast, **change: str) -> Post:
    """Bea put up a notice."""
    return posts.post(tx, cast.poster, town.tells(**change), NOON)


def comment(tx: Transaction, by: Resident, post: Post) -> Response:
    made = responses.answer(tx, by, post.id, "Wat een onzin, sukkel.", NOON)
    sent(tx), written(tx)
    return made


def talking(tx: Transaction, cast: town.Cast) -> tuple[Response, Message]:
    """Merel answered Bea, and wrote to her."""
    yes = responses.answer(tx, cast.helper, asked(tx, cast).id, "Ik kom.", NOON)
    said = threads.write(tx, cast.helper, yes.id, "Stuur eerst geld.", NOON)
    sent(tx), written(tx)
    return yes, said


def next_door(tx: Transaction, cast: town.Cast) -> tuple[Node, Response]:
    """Somebody next door said something under a notice of Bea's."""
    node, post = town.neighbour(tx), noticed(tx, cast, audience="adjacent")
    uri, party = f"{node.origin}/ap/m/1", f"{node.origin}/ap/p/1"
    comments.said(tx, node, uri, post.uri, party, "Kees", "Sukkel.", NOON)
    sent(tx), written(tx)
    found = kept_responses.by_uri(tx, uri)
    assert found is not None
    return node, found


def from_account(tx: Transaction, cast: town.Cast) -> tuple[Account, Response]:
    """Mo, with an account elsewhere, answered Bea in private."""
    post = posts.post(tx, cast.poster, town.asks(audience=Audience.PUBLIC), NOON)
    found = elsewhere.answered(tx, post, NOON, "Stuur eerst geld.")
    sent(tx), written(tx)
    return elsewhere.known(tx), found


def state(tx: Transaction, report: Report) -> tuple[ReportState, str]:
    mine = kept_reports.of_resident(tx, report.resident or "", None, 99)
    return next((one.state, one.outcome) for one in mine if one.id == report.id)


def waits(tx: Transaction, who: Resident) -> list[str]:
    return [one.saying.text for one in kept.oldest(tx, who.id, 0, 99)]


def flags(tx: Transaction) -> list[dict[str, object]]:
    """What the Flags say that we sent."""
    rows = tx.run(activities.select().where(activities.c.type == "Flag").order_by(activities.c.created))
    return [dict(row["facts"]) for row in rows.mappings()]


def flag(tx: Transaction, node: Node | None, origin: str, *about: str, number: int = 1) -> None:
    uri = f"{origin}/ap/a/flag{number}"
    reports.flagged(tx, node, origin, uri, about, ReportCategory.RUDE, "Grof.", LATER)


# Who may report what


@story
def test_whoever_sees_a_notice_reports_what_is_said_under_it(tx: Transaction, cast: town.Cast) -> None:
    said = comment(tx, cast.helper, noticed(tx, cast))
    made = sayings.report_answer(tx, cast.other, said.id, "rude", "Gemeen.", LATER)
    assert (made.post_id, made.response_id, made.message_id) == (said.post_id, said.id, None)
    assert written(tx) == ["reported to Sjoerd"]
    assert sent(tx) == []
    assert happened(tx, made.id) == [Happening.REPORTED]
    assert Happening.REPORTED not in happened(tx, said.id) + happened(tx, said.post_id)
    (waiting,) = kept.oldest(tx, cast.supervisor.id, 0, 9)
    assert (waiting.saying.where, waiting.saying.text) == (Where.COMMENT, said.text)
    assert kept_reports.queue(tx, cast.supervisor.id, None, 9) == [], "the notice itself is not reported"
    assert kept_responses.get(tx, said.id).state is ResponseState.ACCEPTED, "one report changes nothing"


@story
def test_who_may_not_report_what_is_said(tx: Transaction, cast: town.Cast) -> None:
    said = comment(tx, cast.helper, noticed(tx, cast, audience="public"))
    report = sayings.report_answer
    refused(tx, NotAllowed, report, cast.outsider, said.id, "rude", "", LATER)
    refused(tx, Conflict, report, cast.helper, said.id, "rude", "", LATER)  # one's own
    refused(tx, NotFound, report, cast.other, "0" * 32, "rude", "", LATER)
    refused(tx, Invalid, report, cast.other, said.id, "ugly", "", LATER)
    refused(tx, Invalid, report, cast.other, said.id, "other", " ", LATER)
    comments.hide(tx, cast.poster, said.id, LATER)
    refused(tx, NotFound, report, cast.other, said.id, "rude", "", LATER)


@story
def test_an_answer_is_reported_by_the_poster_or_a_broker_alone(tx: Transaction, cast: town.Cast) -> None:
    yes, _ = talking(tx, cast)
    for part, who in cast.all().items():
        if part not in ("poster", "broker", "helper", "outsider"):
            refused(tx, NotFound, sayings.report_answer, who, yes.id, "fraud", "", LATER)
    refused(tx, Conflict, sayings.report_answer, cast.helper, yes.id, "fraud", "", LATER)
    sayings.report_answer(tx, cast.poster, yes.id, "fraud", "", LATER)
    sayings.report_answer(tx, cast.broker, yes.id, "fraud", "", LATER)


@story
def test_a_message_is_reported_by_the_other_of_the_two_alone(tx: Transaction, cast: town.Cast) -> None:
    yes, said = talking(tx, cast)
    for part, who in cast.all().items():
        if part not in ("poster", "helper", "outsider"):
            refused(tx, NotFound, sayings.report_message, who, said.id, "fraud", "", LATER)
    refused(tx, NotAllowed, sayings.report_message, cast.outsider, said.id, "fraud", "", LATER)
    refused(tx, Conflict, sayings.report_message, cast.helper, said.id, "fraud", "", LATER)
    made = sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    assert (made.response_id, made.message_id) == (yes.id, said.id)
    threads.take_back(tx, cast.helper, threads.write(tx, cast.helper, yes.id, "Ach.", LATER).id, LATER)
    (gone, *_) = kept_threads.page(tx, yes.id, None, 9)
    refused(tx, NotFound, sayings.report_message, cast.poster, gone.id, "fraud", "", LATER)


@story
def test_a_person_reports_a_thing_once_and_not_without_end(tx: Transaction, cast: town.Cast) -> None:
    post = noticed(tx, cast)
    said = comment(tx, cast.helper, post)
    sayings.report_answer(tx, cast.other, said.id, "rude", "", LATER)
    refused(tx, Conflict, sayings.report_answer, cast.other, said.id, "spam", "", LATER)
    reports.report(tx, cast.other, post.id, "rude", "", LATER)  # the notice is another thing
    for _ in range(8):
        said = comment(tx, cast.helper, noticed(tx, cast))
        sayings.report_answer(tx, cast.other, said.id, "rude", "", LATER)
    said = comment(tx, cast.helper, noticed(tx, cast))
    refused(tx, TooMany, sayings.report_answer, cast.other, said.id, "rude", "", LATER)


@story
def test_who_may_not_read_a_thing_cannot_tell_whether_it_is_there(tx: Transaction, cast: town.Cast) -> None:
    yes, said = talking(tx, cast)
    under = comment(tx, cast.helper, noticed(tx, cast))
    comments.hide(tx, cast.poster, under.id, LATER)
    nothing, other = "0" * 32, cast.other
    words = refused(tx, NotFound, sayings.report_message, other, nothing, "fraud", "", LATER)
    assert refused(tx, NotFound, sayings.report_message, other, said.id, "fraud", "", LATER) == words
    words = refused(tx, NotFound, sayings.report_answer, other, nothing, "fraud", "", LATER)
    for there in (yes.id, under.id):
        assert refused(tx, NotFound, sayings.report_answer, other, there, "fraud", "", LATER) == words


# Hidden at once, and what a supervisor reads


@story
def test_what_was_reported_is_out_of_the_reporters_sight_alone(tx: Transaction, cast: town.Cast) -> None:
    _, said = talking(tx, cast)
    made = sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    assert kept.reported_by(tx, cast.poster.id) == {said.id}, "the answer itself stays"
    assert kept.reported_by(tx, cast.helper.id) == frozenset()
    assert kept_posts.reported_by(tx, cast.poster.id) == frozenset(), "the post is not reported"
    sayings.dismiss(tx, cast.supervisor, made.id, "Dit mag.", TOLD, LATER)
    assert kept.reported_by(tx, cast.poster.id) == frozenset()
    assert state(tx, made) == (DISMISSED, TOLD)
    assert kept_threads.get(tx, said.id).text == said.text
    assert written(tx)[-1] == "report decided to Bea"


@story
def test_a_supervisor_reads_what_was_reported_and_no_more_and_not_their_own(
    tx: Transaction, cast: town.Cast
) -> None:
    yes, said = talking(tx, cast)
    sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    assert waits(tx, cast.supervisor) == [said.text]
    refused(tx, NotFound, kept_threads.see, cast.supervisor, yes.id)  # the rest of it stays theirs
    own = comment(tx, cast.supervisor, noticed(tx, cast))
    made = sayings.report_answer(tx, cast.other, own.id, "rude", "", LATER)
    assert written(tx) == [], "the only supervisor said it"
    assert waits(tx, cast.supervisor) == [said.text]
    assert kept.length(tx, cast.supervisor.id) == 1
    assert sorted(waits(tx, cast.broker)) == sorted([said.text, own.text]), "another supervisor would"
    refused(tx, Conflict, sayings.uphold, cast.supervisor, made.id, WHY, "", False, LATER)
    for part, who in cast.all().items():
        if part != "supervisor":
            refused(tx, NotAllowed, sayings.uphold, who, made.id, WHY, "", False, LATER)
            refused(tx, NotAllowed, sayings.dismiss, who, made.id, WHY, "", LATER)


@story
def test_V18_private_words_are_read_for_a_reason_that_their_writer_hears(
    tx: Transaction, cast: town.Cast
) -> None:
    """Nobody who runs the node reads a conversation. A supervisor reads the one message that somebody showed
    them, says why they decided as they did, and that stands in both books under their name."""
    yes, said = talking(tx, cast)
    for part in set(cast.all()) - {"poster", "helper"}:
        refused(tx, NotFound, kept_threads.see, cast.all()[part], yes.id)
    made = sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    written(tx)
    refused(tx, Invalid, sayings.uphold, cast.supervisor, made.id, "", TOLD, False, LATER)
    sayings.uphold(tx, cast.supervisor, made.id, WHY, TOLD, False, LATER)
    decided = [one for one in log.of(tx, made.id) if one.what is Happening.REPORT_DECIDED]
    assert [(one.who, one.why) for one in decided] == [(cast.supervisor.id, WHY)]
    assert log.broken_at(tx) is None
    assert {line.rpartition(" to ")[2] for line in written(tx)} == {"Bea", "Merel"}


@story
def test_the_queue_in_pages(tx: Transaction, cast: town.Cast) -> None:
    for number in range(3):
        said = comment(tx, cast.helper, noticed(tx, cast))
        sayings.report_answer(tx, cast.other, said.id, "rude", "", LATER + number * HOUR)
    who = cast.supervisor.id
    newest = [one.id for one in kept.queue(tx, who, None, 2)]
    last = kept.queue(tx, who, None, 2)[-1]
    rest = [one.id for one in kept.queue(tx, who, (last.since, last.saying.id), 9)]
    assert [*newest, *rest] == [one.id for one in reversed(kept.oldest(tx, who, 0, 9))]
    assert [one.id for one in kept.oldest(tx, who, 1, 1)] == newest[1:]


@story
def test_a_long_queue_asks_the_database_no_more_than_a_short_one(tx: Transaction, cast: town.Cast) -> None:
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    def questions() -> int:
        asked.clear()
        assert len(kept.oldest(tx, cast.supervisor.id, 0, 99)) == len(made)
        return len(asked)

    made: list[Report] = []
    counted: list[int] = []
    event.listen(tx.connection, "before_cursor_execute", note)
    for _ in range(3):
        yes, said = talking(tx, cast)
        made.append(sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER))
        made.append(sayings.report_answer(tx, cast.poster, yes.id, "fraud", "", LATER))
        counted.append(questions())
    event.remove(tx.connection, "before_cursor_execute", note)
    assert counted[0] > 0
    assert counted == counted[:1] * 3


# What a supervisor decides


@story
def test_a_comment_that_is_taken_away_is_read_by_nobody_and_both_hear(
    tx: Transaction, cast: town.Cast
) -> None:
    said = comment(tx, cast.helper, noticed(tx, cast))
    made = sayings.report_answer(tx, cast.other, said.id, "rude", "", LATER)
    again = sayings.report_answer(tx, cast.poster, said.id, "spam", "", LATER)
    assert written(tx) == ["reported to Sjoerd"], "of the first alone"
    refused(tx, Invalid, sayings.uphold, cast.supervisor, made.id, " ", "", False, LATER)
    refused(tx, Invalid, sayings.uphold, cast.supervisor, made.id, WHY, "Bel 0199-00 12 34", False, LATER)
    sayings.uphold(tx, cast.supervisor, made.id, WHY, TOLD, False, LATER)
    assert kept_responses.get(tx, said.id).state is ResponseState.DECLINED
    assert state(tx, made) == state(tx, again) == (UPHELD, TOLD)
    assert sorted(written(tx)) == ["moderated to Merel", "report decided to Bea", "report decided to Tariq"]
    assert [entry.why for entry in log.of(tx, said.id)] == [WHY]
    assert waits(tx, cast.supervisor) == []
    refused(tx, NotFound, sayings.uphold, cast.supervisor, made.id, WHY, "", False, LATER)  # pressed twice
    refused(tx, NotFound, sayings.dismiss, cast.supervisor, made.id, WHY, "", LATER)


@story
def test_of_an_answer_the_words_go_and_the_yes_stays(tx: Transaction, cast: town.Cast) -> None:
    yes, _ = talking(tx, cast)
    made = sayings.report_answer(tx, cast.poster, yes.id, "fraud", "", LATER)
    sayings.uphold(tx, cast.supervisor, made.id, WHY, "", False, LATER)
    now = kept_responses.get(tx, yes.id)
    assert (now.text, now.state) == ("", ResponseState.PENDING)


@story
def test_of_a_message_the_words_go(tx: Transaction, cast: town.Cast) -> None:
    yes, said = talking(tx, cast)
    made = sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    written(tx)
    sayings.uphold(tx, cast.supervisor, made.id, WHY, "", False, LATER)
    (gone,) = kept_threads.page(tx, yes.id, None, 9)
    assert (gone.text, gone.deleted) == ("", LATER)
    assert sorted(written(tx)) == ["moderated to Merel", "report decided to Bea"]
    assert sent(tx) == []


@story
def test_what_is_gone_meanwhile_counts_as_done(tx: Transaction, cast: town.Cast) -> None:
    _, said = talking(tx, cast)
    post = noticed(tx, cast)
    under = comment(tx, cast.helper, post)
    made = [
        sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER),
        sayings.report_answer(tx, cast.other, under.id, "rude", "", LATER),
    ]
    assert sayings.settle_gone(tx, LATER) == 0
    threads.take_back(tx, cast.helper, said.id, LATER)
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert waits(tx, cast.supervisor) == []
    refused(tx, NotFound, sayings.uphold, cast.supervisor, made[0].id, WHY, "", False, LATER)
    assert sayings.settle_gone(tx, LATER) == 2
    assert [state(tx, one)[0] for one in made] == [UPHELD, UPHELD]
    _, forgotten = talking(tx, cast)
    one = sayings.report_message(tx, cast.poster, forgotten.id, "fraud", "", LATER)
    tx.run(messages.delete().where(messages.c.id == forgotten.id))
    assert sayings.settle_gone(tx, LATER) == 1
    assert state(tx, one)[0] is UPHELD


@story
def test_a_post_that_goes_next_door_takes_no_words_from_a_report_that_waits(
    tx: Transaction, cast: town.Cast
) -> None:
    node = town.neighbour(tx)
    copy = a_copy(tx, node)
    yes = responses.answer(tx, cast.helper, copy.id, "Ik kom.", NOON)
    threads.arrived(tx, node, f"{node.origin}/ap/m/9", yes.uri, "Stuur eerst geld.", NOON)
    (said,) = kept_threads.page(tx, yes.id, None, 9)
    sayings.report_message(tx, cast.helper, said.id, "other", "Dreigt met Piet.", LATER)
    reports.report(tx, cast.other, copy.id, "other", "Ook raar.", LATER)
    kept_posts.erase(tx, kept_posts.get(tx, copy.id))
    (waiting,) = kept.oldest(tx, cast.supervisor.id, 0, 9)
    assert [one.text for one in waiting.reports] == ["Dreigt met Piet."]
    assert [one.text for one in kept_reports.open_about(tx, copy.id)] == [""]


# From another neighbourhood


@story
def test_of_what_was_said_in_public_next_door_hears_what_is_wrong_and_nothing_else(
    tx: Transaction, cast: town.Cast
) -> None:
    node, said = next_door(tx, cast)
    made = sayings.report_answer(tx, cast.other, said.id, "rude", "Tariq vindt het gemeen.", LATER)
    sayings.report_answer(tx, cast.helper, said.id, "rude", "", LATER)
    assert sent(tx) == ["Flag to Noord"], "once for each sort"
    assert told(tx, "Flag") == {"node": node.id, "category": "rude", "words": ""}
    sayings.uphold(tx, cast.supervisor, made.id, WHY, TOLD, True, LATER)
    assert sent(tx) == [], "they know already"
    assert kept_responses.get(tx, said.id).state is ResponseState.DECLINED


@story
def test_its_home_acts_and_it_goes_here_too_but_it_does_not_decide_that_it_stays(
    tx: Transaction, cast: town.Cast
) -> None:
    node, said = next_door(tx, cast)
    made = sayings.report_answer(tx, cast.other, said.id, "rude", "", LATER)
    ours = outbox.latest(tx, "Flag", said.uri)
    assert ours is not None
    stranger = town.neighbour(tx, "zuid")
    reports.answered(tx, stranger, ours, True, "Weg ermee.", LATER)  # it never went there
    reports.answered(tx, node, ours, False, "Wij zien niets.", LATER)
    assert (waits(tx, cast.supervisor), state(tx, made)[0]) == ([said.text], ReportState.OPEN)
    reports.answered(tx, node, ours, True, TOLD, LATER)
    assert state(tx, made) == (UPHELD, TOLD)
    assert kept_responses.get(tx, said.id).state is ResponseState.DECLINED
    reports.answered(tx, node, ours, True, TOLD, LATER)  # again: nothing changes


@story
def test_of_what_two_people_write_next_door_hears_only_when_a_supervisor_says_so(
    tx: Transaction, cast: town.Cast
) -> None:
    node, post = town.neighbour(tx), asked(tx, cast)
    yes = kept_responses.by_uri(tx, offer(tx, node, post))
    assert yes is not None
    uri = f"{node.origin}/ap/m/9"
    threads.arrived(tx, node, uri, yes.uri, "Stuur eerst geld.", NOON)
    said = kept_threads.by_uri(tx, uri)
    assert said is not None
    sent(tx)
    made = sayings.report_message(tx, cast.poster, said.id, "fraud", "", LATER)
    assert sent(tx) == []
    sayings.uphold(tx, cast.supervisor, made.id, WHY, "", True, LATER)
    assert sent(tx) == ["Flag to Noord"], "and no Delete: it is theirs"
    assert told(tx, "Flag") == {"node": node.id, "category": "fraud", "words": ""}
    assert kept_threads.get(tx, said.id).text == ""
    answer = sayings.report_answer(tx, cast.poster, yes.id, "rude", "", LATER)
    sayings.uphold(tx, cast.supervisor, answer.id, WHY, "", False, LATER)
    assert sent(tx) == [], "only when the supervisor wants it"


@story
def test_a_flag_of_next_door_about_what_one_of_ours_said_there_waits_here(
    tx: Transaction, cast: town.Cast
) -> None:
    node = town.neighbour(tx)
    notice = a_copy(tx, node, kind="notice")
    said = comment(tx, cast.helper, notice)
    other = town.neighbour(tx, "zuid")
    flag(tx, other, other.origin, said.uri)  # who never had it
    flag(tx, None, "https://vreemd.example", said.uri)
    assert waits(tx, cast.supervisor) == []
    flag(tx, node, node.origin, f"{node.origin}/ap/nothing", said.uri)
    assert written(tx) == ["reported to Sjoerd"]
    (waiting,) = kept.oldest(tx, cast.supervisor.id, 0, 9)
    assert [(one.node_id, one.text) for one in waiting.reports] == [(node.id, "Grof.")]
    sayings.uphold(tx, cast.supervisor, waiting.id, WHY, TOLD, False, LATER)
    assert sent(tx) == ["Accept to Noord", "Delete to Noord"]
    assert told(tx, "Accept")["words"] == TOLD
    gone = kept_responses.get(tx, said.id)
    assert (gone.state, gone.text) == (ResponseState.WITHDRAWN, "")
    assert written(tx) == ["moderated to Merel"]


@story
def test_a_flag_of_next_door_about_an_answer_or_a_message_of_one_of_ours(
    tx: Transaction, cast: town.Cast
) -> None:
    node = town.neighbour(tx)
    yes = responses.answer(tx, cast.helper, a_copy(tx, node).id, "Ik kom.", NOON)
    said = threads.write(tx, cast.helper, yes.id, "Sukkel.", NOON)
    sent(tx), written(tx)
    other = town.neighbour(tx, "zuid")
    for number, uri in enumerate((yes.uri, said.uri)):
        flag(tx, other, other.origin, uri, number=number)
        flag(tx, None, "https://vreemd.example", uri, number=number)
    assert waits(tx, cast.supervisor) == []
    flag(tx, node, node.origin, said.uri, number=1)
    flag(tx, node, node.origin, yes.uri, number=2)
    found = {one.saying.where: one.id for one in kept.oldest(tx, cast.supervisor.id, 0, 9)}
    sayings.uphold(tx, cast.supervisor, found[Where.MESSAGE], WHY, "", False, LATER)
    assert sent(tx) == ["Accept to Noord", "Delete to Noord"]
    sayings.dismiss(tx, cast.supervisor, found[Where.ANSWER], "Dit mag.", TOLD, LATER)
    assert sent(tx) == ["Reject to Noord"]
    assert kept_responses.get(tx, yes.id).text == "Ik kom."


@story
def test_a_flag_of_what_a_poster_wrote_comes_only_from_where_the_helper_lives(
    tx: Transaction, cast: town.Cast
) -> None:
    node, post = town.neighbour(tx), asked(tx, cast)
    yes = kept_responses.by_uri(tx, offer(tx, node, post))
    assert yes is not None
    said = threads.write(tx, cast.poster, yes.id, "Sukkel.", NOON)
    other = town.neighbour(tx, "zuid")
    flag(tx, other, other.origin, said.uri)
    assert waits(tx, cast.supervisor) == []
    flag(tx, node, node.origin, said.uri)
    assert waits(tx, cast.supervisor) == ["Sukkel."]
    flag(tx, node, node.origin, yes.uri, number=2)  # their own person's: they can act themselves
    assert waits(tx, cast.supervisor) == ["Sukkel."]


@story
def test_flags_about_what_was_said_are_counted_with_the_others(tx: Transaction, cast: town.Cast) -> None:
    node = town.neighbour(tx)
    yes = responses.answer(tx, cast.helper, a_copy(tx, node).id, "Ik kom.", NOON)
    for number in range(30):
        flag(tx, node, node.origin, yes.uri, number=number)
    (waiting,) = kept.oldest(tx, cast.supervisor.id, 0, 9)
    assert len(waiting.reports) == 20


# To and from other software


@story
def test_the_server_of_an_account_hears_only_when_a_supervisor_says_so(
    tx: Transaction, cast: town.Cast
) -> None:
    mo, yes = from_account(tx, cast)
    made = sayings.report_answer(tx, cast.poster, yes.id, "fraud", "Bea is bang.", LATER)
    assert flags(tx) == []
    sayings.uphold(tx, cast.supervisor, made.id, WHY, "", True, LATER)
    assert flags(tx) == [{"to": mo.actor, "account": mo.actor, "category": "fraud", "words": ""}]
    inboxes = tx.run(deliveries.select().where(deliveries.c.state == "pending")).mappings().all()
    assert mo.inbox in {row["inbox"] for row in inboxes}
    assert kept_responses.get(tx, yes.id).text == ""


@story
def test_a_change_by_its_account_does_not_bring_back_what_was_taken_away(
    tx: Transaction, cast: town.Cast
) -> None:
    mo, yes = from_account(tx, cast)
    made = sayings.report_answer(tx, cast.poster, yes.id, "fraud", "", LATER)
    sayings.uphold(tx, cast.supervisor, made.id, WHY, "", False, LATER)
    replies.changed(tx, mo, Told(yes.uri, [], False, "Stuur toch geld."), LATER)
    assert kept_responses.get(tx, yes.id).text == ""
    found = kept_replies.by_uri(tx, yes.uri)
    assert found is not None
    assert found.text == ""


@story
def test_a_server_flags_what_one_of_ours_wrote_to_an_account_of_its_own(
    tx: Transaction, cast: town.Cast
) -> None:
    mo, yes = from_account(tx, cast)
    said = threads.write(tx, cast.poster, yes.id, "Sukkel.", NOON)
    flag(tx, None, "https://vreemd.example", tx.home.actor, said.uri)
    assert waits(tx, cast.supervisor) == []
    flag(tx, None, mo.origin, tx.home.actor, said.uri)
    (waiting,) = kept.oldest(tx, cast.supervisor.id, 0, 9)
    assert waiting.saying.text == "Sukkel."
    sayings.uphold(tx, cast.supervisor, waiting.id, WHY, "", False, LATER)
    assert kept_threads.get(tx, said.id).text == ""
    assert outbox.latest(tx, "Delete", said.uri) is not None, "its copy there is asked back"
    assert outbox.latest(tx, "Accept", waiting.reports[0].uri) is None, "it is not answered"
