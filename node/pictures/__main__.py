"""`python -m node.pictures card`: words on the standard input, a picture on the standard output.
`python -m node.pictures jpeg` (or png, webp): a photo on the standard input, two on the standard output."""

import json
import sys

from node.pictures import limits

MOST_WORDS = 64 * 1024  # bytes of what is asked for
MOST_PHOTO = 12 * 1024 * 1024
PHOTOS = ("jpeg", "png", "webp")


def main(name: str) -> int:
    """Exit status 2 for what is not made here; those of `photo` for what cannot be made."""
    limits.bound()
    if name == "card":
        return _card()
    return _photo(name) if name in PHOTOS else 2


def _card() -> int:
    from node.pictures import card, letters

    given = json.loads(sys.stdin.buffer.read(MOST_WORDS))
    fonts = letters.fonts()
    limits.shut()
    return _out(card.draw(given, fonts))


def _photo(name: str) -> int:
    from node.pictures import photo

    raw = sys.stdin.buffer.read(MOST_PHOTO)
    limits.shut()
    try:
        return _out(photo.draw(name, raw))
    except photo.Wrong as why:
        return why.status


def _out(made: bytes) -> int:
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
