"""The operator's pages of whom we keep out, and of lists of others. Who else comes is in test_who_may.py."""

import pytest

from node.acts import blocks as acts
from node.clock import now
from node.neighbourhood.block import Block, Severity, Source
from node.neighbourhood.node import Follow
from node.storage import accounts, blocks, nodes
from node.storage.database import Transaction
from tests import town
from tests.elsewhere import asks_to_follow
from tests.ui.sheet import Sheet
from tests.ui.visits import Here, said, words

LIST, IMPORT = "/operator/blocks", "/operator/blocks/import"
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


async def shown(here: Here, path: str = LIST) -> str:
    return words((await here.get("operator", path)).text)


async def put(here: Here, subject: str, severity: str = "block", why: str = "") -> Block:
    return await here.database.writing(acts.put, here.cast.operator, subject, severity, why, now())


async def block(here: Here, subject: str) -> Block | None:
    return await here.database.reading(blocks.by_subject, subject)


async def test_an_empty_page_offers_the_first_step(here: Here) -> None:
    page = await shown(here)
    assert "Niemand wordt buiten gehouden" in page
    assert "Neem een lijst over" in page
    assert "Bewaar die van ons" not in page


async def test_a_server_is_put_on_the_list(here: Here) -> None:
    answer = await here.post(
        "operator",
        LIST,
        303,
        subject="https://Spam.Example/",
        severity="block",
        reason="Alleen <b>reclame</b>",
    )
    page = (await here.get("operator", answer.headers["location"])).text
    assert "Het staat op de lijst, en geldt meteen." in words(page)
    assert "spam.example Geblokkeerd Alleen <b>reclame</b> door onszelf" in words(page)
    assert "&lt;b&gt;reclame" in page
    await here.post("operator", LIST, 303, subject="spam.example", severity="hold")
    assert "spam.example Tegengehouden" in await shown(here)
    assert "Op de lijst: 1" in await shown(here, "/operator")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": "", "severity": "block"}, "subject"),
        ({"subject": "two words", "severity": "block"}, "subject"),
        ({"subject": "mo@social.example", "severity": "hold"}, "subject"),
        ({"subject": "centrum.example", "severity": "block"}, "subject"),
        ({"subject": "spam.example", "severity": ""}, "severity"),
        ({"subject": "spam.example", "severity": "kill"}, "severity"),
        ({"subject": "spam.example", "severity": "block", "reason": "x" * 201}, "reason"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field(here: Here, fields: dict[str, str], field: str) -> None:
    page = (await here.post("operator", LIST, 422, **fields)).text
    assert f'id="{field}-error"' in page
    sheet = Sheet(page, LIST)
    assert sheet.fields["subject"] == fields["subject"]
    assert sheet.fields["reason"] == fields.get("reason", "")
    assert await here.database.reading(blocks.count) == 0


async def test_before_somebody_we_know_is_lost_it_is_asked(here: Here) -> None:
    def know(tx: Transaction) -> None:
        town.neighbour(tx)
        asks_to_follow(tx, now(), their_follow=Follow.ACCEPTED, origin="https://noord.example")

    await here.database.writing(know)
    fields = {"subject": "noord.example", "severity": "block", "reason": "Spam"}
    page = (await here.post("operator", LIST, 200, **fields)).text
    assert "noord.example blokkeren?" in words(page)
    assert "Deze buurtknopen die we kennen worden geblokkeerd: Noord" in words(page)
    assert "1 account dat we kennen wordt buitengesloten. 1 daarvan volgt ons." in words(page)
    assert await here.database.reading(blocks.count) == 0
    await here.post("operator", LIST, 303, **Sheet(page, LIST).fields)
    assert (await here.database.reading(nodes.get, "node-noord")).blocked
    assert await here.database.reading(accounts.followers) == 0
    await here.post("operator", LIST, 303, **{**fields, "severity": "hold"})  # that loses nobody
    assert not (await here.database.reading(nodes.get, "node-noord")).blocked


async def test_lifting_is_asked_first(here: Here) -> None:
    actor = "https://social.example/users/mo?x=1&y=2"
    await put(here, actor)
    listed = (await here.get("operator", LIST)).text
    where = "/operator/blocks/lift?subject=https%3A//social.example/users/mo%3Fx%3D1%26y%3D2"
    assert f'href="{where}"' in listed
    question = (await here.get("operator", where)).text
    assert f"{actor} niet meer buiten houden?" in words(question)
    fields = Sheet(question, f"{LIST}/lift").fields
    answer = await here.post("operator", f"{LIST}/lift", 303, **fields)
    assert "Dit staat niet meer op de lijst." in await shown(here, answer.headers["location"])
    await here.post("operator", f"{LIST}/lift", 404, **fields)  # the second click
    await here.get("operator", where, 404)


async def test_a_long_list_is_looked_through(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        made = [Block(f"s{n:03}.example", Severity.BLOCK, "", Source.LIST, now()) for n in range(64)]
        blocks.add_all(tx, made)

    await here.database.writing(fill)
    page = (await here.get("operator", LIST)).text
    assert "64 op de lijst" in words(page)
    assert f'href="{LIST}?from=30"' in page
    assert "s063.example" in await shown(here, f"{LIST}?from=60")
    page = (await here.get("operator", f"{LIST}?name=S0")).text
    assert f'href="{LIST}?name=s0&amp;from=30"' in page
    assert "1 op de lijst" in await shown(here, f"{LIST}?name=s001")
    for odd in ("%25", "_", "%00", "nothing"):
        assert "Zo'n naam staat niet op de lijst" in await shown(here, f"{LIST}?name={odd}q")


async def test_a_list_as_others_read_it(here: Here) -> None:
    await put(here, "spam.example", why="=1+1, he said")
    await put(here, "rude.example", "hold")
    await put(here, "https://social.example/users/mo")
    answer = await here.get("operator", f"{LIST}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="blocks.csv"'
    rows = (
        'rude.example,silence,false,false,,false\nspam.example,suspend,false,false,"\'=1+1, he said",false\n'
    )
    assert answer.text == HEAD + rows


# A list of others


async def test_a_list_is_shown_before_it_is_taken_in(here: Here) -> None:
    await here.database.writing(town.neighbour)
    await put(here, "known.example", "hold")
    text = (
        f"{HEAD}spam.example,suspend,false,false,Spam & <b>more</b>,false\n"
        "rude.example,silence,false,false,,false\nnoord.example,suspend,,,,\nknown.example,suspend,,,,\n"
        "pictures.example,noop,true,,,\nse*et.example,suspend,,,,true\nnonsense,suspend,,,,\ncentrum.example\n"
    )
    page = (await here.post("operator", IMPORT, 200, list=text)).text
    seen = words(page)
    assert "2 servers worden geblokkeerd." in seen
    assert "1 server wordt tegengehouden." in seen
    assert "1 staat hier al, en blijft zoals die is." in seen
    assert "1 vraagt iets wat wij niet doen, en blijft weg." in seen
    assert "1 naam heeft sterretjes, en blijft weg." in seen
    assert "1 regel is niet te lezen, en blijft weg: 8." in seen
    assert "We staan er zelf op." in seen
    assert "worden geblokkeerd: Noord" in seen
    assert "&lt;b&gt;more" in page
    assert await here.database.reading(blocks.count) == 1
    fields = Sheet(page, IMPORT).fields
    answer = await here.post("operator", IMPORT, 303, **fields)
    assert "De lijst is overgenomen" in await shown(here, answer.headers["location"])
    made = await block(here, "spam.example")
    assert made is not None
    assert (made.why, made.source, made.by) == ("Spam & <b>more</b>", Source.LIST, here.cast.operator.id)
    assert (await here.database.reading(nodes.get, "node-noord")).blocked
    known = await block(here, "known.example")
    assert known is not None
    assert known.severity is Severity.HOLD
    again = await here.post("operator", IMPORT, 200, **fields)  # the second click
    assert "Er staat niets nieuws op" in words(again.text)


async def test_a_list_comes_as_a_file(here: Here) -> None:
    async with here.browser("operator") as browser:
        own = {name: value for name, value in here.own_form.items() if name != "content-type"}
        file = {"file": ("list.csv", b"\xef\xbb\xbfspam.example\r\nrude.example,silence\r\n", "text/csv")}
        page = said(await browser.post(IMPORT, files=file, data={"list": ""}, headers=own), 200)
        assert "1 server wordt geblokkeerd." in words(page.text)
        none = {"file": ("", b"", "application/octet-stream")}
        fields = Sheet(page.text, IMPORT).fields
        said(await browser.post(IMPORT, files=none, data=fields, headers=own), 303)
        picture = {"file": ("list.png", b"\x89PNG\r\n", "image/png")}
        refused = said(await browser.post(IMPORT, files=picture, headers=own), 422)
        assert "Dit is geen tekstbestand." in words(refused.text)
        assert 'id="file-error"' in refused.text
        broken = {"file": ("list.csv", b'a.example,suspend,,,"x', "text/csv")}
        refused = said(await browser.post(IMPORT, files=broken, headers=own), 422)
        assert 'id="file-error"' in refused.text
    assert await here.database.reading(blocks.count) == 2


@pytest.mark.parametrize(
    "text", ["", " \n ", "a.example\n" * 20_002, 'a.example\nb.example,suspend,,,"open\n']
)
async def test_C10_a_list_that_cannot_be_read_does_nothing(here: Here, text: str) -> None:
    page = (await here.post("operator", IMPORT, 422, list=text, sure="yes")).text
    assert 'id="list-error"' in page
    assert await here.database.reading(blocks.count) == 0


async def test_C10_a_list_larger_than_a_body_is_refused(here: Here) -> None:
    await here.post("operator", IMPORT, 413, list="abcdefg.example\n" * 20_000)
    assert await here.database.reading(blocks.count) == 0


async def test_C10_the_longest_list_of_a_page_can_be_sent_again(here: Here) -> None:
    """A list that a page takes comes back with the yes, whole."""
    names = [f"s{number}.example" for number in range(15_000)]
    async with here.browser("operator") as browser:
        own = {name: value for name, value in here.own_form.items() if name != "content-type"}
        file = {"file": ("list.csv", "\n".join(names).encode(), "text/csv")}
        page = said(await browser.post(IMPORT, files=file, headers=own), 200)
        fields = Sheet(page.text, IMPORT).fields
        fields["list"] = fields["list"].replace("\n", "\r\n")  # as a browser does
        none = {"file": ("", b"", "application/octet-stream")}
        said(await browser.post(IMPORT, files=none, data=fields, headers=own), 303)
    assert await here.database.reading(blocks.count) == 15_000
