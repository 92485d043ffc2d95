import gzip
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from node.ui.assets import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"letters")
    (tmp_path / "page.css").write_text('a { src: url(fonts/a.woff2); b: url("fonts/a.woff2") }' + " " * 500)
    (tmp_path / "notes.txt").write_text("not for browsers")
    return tmp_path


def client(assets: Assets) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[assets.route()]))
    return httpx.AsyncClient(transport=transport, base_url="http://rietlanden.example")


async def test_a_file_is_served_for_ever_under_a_name_with_its_hash(folder: Path) -> None:
    assets = Assets(folder)
    assert re.fullmatch(r"/static/fonts/a\.[0-9a-f]{12}\.woff2", assets.url("fonts/a.woff2"))
    async with client(assets) as browser:
        answer = await browser.get(assets.url("fonts/a.woff2"))
    assert answer.content == b"letters"
    assert answer.headers["content-type"] == "font/woff2"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in answer.headers


async def test_other_content_gets_another_name(folder: Path) -> None:
    before = Assets(folder)
    (folder / "fonts" / "a.woff2").write_bytes(b"other letters")
    after = Assets(folder)
    assert before.url("fonts/a.woff2") != after.url("fonts/a.woff2")
    assert before.url("page.css") != after.url("page.css")  # it names the other


@pytest.mark.parametrize(
    "path",
    [
        "/static/page.css",
        "/static/fonts/a.woff2",
        "/static/page.000000000000.css",
        "/static/notes.txt",
        "/static/",
        "/static/../conftest.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
    ],
)
async def test_the_plain_name_and_what_is_not_ours_are_not_there(folder: Path, path: str) -> None:
    async with client(Assets(folder)) as browser:
        assert (await browser.get(path)).status_code == 404


async def test_only_reading(folder: Path) -> None:
    assets = Assets(folder)
    async with client(assets) as browser:
        assert (await browser.post(assets.url("page.css"))).status_code == 405
        assert (await browser.head(assets.url("page.css"))).status_code == 200


async def test_a_style_sheet_finds_its_letters(folder: Path) -> None:
    assets = Assets(folder)
    async with client(assets) as browser:
        style = (await browser.get(assets.url("page.css"))).text
        assert style.startswith(
            "a { src: url({0}); b: url({0}) }".replace("{0}", assets.names["fonts/a.woff2"])
        )
        found = httpx.URL(assets.url("page.css")).join(assets.names["fonts/a.woff2"])
        assert (await browser.get(found)).content == b"letters"


@pytest.mark.parametrize(
    "link", ["https://cdn.example/a.woff2", "data:font/woff2;base64,AA", "fonts/b.woff2"]
)
def test_a_style_sheet_that_asks_for_what_is_not_ours_is_refused(folder: Path, link: str) -> None:
    (folder / "page.css").write_text(f"a {{ src: url({link}) }}")
    with pytest.raises(KeyError):
        Assets(folder)


def test_a_page_that_asks_for_what_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder).url("logo.png")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("br", False),
        ("identity", False),
    ],
)
async def test_text_is_packed_for_who_can_read_that(folder: Path, accepted: str, packed: bool) -> None:
    assets = Assets(folder)
    async with client(assets) as browser:
        answer = await browser.get(assets.url("page.css"), headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text.startswith("a { src:")
    assert int(answer.headers["content-length"]) < 200 or not packed


def test_packing_is_the_same_on_every_start(folder: Path) -> None:
    one, other = Assets(folder), Assets(folder)
    assert one.served == other.served
    packed = one.served[one.names["page.css"]].packed
    assert packed is not None
    assert gzip.decompress(packed) == one.served[one.names["page.css"]].content


async def test_who_has_it_already_gets_it_confirmed(folder: Path) -> None:
    assets = Assets(folder)
    address = assets.url("page.css")
    async with client(assets) as browser:
        plain = (await browser.get(address, headers={"Accept-Encoding": "identity"})).headers["etag"]
        packed = (await browser.get(address, headers={"Accept-Encoding": "gzip"})).headers["etag"]
        assert plain != packed
        for known in (packed, f'"other", W/{packed}', "*"):
            again = await browser.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == packed
        wrong = await browser.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": plain})
        assert wrong.status_code == 200


def test_our_own_files_are_all_there(assets: Assets) -> None:
    for name in ("tokens.css", "buurtknoop.css", "favicon.ico", "favicon.svg", "touch.png"):
        assert assets.served[assets.names[name]].content
    style = sum(len(assets.served[assets.names[n]].packed or b"") for n in ("tokens.css", "buurtknoop.css"))
    assert style < 9000  # bytes on the wire, once


@pytest.mark.parametrize("ranges", ["0-0", ",".join(["0-0"] * 3000), "-1", "9-"])
async def test_P18_a_part_of_a_file_is_never_cut_out(folder: Path, ranges: str) -> None:
    """It comes whole, however many parts are asked for."""
    assets = Assets(folder)
    async with client(assets) as browser:
        answer = await browser.get(assets.url("fonts/a.woff2"), headers={"range": f"bytes={ranges}"})
    assert (answer.status_code, answer.content) == (200, b"letters")
    assert "content-range" not in answer.headers
