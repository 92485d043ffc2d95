"""The small documents that our posts point to: a category, and our neighbourhood as a place. Pure: no I/O."""

from typing import Any

from node.federation.vocabulary import AS, CONTEXT
from node.neighbourhood import wording
from node.neighbourhood.category import Category
from node.neighbourhood.hashtag import hashtag, path_of
from node.neighbourhood.language import SPOKEN
from node.neighbourhood.node import Home


def category(home: Home, word: str) -> dict[str, Any] | None:
    """What a request or an offer is about, in words; None for what we do not know."""
    if word not in list(Category):
        return None
    names = {language: wording.category(word, language) for language in SPOKEN}
    return {
        "@context": AS,
        "id": f"{home.origin}/ap/category/{word}",
        "type": "Object",
        "name": names["nl"],
        "nameMap": names,
        "url": home.origin + path_of(hashtag(word)),
    }


def area(home: Home, code: str) -> dict[str, Any] | None:
    """Our own neighbourhood or municipality, by its CBS code; others tell of theirs."""
    if code != home.area.code:
        return None
    return {
        "@context": CONTEXT,
        "id": f"{home.origin}/ap/gebied/{code}",
        "type": "Place",
        "name": home.area.name,
        "areaCode": code,
        "url": f"{home.origin}/",
    }
