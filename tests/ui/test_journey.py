"""What neighbours do with each other, from beginning to end, in a browser: on a phone and at a desk, with
scripts and without, in Dutch and in Arabic. Two nodes, and a real mail server between them and people."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, FilePayload, expect

from node.acts import posts, residents
from node.clock import now
from node.neighbourhood.resident import Resident, console
from node.storage import posts as kept
from tests import town
from tests.mail.test_carriers import Server
from tests.mail.test_carriers import opened as mail_server
from tests.ui.mailed import code_for, way_to
from tests.ui.nodes import Street, connected, until
from tests.ui.photograph import file, noise
from tests.ui.readers import READERS, Album, Neighbour, Reader, at_home, before_a_screen, called

NUMBERS = {"asker": "0199-77 66 55", "helper": "0199-44 33 22"}
ADDRESSES = {"asker": "Kanarielaan 7", "helper": "Vinkenhof 3"}
WORRY = "06-00 00 00 12"
WRITTEN = {  # by neighbours, in their own language
    "title": {"nl": "Wie haalt donderdag mijn boodschappen?", "ar": "من يحضر لي مشترياتي يوم الخميس؟"},
    "story": {"nl": "Het is één tas.", "ar": "كيس واحد فقط."},
    "ring": {"nl": f"Bel mij op {WORRY}", "ar": f"اتصل بي على {WORRY}"},
    "answer": {"nl": "Ik fiets er toch langs. Elf uur?", "ar": "سأمر من هناك. الساعة الحادية عشرة؟"},
    "when": {"nl": "Donderdag om elf uur", "ar": "الخميس في الحادية عشرة"},
    "message": {"nl": "Graag! Ik maak een lijstje.", "ar": "شكرا! سأكتب قائمة."},
    "photo": {"nl": "Een tas met wielen", "ar": "حقيبة بعجلات"},
    "thanks": {"nl": "Wat fijn dat je kwam.", "ar": "جميل أنك جئت."},
}
every_reader = pytest.mark.parametrize("reader", READERS, ids=str)


@pytest.fixture(scope="module")
async def mail() -> AsyncIterator[Server]:
    async with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
async def streets(tmp_path_factory: pytest.TempPathFactory, mail: Server) -> AsyncIterator[list[Street]]:
    directory = tmp_path_factory.mktemp("streets")
    async with connected(directory, "De Rietlanden", "Oude Haven", **way_to(mail)) as streets:
        yield streets


def words(reader: Reader, what: str) -> str:
    return WRITTEN[what][reader.language]


# A first-timer asks for help


@every_reader
async def test_a_first_timer_asks_for_help(
    browser: Browser, streets: list[Street], mail: Server, album: Album, reader: Reader
) -> None:
    here, there = streets
    code = await here.database.writing(residents.invite, console(now()), "poster", 1, now())
    async with before_a_screen(browser, here, reader, album) as you:
        await asks_as_a_stranger(you)
        await no_other_browser_knows(browser, here, you)
        await joins(you, mail, code)
        await goes_on_with_it(you)
        await confirmed(there, you, "Has a copy.")
        await you.looks("held-next-door")
        await you.goes("/ask")
        await expect(you.page.locator('main a[href$="draft=1"]')).to_have_count(0)


async def asks_as_a_stranger(you: Neighbour) -> None:
    """Three questions without being asked who one is, and a warning on the way."""
    reader = you.reader
    await you.goes("/")
    await you.looks("front-page")
    await you.follows("/ask")
    await you.reads("You need not sign in yet. We ask who you are at the end.")
    await you.picks("category", "boodschappen")
    await you.looks("about-what")
    await you.goes_on("tell")
    await you.reads("Tell what you need")
    story = words(reader, "story")
    await you.fills(title=words(reader, "title"), text=f"{story} {words(reader, 'ring')}")
    await you.page.locator("details").last.locator("summary").click()
    await you.page.locator("#repeats").select_option("weekly")
    await you.looks("tell")
    await you.goes_on("reach")
    await you.reads("Others can read that.", "alert")
    assert await you.page.locator("[role=alert] mark").all_inner_texts() == [WORRY]
    await you.looks("warned")
    await you.goes_on("out")
    await you.reads("It is taken out.", "status")
    await expect(you.page.locator("#text")).not_to_have_value(re.compile(WORRY))
    await expect(you.page.locator("#text")).to_have_value(re.compile(re.escape(story[:-1])))
    await you.goes_on("reach")
    await you.reads("Who may see this?")
    await you.picks("audience", "adjacent")
    await you.looks("who-sees-it")
    await you.goes_on("check")
    await you.reads("Is it right like this?")
    await expect(you.page.locator("ol.steps [aria-current=step] b")).to_have_text("4")
    stranger = you.page.locator("main section[aria-labelledby=stranger]")
    await expect(stranger).to_contain_text(reader.says("Nothing"))
    await you.looks("check")
    await you.goes_on("post")
    await you.reads("One thing is left: who are you?", "alert")
    await you.looks("who-are-you")


async def no_other_browser_knows(browser: Browser, here: Street, you: Neighbour) -> None:
    async with await browser.new_context(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(f"{here.url}/ask?draft=1")
        await expect(page.get_by_text(words(you.reader, "title"))).to_have_count(0)


async def joins(you: Neighbour, mail: Server, code: str) -> None:
    """With the code of a poster, and the one in the mail."""
    address = f"{you.reader}@example.org"
    await you.follows("/join")
    await you.fills(name=you.reader.asker, email=address, code=code)
    await you.looks("join")
    await you.sends("/join")
    await you.reads("You are in")
    await you.looks("joined")
    await you.follows("/signin/sent")
    await you.fills(code=await code_for(mail, address))
    await you.looks("code-from-the-mail")
    await you.sends("/signin/code")
    await expect(you.page.locator('.nav a[href="/mine"]')).to_be_visible()
    await you.reads("Is it right like this?")
    await you.looks("back-at-it")


async def goes_on_with_it(you: Neighbour) -> None:
    """What was begun is there again at any time, goes one step back, and is posted."""
    await you.goes("/ask")
    await you.reads("You began something before.")
    await you.looks("begun-before")
    await you.follows("draft=1")
    await you.reads("Is it right like this?")
    await you.goes_on("reach")
    await you.reads("Who may see this?")
    await you.goes_on("check")
    await you.reads("Is it right like this?")
    await puts_a_photo_with_it(you)
    await you.goes_on("post")
    await you.reads("Your question hangs on the line.", "status")
    await expect(you.page.get_by_role("img", name=words(you.reader, "photo"))).to_be_visible()
    await you.reads("Every week")
    await you.finds("Oude Haven")
    await you.looks("posted")


async def puts_a_photo_with_it(you: Neighbour) -> None:
    """In the last step: one as large as a telephone makes them, under the name that one gave it."""
    seen = words(you.reader, "photo")
    photo: FilePayload = {"name": "../1.heic", "mimeType": "image/heic", "buffer": file(noise((3000, 2000)))}
    await you.goes_on("photos")
    await you.page.locator("main input[type=file]").set_input_files(photo)
    await you.fills(alt=seen)
    await you.looks("choose-a-photo")
    await you.sends("/photos/request")
    await you.reads("The photo is with it.", "status")
    await you.looks("photo-with-it")
    await you.follows("draft=1")
    await expect(you.page.get_by_role("img", name=seen)).to_be_visible()


# A neighbour on another node answers; they agree, exchange numbers, finish, thank


@every_reader
async def test_a_neighbour_next_door_helps_and_is_thanked(
    browser: Browser, streets: list[Street], album: Album, reader: Reader
) -> None:
    here, there = streets
    post = await asked(here, there, reader)
    async with (
        at_home(browser, here, post.asker, reader, album) as asker,
        at_home(browser, there, reader.helper, reader, album, "helper") as helper,
    ):
        await answers(helper, post)
        await chooses(asker, helper, post)
        await they_write(asker, helper, post)
        for one, other in ((asker, helper), (helper, asker)):
            await shows_a_number(one, other)
        await takes_it_back(asker, helper)
        await it_worked_out(asker, helper, post)
        await thanks(asker, helper)


@dataclass(frozen=True)
class Asked:
    """A request that stands on two nodes: whose, and where each finds it."""

    asker: Resident
    title: str
    path: str
    copy: str


async def asked(here: Street, there: Street, reader: Reader) -> Asked:
    asker = await here.lives(reader.asker, language=reader.language)
    draft = town.asks(words(reader, "title"), text=words(reader, "story"), audience="adjacent")
    post = await here.database.writing(posts.post, asker, draft, now())

    async def held() -> bool:
        return await there.database.reading(kept.by_uri, post.uri) is not None

    await until(held)
    copy = await there.database.reading(kept.by_uri, post.uri)
    assert copy is not None
    return Asked(asker, post.title, f"/o/{post.id}", f"/o/{copy.id}")


async def answers(helper: Neighbour, post: Asked) -> None:
    await helper.goes("/")
    await helper.finds(post.title)
    await helper.looks("front-page-next-door")
    await helper.follows(post.copy)
    await helper.fills(text=words(helper.reader, "answer"), when=words(helper.reader, "when"))
    await helper.looks("answer")
    await helper.sends("/answers")
    await expect(helper.page.locator("main [role=status]")).to_be_visible()
    await helper.looks("answered")


async def chooses(asker: Neighbour, helper: Neighbour, post: Asked) -> None:
    await asker.goes(post.path)
    await asker.awaits(words(asker.reader, "answer"))
    await asker.finds("Oude Haven")
    await asker.looks("an-answer")
    await asker.follows("/choose")
    await asker.looks("sure")
    await asker.agrees()
    await asker.reads("It is agreed.", "status")
    await asker.looks("agreed")
    await helper.awaits(helper.reader.says("Agreed"))
    await helper.looks("chosen")
    await helper.goes("/mine")
    await helper.reads("Agreed")
    await helper.looks("mine")


async def they_write(asker: Neighbour, helper: Neighbour, post: Asked) -> None:
    """A message from one to the other, who sees that it is new."""
    message = words(asker.reader, "message")
    await asker.talks()
    await asker.fills(text=message)
    await asker.page.locator("#write button").click()
    await expect(asker.page.locator("#last")).to_contain_text(message)
    await helper.goes("/talks")
    await helper.awaits(post.title)
    await expect(helper.page.locator("main .chip")).to_have_count(1)
    await helper.looks("talks")
    await helper.talks()
    await expect(helper.page.locator("#last")).to_contain_text(message)
    await helper.goes("/talks")
    await expect(helper.page.locator("main .chip")).to_have_count(0)
    await helper.talks()


async def shows_a_number(one: Neighbour, other: Neighbour) -> None:
    """Written down by the way from the talk, and shown to the other alone; the address is not."""
    number = NUMBERS[one.part]
    await one.follows("#contact")
    await one.fills(phone=number, address=ADDRESSES[one.part])
    await one.sends("/me/contact")
    await one.reads("We keep it. Nobody sees it until you show it.", "status")
    await one.looks("number-kept")
    await one.follows("#contact")
    await one.picks("show", "phone")
    await one.looks("what-to-show")
    await one.sends("/contact")
    await expect(one.page.locator('main form[action$="/contact/end"]')).to_be_visible()
    assert number not in await other.page.content()
    await other.sends("/contact/show#theirs")
    await expect(other.page.locator(f'main a[href="{called(number)}"]')).to_be_visible()
    assert ADDRESSES[one.part] not in await other.page.content()
    await other.looks("a-number")


async def takes_it_back(one: Neighbour, other: Neighbour) -> None:
    await one.sends("/contact/end")
    await one.reads("You show nothing now. Nobody sees your number or address until you choose it here.")
    await one.looks("shown-no-longer")
    await other.sends("/contact/show#theirs")
    await expect(other.page.locator("main [role=status]")).to_be_visible()
    assert NUMBERS[one.part] not in await other.page.content()


async def it_worked_out(asker: Neighbour, helper: Neighbour, post: Asked) -> None:
    """By the page that a letter leads to."""
    await asker.goes(f"{post.path}/outcome")
    await asker.reads("Did it work out?")
    await asker.looks("did-it-work-out")
    await asker.sends("/done")
    await asker.reads("How nice that it worked out!", "status")
    await asker.looks("done")
    await helper.goes(post.copy)
    await helper.awaits(helper.reader.says("Thank you, neighbour."))
    await helper.looks("done")


async def thanks(asker: Neighbour, helper: Neighbour) -> None:
    """For the two alone: one of them lives elsewhere."""
    said = words(asker.reader, "thanks")
    await asker.follows("/thanks")
    await asker.fills(text=said)
    await expect(asker.page.locator("main [name=public]")).to_have_count(0)
    await asker.looks("thank")
    await asker.sends("/thanks")
    await asker.finds(said)
    await asker.reads("Only the two of you read this")
    await asker.looks("thanked")
    await helper.goes("/talks")
    await helper.talks()
    await helper.awaits(said)
    await helper.looks("thanked")


# An asker withdraws everywhere


@every_reader
async def test_an_asker_takes_it_back_everywhere_and_sees_who_confirmed(
    browser: Browser, streets: list[Street], album: Album, reader: Reader
) -> None:
    here, there = streets
    post = await asked(here, there, reader)
    async with (
        at_home(browser, here, post.asker, reader, album) as asker,
        at_home(browser, there, reader.helper, reader, album, "helper") as helper,
    ):
        await helper.goes(post.copy)
        await expect(helper.page.locator("#answer")).to_be_visible()
        await asker.goes("/mine")
        await asker.opens(post.title)
        await confirmed(there, asker, "Has a copy.")
        await asker.looks("where-is-it")
        await asker.follows("/withdraw")
        await asker.looks("sure")
        await asker.agrees()
        await asker.reads("It is taken back. Nobody sees it any more, and all copies go.", "status")
        await helper.awaits(reader.says("This page is not here"))
        await helper.looks("gone")
        await helper.goes("/requests")
        await expect(helper.page.locator(f'main a[href="{post.copy}"]')).to_have_count(0)
        await confirmed(there, asker, "The copy is gone.")
        await expect(asker.page.locator("ol.line li.gone")).to_contain_text("Oude Haven")
        await asker.looks("confirmed")


async def confirmed(there: Street, asker: Neighbour, words: str) -> None:
    """The node next door says what became of its copy, which it does at most once a minute."""
    await there.a_minute_later()
    await asker.awaits(asker.reader.says(words))


# One reader is enough


async def test_what_is_for_the_own_street_stays_there_until_it_is_widened(
    browser: Browser, streets: list[Street]
) -> None:
    here, there = streets
    asker = await here.lives("Bea")
    own, shared = [
        await here.database.writing(posts.post, asker, town.asks(title, audience=audience), now())
        for title, audience in (("Alleen voor ons", "neighbourhood"), ("Voor iedereen", "adjacent"))
    ]
    async with at_home(browser, here, asker) as bea, at_home(browser, there, "Merel") as merel:
        await merel.goes("/requests")
        await merel.awaits(shared.title)
        assert own.title not in await merel.page.content()
        await bea.goes(f"/o/{own.id}/edit")
        await bea.picks("audience", "adjacent")
        await bea.agrees()
        await bea.agrees()
        await bea.reads("It is changed, here and with everybody who has a copy.", "status")
        await merel.awaits(own.title)


async def test_the_back_of_the_browser_and_the_back_of_the_page_lose_nothing(
    browser: Browser, streets: list[Street]
) -> None:
    async with at_home(browser, streets[0], "Bea") as bea:
        page = bea.page
        await bea.goes("/ask")
        await bea.picks("category", "tuin")
        await bea.goes_on("tell")
        await bea.fills(title="Wie snoeit de heg?")
        await bea.goes_on("reach")
        await bea.reads("Who may see this?")
        await page.go_back()
        await expect(page.locator("#title")).to_have_value("Wie snoeit de heg?")
        await page.go_forward()
        await bea.reads("Who may see this?")
        await bea.goes_on("check")
        await bea.reads("Is it right like this?")
        await bea.goes_on("reach")
        await bea.reads("Who may see this?")
        await bea.goes_on("tell")
        await expect(page.locator("#title")).to_have_value("Wie snoeit de heg?")
