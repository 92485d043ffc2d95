"""Pages that say what is so: who posted, who reads it, how it stands, and no more than that."""

from pathlib import Path

from node.acts import invites, moderation, posts, responses
from node.clock import now
from node.neighbourhood.post import Audience, Decide, Kind, Post
from node.storage import invites as kept_invites
from node.storage.database import Transaction
from node.ui import words
from node.ui.language import translate
from tests import town
from tests.ui import next_door
from tests.ui.doings import answered, posted, said
from tests.ui.visits import Here

FIRST = "We geven het door aan Oude Haven. Tenzij een ander net eerder was, is het afgesproken."


def invited_next_door(tx: Transaction, here: Here) -> Post:
    """Oude Haven asks Merel, through her offer, to help Annie, and she says yes."""
    haven = next_door.connected(tx)
    asked = next_door.held(tx, haven)
    offer = posts.post(tx, here.cast.helper, town.offers(category=asked.category), now())
    ends, uri = now() + town.DAY, f"{haven.origin}/ap/a/invite"
    invites.arrived(tx, haven, uri, asked.uri, offer.uri, ends, now())
    key = kept_invites.waiting_for(tx, here.cast.helper.id)[0].id
    invites.accept(tx, here.cast.helper, key, "Ik kom.", now())
    return asked


# Who decides


async def test_a_yes_to_a_broker_elsewhere_is_not_said_to_wait_for_a_choice(here: Here) -> None:
    asked = await here.database.writing(invited_next_door, here)
    page = await said(here, "helper", f"/o/{asked.id}?said=answered")
    assert "Tenzij een ander net eerder was, is het afgesproken. Je hoort het snel." in page
    assert FIRST in page
    mine = await said(here, "helper", "/mine")
    assert "Ik kom. Onderweg" in mine
    for text in (page, mine):
        assert "kiest nog" not in text
        assert "keuze" not in text


async def test_the_first_yes_elsewhere_is_not_said_to_wait_for_a_choice(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    asked = await here.database.writing(
        lambda tx: next_door.held(tx, haven, "Een lamp ophangen", decide=Decide.FIRST)
    )
    answer = await answered(here, asked)
    assert FIRST in await said(here, "helper", f"/o/{asked.id}")
    assert "Onderweg" in await said(here, "helper", f"/talks/{answer.id}")


async def test_a_poster_reads_that_a_broker_s_question_was_agreed(here: Here) -> None:
    def agreed(tx: Transaction) -> Post:
        post = posts.post(tx, here.cast.poster, town.asks(category="tuin"), now())
        offer = posts.post(tx, here.cast.helper, town.offers(), now())
        invite = invites.ask(tx, here.cast.broker, post.id, offer.id, now())
        invites.accept(tx, here.cast.helper, invite.id, "Ik kom.", now())
        return post

    post = await here.database.writing(agreed)
    page = await said(here, "poster", f"/o/{post.id}")
    assert "Een makelaar vroeg iemand voor je. Het ja telde meteen." in page
    assert "Je kiest zelf" not in page


# How an answer stands


async def test_an_answer_under_a_notice_is_placed_and_a_hidden_one_hidden(here: Here) -> None:
    notice = await posted(here, town.tells())
    answer = await answered(here, notice, text="Die is van Jan.")
    mine = await said(here, "helper", "/mine")
    assert "Die is van Jan. Geplaatst" in mine
    assert "Afgesproken" not in mine
    await here.database.writing(responses.decline, here.cast.poster, answer.id, now())
    assert "Die is van Jan. Verborgen" in await said(here, "helper", "/mine")


async def test_who_goes_to_an_event_comes_and_has_agreed_nothing(here: Here) -> None:
    event = await posted(here, town.plans(at=now()))
    answer = await answered(here, event, text="")
    mine = await said(here, "helper", "/mine")
    assert "Jij komt" in mine
    assert "Afgesproken" not in mine
    await here.database.writing(responses.decline, here.cast.poster, answer.id, now())
    assert "Deze keer niet" in await said(here, "helper", "/mine")


# How a post stands


async def test_a_post_out_of_sight_says_so_to_its_writer(here: Here) -> None:
    post = await posted(here)
    await here.database.writing(
        moderation.uphold, here.cast.supervisor, post.id, "hide", "Reclame.", "", now()
    )
    mine = await said(here, "poster", "/mine")
    assert "Uit het zicht" in mine
    assert "Wacht op een ja" not in mine


def test_an_event_that_was_is_over_and_no_thing_that_expires() -> None:
    assert translate(words.state("expired", "event").word) == "Het is voorbij"
    assert translate(words.state("expired", "request").word) == "Verlopen"


# Who it is from, who reads it, and who can come


async def test_a_notice_and_an_event_say_who_they_are_from(here: Here) -> None:
    notice, event = await posted(here, town.tells()), await posted(here, town.plans(at=now()))
    for path in ("/", f"/o/{notice.id}", "/notices"):
        assert "Bea vertelt" in await said(here, "helper", path)
    assert "Georganiseerd door Bea" in await said(here, "helper", f"/o/{event.id}")


async def test_a_conversation_says_that_its_first_words_are_read_by_a_broker_too(here: Here) -> None:
    answer = await answered(here, await posted(here))
    page = await said(here, "helper", f"/talks/{answer.id}")
    assert "Ik kan om tien uur. De makelaar van Centrum kan deze reactie ook lezen." in page
    assert page.count("De makelaar van") == 1


async def test_who_reads_an_answer_to_a_notice_elsewhere_is_said_once(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    notice = await here.database.writing(
        lambda tx: next_door.held(tx, haven, "Kat gevonden", kind=Kind.NOTICE)
    )
    page = await said(here, "helper", f"/o/{notice.id}")
    assert "De buren in Oude Haven kunnen je reactie lezen." in page
    assert "Iedereen die dit bericht ziet" not in page


async def test_only_who_said_something_reads_what_they_said(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    notice = await here.database.writing(
        lambda tx: next_door.held(tx, haven, "Kat gevonden", kind=Kind.NOTICE, audience=Audience.PUBLIC)
    )
    assert "Wat jij zei" not in await said(here, None, f"/o/{notice.id}")
    assert "Wat jij zei" not in await said(here, "helper", f"/o/{notice.id}")
    await answered(here, notice)
    assert "Wat jij zei" in await said(here, "helper", f"/o/{notice.id}")


async def test_an_event_elsewhere_says_what_is_known_of_it_here(here: Here) -> None:
    haven = await here.database.writing(next_door.connected)
    coming = {"kind": Kind.EVENT, "starts": now() + town.DAY, "places": 8, "places_left": 3}
    event = await here.database.writing(lambda tx: next_door.held(tx, haven, "Koffie", **coming))
    page = await said(here, "helper", f"/o/{event.id}")
    assert "Er is nog plaats voor 3." in page
    assert "Alleen Annie en de makelaar van Oude Haven zien je naam." in page
    assert "hoeveel mensen er komen" not in page
    own = await posted(here, town.plans(at=now()))
    assert "De anderen zien hoeveel mensen er komen." in await said(here, "helper", f"/o/{own.id}")


# Words


def test_one_neighbourhood_and_more_are_both_said_well() -> None:
    for near in (["Molenwijk"], ["Molenwijk", "Oude Haven"]):
        assert " leest " not in translate(words.audience("adjacent", neighbours=near, kind="notice").hint)


def test_english_has_no_hour_of_two_words(ui: Path) -> None:
    assert "%(time)s o'clock" not in (ui / "templates" / "agenda.html").read_text()
