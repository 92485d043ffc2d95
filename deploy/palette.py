"""Makes a picture of a page smaller: the 256 colours it uses most, for the others the nearest (PNG, W3C).

Only for what Chromium makes: eight bits of red, green and blue, not interlaced.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def smaller(picture: bytes) -> bytes:
    """The same picture with a palette; as it was when it is of another sort, or gets no smaller."""
    parts = dict(_parts(picture))
    width, height, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if (depth, kind, interlaced) != (8, 2, 0):
        return picture
    lines = list(_lines(zlib.decompress(parts[b"IDAT"]), width, height))
    found = Counter(line[i : i + 3] for line in lines for i in range(0, len(line), 3))
    palette = [colour for colour, _ in found.most_common(256)]
    at = {colour: number for number, colour in enumerate(palette)}
    for colour in found:
        if colour not in at:
            at[colour] = _nearest(colour, palette)
    drawn = b"".join(b"\0" + bytes(at[line[i : i + 3]] for i in range(0, len(line), 3)) for line in lines)
    made = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(drawn, 9)),
        (b"IEND", b""),
    ]
    small = SIGNATURE + b"".join(_part(name, content) for name, content in made)
    return min(small, picture, key=len)


def _parts(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of the file by name; the picture itself, which may be in several, at the end as one."""
    at, drawn = len(SIGNATURE), b""
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        content = picture[at + 8 : at + 8 + length]
        drawn += content if name == b"IDAT" else b""
        yield name, content
        at += 12 + length
    yield b"IDAT", drawn


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _lines(raw: bytes, width: int, height: int) -> Iterator[bytes]:
    """The lines of the picture, with what each says of the one above taken out."""
    size, before = width * 3, bytearray(width * 3)
    for number in range(height):
        start = number * (size + 1)
        line = bytearray(raw[start + 1 : start + 1 + size])
        _unfilter(raw[start], line, before)
        yield bytes(line)
        before = line


def _unfilter(way: int, line: bytearray, above: bytearray) -> None:
    for i in range(len(line)) if way else ():
        left, corner = (line[i - 3], above[i - 3]) if i > 2 else (0, 0)
        add = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[way]
        line[i] = (line[i] + add) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    distance = [
        sum((one - other) ** 2 for one, other in zip(colour, there, strict=True)) for there in palette
    ]
    return distance.index(min(distance))
