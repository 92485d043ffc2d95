"""Reports, and what a supervisor decides: who may, what follows, who hears, and what stays secret."""

from dataclasses import replace
from typing import Any

from node.acts import held, matches, moderation, posts, reports, responses
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_see
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Follow, Node
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.report import Report, ReportCategory, ReportState
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Role
from node.storage import log, nodes, outbox, residents
from node.storage import posts as kept_posts
from node.storage import reports as kept
from node.storage.database import Transaction
from node.storage.tables import activities
from node.storage.tables import reports as rows
from tests import town
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, DAY = town.NOON, town.DAY
WHY, TOLD = "Dit is reclame.", "Het is weg."


def posted(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    made = posts.post(tx, cast.poster, town.asks(**change), NOON)
    sent(tx)
    written(tx)
    return made


def reported(tx: Transaction, by: Resident, post: Post, word: str = "spam", text: str = "Reclame!") -> Report:
    return reports.report(tx, by, post.id, word, text, NOON)


def copy(tx: Transaction, name: str = "noord", /, **change: Any) -> tuple[Node, Post]:
    """A post of the neighbourhood next door, held here."""
    north = nodes.by_origin(tx, f"https://{name}.example") or town.neighbour(tx, name)
    made = town.a_copy(north, **{"expires": NOON + 5 * DAY, **change})
    held.take_in(tx, north, made, f"{made.uri}/create", NOON)
    return north, kept_posts.get(tx, made.id)


def state(tx: Transaction, report: Report) -> tuple[ReportState, str]:
    found = next(one for one in kept.of_resident(tx, report.resident or "", None, 99) if one.id == report.id)
    return found.state, found.outcome


def flagged(tx: Transaction, node: Node | None, post: Post, number: int = 1) -> None:
    origin = node.origin if node else "https://vreemd.example"
    uri = f"{origin}/ap/a/flag{number}"
    reports.flagged(tx, node, origin, uri, [post.uri], ReportCategory.PRIVACY, "Telefoon erin.", NOON)


# Who may report what


@story
def test_a_resident_reports_what_they_see_and_the_supervisors_hear(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    made = reported(tx, cast.helper, post)
    assert written(tx) == ["reported to Sjoerd"]
    assert sent(tx) == []  # our own post: nobody else is told
    assert happened(tx, made.id) == [Happening.REPORTED]
    assert happened(tx, post.id) == [Happening.POSTED]  # who reads this does not read who reported
    assert kept_posts.get(tx, post.id).state is State.OPEN  # one report changes nothing


@story
def test_who_may_not_report(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast, audience="public")
    refused(tx, NotAllowed, reports.report, cast.outsider, post.id, "spam", "", NOON)
    refused(tx, Conflict, reports.report, cast.poster, post.id, "spam", "", NOON)  # one's own
    refused(tx, NotFound, reports.report, cast.helper, "0" * 32, "spam", "", NOON)
    refused(tx, Invalid, reports.report, cast.helper, post.id, "ugly", "", NOON)
    refused(tx, Invalid, reports.report, cast.helper, post.id, "other", " ", NOON)
    refused(tx, Invalid, reports.report, cast.helper, post.id, "spam", "x" * 1001, NOON)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    refused(tx, NotFound, reports.report, cast.helper, post.id, "spam", "", NOON)


@story
def test_a_person_reports_a_post_once_and_not_without_end(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    reported(tx, cast.helper, post)
    refused(tx, Conflict, reported, cast.helper, post)
    for _ in range(9):
        reported(tx, cast.helper, posted(tx, cast))
    refused(tx, TooMany, reported, cast.helper, posted(tx, cast))
    reports.report(tx, cast.helper, posted(tx, cast).id, "spam", "", NOON + DAY)  # tomorrow again


@story
def test_two_neighbours_take_a_post_out_of_sight_until_somebody_looked(
    tx: Transaction, cast: town.Cast
) -> None:
    town.neighbour(tx)
    post = posted(tx, cast)
    reported(tx, cast.helper, post)
    reported(tx, cast.other, post, "fraud")
    assert kept_posts.get(tx, post.id).state is State.WAITING
    assert sent(tx) == ["Update to Noord"]
    assert told(tx, "Update")["listing_state"] == "hidden"
    assert written(tx) == ["reported to Sjoerd", "moderated to Bea"]
    refused(tx, NotFound, kept_posts.see, cast.broker, post.id, NOON)
    assert kept_posts.see(tx, cast.poster, post.id, NOON).state is State.WAITING


@story
def test_after_an_ok_it_takes_five_and_the_ok_fades(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    reported(tx, cast.helper, post)
    moderation.dismiss(tx, cast.supervisor, post.id, "Dit mag.", "", NOON)
    for number, who in enumerate((cast.helper, cast.other, cast.broker, cast.booster, cast.connector), 1):
        reported(tx, who, post)
        hidden = kept_posts.get(tx, post.id).state is State.WAITING
        assert hidden is (number == 5)
    later = posted(tx, cast)
    reported(tx, cast.helper, later)
    moderation.dismiss(tx, cast.supervisor, later.id, "Dit mag.", "", NOON)
    for who in (cast.helper, cast.other):
        reports.report(tx, who, later.id, "spam", "", NOON + 8 * DAY)
    assert kept_posts.get(tx, later.id).state is State.WAITING


# What a supervisor decides


@story
def test_only_a_supervisor_decides_and_not_about_their_own(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    for who in (cast.poster, cast.broker, cast.operator, cast.helper, cast.outsider):
        refused(tx, NotAllowed, moderation.uphold, who, post.id, "hide", WHY, "", NOON)
        refused(tx, NotAllowed, moderation.dismiss, who, post.id, WHY, "", NOON)
        refused(tx, NotAllowed, reports.send_on, who, post.id, "spam", "Kijk eens.", NOON)
    own = posts.post(tx, cast.supervisor, town.asks(), NOON)
    reported(tx, cast.helper, own)
    refused(tx, Conflict, moderation.dismiss, cast.supervisor, own.id, WHY, "", NOON)
    assert kept.queue(tx, cast.supervisor.id, None, 9) == []  # nor do they read what is said about it
    assert written(tx) == []
    refused(tx, Invalid, moderation.uphold, cast.supervisor, post.id, "burn", WHY, "", NOON)
    refused(tx, Invalid, moderation.uphold, cast.supervisor, post.id, "hide", " ", "", NOON)  # why?
    refused(tx, Invalid, moderation.dismiss, cast.supervisor, post.id, "", "", NOON)
    for words in ("Bel 0199-00 12 34", "Mail bea@example.org"):
        refused(tx, Invalid, moderation.dismiss, cast.supervisor, post.id, WHY, words, NOON)
    refused(tx, NotFound, moderation.dismiss, cast.supervisor, "0" * 32, WHY, "", NOON)


@story
def test_hidden_and_shown_again_everybody_hears(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = posted(tx, cast)
    made = reported(tx, cast.helper, post)
    written(tx)
    moderation.uphold(tx, cast.supervisor, post.id, "hide", WHY, TOLD, NOON)
    assert state(tx, made) == (ReportState.UPHELD, TOLD)
    assert written(tx) == ["report decided to Merel", "moderated to Bea"]
    assert sent(tx) == ["Update to Noord"]
    hidden = kept_posts.get(tx, post.id)
    assert hidden.state is State.WAITING
    assert not may_see(cast.helper, hidden, NOON)
    assert [one.post.id for one in kept.queue(tx, cast.supervisor.id, None, 9)] == [post.id]  # still waits
    refused(tx, Conflict, posts.close, cast.poster, post.id, NOON)  # no way round
    refused(tx, Conflict, posts.reopen, cast.poster, post.id, NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(title="Wie gaat er mee?"), NOON)
    assert kept_posts.get(tx, post.id).state is State.WAITING
    moderation.dismiss(tx, cast.supervisor, post.id, "Zo is het goed.", "", NOON)
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert sent(tx) == ["Update to Noord", "Update to Noord"]
    assert written(tx) == ["moderated to Bea"]
    assert [(e.what, e.who, e.why) for e in log.of(tx, post.id)][1:] == [
        (Happening.HIDDEN, cast.supervisor.id, WHY),
        (Happening.EDITED, cast.poster.id, None),
        (Happening.SHOWN, cast.supervisor.id, "Zo is het goed."),
    ]
    assert kept.length(tx, cast.supervisor.id) == 0


@story
def test_what_was_on_hold_over_or_agreed_comes_back_as_it_was(tx: Transaction, cast: town.Cast) -> None:
    def there_and_back(post: Post) -> State:
        moderation.uphold(tx, cast.supervisor, post.id, "hide", WHY, "", NOON)
        moderation.dismiss(tx, cast.supervisor, post.id, "Toch goed.", "", NOON)
        return kept_posts.get(tx, post.id).state

    answered = posted(tx, cast)
    answer = responses.answer(tx, cast.helper, answered.id, "Ik kom.", NOON)
    assert there_and_back(answered) is State.RESPONDED
    match = matches.agree(tx, cast.poster, answered.id, answer.id, NOON)
    assert there_and_back(answered) is State.AGREED
    matches.complete(tx, cast.poster, match.id, NOON)
    assert there_and_back(answered) is State.DONE
    closed = posted(tx, cast)
    posts.close(tx, cast.poster, closed.id, NOON)
    assert there_and_back(closed) is State.CLOSED
    rests = posts.post(tx, cast.poster, town.offers(), NOON)
    posts.pause(tx, cast.poster, rests.id, NOON)
    assert there_and_back(rests) is State.PAUSED
    posts.reopen(tx, cast.poster, rests.id, NOON)
    assert there_and_back(rests) is State.OPEN


@story
def test_what_ended_while_out_of_sight_is_over(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    moderation.uphold(tx, cast.supervisor, post.id, "hide", WHY, "", NOON)
    moderation.dismiss(tx, cast.supervisor, post.id, "Goed.", "", post.expires + DAY)
    assert kept_posts.get(tx, post.id).state is State.EXPIRED


@story
def test_removed_it_goes_everywhere_and_its_answers_end(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = posted(tx, cast)
    responses.answer(tx, cast.other, post.id, "Ik kom.", NOON)
    made = reported(tx, cast.helper, post)
    written(tx)
    moderation.uphold(tx, cast.supervisor, post.id, "remove", WHY, TOLD, NOON)
    assert kept_posts.get(tx, post.id).state is State.WITHDRAWN
    assert state(tx, made) == (ReportState.UPHELD, TOLD)
    assert sent(tx)[-1] == "Delete to Noord"
    assert written(tx) == ["report decided to Merel", "moderated to Bea", "not needed to Tariq"]
    entry = next(e for e in log.of(tx, post.id) if e.what is Happening.REPORT_DECIDED)
    assert (entry.who, entry.why) == (cast.supervisor.id, WHY)
    refused(tx, NotFound, moderation.dismiss, cast.supervisor, post.id, WHY, "", NOON)


@story
def test_asked_to_change_it_stays(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    made = reported(tx, cast.helper, post, "privacy")
    written(tx)
    moderation.uphold(tx, cast.supervisor, post.id, "ask", "Haal het nummer weg.", "", NOON)
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert state(tx, made) == (ReportState.UPHELD, "")
    assert written(tx) == ["report decided to Merel", "moderated to Bea"]


@story
def test_a_dismissed_report_is_not_told_to_the_writer(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast)
    made = reported(tx, cast.helper, post)
    written(tx)
    moderation.dismiss(tx, cast.supervisor, post.id, "Dit mag gewoon.", "Dit mag.", NOON)
    assert state(tx, made) == (ReportState.DISMISSED, "Dit mag.")
    assert written(tx) == ["report decided to Merel"]
    assert happened(tx, post.id) == [Happening.POSTED]
    assert sent(tx) == []


# A post of another node


@story
def test_a_report_about_another_nodes_post_goes_there_without_words_or_names(
    tx: Transaction, cast: town.Cast
) -> None:
    north, there = copy(tx)
    reported(tx, cast.helper, there, "privacy", "Bea woont op nummer 12.")
    assert sent(tx) == ["Flag to Noord"]
    assert told(tx, "Flag") == {"node": north.id, "category": "privacy", "words": ""}
    reported(tx, cast.other, there, "privacy", "Ik vind dit ook.")
    assert sent(tx) == []  # it is asked already
    assert kept_posts.get(tx, there.id).state is State.OPEN  # two of ours pull back only our own
    reported(tx, cast.broker, there, "fraud")
    assert sent(tx) == ["Flag to Noord"]
    reports.send_on(tx, cast.supervisor, there.id, "privacy", "Het huisnummer staat erin.", NOON)
    assert sent(tx) == ["Flag to Noord"]
    for words in ("", "Bel mij: 0199-00 12 34", "mail bea@example.org"):
        refused(tx, Invalid, reports.send_on, cast.supervisor, there.id, "privacy", words, NOON)
    own = posted(tx, cast)
    refused(tx, Conflict, reports.send_on, cast.supervisor, own.id, "privacy", "Kijk.", NOON)


@story
def test_the_hub_hears_when_the_post_came_through_it(tx: Transaction, cast: town.Cast) -> None:
    there = town.hub(tx)
    for audience, hears in (
        (Audience.ADJACENT, False),
        (Audience.MUNICIPALITY, True),
        (Audience.PUBLIC, True),
    ):
        town.neighbour(tx, f"noord{audience}", hub=there.actor)
        _, post = copy(tx, f"noord{audience}", audience=audience)
        sent(tx)
        reported(tx, cast.helper, post)
        assert len(sent(tx)) == 1 + hears, audience
    town.neighbour(tx, "elders", hub="https://ander.example/ap/hub")
    _, post = copy(tx, "elders", audience=Audience.PUBLIC)
    reported(tx, cast.helper, post)
    assert sent(tx) == ["Flag to Elders"]  # another hub is not ours to tell


@story
def test_here_a_copy_is_hidden_and_shown_the_rest_is_for_its_home(tx: Transaction, cast: town.Cast) -> None:
    north, there = copy(tx)
    made = reported(tx, cast.helper, there)
    sent(tx)
    for what in ("remove", "ask"):
        refused(tx, Conflict, moderation.uphold, cast.supervisor, there.id, what, WHY, "", NOON)
    moderation.uphold(tx, cast.supervisor, there.id, "hide", WHY, TOLD, NOON)
    assert state(tx, made) == (ReportState.UPHELD, TOLD)
    assert sent(tx) == []
    refused(tx, NotFound, kept_posts.see, cast.helper, there.id, NOON)
    held.take_in(tx, north, replace(there, title="Anders", updated=NOON + DAY), f"{there.uri}/2", NOON + DAY)
    assert kept_posts.get(tx, there.id).hidden  # also when its home changes it
    assert kept.queue(tx, cast.supervisor.id, None, 9) == []
    assert [post.id for post in kept.hidden_here(tx, 9)] == [there.id]
    moderation.dismiss(tx, cast.supervisor, there.id, "Toch niet zo erg.", "", NOON + DAY)
    assert kept_posts.see(tx, cast.helper, there.id, NOON + DAY).title == "Anders"
    assert kept.hidden_here(tx, 9) == []


@story
def test_its_home_answers_and_who_reported_hears(tx: Transaction, cast: town.Cast) -> None:
    south = town.neighbour(tx, "zuid")
    north, there = copy(tx)
    first, second = reported(tx, cast.helper, there), reported(tx, cast.other, there, "fraud")
    flag = outbox.latest(tx, "Flag", there.uri)
    spam = next(f for f in (flag, *_flags(tx)) if f is not None and (f.facts or {})["category"] == "spam")
    written(tx)
    reports.answered(tx, south, spam, True, "Weg ermee.", NOON)  # not the one that was asked
    assert state(tx, first) == (ReportState.OPEN, "")
    assert happened(tx, there.id) == [Happening.RECEIVED]
    reports.answered(tx, north, spam, False, "Dit mag.", NOON)
    assert state(tx, first) == (ReportState.DISMISSED, "Dit mag.")
    assert state(tx, second) == (ReportState.OPEN, "")  # another Flag, another answer
    assert written(tx) == ["report decided to Merel"]
    reports.answered(tx, north, spam, True, "Toch niet.", NOON)
    assert state(tx, first) == (ReportState.DISMISSED, "Dit mag.")


@story
def test_what_a_supervisor_wrote_waits_for_its_home_alone(tx: Transaction, cast: town.Cast) -> None:
    north, there = copy(tx)
    send = (cast.supervisor, there.id, "privacy", "Het huisnummer staat erin.", NOON)
    reports.send_on(tx, *send)
    refused(tx, Conflict, reports.send_on, *send)
    assert kept.queue(tx, cast.supervisor.id, None, 9) == []
    written(tx)
    made = reported(tx, cast.helper, there)
    assert written(tx) == ["reported to Sjoerd"]
    assert [one.reports for one in kept.queue(tx, cast.supervisor.id, None, 9)] == [[made]]
    moderation.uphold(tx, cast.supervisor, there.id, "hide", WHY, "", NOON)
    assert [post.id for post in kept.hidden_here(tx, 9)] == [there.id]
    (own,) = kept.of_resident(tx, cast.supervisor.id, None, 9)
    assert own.state is ReportState.OPEN  # what we do here is no answer of its home
    written(tx)
    flag = next(one for one in _flags(tx) if (one.facts or {})["category"] == "privacy")
    reports.answered(tx, north, flag, True, "Het is weg.", NOON)
    assert state(tx, own) == (ReportState.UPHELD, "Het is weg.")
    assert written(tx) == ["report decided to Sjoerd"]
    reports.send_on(tx, *send)


def _flags(tx: Transaction) -> list[outbox.Activity]:
    found = tx.run(activities.select().where(activities.c.type == "Flag")).mappings()
    return [outbox.Activity(**row) for row in found]


@story
def test_the_hubs_answer_is_about_its_own_copy(tx: Transaction, cast: town.Cast) -> None:
    there = town.hub(tx)
    town.neighbour(tx, "noord", hub=there.actor)
    _, post = copy(tx, audience=Audience.MUNICIPALITY)
    made = reported(tx, cast.helper, post)
    to_hub = next(flag for flag in _flags(tx) if (flag.facts or {})["node"] == there.id)
    reports.answered(tx, there, to_hub, True, "Hier verborgen.", NOON)
    assert state(tx, made) == (ReportState.OPEN, "")
    assert [(e.what, e.who, e.why) for e in log.of(tx, post.id)][-1] == (
        Happening.REPORT_DECIDED,
        there.id,
        "Hier verborgen.",
    )


@story
def test_what_is_gone_is_settled_and_its_words_go(tx: Transaction, cast: town.Cast) -> None:
    north, there = copy(tx)
    made = reported(tx, cast.helper, there, text="Nummer 12 staat erin.")
    own = posted(tx, cast)
    about_own = reported(tx, cast.helper, own)
    flagged(tx, north, own)
    held.delete(tx, north, there.uri, f"{there.uri}/delete", NOON)
    posts.withdraw(tx, cast.poster, own.id, NOON)
    assert kept.queue(tx, cast.supervisor.id, None, 9) == []
    written(tx), sent(tx)
    assert reports.settle_gone(tx, NOON) == 2
    assert state(tx, made) == state(tx, about_own) == (ReportState.UPHELD, "")
    assert sorted(written(tx)) == ["report decided to Merel"] * 2
    assert sent(tx) == ["Accept to Noord"]
    assert "Nummer 12 staat erin." not in tx.run(rows.select().with_only_columns(rows.c.text)).scalars().all()
    assert reports.settle_gone(tx, NOON) == 0


# A Flag comes in


@story
def test_a_flag_fills_the_queue_and_does_nothing_else(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = posted(tx, cast)
    for number in range(3):
        flagged(tx, north, post, number)
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert [len(one.reports) for one in kept.queue(tx, cast.supervisor.id, None, 9)] == [3]
    assert written(tx) == ["reported to Sjoerd"]
    assert sent(tx) == []
    moderation.dismiss(tx, cast.supervisor, post.id, WHY, "Dit mag.", NOON)
    assert sent(tx) == ["Reject to Noord"] * 3
    flagged(tx, north, post, 9)
    moderation.uphold(tx, cast.supervisor, post.id, "hide", WHY, "", NOON)
    assert sent(tx) == ["Accept to Noord", "Update to Noord"]


@story
def test_a_flag_counts_only_for_what_its_node_may_have(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    far = town.neighbour(tx, "ver", we_claim=False, our_follow=Follow.NONE)
    near, public = posted(tx, cast), posted(tx, cast, audience="public")
    secret = posted(tx, cast, audience="neighbourhood")
    gone = posted(tx, cast)
    posts.withdraw(tx, cast.poster, gone.id, NOON)
    _, copied = copy(tx)
    written(tx)
    for number, (node, post, counts) in enumerate(
        [
            (north, near, True),
            (north, public, True),
            (north, secret, False),
            (north, gone, False),
            (north, copied, False),  # it is not ours, and we are no hub
            (far, near, False),
            (far, public, True),
            (None, near, False),
            (None, public, True),
            (None, secret, False),
        ]
    ):
        before = len(kept.open_about(tx, post.id))
        flagged(tx, node, post, number)
        assert len(kept.open_about(tx, post.id)) - before == counts, number


@story
def test_a_flood_of_flags_is_dropped(tx: Transaction, cast: town.Cast) -> None:
    north, post = town.neighbour(tx), posted(tx, cast, audience="public")
    for number in range(30):
        flagged(tx, north, post, number)
    assert len(kept.open_about(tx, post.id)) == 20
    for day in range(6):
        moderation.dismiss(tx, cast.supervisor, post.id, WHY, "", NOON)
        for number in range(30):
            flagged(tx, north, post, 1000 * (day + 1) + number)
    assert kept.of_origin(tx, north.origin, NOON - DAY) == (0, 100)
    south = town.neighbour(tx, "zuid")
    flagged(tx, south, post, 1)
    assert len(kept.open_about(tx, post.id)) == 1  # others are still heard


@story
def test_strangers_together_have_a_limit_too(tx: Transaction, cast: town.Cast) -> None:
    post = posted(tx, cast, audience="public")
    for number in range(60):
        origin = f"https://vreemd{number}.example"
        category = ReportCategory.SPAM
        reports.flagged(tx, None, origin, f"{origin}/ap/a/1", [post.uri], category, "", NOON)
    assert len(kept.open_about(tx, post.id)) == 50
    moderation.dismiss(tx, cast.supervisor, post.id, WHY, "", NOON)
    assert sent(tx) == []  # we know of nobody to answer


@story
def test_the_queue_is_long_and_has_an_order(tx: Transaction, cast: town.Cast) -> None:
    made = [posted(tx, cast, title=f"Vraag {number}") for number in range(7)]
    for number, post in enumerate(made[:5]):
        reports.report(tx, cast.helper, post.id, "spam", "", NOON + number * town.HOUR)
    moderation.uphold(tx, cast.supervisor, made[5].id, "hide", WHY, "", NOON + 9 * town.HOUR)
    newest = kept.queue(tx, cast.supervisor.id, None, 3)
    assert [one.post.title for one in newest] == ["Vraag 5", "Vraag 4", "Vraag 3"]
    last = newest[-1]
    rest = kept.queue(tx, cast.supervisor.id, (last.since, last.post.id), 9)
    assert [one.post.title for one in rest] == ["Vraag 2", "Vraag 1", "Vraag 0"]
    oldest = kept.oldest(tx, cast.supervisor.id, 2, 2)
    assert [one.post.title for one in oldest] == ["Vraag 2", "Vraag 3"]
    assert kept.length(tx, cast.supervisor.id) == 6


@story
def test_a_second_supervisor_looks_at_the_firsts(tx: Transaction, cast: town.Cast) -> None:
    residents.grant(tx, cast.broker.id, Role.SUPERVISOR, None, NOON)
    second = residents.get(tx, cast.broker.id, NOON)
    own = posts.post(tx, cast.supervisor, town.asks(), NOON)
    reported(tx, cast.helper, own)
    assert written(tx) == ["reported to Mina"]
    moderation.uphold(tx, second, own.id, "ask", WHY, "", NOON)
    assert written(tx) == ["report decided to Merel", "moderated to Sjoerd"]
