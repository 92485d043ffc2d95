"""A municipality's own colours and letters: the tokens of its NL Design System theme, and nothing else of it.

The file is read here and written anew: what comes out is a list of plain custom properties that our own
style asks for, each a colour, a size or names of letters. A theme in which something cannot be read well
(WCAG 2.2, 1.4.3 and 1.4.11) is refused as a whole, and our own look stays.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from node.settings import Settings
from node.ui.assets import FOLDER
from node.ui.colours import contrast, hexadecimal

MOST = 1024 * 1024  # bytes of a file
DEEPEST = 10  # one token that names another that names another
GROUNDS = ("paper", "card", "sunk", "mist", "good-soft", "warn-soft", "bad-soft")
READ = (  # what stands on what in our pages
    *((text, ground) for text in ("ink", "soft") for ground in ("paper", "card", "sunk")),
    *(("ink", ground) for ground in GROUNDS[3:]),
    *(("link", ground) for ground in ("paper", "card", "sunk", "mist", "bad-soft")),
    *((text, ground) for text in ("accent", "bad") for ground in ("paper", "card")),
    ("accent", "mist"),
    ("bad", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-ask", "ask"),
    ("ask", "card"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    *(("edge", ground) for ground in GROUNDS[:3]),
    *(("focus", ground) for ground in GROUNDS[:4]),
)
LEAST = {"edge": 3.0, "focus": 3.0}  # what is no text; text needs TEXT
TEXT = 4.5
_SIZE = re.compile(r"0|\d{0,2}(\.\d{1,4})?(px|rem|em)")
_LETTERS = re.compile(r"""("[\w .-]{1,60}"|'[\w .-]{1,60}'|[\w-]{1,40}( [\w-]{1,40}){0,5})""", re.ASCII)
_VAR = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_DECLARED = re.compile(r"\s*(--[\w-]+)\s*:(.*)", re.DOTALL)


class Unfit(Exception):
    """Why a theme cannot be used, in plain words."""


@dataclass(frozen=True)
class Theme:
    """What we take of a file. `css`: as it goes out; `left`: what of it was asked for and could not be
    read."""

    css: str
    taken: dict[str, str]
    left: list[str]


def of(settings: Settings) -> Theme | None:
    """The theme that the operator named, if any. Raises Unfit."""
    return read(settings.dir / settings.theme) if settings.theme else None


def read(path: Path) -> Theme:
    """The theme in this file. Raises Unfit."""
    try:
        content = path.read_bytes()
        if len(content) > MOST:
            raise Unfit(f"{path} is larger than {MOST // 1024} kB")
        return judged(content.decode())
    except (OSError, UnicodeDecodeError) as error:
        raise Unfit(f"{path} cannot be read: {error}") from None


def judged(sheet: str) -> Theme:
    """What we take of a style sheet, when all of it can be read well. Raises Unfit."""
    said = dict(_declared(sheet))
    day, night = _own_lists()
    taken, left = {}, []
    for token, value in day.items():
        for name in re.findall(r"var\((--(?:utrecht|basis)-[\w-]+)", value):
            if name in said:
                plain = _plain(token, _resolved(said[name], said))
                if plain:
                    taken[name] = plain
                else:
                    left.append(name)
    if not taken:
        raise Unfit("it sets none of the tokens that our pages know (docs/theme.md names them)")
    _require_readable(day, taken, "by day")
    _require_readable({**day, **night}, taken, "in the dark")
    lines = "".join(f"  {name}: {value};\n" for name, value in sorted(taken.items()))
    return Theme(f":root {{\n{lines}}}\n", taken, sorted(set(left)))


def known() -> list[str]:
    """The names of the tokens that our pages ask a theme for."""
    return re.findall(r"var\((--(?:utrecht|basis)-[\w-]+)", " ".join(_own_lists()[0].values()))


def _declared(sheet: str) -> Iterator[tuple[str, str]]:
    """Every custom property that a plain rule sets, in order. What stands within `@media` and the like holds
    only sometimes, and is passed over."""
    inside: list[bool] = []
    first, *commented = sheet.split("/*")
    plain = first + "".join(part.partition("*/")[2] for part in commented)
    for part, end in re.findall(r"([^{};]*)([{};]|\Z)", plain):
        if end == "{":
            inside.append(not part.strip().startswith("@"))
            continue
        found = _DECLARED.fullmatch(part)
        if found and len(inside) == 1 and inside[0]:
            yield found[1], found[2].strip()
        if end == "}" and inside:
            inside.pop()


def _resolved(value: str, said: Mapping[str, str]) -> str:
    """A value with the tokens that it names filled in."""
    for _ in range(DEEPEST):
        found = _VAR.search(value)
        if found is None or len(value) > 500:
            break
        value = value[: found.start()] + said.get(found[1], found[2] or "").strip() + value[found.end() :]
    return value.strip()


def _plain(kind: str, value: str) -> str | None:
    """A value as we write it ourselves; None for what is none of its kind."""
    if kind == "font":
        names = [name.strip() for name in value.split(",")]
        fits = 0 < len(names) <= 8 and all(_LETTERS.fullmatch(name) for name in names)
        return ", ".join([*names, '"Atkinson Hyperlegible Next"', "sans-serif"]) if fits else None
    if kind == "round":
        return value if _SIZE.fullmatch(value) else None
    return hexadecimal(value)


def _require_readable(tokens: Mapping[str, str], taken: Mapping[str, str], when: str) -> None:
    poor = []
    for text, ground in READ:
        one, other = (_colour(tokens[token], taken) for token in (text, ground))
        least, found = LEAST.get(text, TEXT), contrast(one, other)
        if found < least:
            poor.append(f"{text} ({one}) on {ground} ({other}) is {found:.2f}, and has to be {least}")
    if poor:
        raise Unfit(f"too little contrast {when}: {'; '.join(poor)}")


def _colour(value: str, taken: Mapping[str, str]) -> str:
    """What a token of ours comes to: the first name of its chain that the theme sets, else our own."""
    for name in re.findall(r"--(?:utrecht|basis)-[\w-]+", value):
        if name in taken:
            return taken[name]
    return str(re.findall(r"#[0-9a-f]{6}", value)[-1])


def _own_lists() -> tuple[dict[str, str], dict[str, str]]:
    """Our own tokens: by day with their chains, and by night."""
    sheet = re.sub(r"/\*.*?\*/", "", (FOLDER / "tokens.css").read_text("utf-8"), flags=re.DOTALL)
    day, night, *_ = re.findall(r"\{([^{}]*--bk-paper[^{}]*)\}", sheet)
    found = [dict(re.findall(r"--bk-([\w-]{1,40}):\s{0,9}([^;]{1,400});", block)) for block in (day, night)]
    return found[0], found[1]
