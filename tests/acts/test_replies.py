"""What accounts on other software write to us: who reads it first, and what a supervisor makes of it."""

from node.acts import blocks, matches, posts, replies, responses, sayings, threads
from node.acts.replies import Told
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.refusal import NotAllowed
from node.neighbourhood.reply import A_DAY_OF_ACCOUNT, Reply, ReplyState
from node.storage import replies as kept
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.acts.witness import refused, story, written

NOON, HOUR = town.NOON, town.HOUR
LATER = NOON + HOUR


def asked(tx: Transaction, cast: town.Cast) -> Post:
    """Bea asks everybody."""
    return posts.post(tx, cast.poster, town.asks(audience=Audience.PUBLIC), NOON)


def waiting(tx: Transaction) -> list[str]:
    return [one.text for one in kept.oldest(tx, 10)]


def messages(tx: Transaction, response_id: str) -> list[str]:
    return [one.text for one in kept_threads.page(tx, response_id, None, 10)]


def let_in(tx: Transaction, cast: town.Cast) -> list[Reply]:
    return [replies.let_in(tx, cast.supervisor, one.id, LATER) for one in kept.oldest(tx, 10)]


@story
def test_only_a_supervisor_decides(tx: Transaction, cast: town.Cast) -> None:
    elsewhere.wrote(tx, elsewhere.account(tx, NOON, known=False), asked(tx, cast), "Ik kan.", NOON)
    (reply,) = kept.oldest(tx, 10)
    for part, who in cast.all().items():
        for act in (replies.let_in, replies.turn_away):
            if part != "supervisor":
                assert refused(tx, NotAllowed, act, who, reply.id, LATER)
    assert waiting(tx) == ["Ik kan."]


@story
def test_what_somebody_writes_about_an_event_waits_and_is_read_by_the_supervisor(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.plans(audience=Audience.PUBLIC), NOON)
    elsewhere.wrote(tx, elsewhere.account(tx, NOON), post, "Is er een lift?", NOON)
    assert waiting(tx) == ["Is er een lift?"]
    (done,) = let_in(tx, cast)
    assert (done.state, done.text, done.response_id) == (ReplyState.LET_IN, "Is er een lift?", None)
    assert kept_responses.of_post(tx, post.id) == []


@story
def test_a_second_reply_that_is_let_in_is_a_message_and_changing_it_changes_that_alone(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = asked(tx, cast), elsewhere.account(tx, NOON, known=False)
    elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    second = elsewhere.wrote(tx, mo, post, "Om tien uur.", NOON + HOUR / 2)
    let_in(tx, cast)
    (answer,) = kept_responses.of_post(tx, post.id)
    assert (answer.text, messages(tx, answer.id)) == ("Ik kan dinsdag.", ["Om tien uur."])
    replies.changed(tx, elsewhere.known(tx), Told(second, [post.uri], False, "Om elf uur."), LATER)
    assert kept_responses.get(tx, answer.id).text == "Ik kan dinsdag."
    (message,) = kept_threads.page(tx, answer.id, None, 10)
    assert (message.text, message.changed) == ("Om elf uur.", LATER)
    reply = kept.by_uri(tx, second)
    assert reply is not None
    assert reply.text == "Om elf uur."


def talking(tx: Transaction, cast: town.Cast) -> tuple[str, str]:
    """Mo answered and wrote a message in the conversation: the answer, and the id of the message."""
    mo = elsewhere.account(tx, NOON)
    answer = elsewhere.answered(tx, asked(tx, cast), NOON)
    said = f"{mo.actor}/2"
    replies.arrived(tx, elsewhere.known(tx), Told(said, [answer.uri], False, "Om tien uur."), NOON)
    return answer.id, said


def changes(tx: Transaction, uri: str, text: str, public: bool = False, user: str = "mo") -> None:
    replies.changed(tx, elsewhere.known(tx, user), Told(uri, [], public, text), LATER)


@story
def test_a_message_that_was_taken_back_never_comes_back(tx: Transaction, cast: town.Cast) -> None:
    answer, said = talking(tx, cast)
    replies.taken_back(tx, elsewhere.known(tx), said, LATER)
    changes(tx, said, "Om elf uur.")
    replies.arrived(tx, elsewhere.known(tx), Told(said, [], False, "Om elf uur."), LATER)
    assert messages(tx, answer) == [""]


@story
def test_a07_only_who_wrote_a_message_changes_it(tx: Transaction, cast: town.Cast) -> None:
    answer, said = talking(tx, cast)
    elsewhere.account(tx, NOON, "lia")
    changes(tx, said, "Geef je nummer.", user="lia")
    ours = threads.write(tx, cast.poster, answer, "Goed.", NOON)
    changes(tx, ours.uri, "Nee.")
    assert messages(tx, answer) == ["Goed.", "Om tien uur."]


@story
def test_what_was_reported_stays_as_it_was_until_somebody_looked(tx: Transaction, cast: town.Cast) -> None:
    answer, said = talking(tx, cast)
    (message,) = kept_threads.page(tx, answer, None, 10)
    first = sayings.report_message(tx, cast.poster, message.id, "rude", "Kijk eens.", LATER)
    changes(tx, said, "Niets.")
    assert messages(tx, answer) == ["Om tien uur."]
    sayings.dismiss(tx, cast.supervisor, first.id, "Valt mee.", "", LATER)
    changes(tx, said, "Om elf uur.")
    assert messages(tx, answer) == ["Om elf uur."]
    second = sayings.report_message(tx, cast.poster, message.id, "rude", "Kijk nog eens.", LATER)
    sayings.uphold(tx, cast.supervisor, second.id, "Te grof.", "", False, LATER)
    changes(tx, said, "Om twaalf uur.")
    assert messages(tx, answer) == [""]


@story
def test_an_answer_that_was_reported_stays_as_it_was_until_somebody_looked(
    tx: Transaction, cast: town.Cast
) -> None:
    mine = elsewhere.answered(tx, asked(tx, cast), NOON, "Stuur eerst geld.")
    first = sayings.report_answer(tx, cast.poster, mine.id, "fraud", "", LATER)
    changes(tx, mine.uri, "Ik kom graag.")
    changes(tx, mine.uri, "Ik kom graag.", public=True)
    assert kept_responses.get(tx, mine.id).text == "Stuur eerst geld."
    assert waiting(tx) == [], "nor does it go round by another supervisor"
    sayings.dismiss(tx, cast.supervisor, first.id, "Valt mee.", "", LATER)
    changes(tx, mine.uri, "Ik kom graag.")
    assert kept_responses.get(tx, mine.id).text == "Ik kom graag."


@story
def test_what_is_held_public_empty_or_about_what_is_over_changes_nothing(
    tx: Transaction, cast: town.Cast
) -> None:
    answer, said = talking(tx, cast)
    changes(tx, said, "Om elf uur.", public=True)
    changes(tx, said, " ")
    changes(tx, said, "Om tien uur.")
    assert [one.changed for one in kept_threads.page(tx, answer, None, 10)] == [None]
    blocks.put(tx, cast.operator, "social.example", "hold", "", NOON)
    changes(tx, said, "Om elf uur.")
    assert messages(tx, answer) == ["Om tien uur."]
    blocks.lift(tx, cast.operator, "social.example", NOON)
    responses.unsaid(tx, elsewhere.known(tx), answer, NOON)
    changes(tx, said, "Om elf uur.")
    assert messages(tx, answer) == ["Om tien uur."]


@story
def test_whoever_changes_a_message_without_end_is_heard_thirty_times_a_day(
    tx: Transaction, cast: town.Cast
) -> None:
    answer, said = talking(tx, cast)
    written(tx)
    for number in range(A_DAY_OF_ACCOUNT + 5):
        changes(tx, said, f"Om {number} uur.")
    assert messages(tx, answer) == [f"Om {A_DAY_OF_ACCOUNT - 1} uur."]
    assert written(tx) == []


@story
def test_a_message_that_is_deleted_leaves_no_words_among_the_replies(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = asked(tx, cast), elsewhere.account(tx, NOON, known=False)
    elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    second = elsewhere.wrote(tx, mo, post, "Om tien uur.", NOON + HOUR / 2)
    let_in(tx, cast)
    replies.taken_back(tx, elsewhere.known(tx), second, LATER)
    (answer,) = kept_responses.of_post(tx, post.id)
    assert (answer.text, messages(tx, answer.id)) == ("Ik kan dinsdag.", [""])
    found = kept.by_uri(tx, second)
    assert found is not None
    assert (found.state, found.text) == (ReplyState.GONE, "")


@story
def test_what_an_account_that_is_held_goes_on_to_write_waits_as_well(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = asked(tx, cast), elsewhere.account(tx, NOON)
    elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    (answer,) = kept_responses.of_post(tx, post.id)
    blocks.put(tx, cast.operator, "social.example", "hold", "", NOON)
    told = Told(f"{mo.actor}/2", [answer.uri], False, "Geef je nummer.")
    replies.arrived(tx, elsewhere.known(tx), told, LATER)
    assert (messages(tx, answer.id), waiting(tx)) == ([], ["Geef je nummer."])
    let_in(tx, cast)
    assert (messages(tx, answer.id), waiting(tx)) == (["Geef je nummer."], [])


@story
def test_who_is_agreed_with_is_heard_at_once(tx: Transaction, cast: town.Cast) -> None:
    post, mo = asked(tx, cast), elsewhere.account(tx, NOON)
    elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    (answer,) = kept_responses.of_post(tx, post.id)
    matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    told = Told(f"{mo.actor}/2", [answer.uri], False, "Tot dan!")
    replies.arrived(tx, elsewhere.known(tx), told, LATER)
    assert (messages(tx, answer.id), waiting(tx)) == (["Tot dan!"], [])
