"""What stays readable afterwards: decisions, looks at a number, who took a yes back; and the way back."""

import pytest

from node.acts import contacts, invites, responses
from node.clock import now
from node.neighbourhood.category import Category
from node.neighbourhood.invite import Invite
from node.neighbourhood.post import Kind, Post
from node.storage import invites as kept_invites
from node.storage.database import Transaction
from node.ui.addresses import FORMS, PAGES
from tests import town
from tests.ui import next_door, things
from tests.ui.doings import agreed, posted, said
from tests.ui.sheet import Sheet
from tests.ui.test_board import an_offer, get
from tests.ui.test_queue import decided, elsewhere, english, reported
from tests.ui.visits import Here, words

WHY = "Er staat een huisnummer in."


# What supervisors decided


async def test_the_next_supervisor_reads_what_was_decided_and_why(here: Here) -> None:
    post = await posted(here)
    for part in ("helper", "other"):
        await reported(here, post, part, text=f"Van {part}.")
    page = await english(here, "supervisor", f"/queue/{post.id}")
    assert "What was decided last Reports of neighbours put it out of sight." in page
    await decided(here, post, "hide")
    page = await english(here, "supervisor", f"/queue/{post.id}")
    assert f"A supervisor put it out of sight. {WHY}" in page
    assert here.cast.supervisor.name not in page
    assert "2 reports before" in page
    assert "Van helper. Something was done." in page
    await decided(here, post, "stays", reason="Het nummer is weg.")
    page = await english(here, "supervisor", f"/queue/{post.id}")
    assert "A supervisor showed it again. Het nummer is weg." in page


async def test_why_a_reported_post_may_stay_is_read_as_well(here: Here) -> None:
    post = await posted(here)
    await reported(here, post)
    await decided(here, post, "stays", reason="Gewoon een vraag.")
    page = await english(here, "supervisor", f"/queue/{post.id}")
    assert "A supervisor said that it may stay. Gewoon een vraag." in page
    assert "Kijk eens. It could stay." in page


async def test_a_post_that_is_not_shown_here_is_found_and_says_why(here: Here) -> None:
    post = await elsewhere(here)
    await decided(here, post, "hide", reason="Oplichting.")
    queue = (await here.get("supervisor", "/queue")).text
    assert f'href="/queue/{post.id}"' in queue.partition('id="hidden"')[2]
    page = await english(here, "supervisor", f"/queue/{post.id}")
    assert "A supervisor does not show it here. Oplichting." in page


async def test_a_reason_for_the_other_supervisors_is_not_asked_for_the_writer(here: Here) -> None:
    copy, own = await elsewhere(here), await posted(here)
    for post, words_said in ((copy, "Schrijf waarom."), (own, "Schrijf waarom. De schrijver leest het.")):
        page = (await decided(here, post, "hide", 422, reason="")).text
        assert words_said in words(page)
        assert ("De schrijver leest het." in words(page)) is (post is own)


# Who was asked by a broker


async def asked(here: Here) -> tuple[Post, Invite]:
    post, offer = (
        await posted(here, town.asks(category="tuin", widen=True), 3 * town.DAY),
        await an_offer(here),
    )
    return post, await here.database.writing(invites.ask, here.cast.broker, post.id, offer.id, now())


async def test_a_request_waits_since_it_was_asked_not_since_somebody_was(here: Here) -> None:
    post, _ = await asked(here)
    assert "Waits 3 days" in await get(here, "broker", f"/board/{post.id}/invite")


async def test_there_is_nothing_to_ask_once_it_is_agreed(here: Here) -> None:
    post, invite = await asked(here)
    await here.database.writing(invites.accept, here.cast.helper, invite.id, "Ik kom.", now())
    page = await get(here, "broker", f"/board/{post.id}/invite")
    assert "This waits for nobody any more. There is nothing to ask now." in page
    for wrong in ("Waits 3 days", "whether it may go further", "Nobody who offers this"):
        assert wrong not in page


async def test_a_yes_that_was_taken_back_is_not_a_yes(here: Here) -> None:
    post, invite = await asked(here)
    await here.database.writing(invites.accept, here.cast.helper, invite.id, "Ik kom.", now())

    def take_back(tx: Transaction) -> None:
        answer = kept_invites.get(tx, invite.id).response_id
        assert answer is not None
        responses.withdraw(tx, here.cast.helper, answer, now())

    await here.database.writing(take_back)
    page = await get(here, "broker", f"/board/{post.id}/invite")
    assert "Merel Centrum Took it back" in page
    assert "Said yes" not in page


async def test_consent_that_is_there_is_not_asked_for(here: Here) -> None:
    yes = await posted(here, town.asks(category="tuin", audience="neighbourhood", widen=True))
    no = await posted(here, town.asks(category="tuin", audience="neighbourhood"))

    def near(tx: Transaction) -> None:
        haven = next_door.connected(tx)
        next_door.held(tx, haven, "Ik snoei", kind=Kind.OFFER, category=Category.GARDEN)

    await here.database.writing(near)
    page = await get(here, "broker", f"/board/{yes.id}/invite")
    assert "Oude Haven does not see this request yet. It goes further by itself." in page
    assert "whether it may go further" not in page
    assert "First ask who it is from whether it may go further." in await get(
        here, "broker", f"/board/{no.id}/invite"
    )


# A number that was shown


async def shown(here: Here) -> str:
    """Bea showed her number to Merel, who looked; the address of their conversation."""
    _, answer = await agreed(here)
    bea, merel = here.cast.poster, here.cast.helper
    await here.database.writing(contacts.keep, bea, "0199-77 66 55", "")
    await here.database.writing(contacts.release, bea, answer.id, frozenset({"phone"}), now())
    await here.database.writing(contacts.look, merel, answer.id, now())
    return f"/talks/{answer.id}"


async def test_who_looked_stays_readable_after_it_was_taken_back(here: Here) -> None:
    path = await shown(here)
    assert "Merel keek op" in await said(here, "poster", path)
    await here.post("poster", f"{path}/contact/end")
    page = await said(here, "poster", path)
    assert "Je laat nu niets zien." in page
    assert "Merel keek op" in page


async def test_the_details_are_in_view_after_asking_for_them(here: Here) -> None:
    path = await shown(here)
    page = (await here.get("helper", path)).text
    assert f'action="{path}/contact/show#theirs"' in page
    assert 'id="theirs"' in page


async def test_what_one_keeps_is_said_to_be_kept_and_leads_back(here: Here) -> None:
    path = await shown(here)
    talk = path.rpartition("/")[2]
    assert f'href="/me?talk={talk}#contact"' in (await here.get("helper", path)).text
    page = await here.get("helper", f"/me?talk={talk}")
    kept = await here.post(
        "helper", "/me/contact", **Sheet(page.text, "/me/contact").filled(phone="0199-11 22 33")
    )
    assert kept.headers["location"] == f"/me?said=kept&talk={talk}#contact"
    after = await here.get("helper", kept.headers["location"])
    assert "We bewaren het." in words(after.text)
    assert f'href="{path}#contact"' in after.text
    evil = await here.post("helper", "/me/contact", talk="//evil.example")
    assert evil.headers["location"] == "/me?said=kept#contact"
    assert "We bewaren het." not in await said(here, "helper", "/me")


# The way back from an address that only takes a form


async def test_an_address_that_only_takes_a_form_leads_to_its_page(here: Here) -> None:
    built = await things.built(here)
    pages = {path for path, _ in PAGES}
    only = [path for path, _ in FORMS if path not in pages]
    assert len(only) > 15
    for path in only:
        where = built.path(path, wish="follow", role="broker", deed="extend")
        answer = await here.get("poster", where, 303)
        assert where.startswith(answer.headers["location"])


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/talks/1/contact/show", "/talks/1"),
        ("/talks/1/messages/2/end", "/talks/1"),
        ("/o/1/answers", "/o/1"),
        ("/me/contact", "/me"),
        ("/operator/people/1/admit", "/operator/people/1"),
        ("/choice", "/"),
        ("/talks/%0d%0aa/contact", "/talks/%0D%0Aa"),
    ],
)
async def test_the_page_above_is_the_nearest(here: Here, path: str, page: str) -> None:
    assert (await here.get(None, path, 303)).headers["location"] == page
