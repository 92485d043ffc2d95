"""Words as they are searched: without marks, capitals and signs, so that *Één café* is found by *een cafe*.

What stands in the index is folded, and what somebody types is folded the same way. A piece of a word finds
the whole: *fiets* finds *bakfietsen*. For the other way round there are `forms`.
"""

import re
from collections.abc import Iterator, Sequence
from unicodedata import combining, normalize

MOST_LETTERS = 6000  # of one post: its title and its whole text, and no more of what another node sends
MOST_TYPED = 100  # letters of a question
MOST_WORDS = 6  # of a question; the first ones count
SHORTEST = 3  # letters of a word that an index of three letters at a time can find

# What has no mark that could be taken off, and letters that are written in two ways.
_ALIKE = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
        "ґ": "г",
        **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
    }
)
_JOINING = "'’‘ʼ`´-‐‑"  # one of which there has to be, before the pattern is asked
_WITHIN = re.compile(r"(?<=[^\W_])['’‘ʼ`´\-‐‑](?=[^\W_])")  # foto's, e-mail
_BETWEEN = re.compile(r"[\W_]+")
_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}  # every message comes by here
_VOWELS, _DOUBLED = "aeiouy", "aeou"

Word = tuple[str, ...]
"""A word that somebody typed, with the other forms of it: one of them is enough."""


def fold(text: str) -> str:
    """Lower case, without marks and signs, one space between words; *ij* and *y* are the same (Unicode
    NFKD)."""
    text = text[: 2 * MOST_LETTERS]
    if not text.isascii():
        text = _without_marks(text).casefold()
    if not text.isascii():
        text = _without_marks(text).translate(_ALIKE)
    text = text.lower()
    if any(sign in text for sign in _JOINING):
        text = _WITHIN.sub("", text)
    text = text.translate(_SPACES) if text.isascii() else _BETWEEN.sub(" ", text)
    return " ".join(text.split()).replace("ij", "y")[:MOST_LETTERS].rstrip()


def _without_marks(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))


def asked(typed: str) -> tuple[Word, ...]:
    """The words of a question, each with its other forms; all of them are to be found. Bounded, so that no
    question costs more than another."""
    words = dict.fromkeys(fold(typed[:MOST_TYPED]).split())
    return tuple(tuple(dict.fromkeys([word, *forms(word)])) for word in list(words)[:MOST_WORDS])


def found(text: str, words: Sequence[Word]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is a word that was asked for: together they are the text."""
    for piece in re.split(r"(\s+)", text):
        folded = f" {fold(piece)}"
        yield piece, any(form in folded for word in words for form in word)


def forms(word: str) -> Iterator[str]:
    """How a Dutch word is written when there is one of it, and when there are more: *bomen* and *boom*,
    *tafeltje* and *tafel*, *huizen* and *huis*. What it is not in Dutch finds nothing, and does no harm.

    A form of three letters stands in too many words: it counts where a word begins with it.
    """
    if len(word) > SHORTEST:
        for stem in (*_stems(word), *_more(word)):
            if len(stem) >= SHORTEST:
                yield stem if len(stem) > SHORTEST else f" {stem}"


def _stems(word: str) -> Iterator[str]:
    """Without the ending of a plural or of what is small."""
    if word.endswith("jes"):
        word = word[:-1]
    if word.endswith("je"):
        yield from _grown(word)
    elif word.endswith("en"):
        yield from _single(word[:-2])
    elif word.endswith("s") and len(word) > 4 and word[-2] not in "sie":
        yield word[:-1]


def _grown(word: str) -> Iterator[str]:
    """*huisje*, *boompje*, *tafeltje*, *karretje*; *ritje* is of a rit, *uitje* of an ui."""
    before = word[-4] if len(word) > 4 else ""
    if word.endswith("etje") and len(word) > 6:
        yield from _single(word[:-4])
        return
    longer = (word.endswith("tje") and before in _VOWELS + "lnrw") or (word.endswith("pje") and before == "m")
    if before and longer:
        yield word[:-3]
    if not longer or before in _VOWELS:
        yield word[:-2]


def _single(stem: str) -> Iterator[str]:
    """*katt* is kat, *bom* (of bomen) is boom, *huiz* is huis, *briev* is brief, *dag* is dag; *lamp* is
    itself."""
    if len(stem) < SHORTEST:
        return
    if stem[-1] == stem[-2]:
        yield stem[:-1]
        return
    last = {"z": "s", "v": "f"}.get(stem[-1], stem[-1])
    yield stem[:-1] + last
    if stem[-2] in _DOUBLED and stem[-3] not in _VOWELS:
        yield stem[:-2] + stem[-2] * 2 + last


def _more(word: str) -> Iterator[str]:
    """*boom* in *bomen*, *brief* in *brieven*, *huis* in *huizen*: what the word itself does not stand in."""
    last = {"s": "z", "f": "v"}.get(word[-1], word[-1])
    if word[-1] in _VOWELS:
        return
    if word[-2] == word[-3] and word[-2] in _DOUBLED:
        yield word[:-2] + last + "en"
    elif last != word[-1] and word[-2] in _VOWELS + "lrn":
        yield word[:-1] + last + "en"
