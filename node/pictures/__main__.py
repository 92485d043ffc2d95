"""`python -m node.pictures card`: words on the standard input, a picture on the standard output."""

import json
import sys

from node.pictures import limits

MOST = 64 * 1024  # bytes of what is asked for


def main(name: str) -> int:
    """Exit status 2 for what is not made here."""
    limits.bound()
    if name != "card":
        return 2
    from node.pictures import card, letters

    given = json.loads(sys.stdin.buffer.read(MOST))
    fonts = letters.fonts()
    limits.shut()
    sys.stdout.buffer.write(card.draw(given, fonts))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
