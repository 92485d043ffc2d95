"""Hashtags: the words under which people elsewhere find what is asked and offered here."""

import re
from unicodedata import normalize

from node.neighbourhood.category import Category
from node.neighbourhood.post import Kind

HELP = "buurthulp"
"""Under whatever is asked or offered, so that somebody can follow all of it."""


def hashtag(words: str) -> str:
    """One word in plain letters, each of its words but the first with a capital, for programs that read it
    aloud: *klus-binnen* is `klusBinnen` (FEP-eb48)."""
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode()
    apart = [word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", plain) if word]
    return "".join([*(word.lower() for word in apart[:1]), *apart[1:]])


def hashtags(kind: Kind, category: Category) -> list[str]:
    """What a post can be found by."""
    return [hashtag(category), *([HELP] if kind.agrees else [])]


def category_of(tag: str) -> Category | None:
    """The category that a hashtag stands for, in whatever capitals; None when it stands for none."""
    return next((one for one in Category if hashtag(one).lower() == tag.lower()), None)


def path_of(tag: str) -> str:
    """Where a node shows what it has under a hashtag."""
    return f"/tags/{tag.lower()}"
