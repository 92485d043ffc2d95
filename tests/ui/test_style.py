"""The style keeps to what phones of 2017 know, to our own files, and to contrast that everybody can read."""

import re
from pathlib import Path

import pytest

NEWER = {
    ":has(": r":has\(",
    ":is(": r":(is|where)\(",
    "@layer": r"@layer",
    "@container": r"@container",
    "@import": r"@import",
    "nesting": r"(^|[{;\s])&",
    "light-dark()": r"light-dark\(",
    "color-mix()": r"color-mix\(",
    "clamp()": r"(?<![\w-])(clamp|min|max)\(",
    "gap in flex": r"[{;\s](row-|column-)?gap:",
    "inset": r"[{;\s]inset:",
    "aspect-ratio": r"aspect-ratio:",
}
READ = [  # what stands on what, and how clearly
    *((text, ground, 7) for text in ("ink", "soft") for ground in ("paper", "card", "sunk")),
    *(("ink", ground, 7) for ground in ("mist", "good-soft", "warn-soft", "bad-soft")),
    *(("link", ground, 4.5) for ground in ("paper", "card", "sunk", "mist", "bad-soft")),
    *(("accent", ground, 4.5) for ground in ("paper", "card", "mist")),
    *(("bad", ground, 4.5) for ground in ("paper", "card", "bad-soft")),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-deep", 4.5),
    ("on-ask", "ask", 4.5),
    ("ask", "card", 4.5),
    ("good", "good-soft", 4.5),
    ("warn", "warn-soft", 4.5),
    *(("edge", ground, 3) for ground in ("paper", "card", "sunk")),
    *(("focus", ground, 3) for ground in ("paper", "card", "sunk", "mist")),
]


def style(ui: Path, name: str = "buurtknoop.css") -> str:
    return re.sub(r"/\*.*?\*/", "", (ui / "static" / name).read_text(), flags=re.DOTALL)


def lists(ui: Path) -> list[dict[str, str]]:
    """The three lists of tokens: by day, by night as the device says, by night as one chose."""
    blocks = re.findall(r"\{([^{}]*--bk-paper[^{}]*)\}", style(ui, "tokens.css"))
    return [dict(re.findall(r"--bk-([\w-]+):\s*([^;]+);", block)) for block in blocks]


def light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    found = re.findall(r"#[0-9a-f]{6}", colour)[-1]
    parts = [int(found[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["tokens.css", "buurtknoop.css"])
@pytest.mark.parametrize("what", NEWER)
def test_nothing_needs_a_browser_newer_than_2017(ui: Path, name: str, what: str) -> None:
    assert not re.search(
        NEWER[what], re.sub(r"@supports [^{]*\{[^{}]*(\{[^{}]*\})*[^{}]*\}", "", style(ui, name))
    )


def test_both_lists_of_the_dark_are_the_same(ui: Path) -> None:
    _, wished, chosen = lists(ui)
    assert wished == chosen


def test_every_token_that_is_used_exists_and_every_one_is_used(ui: Path) -> None:
    day = set(lists(ui)[0])
    used = set(re.findall(r"var\(--bk-([\w-]+)", style(ui)))
    assert used == day
    assert set(lists(ui)[1]) <= day


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(("text", "ground", "least"), READ)
def test_everybody_can_read_it(ui: Path, text: str, ground: str, least: float, night: bool) -> None:
    tokens = lists(ui)[1 if night else 0]
    assert contrast(tokens[text], tokens[ground]) >= least


def test_nothing_comes_from_elsewhere(ui: Path) -> None:
    for name in ("tokens.css", "buurtknoop.css"):
        links = re.findall(r"url\(([^)]*)\)", style(ui, name))
        assert all(re.fullmatch(r"fonts/[\w-]+\.woff2", link) for link in links)


def test_every_class_of_the_templates_is_in_the_style_sheet(ui: Path) -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", style(ui)))
    used = set()
    for template in (ui / "templates").glob("*.html"):
        for classes in re.findall(
            r'class="([^"]*)"', re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", template.read_text())
        ):
            used |= set(classes.split())
    assert used - known == set()


SIDED = re.compile(r"(?<![\w-])(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?\s*:|:\s*(?:left|right)\b")
STAY = {  # what names a side and need not turn
    "fieldset.wrong > legend": "it is as wide as its line, so it floats to no side",
    ".line > .todo::before": "the thread is a line without width: it is one and the same side",
    ".line > .gone::before": "the same thread",
}


def rules(ui: Path) -> list[tuple[str, str]]:
    """Each selector by itself, with what it says."""
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", style(ui))
    return [(one.strip(), body) for selectors, body in found for one in selectors.split(",")]


def sides(body: str) -> str:
    """What it says of a side, but for what it says of both."""
    said = {
        name.strip(): value.strip() for name, _, value in (part.partition(":") for part in body.split(";"))
    }
    both = {name for name in said if "left" in name and said[name] == said.get(name.replace("left", "right"))}
    both |= {name.replace("left", "right") for name in both}
    return ";".join(f"{name}:{value}" for name, value in said.items() if name not in both)


def names(compound: str) -> set[str]:
    return set(re.findall(r"::?[\w-]+|[.#]?[\w-]+|\[[^\]]*\]", compound))


def turns(turned: str, selector: str) -> bool:
    """Whether a rule for writing from right to left is about what this selector names, or about more."""
    ours, theirs = selector.replace(">", " ").split(), turned.replace(">", " ").split()
    return len(theirs) <= len(ours) and all(
        names(one) <= names(other) for one, other in zip(reversed(theirs), reversed(ours), strict=False)
    )


def test_whatever_names_a_side_is_turned_for_writing_from_right_to_left(ui: Path) -> None:
    """Phones of 2017 know margins and paddings by start and end, but not places: those name a side."""
    right_to_left = [s.removeprefix("[dir=rtl] ") for s, _ in rules(ui) if s.startswith("[dir=rtl] ")]
    named = [s for s, body in rules(ui) if SIDED.search(sides(body)) and not s.startswith("[dir=")]
    assert len(named) > 5
    left_behind = [s for s in named if not any(turns(turned, s) for turned in right_to_left)]
    assert set(left_behind) == set(STAY)
