"""Conversations: only the two read them, and each lets the other see what they choose, as long as they
choose."""

from dataclasses import dataclass

import pytest

from node.acts import contacts, matches, threads
from node.clock import now
from node.neighbourhood.contact import Contact, Elsewhere
from node.neighbourhood.post import Post
from node.neighbourhood.response import Response
from node.storage import contacts as kept_contacts
from node.storage import matches as kept_matches
from node.storage import responses as kept_responses
from node.storage import threads as kept
from node.ui import routes
from tests import town
from tests.ui import next_door
from tests.ui.doings import agreed, answered, posted, said
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, words

PHONE, ADDRESS = "0199-77 66 55", "Kanarielaan 7"
OTHERS = sorted({*town.NAMES, "outsider"} - {"poster", "helper"})


def path_of(answer: Response) -> str:
    return f"/talks/{answer.id}"


async def wrote(here: Here, part: str, answer: Response, text: str) -> str:
    who = here.cast.all()[part]
    return (await here.database.writing(threads.write, who, answer.id, text, now())).id


async def unread(here: Here, part: str) -> int:
    return sum((await here.database.reading(kept.unread, here.cast.all()[part].id)).values())


# Writing


async def test_the_two_write_on_one_page(here: Here) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    page = await here.get("helper", path_of(answer))
    form = Sheet(page.text, path_of(answer)).filled(text="Kan het om elf uur?\nOf later.")
    after = await here.post("helper", path_of(answer), **form)
    assert after.headers["location"] == f"{path_of(answer)}#last"
    read = await said(here, "poster", path_of(answer))
    for part in ("Ik kan om tien uur.", "Kan het om elf uur? Of later.", "Merel"):
        assert part in read


async def test_what_a_browser_sends_twice_is_said_once(here: Here) -> None:
    """A second click, or what was kept without a line and goes by itself, after it had arrived after all."""
    answer = await answered(here, await posted(here))
    path = path_of(answer)
    form = Sheet((await here.get("helper", path)).text, path).filled(text="Ik kom eraan.")
    for _ in range(2):
        sent = await here.post("helper", path, **form)
        assert sent.headers["location"] == f"{path}#last"
    assert await unread(here, "poster") == 1
    await here.post("helper", path, **{**form, "text": "Iets later."})
    again = Sheet((await here.get("helper", path)).text, path).filled(text="Ik kom eraan.")
    await here.post("helper", path, **again)
    assert await unread(here, "poster") == 3, "other words, or another form, are another message"


async def test_what_was_taken_back_does_not_come_again_with_a_late_second_sending(here: Here) -> None:
    answer = await answered(here, await posted(here))
    path = path_of(answer)
    form = Sheet((await here.get("helper", path)).text, path).filled(text="Mijn sleutel ligt onder de mat.")
    await here.post("helper", path, **form)
    (message,) = await here.database.reading(kept.page, answer.id, None, 9)
    await here.post("helper", f"{path}/messages/{message.id}/end")
    await here.post("helper", path, **form)
    assert "sleutel" not in (await here.get("poster", path)).text
    assert await unread(here, "poster") == 0


async def test_looking_at_it_is_reading_it(here: Here) -> None:
    answer = await answered(here, await posted(here))
    for _ in range(2):
        await wrote(here, "helper", answer, "Hallo?")
    assert await unread(here, "poster") == 2
    assert "2" in await said(here, "poster", "/talks")
    assert await unread(here, "poster") == 2, "the list alone is not reading"
    await here.get("poster", path_of(answer))
    assert await unread(here, "poster") == 0


async def test_what_cannot_be_sent_comes_back_with_what_was_typed(here: Here) -> None:
    answer = await answered(here, await posted(here))
    page = await here.post("helper", path_of(answer), 422, text="")
    assert Sheet(page.text, path_of(answer)).wrong == {"text"}
    long = "a" * 4001
    page = await here.post("helper", path_of(answer), 422, text=long)
    assert Sheet(page.text, path_of(answer)).fields["text"] == long


async def test_who_writes_too_much_hears_when_to_go_on(here: Here) -> None:
    answer = await answered(here, await posted(here))
    for _ in range(60):
        await wrote(here, "helper", answer, "Hallo?")
    page = await here.post("helper", path_of(answer), 429, text="Hallo??")
    assert page.headers["retry-after"] == "3600"
    assert Sheet(page.text, path_of(answer)).fields["text"] == "Hallo??"


async def test_a_message_is_taken_back_by_its_writer(here: Here) -> None:
    answer = await answered(here, await posted(here))
    message = await wrote(here, "poster", answer, "Mijn sleutel ligt onder de mat.")
    end = f"{path_of(answer)}/messages/{message}/end"
    assert end in (await here.get("poster", path_of(answer))).text
    assert end not in (await here.get("helper", path_of(answer))).text
    await here.post("helper", end, 403)
    await here.post("broker", end, 404)
    await here.post("poster", end)
    for part in ("poster", "helper"):
        assert "sleutel" not in (await here.get(part, path_of(answer))).text


async def test_what_somebody_writes_never_becomes_markup(here: Here) -> None:
    answer = await answered(here, await posted(here))
    await wrote(here, "helper", answer, "<script>alert(1)</script>\n\n<b>")
    page = (await here.get("poster", path_of(answer))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_it_closes_and_can_still_be_read(here: Here) -> None:
    post, answer = await agreed(here)
    await wrote(here, "helper", answer, "Tot morgen.")
    match = await here.database.reading(kept_matches.of_response, answer.id)
    assert match is not None
    at = now() - 31 * town.DAY
    await here.database.writing(matches.cancel, here.cast.poster, match.id, at)
    page = await here.get("helper", path_of(answer))
    assert "Tot morgen." in page.text
    assert f'action="{path_of(answer)}"' not in page.text
    assert f'action="{path_of(answer)}/contact"' not in page.text
    again = await here.post("helper", path_of(answer), 409, text="Nog iets.")
    assert "Nog iets." not in again.text
    assert post.id in again.text


async def test_the_post_leads_to_the_conversations_for_the_two_alone(here: Here) -> None:
    post = await posted(here)
    answer = await answered(here, post)
    for part in ("poster", "helper"):
        assert path_of(answer) in (await here.get(part, f"/o/{post.id}")).text
    for part in set(OTHERS) - {"outsider"}:
        assert "/talks/" not in (await here.get(part, f"/o/{post.id}")).text
    assert "/talks" in (await here.get("poster", "/mine")).text


@pytest.mark.parametrize("part", [None, *OTHERS])
async def test_nobody_else_reads_a_word_whatever_their_office(here: Here, part: str | None) -> None:
    """On no page that anybody can open; the address itself is not there for them."""
    post, answer = await agreed(here)
    await wrote(here, "poster", answer, "Kanarie een")
    await wrote(here, "helper", answer, "Kanarie twee")
    await here.database.writing(contacts.keep, here.cast.poster, PHONE, ADDRESS)
    await here.database.writing(
        contacts.release, here.cast.poster, answer.id, frozenset({"phone", "address"}), now()
    )
    await here.database.writing(contacts.look, here.cast.helper, answer.id, now())
    there = await here.get(part, path_of(answer), 303 if part is None else 404)
    nowhere = await here.get(part, "/talks/nowhere", there.status_code)
    assert words(there.text) == words(nowhere.text)
    looked = ["/", f"/o/{post.id}", "/mine", "/talks", "/requests", "/me", "/operator/people", "/board"]
    looked.append(f"/operator/people/{here.cast.poster.id}")
    async with here.browser(part) as browser:
        for path in looked:
            page = (await browser.get(path, follow_redirects=True)).text
            for word in ("Kanarie", PHONE, "contact seen"):
                assert word not in page, (path, word)
        for below in ("", "/contact", "/contact/end", "/contact/show"):
            answer_ = await browser.post(f"{path_of(answer)}{below}", data={}, headers=here.own_form)
            assert answer_.status_code == (403 if part is None else 404), below


# Details


async def test_my_number_and_address_are_kept_for_me_alone(here: Here) -> None:
    page = await here.get("poster", "/me")
    form = Sheet(page.text, "/me/contact").filled(phone=PHONE, address="Kanarielaan 7\n9999 ZZ Dorp")
    await here.post("poster", "/me/contact", **form)
    kept_now = await here.database.reading(kept_contacts.of, here.cast.poster.id)
    assert (kept_now.phone, kept_now.address) == (PHONE, "Kanarielaan 7\n9999 ZZ Dorp")
    again = Sheet((await here.get("poster", "/me")).text, "/me/contact")
    assert again.fields["phone"] == PHONE
    wrong = Sheet((await here.post("poster", "/me/contact", 422, phone="bel me")).text, "/me/contact")
    assert (wrong.fields["phone"], wrong.wrong) == ("bel me", {"phone"})
    await here.post("poster", "/me/contact", phone="", address="")
    assert (await here.database.reading(kept_contacts.of, here.cast.poster.id)).known == ("email",)


async def details(here: Here, part: str = "poster") -> None:
    await here.database.writing(contacts.keep, here.cast.all()[part], PHONE, ADDRESS)


async def test_only_what_is_ticked_is_shown_and_only_when_looked_for(here: Here) -> None:
    _, answer = await agreed(here)
    await details(here)
    path = path_of(answer)
    form = Sheet((await here.get("poster", path)).text, f"{path}/contact")
    assert set(form.fields) <= {"token"}, "nothing is ticked beforehand"
    await here.post("poster", f"{path}/contact", 422)
    await here.post("poster", f"{path}/contact", phone="yes")
    assert PHONE not in (await here.get("helper", path)).text
    shown = await here.post("helper", f"{path}/contact/show", 200)
    assert PHONE in shown.text
    assert ADDRESS not in shown.text
    assert "bea@example.org" not in shown.text
    assert shown.headers["cache-control"] == "private, no-store"
    assert PHONE not in (await here.get("helper", path)).text, "it is not kept on the page"
    ticked = Sheet((await here.get("poster", path)).text, f"{path}/contact")
    assert ticked.fields.get("phone") == "yes"


async def test_who_released_sees_when_the_other_looked_and_takes_back(here: Here) -> None:
    _, answer = await agreed(here)
    await details(here)
    path = path_of(answer)
    await here.post("poster", f"{path}/contact", phone="yes")
    before = await said(here, "poster", path)
    await here.post("helper", f"{path}/contact/show", 200)
    assert await said(here, "poster", path) != before
    await here.post("poster", f"{path}/contact/end")
    shown = await here.post("helper", f"{path}/contact/show", 200)
    assert PHONE not in shown.text


async def test_before_the_agreement_there_is_nothing_to_choose(here: Here) -> None:
    answer = await answered(here, await posted(here))
    await details(here)
    path = path_of(answer)
    assert f'action="{path}/contact' not in (await here.get("poster", path)).text
    await here.post("poster", f"{path}/contact", 409, phone="yes")
    await here.post("helper", f"{path}/contact/show", 409)


# The other lives next door


@dataclass
class Away:
    """What another node answers, when it is asked for somebody's details."""

    says: Contact | None = None
    asked: Elsewhere | None = None

    async def fetch(self, there: Elsewhere) -> Contact | None:
        self.asked = there
        return self.says


async def with_next_door(here: Here) -> tuple[Post, Response]:
    node = await here.database.writing(next_door.connected)
    post = await posted(here)
    await here.database.writing(next_door.offered, node, post)
    [answer] = await here.database.reading(kept_responses.of_post, post.id)
    await here.database.writing(matches.agree, here.cast.poster, post.id, answer.id, now())
    return post, answer


async def test_when_the_other_node_is_down_the_page_says_so_and_goes_on(here: Here) -> None:
    """These pages were given no way out: nobody can be reached."""
    _, answer = await with_next_door(here)
    page = await here.post("poster", f"{path_of(answer)}/contact/show", 502)
    assert "Oude Haven" in page.text
    assert f'action="{path_of(answer)}"' in page.text, "one can write a message instead"


async def test_what_the_other_node_shows_is_on_this_page_alone(here: Here) -> None:
    _, answer = await with_next_door(here)
    away = Away()
    ui = routes.open_door(here.database, here.settings, away.fetch)
    here.app.router.routes[:] = routes.routes(ui)
    page = await here.post("poster", f"{path_of(answer)}/contact/show", 200)
    assert "Youssef" in page.text
    assert away.asked == Elsewhere("node-noord", answer.uri)
    away.says = Contact("Youssef", PHONE, "y@example.org", "Kanarielaan 7\n<b>")
    page = await here.post("poster", f"{path_of(answer)}/contact/show", 200)
    for part in ('href="tel:0199776655"', "mailto:y@example.org", "&lt;b&gt;"):
        assert part in page.text
    assert PHONE not in (await here.get("poster", path_of(answer))).text
