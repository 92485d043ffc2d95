"""Somebody erases themselves: what goes, what stays and why, and who hears of it."""

from sqlalchemy import select

from node.acts import erasing, matches, posts, responses, thanks, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, NotFound
from node.neighbourhood.roles import Role
from node.storage import erasures, log, outbox, residents, tables
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from node.storage.tables import metadata
from tests import town
from tests.acts.leaver import CANARY, covered, found, lived
from tests.acts.witness import refused, sent, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY

NAMES_NOBODY = {  # tables with nothing of a person, and why
    "accounts": "people elsewhere, by their own account",
    "advisories": "of hubs about servers",
    "applause": "accounts elsewhere; of a post that goes it goes too",
    "audit": "ids alone, sealed: what nobody can change cannot be erased, and the id names nobody any more",
    "borders": "areas",
    "copies": "which node holds which post: that is what the receipt tells",
    "deliveries": "which message goes where",
    "destinations": "servers",
    "distances": "areas",
    "entries": "of websites",
    "erasures": "the receipt, with ids of posts",
    "keys": "of other nodes",
    "nodes": "other nodes",
    "outlines": "areas",
    "parcels": "ids of files that were used",
    "policies": "what operators chose",
    "receipts": "between nodes",
    "replies": "what accounts elsewhere wrote",
    "seen": "ids of messages",
    "thanks": "which message says thank you; it goes with the answer that it belongs to, as tried below",
    "spread": "which server was sent which post: that is what the receipt tells",
    "tombstones": "ids of posts that are gone",
    "tries": "hashes, for a day",
    "trigrams_known": "a number",
    "trigrams_left": "numbers",
    "voids": "ids of messages",
    "websites": "of the neighbourhood",
}
WORDS_OF_A_PERSON = {  # tables that name nobody, and hold what people say: the story below looks into each
    *("activities", "matches", "messages", "releases", "residents", "timers"),
}


def test_v13_every_column_that_names_a_person_is_known_to_erasing() -> None:
    naming = {
        column
        for table in metadata.tables.values()
        for column in table.c
        if any(key.column is tables.residents.c.id for key in column.foreign_keys)
    }
    assert naming - covered() == set()


def test_v13_every_table_is_known_to_erasing_or_says_why_it_holds_nothing_of_a_person() -> None:
    known = {column.table.name for column in covered()} | WORDS_OF_A_PERSON
    assert set(metadata.tables) == known | set(NAMES_NOBODY)
    assert known.isdisjoint(NAMES_NOBODY)


@story
def test_v13_nothing_of_somebody_is_left_in_any_table(tx: Transaction, cast: town.Cast) -> None:
    person = lived(tx, cast)
    assert {str(column) for column in covered()} <= found(tx, person.id)
    held = found(tx, CANARY)
    assert {"posts.title", "posts.folded", "responses.text", "responses.when", "messages.text"} <= held
    assert {"activities.facts", "activities.body", "residents.phone", "letters.address"} <= held
    erasing.erase(tx, person, NOON + HOUR)
    assert found(tx, person.id) == {"audit.who", "audit.subject"}
    assert found(tx, CANARY) == set()


def thanked(tx: Transaction, cast: town.Cast) -> None:
    asked = posts.post(tx, cast.poster, town.asks(), NOON)
    answer = responses.answer(tx, cast.helper, asked.id, "Ik kom.", NOON)
    done = matches.agree(tx, cast.poster, asked.id, answer.id, NOON)
    matches.complete(tx, cast.poster, done.id, NOON)
    thanks.say(tx, cast.poster, answer.id, "Dank je wel!", True, NOON)
    thanks.show(tx, cast.helper, answer.id, NOON)


@story
def test_thanks_go_with_who_gave_them(tx: Transaction, cast: town.Cast) -> None:
    thanked(tx, cast)
    erasing.erase(tx, cast.poster, NOON)
    assert not tx.run(select(tables.thanks)).all()


@story
def test_thanks_go_with_who_got_them(tx: Transaction, cast: town.Cast) -> None:
    thanked(tx, cast)
    assert tx.run(select(tables.thanks)).all()
    erasing.erase(tx, cast.helper, NOON)
    assert not tx.run(select(tables.thanks)).all()


def order(tx: Transaction) -> list[str]:
    """What goes to other nodes now, in the order in which it was written down."""
    joined = tables.deliveries.join(
        tables.activities, tables.deliveries.c.activity_id == tables.activities.c.id
    )
    waiting = select(tables.activities.c.type).select_from(joined)
    waiting = waiting.where(tables.deliveries.c.state == "pending").order_by(tables.deliveries.c.id)
    return list(tx.run(waiting).scalars())


@story
def test_who_agreed_with_them_hears_first_and_then_every_copy_is_called_back(
    tx: Transaction, cast: town.Cast
) -> None:
    noord = town.neighbour(tx)
    asked = posts.post(tx, cast.poster, town.asks(), NOON)
    offer = (f"{noord.origin}/ap/a/7", asked.uri, f"{noord.origin}/ap/p/7", "Kees", "Ik kom.")
    responses.offered(tx, noord, *offer, NOON)
    [answer] = kept_responses.of_post(tx, asked.id)
    matches.agree(tx, cast.poster, asked.id, answer.id, NOON)
    sent(tx)
    written(tx)
    erasing.erase(tx, cast.poster, NOON)
    assert order(tx) == ["Undo", "Delete"]  # `wire.md` 6


@story
def test_a_helper_here_gets_a_letter_and_keeps_what_they_wrote(tx: Transaction, cast: town.Cast) -> None:
    asked = posts.post(tx, cast.poster, town.asks(), NOON)
    yes = responses.answer(tx, cast.helper, asked.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, asked.id, yes.id, NOON)
    threads.write(tx, cast.poster, yes.id, "Om tien uur?", NOON)
    threads.write(tx, cast.helper, yes.id, "Goed.", NOON)
    written(tx)
    erasing.erase(tx, cast.poster, NOON + HOUR)
    assert written(tx) == ["called off to Merel"]
    assert kept_responses.get(tx, yes.id).text == "Ik kom."
    said = tx.run(select(tables.messages.c.text).order_by(tables.messages.c.created)).scalars().all()
    assert said == ["", "Goed."]
    refused(tx, Conflict, threads.write, cast.helper, yes.id, "Ben je er nog?", NOON + 2 * HOUR)


@story
def test_what_was_done_stays_done_and_names_nobody(tx: Transaction, cast: town.Cast) -> None:
    asked = posts.post(tx, cast.other, town.asks(), NOON)
    yes = responses.answer(tx, cast.poster, asked.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.other, asked.id, yes.id, NOON)
    matches.complete(tx, cast.other, match.id, NOON)
    written(tx)
    erasing.erase(tx, cast.poster, NOON)
    assert written(tx) == []
    stub = kept_responses.get(tx, yes.id)
    assert (stub.name, stub.text, stub.resident) == ("", "", None)
    lines = log.of(tx, asked.id)
    assert Happening.DONE in {line.what for line in lines}
    assert cast.poster.id not in {line.who for line in lines}
    assert log.broken_at(tx) is None  # the chain holds: nothing in it was touched


@story
def test_the_last_operator_hands_over_first(tx: Transaction, cast: town.Cast) -> None:
    assert "last operator" in refused(tx, Conflict, erasing.erase, cast.operator, NOON)
    residents.grant(tx, cast.helper.id, Role.OPERATOR, None, NOON)
    erasing.erase(tx, cast.operator, NOON)
    assert residents.holding(tx, Role.OPERATOR, NOON) == [cast.helper.id]
    helper = residents.get(tx, cast.helper.id, NOON)
    assert "last operator" in refused(tx, Conflict, erasing.erase, helper, NOON)


@story
def test_who_waits_to_be_let_in_may_go_and_nobody_goes_twice(tx: Transaction, cast: town.Cast) -> None:
    erasing.erase(tx, cast.outsider, NOON)
    refused(tx, NotFound, erasing.erase, cast.outsider, NOON)
    assert residents.by_email(tx, "otto@example.org", NOON) is None


@story
def test_what_they_reported_is_still_looked_at_without_them(tx: Transaction, cast: town.Cast) -> None:
    lived(tx, cast)
    erasing.erase(tx, residents.get(tx, cast.poster.id, NOON), NOON)
    said = select(tables.reports.c.text, tables.reports.c.resident).where(tables.reports.c.state == "open")
    assert ("Nog steeds.", None) in {tuple(row) for row in tx.run(said)}


@story
def test_the_receipt_says_who_was_asked_and_who_said_it_is_gone(tx: Transaction, cast: town.Cast) -> None:
    noord, west = town.neighbour(tx), town.neighbour(tx, "west")
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    posts.post(tx, cast.poster, town.tells(audience="neighbourhood"), NOON)
    secret = erasing.erase(tx, cast.poster, NOON)
    refused(tx, NotFound, erasing.receipt, "wrong", NOON)
    outbox.reached(tx, post.uri, noord.id, "gone", NOON + HOUR)
    kept, holders = erasing.receipt(tx, secret, NOON + HOUR)
    assert [(one.name, one.asked, one.gone, one.says) for one in holders] == [
        (noord.name, 1, 1, True),
        (west.name, 1, 0, True),
    ]
    assert kept.until == NOON + erasing.RECEIPT_LASTS
    refused(tx, NotFound, erasing.receipt, secret, kept.until)
    erasures.forget(tx, kept.until)
    assert tx.run(select(tables.copies)).first() is None
    assert tx.run(select(tables.erasures)).first() is None


@story
def test_an_account_elsewhere_hears_that_it_is_off_and_no_title(tx: Transaction, cast: town.Cast) -> None:
    person = lived(tx, cast)
    sent(tx)
    erasing.erase(tx, person, NOON + HOUR)
    new = tables.activities.c.created == NOON + HOUR
    facts = [one for one in tx.run(select(tables.activities.c.facts).where(new)).scalars() if one]
    assert [one["word"] for one in facts if "word" in one] == ["called off"]
    deleted = {one["to"] for one in facts if one.get("former") == "Note" and "to" in one}
    assert deleted == {"https://social.example/users/mo"}  # what it was written, and that it was agreed
