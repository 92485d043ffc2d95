"""Pages go out small, and how small tells nobody what is in them."""

import gzip
import re
import zlib

import pytest

from node.ui import seals
from node.ui.packing import KEPT_MOST, Packer, takes_gzip
from tests.ui import things
from tests.ui.visits import Here

PAGE = "<!doctype html><title>Buurt é</title><main id=x>" + "woorden " * 500 + "</main><footer>Voet</footer>"
GZIP = {"accept-encoding": "gzip"}


@pytest.mark.parametrize("shared", ["", "woorden " * 500, "not in it"])
def test_a_packed_page_is_the_page(shared: str) -> None:
    packed = Packer().packed(PAGE, shared)
    assert gzip.decompress(packed).decode() == PAGE
    assert len(packed) < len(PAGE) / 5


def test_what_many_read_is_packed_once_and_not_kept_for_ever() -> None:
    packer = Packer()
    for number in range(100):
        packer.packed(f"<head>{number % 3}<main>{number}</main>", f"{number}</main>")
    assert len(packer._kept) == KEPT_MOST


def test_no_piece_refers_to_another() -> None:
    """Each can be read by itself, so that nothing in one makes another shorter."""
    packer = Packer()
    secret = "geheim-geheim-geheim-" * 20
    alone = len(packer.packed(f"<main>{secret}"))
    beside = len(packer.packed(f"{secret}<main>{secret}"))
    assert beside > alone + len(zlib.compress(secret.encode())) - 20


def test_the_seal_looks_different_every_time_and_is_known_again() -> None:
    seal = "een-zegel-van-deze-browser"
    carried = {seals.masked(seal) for _ in range(50)}
    assert len(carried) == 50
    assert all(seals.is_of(one, seal) for one in carried)
    assert not any(seals.is_of(one, seal + "x") or seal in one for one in carried)
    assert seals.masked("") == ""


@pytest.mark.parametrize("carried", ["", "een-zegel", "=", "é", "AAAA", "A" * 5000, "////", "\x00"])
def test_a_liars_seal_is_none(carried: str) -> None:
    assert not seals.is_of(carried, "een-zegel")
    assert not seals.is_of(carried, "")


async def test_a_page_asked_for_by_its_bare_address_is_packed(here: Here) -> None:
    made = await things.built(here)
    for path in ("/", "/requests", f"/o/{made.post}", "/agenda", "/mine", "/signin"):
        answer = await here.get("poster", path, headers=GZIP, status=200)
        assert answer.headers["content-encoding"] == "gzip", path
        assert "Accept-Encoding" in answer.headers["vary"]
        assert int(answer.headers["content-length"]) < len(answer.content) / 2
        assert answer.text.rstrip().endswith("</html>")


async def test_words_of_whoever_made_the_address_are_never_packed_with_what_is_in_the_page(
    here: Here,
) -> None:
    """BREACH: the address of a page stands in it, so an address with words in it is answered plainly; so is
    a form that comes back, what is not there, and a conversation, in which another writes."""
    made = await things.built(here)
    for path, status in (("/requests?x=geheim", 200), ("/geheim", 404), ("/o/geheim", 404)):
        assert "content-encoding" not in (await here.get("poster", path, status, headers=GZIP)).headers
    talk = await here.get("poster", f"/talks/{made.answer}", headers=GZIP)
    assert "content-encoding" not in talk.headers
    async with here.browser("poster") as browser:
        form = await browser.post("/ask", data={"title": "x"}, headers=here.own_form | GZIP)
    assert form.status_code == 422
    assert "content-encoding" not in form.headers


async def test_who_cannot_read_gzip_gets_it_plainly(here: Here) -> None:
    answer = await here.get(None, "/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert not takes_gzip("br, gzip;q=0")


async def test_the_same_page_packed_and_plain(here: Here) -> None:
    await things.built(here)
    for part in (None, "poster", "outsider"):
        packed = await here.get(part, "/", headers=GZIP)
        plain = await here.get(part, "/", headers={"accept-encoding": "identity"})
        hide = re.compile(r'name="token" value="[^"]*"')
        assert hide.sub("", packed.text) == hide.sub("", plain.text)
