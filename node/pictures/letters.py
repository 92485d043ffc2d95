"""Letters to draw with: those of the pages, and for other writing those that the system has (DejaVu), if any.

Our own have Latin alone. What no letter is there for is left out; a line of which little would be left is not
drawn at all. Letters that are joined, or written from right to left, are drawn only where something can set
them so (RAQM, with the FriBiDi of the system): one by one and the wrong way round they would be no words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import bidirectional

from PIL import ImageFont, features

OURS = Path(__file__).parent.parent / "ui" / "static" / "fonts"
NAME = "atkinson-hyperlegible-next-{part}-{weight}-normal.woff2"
SYSTEM = (Path("/usr/share/fonts/truetype/dejavu"), Path("/usr/share/fonts/dejavu"))
Font = ImageFont.FreeTypeFont
_SETS = bool(features.check("raqm"))
_SHAPING = ImageFont.Layout.RAQM if _SETS else ImageFont.Layout.BASIC
_LATIN = ((0x20, 0xFF), (0x2BB, 0x2BC), (0x2C6, 0x2C6), (0x2DA, 0x2DA), (0x2DC, 0x2DC), (0x2000, 0x206F))
_MORE_LATIN = ((0x20AC, 0x20AC), (0x2122, 0x2122), (0x131, 0x131), (0x152, 0x153))
_EXTENDED = ((0x100, 0x2BA), (0x1E00, 0x1EFF), (0x20A0, 0x20C0))


@dataclass(frozen=True)
class Piece:
    """Words that are drawn with one set of letters."""

    words: str
    font: Font


@dataclass(frozen=True)
class Set:
    """Letters of one weight, by where they come from; of the system's there may be none."""

    latin: bytes
    extended: bytes
    system: bytes | None

    def at(self, size: int) -> "Sized":
        made = {name: _made(font, size) for name, font in vars(self).items() if font is not None}
        return Sized(made["latin"], made["extended"], made.get("system"))


@dataclass(frozen=True)
class Sized:
    """The same in one size."""

    latin: Font
    extended: Font
    system: Font | None
    sets: bool = _SETS

    def showable(self, words: str) -> str:
        """The words without signs for which there is no letter; nothing when little would be left."""
        kept = "".join(sign for sign in words if self._font(sign) is not None)
        letters, left = (sum(map(str.isalnum, text)) for text in (words, kept))
        return " ".join(kept.split()) if left and left * 4 >= letters * 3 else ""

    def pieces(self, words: str, turned: bool = False) -> list[Piece]:
        """In the order in which they are drawn, from the left. Writing that needs its letters joined is one
        piece: the letters see each other. So is all that stands in a line from right to left (`turned`)."""
        if self.system is not None and any(
            (turned or s.isalpha()) and self._font(s) is self.system for s in words
        ):
            return [Piece(words, self.system)]
        found: list[Piece] = []
        for sign in words:
            font = self._font(sign) or self.latin
            if found and found[-1].font is font:
                found[-1] = Piece(found[-1].words + sign, font)
            else:
                found.append(Piece(sign, font))
        return found

    def length(self, words: str, turned: bool = False) -> float:
        return sum(piece.font.getlength(piece.words) for piece in self.pieces(words, turned))

    def _font(self, sign: str) -> Font | None:
        if _within(sign, _LATIN) or _within(sign, _MORE_LATIN):
            return self.latin
        if _within(sign, _EXTENDED):
            return self.extended
        if self.system is None or not (self.sets or _stands_alone(sign)):
            return None
        return self.system if _has(self.system, sign) else None


def fonts() -> dict[str, Set]:
    """By weight. Read whole, for later nothing can be opened."""
    return {
        "regular": _set("400", "DejaVuSans.ttf"),
        "bold": _set("700", "DejaVuSans-Bold.ttf"),
    }


def to_the_left(words: str) -> bool:
    """Whether this is written from right to left: the first letter that says so decides."""
    strong = (bidirectional(sign) for sign in words)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _set(weight: str, system: str) -> Set:
    ours = [(OURS / NAME.format(part=part, weight=weight)).read_bytes() for part in ("latin", "latin-ext")]
    theirs = next((folder / system for folder in SYSTEM if (folder / system).is_file()), None)
    return Set(ours[0], ours[1], theirs.read_bytes() if theirs is not None else None)


def _stands_alone(sign: str) -> bool:
    """Whether a letter is drawn rightly beside another without knowing of it: Greek and Cyrillic ones are."""
    return not sign.isalpha() or "\u0370" <= sign <= "\u052f"


def _made(font: bytes, size: int) -> Font:
    return ImageFont.truetype(BytesIO(font), size, layout_engine=_SHAPING)


def _within(sign: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(sign) <= last for first, last in ranges)


def _has(font: Font, sign: str) -> bool:
    """Whether it is drawn otherwise than what has no letter."""
    return sign.isspace() or bytes(font.getmask(sign)) != bytes(font.getmask("\U0010ffff"))


Measure = Callable[[str], float]


def lines(words: str, width: float, measure: Measure) -> list[str]:
    """Broken between words, and within one that is longer than a line."""
    found: list[str] = []
    for word in words.split():
        line = f"{found[-1]} {word}" if found else word
        if found and measure(line) <= width:
            found[-1] = line
            continue
        while measure(word) > width and len(word) > 1:
            cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or measure(word[:n]) <= width)
            found.append(word[:cut])
            word = word[cut:]
        found.append(word)
    return found
