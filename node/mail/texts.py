"""The words of every letter: a file for each, in each language (`letters/nl/agreed.txt`).

The first line is the subject, and says nothing that nobody else should read over a shoulder (V17). No letter
holds a word of a post, its title, or the name of anybody (V16): it leads to a page that asks who you are.
Only what somebody asked to be told of posts holds their titles (`mail.tidings`).
"""

from functools import cache
from pathlib import Path

from node.neighbourhood.language import SPOKEN

FOLDER = Path(__file__).parent / "letters"
LANGUAGES = tuple(code for code in SPOKEN if (FOLDER / code).is_dir())
CLOSING = "closing"  # under every letter
PHONE = "phone"  # before it, when the node has a number to ring
ANSWER = "answer"  # in a letter that can be answered by mail
PARTS = ("here", "near", "town", "request", "offer", "notice", "event", "more")  # lines of a letter of posts


@cache
def text(language: str, name: str) -> str:
    """The words of one letter, with their places to fill: `{link}`, `{neighbourhood}`. Raises KeyError."""
    path = FOLDER / language / f"{name.replace(' ', '-')}.txt"
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise KeyError(f"there is no letter {name!r} in {language!r}") from None


def language_for(*wanted: str) -> str:
    """The first of these languages that letters are written in, or English."""
    return next((language for language in wanted if language in LANGUAGES), "en")
