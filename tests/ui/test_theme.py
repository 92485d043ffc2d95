"""A municipality's own colours: nothing but plain tokens gets in, and nothing that cannot be read well."""

import logging
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from node.command import doctor, founding
from node.ui import theme
from node.ui.colours import contrast, hexadecimal
from tests.ui import visits
from tests.ui.test_style import READ, lists

BLUE = """/* invented */
.waterhoven-theme {
  --waterhoven-deep: #003366;
  --utrecht-document-background-color: #fff;
  --basis-color-default-bg-subtle: hsl(210 40% 95%);
  --utrecht-document-color: rgb(20, 20, 20);
  --utrecht-button-primary-action-background-color: var(--waterhoven-deep);
  --utrecht-button-primary-action-hover-background-color: var(--not-there, #002244);
  --utrecht-link-color: var(--utrecht-button-primary-action-background-color);
  --utrecht-document-font-family: "Waterhoven Sans", Arial;
  --utrecht-textbox-border-radius: 4px;
  --utrecht-page-max-inline-size: 1200px;
  color: red;
}
@media print { .waterhoven-theme { --utrecht-document-color: #ffffff; } }
"""
EVIL = {
    "another host": "url(https://evil.example/x.png)",
    "a colour with an address behind it": "#003366 url(//evil.example)",
    "another rule": "#003366; } body { display: none",
    "a rule of its own": "} @import url(https://evil.example/x.css); {",
    "a letter that closes the style": "</style><script>alert(1)</script>",
    "an escape": "\\75rl(https://evil.example)",
    "a word that works": "expression(alert(1))",
    "what shines through": "rgba(0, 0, 0, .2)",
    "itself": "var(--utrecht-link-color)",
    "too much": "var(--a)" * 200,
    "nothing": "",
}


def test_only_known_tokens_get_in_each_written_anew() -> None:
    found = theme.judged(BLUE)
    assert found.taken == {
        "--utrecht-document-background-color": "#ffffff",
        "--basis-color-default-bg-subtle": "#edf2f7",
        "--utrecht-document-color": "#141414",
        "--utrecht-button-primary-action-background-color": "#003366",
        "--utrecht-button-primary-action-hover-background-color": "#002244",
        "--utrecht-link-color": "#003366",
        "--utrecht-document-font-family": '"Waterhoven Sans", Arial, "Atkinson Hyperlegible Next", '
        "sans-serif",
        "--utrecht-textbox-border-radius": "4px",
    }
    assert found.left == []
    lines = found.css.splitlines()
    assert (lines[0], lines[-1]) == (":root {", "}")
    assert all(re.fullmatch(r"  --(utrecht|basis)-[\w-]+: [\w#\", .-]+;", line) for line in lines[1:-1])


@pytest.mark.parametrize("what", EVIL)
def test_nothing_else_gets_in(what: str) -> None:
    said = f".a-theme {{ --utrecht-document-color: #111111; --utrecht-link-color: {EVIL[what]}; }}"
    try:
        found = theme.judged(said)
    except theme.Unfit:
        return
    assert not re.search(r"evil|import|script|expression|url|display|@|<|\\", found.css)
    assert found.taken.get("--utrecht-link-color", "#003366") == "#003366"
    assert found.css.count("{") == found.css.count("}") == 1


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("--utrecht-document-color: #999999", "ink (#999999) on paper (#fbf6ec) is 2.64, and has to be 4.5"),
        ("--utrecht-link-color: #ffcc00", "link (#ffcc00) on paper"),
        ("--utrecht-button-primary-action-color: #115544", "on-accent (#115544) on accent (#15655a)"),
        (
            "--utrecht-focus-outline-color: #ffffee",
            "focus (#ffffee) on paper (#fbf6ec) is 1.07, and has to be 3.0",
        ),
        ("--utrecht-document-background-color: #15655a", "ink (#1f2925) on paper (#15655a)"),
    ],
)
def test_what_cannot_be_read_well_is_refused_and_said(said: str, what: str) -> None:
    with pytest.raises(theme.Unfit, match=re.escape(what)):
        theme.judged(f".x-theme {{ {said}; }}")


@pytest.mark.parametrize(
    "sheet", ["", "body { color: red }", "--utrecht-link-color: red", "{{{{", ".x { --y: #fff }"]
)
def test_a_file_without_tokens_is_refused(sheet: str) -> None:
    with pytest.raises(theme.Unfit, match="none of the tokens"):
        theme.judged(sheet)


def test_a_file_that_is_not_there_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.css").write_bytes(b" " * (theme.MOST + 1))
    (tmp_path / "picture.css").write_bytes(b"\xff\xfe\x00")
    for name in ("none.css", "large.css", "picture.css", "."):
        with pytest.raises(theme.Unfit):
            theme.read(tmp_path / name)


def test_a_slow_file_is_read_fast() -> None:
    """P20: what takes long for a pattern is bounded by the size of the file; no pattern goes back over it."""
    with pytest.raises(theme.Unfit):
        theme.judged(".x { " + "--a: var(--a) var(--a); " * 20_000 + "/*" * 200_000)


def test_what_is_judged_is_what_the_style_promises(ui: Path) -> None:
    assert {(text, ground) for text, ground, _ in READ} == set(theme.READ)
    night = lists(ui)[1]
    assert all(
        contrast(night[text], night[ground]) >= theme.LEAST.get(text, theme.TEXT)
        for text, ground in theme.READ
    ), "by night it is our own, whatever the theme"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#ABC", "#aabbcc"),
        ("#a1b2c3ff", "#a1b2c3"),
        ("#a1b2c380", None),
        ("rgb(255 0 0)", "#ff0000"),
        ("rgba(255, 0, 0, 1)", "#ff0000"),
        ("rgb(100%, 0%, 50%)", "#ff0080"),
        ("hsl(120deg, 100%, 25%)", "#008000"),
        ("hsla(120, 100%, 25%, .5)", None),
        ("white", "#ffffff"),
        ("transparent", None),
        ("red; }", None),
    ],
)
def test_colours_are_read(written: str, read: str | None) -> None:
    assert hexadecimal(written) == read


async def test_the_pages_wear_it_under_a_name_with_its_hash(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "ours.css").write_text(BLUE)
    async with visits.served(tmp_path, theme="ours.css") as here:
        html = (await here.get(None, "/")).text
        found = re.search(r'href="(/static/theme\.[0-9a-f]{12}\.css)"', html)
        assert found is not None
        style = await here.get(None, found[1])
        assert "immutable" in style.headers["cache-control"]
        assert found[1] in (await here.get(None, "/sw.js")).text, "also without a line"
        for scheme, colour in (("light", "rgb(0, 51, 102)"), ("dark", "rgb(134, 214, 195)")):
            async with await browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]  # a plain str
                page = await context.new_page()
                await page.goto(f"{here.settings.origin}/offline")
                shown = "getComputedStyle(document.querySelector('main .btn')).backgroundColor"
                assert await page.evaluate(shown) == colour


async def test_one_that_cannot_be_read_well_is_not_worn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pale.css").write_text(".x-theme { --utrecht-document-color: #bbbbbb; }")
    with caplog.at_level(logging.WARNING):
        async with visits.opened(tmp_path, theme="pale.css") as here:
            assert "theme." not in (await here.get(None, "/")).text
    assert "the theme is not used: too little contrast by day: ink (#bbbbbb)" in caplog.text


def test_the_doctor_says_how_it_is_with_the_theme(tmp_path: Path) -> None:
    values = {"origin": "http://localhost:8080", "name": "Centrum", "area": "BU00000001", "town": True}
    founding.write(tmp_path / "node", {**values, "theme": "ours.css"}, {})
    (tmp_path / "node" / "ours.css").write_text(BLUE.replace("4px", "calc(1px + 2px)"))
    (found,) = [one for one in doctor.examine(tmp_path / "node") if one.what == "theme"]
    assert found.well
    assert "7 tokens are used; not understood, and left out: --utrecht-textbox-border-radius" in found.words
    (tmp_path / "node" / "ours.css").write_text(".x-theme { --utrecht-link-color: #eeeeee; }")
    (found,) = [one for one in doctor.examine(tmp_path / "node") if one.what == "theme"]
    assert not found.well
    assert "our own look stays: too little contrast by day: link (#eeeeee)" in found.words
