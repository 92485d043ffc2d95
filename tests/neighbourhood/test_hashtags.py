"""Hashtags: plain letters, read aloud word by word, and back to what they stand for."""

import pytest

from node.neighbourhood.category import Category
from node.neighbourhood.hashtag import HELP, category_of, hashtag, hashtags, path_of
from node.neighbourhood.post import Kind


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("boodschappen", "boodschappen"),
        ("klus-binnen", "klusBinnen"),
        ("Oude Haven", "oudeHaven"),
        ("Repaircafé Noord", "repaircafeNoord"),
        ("'s-Gravenland 3", "sGravenland3"),
        ("شارع", ""),
    ],
)
def test_a_hashtag_is_one_word_in_plain_letters(words: str, tag: str) -> None:
    assert hashtag(words) == tag


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_a_hashtag_of_its_own_that_leads_back_to_it(category: Category) -> None:
    tag = hashtag(category)
    assert tag.isascii()
    assert tag.isalnum()
    assert category_of(tag) is category_of(tag.lower()) is category_of(tag.upper()) is category
    assert path_of(tag) == path_of(tag.lower())


def test_what_is_asked_or_offered_is_found_together_too() -> None:
    assert [hashtags(kind, Category.GARDEN) for kind in Kind] == [
        ["tuin", HELP],
        ["tuin", HELP],
        ["tuin"],
        ["tuin"],
    ]
    assert category_of(HELP) is None
    assert category_of("") is None
