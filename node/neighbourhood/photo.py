"""Photos with a post: how many, how large, described in words; and which bytes are one.

What a file is, is said by what is in it, never by its name or by who sent it (M01).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import unshowable
from node.neighbourhood.refusal import Invalid, Words, phrase

MOST = 4  # of one post
MOST_OF_PERSON = 80  # kept here, with all that is theirs
MOST_A_DAY = 40  # sent by one person, also what was no photo
MOST_OF_NODE = 10_000
BYTES_OF_NODE = 2 * 1024**3
BYTES = 12 * 1024 * 1024  # of a file that is sent
ALT_LENGTH = 200
SMALL, LARGE = (400, 534), (1200, 1200)
"""What both versions that are made of it fit in, in pixels."""

_MARKUP = (b"<script", b"<!doctype", b"<html", b"<svg")
_BEHIND = {b" ", b">", b"/", b"\t", b"\n", b"\r"}
"""What stands behind such words: of photos of 12 MB one in fifty has the four letters `<svg` by chance."""


class Content(StrEnum):
    """What a photo is made of. Every telephone makes the first; the others are what people find and draw."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True)
class Photo:
    """A photo of `owner` with a post of ours, or (`draft`: the key of its form) with one that is not posted
    yet. `id` cannot be guessed. Kept are two JPEG files, of `size` bytes together; the large one is `width`
    by `height`."""

    id: str
    owner: str
    post_id: str | None
    draft: str | None
    alt: str
    width: int
    height: int
    size: int
    added: datetime

    @property
    def url(self) -> str:
        """Where the large one is."""
        return f"/media/{self.id}.jpg"

    @property
    def small_url(self) -> str:
        """Where the small one is, for lists."""
        return f"/media/{self.id}-small.jpg"

    @property
    def small_width(self) -> int:
        """How wide the small one is."""
        wide, high = SMALL
        return max(1, min(self.width, wide, round(self.width * high / self.height)))


def content_of(raw: bytes) -> Content:
    """What a file is. Raises Invalid for all that is no photo, and for what is something else as well."""
    if not raw:
        raise _wrong(phrase("Choose a photo first."))
    if len(raw) > BYTES:
        raise too_large()
    found = _content(raw)
    if found is None:
        raise _wrong(_what_instead(raw))
    if _is_more(raw):
        raise _wrong(phrase("There is something else in this file. Take the photo again, and send that one."))
    return found


def too_large() -> Invalid:
    """More bytes or more dots than can be read here."""
    return _wrong(phrase("This photo is too large. Send a smaller one."))


def unreadable() -> Invalid:
    """It began like a photo, and then it was none."""
    return _wrong(phrase("This photo cannot be read. Perhaps a piece is missing. Send it again, or another."))


def moving() -> Invalid:
    """More pictures than one."""
    return _wrong(phrase("This picture moves. Send one that stands still."))


def checked_alt(words: str) -> str:
    """What can be seen on it, on one line, for who does not see it; may be left empty."""
    words = " ".join(words.split())
    if len(words) > ALT_LENGTH:
        raise Invalid({"alt": phrase("At most %(most)d letters.", most=ALT_LENGTH)})
    if unshowable(words):
        raise Invalid({"alt": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return words


def _content(raw: bytes) -> Content | None:
    """By the signs that each begins with (JPEG: ISO 10918-1; PNG: W3C; WebP: RFC 9649)."""
    if raw.startswith(b"\xff\xd8\xff"):
        return Content.JPEG
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content.PNG
    return Content.WEBP if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" else None


def _what_instead(raw: bytes) -> Words:
    """What to do with a file that is no photo we take."""
    if raw[4:8] == b"ftyp":  # what iPhones make, and films (ISO 14496-12)
        return phrase(
            "This sort of photo (HEIC) or film cannot be shown by all. On an iPhone choose Settings, Camera, "
            "Formats, Most Compatible, and take it again. Or send a screenshot of it."
        )
    if raw[:6] in (b"GIF87a", b"GIF89a"):
        return phrase("This picture moves. Send one that stands still.")
    return phrase("This is no photo. Send a JPEG, PNG or WebP file.")


def _is_more(raw: bytes) -> bool:
    """Whether the same bytes are an archive, a document or a page to another program. (That a telephone puts
    a film behind its photo is no harm: nothing behind the picture is kept.)"""
    if b"%PDF-" in raw[:1024]:
        return True
    end = raw.rfind(b"PK\x05\x06")  # of a zip file; then follow 18 bytes, and a remark as long as they say
    if end >= 0 and end + 22 <= len(raw):
        return end + 22 + int.from_bytes(raw[end + 20 : end + 22], "little") == len(raw)
    lower = raw.lower()
    return any(_stands(word, lower) for word in _MARKUP)


def _stands(word: bytes, text: bytes) -> bool:
    at = text.find(word)
    while at >= 0 and text[at + len(word) : at + len(word) + 1] not in _BEHIND:
        at = text.find(word, at + 1)
    return at >= 0


def _wrong(words: Words) -> Invalid:
    return Invalid({"photo": words})
