"""Thank you: once it worked out, from who was helped, for the two alone until both want others to read it."""

from datetime import timedelta

from node.acts import matches, posts, responses, sayings, thanks, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import Response
from node.storage import cleaning, export
from node.storage import matches as kept_matches
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage import thanks as kept
from node.storage.database import Transaction
from node.storage.tables import log
from tests import town
from tests.acts.test_answers import asked, offer
from tests.acts.witness import happened, refused, sent, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
WORDS = "Wat fijn dat je kwam."


def agreed(tx: Transaction, cast: town.Cast) -> tuple[Post, Response, str]:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    return post, yes, match.id


def helped(tx: Transaction, cast: town.Cast) -> tuple[Post, Response]:
    """Merel helped Bea, and that news is out."""
    post, yes, match = agreed(tx, cast)
    matches.complete(tx, cast.poster, match, NOON)
    sent(tx), written(tx)
    return post, yes


def shown(tx: Transaction, cast: town.Cast) -> tuple[Post, Response, str]:
    """And Bea thanked her, and both want others to read it."""
    post, yes = helped(tx, cast)
    message = thanks.say(tx, cast.poster, yes.id, WORDS, True, NOON)
    thanks.show(tx, cast.helper, yes.id, NOON)
    written(tx)
    return post, yes, message.id


def state(tx: Transaction, post: Post) -> State:
    return kept_posts.get(tx, post.id).state


@story
def test_who_was_helped_says_thank_you_and_the_helper_hears_it(tx: Transaction, cast: town.Cast) -> None:
    post, yes = helped(tx, cast)
    before = kept_posts.get(tx, post.id)
    message = thanks.say(tx, cast.poster, yes.id, WORDS, False, NOON + HOUR)
    assert (message.text, written(tx)) == (WORDS, ["thanked to Merel"])
    assert state(tx, post) is State.THANKED
    assert kept_posts.get(tx, post.id).ended == before.ended, "its words are forgotten no later for it"
    assert sent(tx) == [], "no copy shows the difference"
    assert Happening.THANKED in happened(tx, post.id)
    assert WORDS not in repr(tx.run(log.select()).all())
    assert kept.newest(tx, 9) == []


@story
def test_a_second_click_thanks_once_and_other_words_are_refused(tx: Transaction, cast: town.Cast) -> None:
    _, yes = helped(tx, cast)
    first = thanks.say(tx, cast.poster, yes.id, WORDS, False, NOON)
    assert thanks.say(tx, cast.poster, yes.id, f" {WORDS}\n", False, NOON + HOUR) == first
    assert written(tx) == ["thanked to Merel"]
    refused(tx, Conflict, thanks.say, cast.poster, yes.id, "Nogmaals dank.", False, NOON + HOUR)


@story
def test_nobody_thanks_before_it_worked_out_nor_for_another(tx: Transaction, cast: town.Cast) -> None:
    _, yes, match = agreed(tx, cast)
    refused(tx, Conflict, thanks.say, cast.poster, yes.id, WORDS, False, NOON)
    matches.complete(tx, cast.poster, match, NOON)
    refused(tx, NotAllowed, thanks.say, cast.helper, yes.id, WORDS, False, NOON)
    refused(tx, Invalid, thanks.say, cast.poster, yes.id, "", False, NOON)
    refused(tx, Invalid, thanks.say, cast.poster, yes.id, "a" * 501, False, NOON)
    thanks.say(tx, cast.poster, yes.id, WORDS, True, NOON)
    for part in set(cast.all()) - {"poster", "helper"}:
        who = cast.all()[part]
        refused(tx, NotFound, thanks.say, who, yes.id, WORDS, True, NOON)
        refused(tx, NotFound, thanks.show, who, yes.id, NOON)
        refused(tx, NotFound, thanks.hide, who, yes.id, NOON)


@story
def test_it_is_read_by_others_only_while_both_want_that(tx: Transaction, cast: town.Cast) -> None:
    _, yes = helped(tx, cast)
    thanks.say(tx, cast.poster, yes.id, WORDS, False, NOON)
    refused(tx, Conflict, thanks.show, cast.helper, yes.id, NOON)  # nobody shows what the writer did not
    thanks.show(tx, cast.poster, yes.id, NOON)
    assert not kept.any_stands(tx)
    thanks.show(tx, cast.helper, yes.id, NOON)
    thanks.show(tx, cast.helper, yes.id, NOON + HOUR)
    (one,) = kept.newest(tx, 9)
    assert (one.giver, one.thanked, one.text) == ("Bea", "Merel", WORDS)
    thanks.hide(tx, cast.helper, yes.id, NOON)
    thanks.hide(tx, cast.helper, yes.id, NOON)
    assert kept.newest(tx, 9) == []
    thanks.show(tx, cast.helper, yes.id, NOON)
    thanks.hide(tx, cast.poster, yes.id, NOON)
    thanks.show(tx, cast.poster, yes.id, NOON)
    assert not kept.any_stands(tx), "who is thanked is asked anew"
    yes_or_no = (Happening.THANKS_SHOWN, Happening.THANKS_HIDDEN)
    said = [yes_or_no.index(one) for one in happened(tx, yes.id) if one in yes_or_no]
    assert said == [0, 0, 1, 0, 1, 0], "each yes and each no, once"


@story
def test_words_that_are_taken_back_are_gone_everywhere(tx: Transaction, cast: town.Cast) -> None:
    post, yes, message = shown(tx, cast)
    threads.take_back(tx, cast.poster, message, NOON + HOUR)
    assert kept.newest(tx, 9) == []
    assert state(tx, post) is State.DONE
    thanks.say(tx, cast.poster, yes.id, "Dank je!", False, NOON + HOUR)
    assert state(tx, post) is State.THANKED


@story
def test_what_everybody_reads_anybody_reports_and_a_supervisor_takes_it_away(
    tx: Transaction, cast: town.Cast
) -> None:
    _, yes = helped(tx, cast)
    message = thanks.say(tx, cast.poster, yes.id, WORDS, True, NOON)
    refused(tx, NotFound, sayings.report_message, cast.other, message.id, "rude", "", NOON)
    thanks.show(tx, cast.helper, yes.id, NOON)
    report = sayings.report_message(tx, cast.other, message.id, "rude", "", NOON)
    sayings.uphold(tx, cast.supervisor, report.id, "Grof.", "", False, NOON)
    assert kept.newest(tx, 9) == []


@story
def test_it_goes_from_sight_with_its_post_and_is_forgotten_with_its_words(
    tx: Transaction, cast: town.Cast
) -> None:
    post, _, _ = shown(tx, cast)
    cleaning.clean(tx, NOON + timedelta(days=91))
    assert kept.newest(tx, 9) == [], "nobody's name is left"
    cleaning.clean(tx, NOON + timedelta(days=181))
    assert kept.on_post(tx, post.id) == frozenset()


@story
def test_what_was_taken_back_everywhere_leaves_no_thanks_in_sight(tx: Transaction, cast: town.Cast) -> None:
    post, _, _ = shown(tx, cast)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    assert kept.newest(tx, 9) == []


@story
def test_who_used_an_offer_thanks_who_made_it(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.offers(), NOON)
    yes = responses.answer(tx, cast.helper, post.id, "Graag.", NOON)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    matches.complete(tx, cast.poster, match.id, NOON)
    written(tx)
    refused(tx, NotAllowed, thanks.say, cast.poster, yes.id, WORDS, True, NOON)
    thanks.say(tx, cast.helper, yes.id, WORDS, True, NOON)
    assert written(tx) == ["thanked to Bea"]
    thanks.show(tx, cast.poster, yes.id, NOON)
    (one,) = kept.newest(tx, 9)
    assert (one.giver, one.thanked, one.of) == ("Merel", "Bea", (cast.helper.id, cast.poster.id))


@story
def test_each_takes_along_what_they_wrote_or_got_and_their_own_yes(tx: Transaction, cast: town.Cast) -> None:
    post, yes = helped(tx, cast)
    thanks.say(tx, cast.poster, yes.id, WORDS, True, NOON)
    of = {"post": post.title, "given": True, "shown": NOON}
    assert export.thanked(tx, cast.poster.id) == [of]
    assert export.thanked(tx, cast.helper.id) == [{**of, "given": False, "shown": None}]
    assert export.thanked(tx, cast.other.id) == []


@story
def test_over_the_border_it_is_a_message_and_stays_between_the_two(tx: Transaction, cast: town.Cast) -> None:
    node, post = town.neighbour(tx), asked(tx, cast)
    answer = kept_responses.by_uri(tx, offer(tx, node, post))
    assert answer is not None
    matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    match = kept_matches.of_response(tx, answer.id)
    assert match is not None
    matches.complete(tx, cast.poster, match.id, NOON)
    sent(tx), written(tx)
    thanks.say(tx, cast.poster, answer.id, WORDS, True, NOON)
    assert (sent(tx), written(tx)) == (["Create to Noord"], [])
    assert state(tx, post) is State.THANKED
    refused(tx, Conflict, thanks.show, cast.poster, answer.id, NOON)
    assert not kept.any_stands(tx)


@story
def test_of_several_helpers_one_may_be_thanked_before_the_others_are_done(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.poster, town.asks(places=2), NOON)
    one = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    two = responses.answer(tx, cast.other, post.id, "Ik ook.", NOON)
    made = [matches.agree(tx, cast.poster, post.id, yes.id, NOON) for yes in (one, two)]
    matches.complete(tx, cast.poster, made[0].id, NOON)
    thanks.say(tx, cast.poster, one.id, WORDS, False, NOON)
    assert state(tx, post) is State.AGREED
    matches.complete(tx, cast.poster, made[1].id, NOON)
    assert state(tx, post) is State.THANKED
    thanks.say(tx, cast.poster, two.id, WORDS, False, NOON)
