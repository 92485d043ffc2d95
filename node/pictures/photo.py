"""A photo that somebody sent: read, turned upright, and drawn anew in two sizes. What comes out is two JPEG
files in which nothing is left of the file that came in but how it looks: no place, no time, no maker, and
nothing that stood before or behind the picture.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from struct import error as StructError

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ExifTags import Base
from PIL.TiffImagePlugin import ImageFileDirectory_v2  # reads Exif: later nothing can be opened any more

__all__ = ["ImageFileDirectory_v2"]

LARGE, SMALL = (1200, 1200), (400, 534)  # as node.neighbourhood.photo has them
TOO_LARGE, UNREADABLE, MOVES = 3, 4, 5  # exit statuses
MOST_DOTS = {"jpeg": 64_000_000, "png": 20_000_000, "webp": 12_600_000}  # what fits in the memory there is
MOST_WIDE = 20_000
UPRIGHT = {  # Exif's orientation (CIPA DC-008), and how to turn it
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
READERS: dict[str, Callable[[BytesIO], Image.Image]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}
_BAD = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, StructError)
Image.preinit()  # what writes a JPEG is looked for when it is needed, and then nothing can be opened any more
Image.MAX_IMAGE_PIXELS = MOST_DOTS["webp"] // 2  # asked by its reader alone, which then takes twice as many


class Wrong(Exception):
    """No picture comes of it; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def draw(content: str, raw: bytes) -> bytes:
    """One line of JSON (width and height of the large one, and the bytes of it), then both files, the large
    one first. `content`: jpeg, png or webp. Raises Wrong."""
    try:
        image = _upright(_opened(content, raw))
    except (MemoryError, Image.DecompressionBombError):
        raise Wrong(TOO_LARGE) from None
    except _BAD:  # what Pillow says of a file that is none
        raise Wrong(UNREADABLE) from None
    head = {"width": image.width, "height": image.height}
    large = _jpeg(image, 80)
    image.thumbnail(SMALL, Image.Resampling.LANCZOS)
    return json.dumps({**head, "large": len(large)}).encode() + b"\n" + large + _jpeg(image, 78)


def _opened(content: str, raw: bytes) -> Image.Image:
    """Read by the one program for this sort, so that no other is led astray by it. (What a telephone puts
    behind a JPEG, a second picture or a film, is not looked at.)"""
    image = READERS[content](BytesIO(raw))
    if image.width * image.height > MOST_DOTS[content] or max(image.size) > MOST_WIDE:
        raise Wrong(TOO_LARGE)
    if content != "jpeg" and getattr(image, "n_frames", 1) > 1:
        raise Wrong(MOVES)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """As large as it will be, as it was held, and on white where one could look through it."""
    turn = _turn(image)
    if image.mode == "P":
        image = image.convert("RGBA")
    image.thumbnail(LARGE, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    return image if turn is None else image.transpose(turn)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to turn it, for how it was held; a photo whose Exif is broken is taken as it is."""
    with suppress(*_BAD):
        return UPRIGHT.get(image.getexif().get(Base.Orientation, 1))
    return None


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info = {}  # what it was found with goes in no file
    made = BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True, progressive=True)
    return made.getvalue()
