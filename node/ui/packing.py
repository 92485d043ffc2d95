"""Pages compressed on their way out (gzip, RFC 1952), so that one reads on a slow line too.

How small a page becomes may tell a listener what is in it, if somebody can make a browser ask for a page with
words of theirs in it (BREACH). So only an answer without such words is packed: decision 0028.
"""

import re
import zlib
from collections import OrderedDict

from starlette.requests import Request

LEVEL = 6
KEPT_MOST = 24
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no time
_END = zlib.compressobj(LEVEL, zlib.DEFLATED, -15).flush(zlib.Z_FINISH)


def may_pack(request: Request, status: int) -> bool:
    """Whether an answer to this is packed: a page that is there, asked for by its bare address, for who can
    read gzip. Whoever chose the address chose no word that stands in the page then."""
    bare = request.method == "GET" and status == 200 and not request.scope["query_string"]
    return bare and takes_gzip(request.headers.get("accept-encoding", ""))


def takes_gzip(accepted: str) -> bool:
    """Whether a browser reads gzip; `gzip;q=0` says it does not."""
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return re.fullmatch(r"q=0(\.0*)?", weight.strip().lower()) is None
    return False


class Packer:
    """Packs pages, each in pieces that know nothing of each other. The head of a page, and what of it is
    `shared` by many readers, is packed once and kept for the next."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()

    def packed(self, html: str, shared: str = "") -> bytes:
        """The page as gzip."""
        head, main, rest = html.partition("<main")
        pieces = [self._often(head)]
        before, there, after = (main + rest).partition(shared) if shared else (main + rest, "", "")
        pieces += [_piece(before), self._often(there), _piece(after)] if there else [_piece(before)]
        plain = b"".join(piece for piece, _ in pieces)
        tail = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
        return b"".join([_HEAD, *(small for _, small in pieces), _END, tail])

    def _often(self, part: str) -> tuple[bytes, bytes]:
        made = self._kept.get(part)
        if made is None:
            made = self._kept[part] = _piece(part)
            while len(self._kept) > KEPT_MOST:
                self._kept.popitem(last=False)
        return made


def _piece(part: str) -> tuple[bytes, bytes]:
    """A part of a page as bytes, and packed: at a boundary on both sides, over which nothing refers back."""
    plain = part.encode()
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -14, 7)
    return plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
