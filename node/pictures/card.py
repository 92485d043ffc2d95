"""A share card: what stands beside a link to a public post in somebody else's group, 1200 by 630.

The same picture language as the pages: who asks has a loose seam of brick, who offers a whole band of green.
"""

from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageDraw

from node.pictures.letters import Set, Sized, lines, to_the_left

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN, BAND = 110, 16
PAPER, INK, SOFT, SAND = "#fbf6ec", "#1f2925", "#434c46", "#f2e9d8"
BRICK, GREEN, GLOW = "#98401f", "#15655a", "#ffe3a1"
TITLE_SIZES = (92, 80, 68, 58, 50)
TITLE_LINES, TITLE_TOP, TITLE_ROOM = 4, 150, 310
Given = Mapping[str, str]


Image.preinit()  # what writes a PNG is looked for when it is needed, and then nothing can be opened any more


def draw(given: Given, fonts: Mapping[str, Set]) -> bytes:
    """A PNG. `look` (asks, gives or plain), `kind`, `title`, `place` and `name` (of the node), as text."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    look = given.get("look", "")
    turned = to_the_left(given.get("title", "") or given.get("kind", ""))
    _roofs(pen, turned)
    _thread(pen, look, turned)
    colour = {"asks": BRICK, "gives": GREEN}.get(look, SOFT)
    _line(pen, fonts["bold"].at(40), given.get("kind", ""), 70, colour, turned)
    size, title = _title(given.get("title", ""), fonts["bold"])
    for number, line in enumerate(title):
        _line(pen, size, line, TITLE_TOP + number * round(size.latin.size * 1.2), INK, turned)
    _line(pen, fonts["regular"].at(34), given.get("place", ""), 466, SOFT, turned)
    _mark(image, MARGIN + 20, HEIGHT - 62, 1.7)
    _line(
        pen, fonts["bold"].at(34), given.get("name", ""), HEIGHT - 84, INK, turned=False, start=MARGIN + 100
    )
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def _title(words: str, bold: Set) -> tuple[Sized, list[str]]:
    """As large as fits; a title that is too long even in the smallest letters is cut."""
    for size in TITLE_SIZES:
        letters, broken = _broken(words, bold, size)
        if len(broken) <= TITLE_LINES and len(broken) * size * 1.2 <= TITLE_ROOM:
            return letters, broken
    letters, broken = _broken(words, bold, TITLE_SIZES[-1])
    shown = broken[:TITLE_LINES]
    return letters, [*shown[:-1], f"{shown[-1].rstrip('.,;: ')[:-1]}…"]


def _broken(words: str, bold: Set, size: int) -> tuple[Sized, list[str]]:
    letters = bold.at(size)
    return letters, lines(letters.showable(words), WIDTH - 2 * MARGIN, letters.length)


def _line(
    pen: ImageDraw.ImageDraw,
    letters: Sized,
    words: str,
    top: int,
    colour: str,
    turned: bool,
    start: int = MARGIN,
) -> None:
    """One line of words, from the side where its writing begins; what does not fit is cut."""
    words = letters.showable(words)
    while words and letters.length(words, turned) > WIDTH - start - MARGIN:
        words = f"{words.rstrip('…')[:-1].rstrip()}…"
    at = WIDTH - MARGIN - letters.length(words, turned) if turned else float(start)
    direction = "rtl" if turned and letters.sets else None
    for piece in letters.pieces(words, turned):
        pen.text((at, top), piece.words, font=piece.font, fill=colour, direction=direction)
        at += piece.font.getlength(piece.words)


def _thread(pen: ImageDraw.ImageDraw, look: str, turned: bool) -> None:
    """Along the side where the writing begins."""
    left = WIDTH - 56 - BAND if turned else 56
    if look == "asks":
        for top in range(70, 500, 56):
            pen.rounded_rectangle((left, top, left + BAND, min(top + 36, 500)), BAND // 2, fill=BRICK)
    elif look == "gives":
        pen.rounded_rectangle((left, 70, left + BAND, 500), BAND // 2, fill=GREEN)


def _roofs(pen: ImageDraw.ImageDraw, turned: bool) -> None:
    """The street at the foot, as on every page, and the sun that goes down behind it, where no words end."""
    foot = HEIGHT - 104
    sun = 200 if turned else WIDTH - 290
    pen.ellipse((sun, foot - 96, sun + 90, foot - 6), fill=GLOW)
    pen.rectangle((0, foot, WIDTH, HEIGHT), fill=SAND)
    for left in range(-40, WIDTH, 150):
        peak = foot - 26 - 12 * ((left // 150) % 3)
        pen.polygon(((left, foot), (left + 60, peak), (left + 120, foot)), fill=SAND)


def _mark(image: Image.Image, left: float, middle: float, scale: float) -> None:
    """The knot of the two threads; drawn four times as large, so that its edges are smooth."""
    fine = 4
    side = round(48 * scale)
    large = Image.new("RGB", (side * fine, side * fine), SAND)
    pen, by = ImageDraw.Draw(large), scale * fine

    def ring(x: float, colour: str, wide: float, start: float = 0, end: float = 360) -> None:
        radius = 11.5 + wide / 2
        box = [by * value for value in (x - radius, 24 - radius, x + radius, 24 + radius)]
        pen.arc(box, start, end, fill=colour, width=round(by * wide))

    ring(16.2, BRICK, 5.6)
    ring(31.8, SAND, 9.4)
    ring(31.8, GREEN, 5.6)
    ring(16.2, SAND, 9.4, 292, 354)
    ring(16.2, BRICK, 5.6, 280, 8)
    small = large.resize((side, side), Image.Resampling.LANCZOS)
    image.paste(small, (round(left - side / 4), round(middle - side / 2)))
