"""What a request or offer is about: thirteen words everybody knows. A node may add its own later."""

from enum import StrEnum


class Category(StrEnum):
    """The core categories, by the words that travel between nodes."""

    GROCERIES = "boodschappen"
    RIDES = "vervoer"
    ODD_JOBS = "klus-binnen"
    GARDEN = "tuin"
    COMPANY = "gezelschap"
    MEALS = "maaltijd"
    COMPUTER = "computer"
    FORMS = "papieren"
    LANGUAGE = "taal"
    PETS = "dier"
    CHILDCARE = "oppas"
    THINGS = "spullen"
    OTHER = "overig"


LOOKED_AT_FIRST = frozenset({Category.CHILDCARE})
"""What a supervisor reads before any neighbour does."""


def known(word: str) -> Category:
    """The category a neighbour's word stands for; one we do not know is shown as *other*."""
    try:
        return Category(word)
    except ValueError:
        return Category.OTHER
