"""Whatever is said here can be read at level B1, in Dutch and in English: short sentences, short words, and
no word that only an office uses."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from node.mail import texts
from node.ui.language import LOCALE

WORDS_MOST, LETTERS_MOST = 20, 16
MEAN_MOST = 8  # words of a sentence
LONG, LONG_MOST = 12, 0.015  # letters of a long word, and the share of such words
LISTS = "a list of things, of which each is short"
REASONS = {  # sentences that are longer, by their beginning
    "nl": {"dat je bent ingelogd, dat je om een mail vroeg": LISTS},
    "en": {
        "that you are signed in, that you asked for": LISTS,
        "When a server sends spam or hate, put it here": "one word too many, for operators; in Dutch two",
        "As soon as somebody with an account elsewhere": "for supervisors alone; in Dutch it is two",
    },
}
OFFICIAL = re.compile(
    r"\b(indien|tevens|middels|dien(t|en) te|derhalve|betreffende|omtrent|conform|alsmede|teneinde|gaarne|"
    r"reeds|inzake|hieromtrent|desalniettemin|faciliteren|implementeren|realiseren|verstrekken|verstrekt|"
    r"bewerkstelligen|benodigde|woonachtig|ten behoeve van|met betrekking tot|op grond van|krachtens|"
    r"ingevolge|dusdanig|voornoemde|alvorens|hetgeen|geschieden|procedure|registreren|registratie|"
    r"authenticatie|verifiëren|verificatie|autoriseren|autorisatie|configureren|configuratie|notificatie|"
    r"optimaal|additioneel|m\.b\.t\.|d\.m\.v\.|i\.v\.m\.|t\.b\.v\.)",
    re.IGNORECASE,
)


@cache
def said(language: str) -> tuple[str, ...]:
    """Everything that is said in Dutch or in English: on pages, and in letters."""
    with (LOCALE / "nl/LC_MESSAGES/buurtknoop.po").open("rb") as file:
        found = [m.string if language == "nl" else m.id for m in read_po(file) if m.id]
    pages = [one for words in found for one in ([words] if isinstance(words, str) else words or ())]
    letters = [path.read_text("utf-8") for path in sorted((texts.FOLDER / language).glob("*.txt"))]
    return (*pages, *letters)


def sentences(text: str) -> Iterator[str]:
    """Each by itself, with one word for whatever is filled in."""
    text = re.sub(r"<[^>]*>", "", text)
    text = re.sub(r"https?://\S+|%\(\w+\)[0-9]*[a-z]|\{\w+(:\w+)?\}", "X", text)
    yield from (one for one in re.split(r"(?<=[.!?:])\s+|\n\n", text) if one.strip())


def words(sentence: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[-'’.@][^\W_]+)*", sentence)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_is_long_without_a_reason(language: str) -> None:
    long = [one for text in said(language) for one in sentences(text) if len(words(one)) > WORDS_MOST]
    known = REASONS[language]
    assert [one for one in long if not one.startswith(tuple(known))] == []
    assert [begin for begin in known if not any(one.startswith(begin) for one in long)] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_word_is_long(language: str) -> None:
    letters = re.compile(rf"[^\W\d_]{{{LETTERS_MOST + 1},}}")
    assert [found for text in said(language) for found in letters.findall(" ".join(sentences(text)))] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentences_and_words_are_short_all_in_all(language: str) -> None:
    lengths = [len(words(one)) for text in said(language) for one in sentences(text)]
    assert len(lengths) > 3000
    assert sum(lengths) / len(lengths) <= MEAN_MOST
    every = [word for text in said(language) for one in sentences(text) for word in words(one)]
    assert sum(len(word) >= LONG for word in every) / len(every) <= LONG_MOST


def test_dutch_has_no_words_that_only_an_office_uses() -> None:
    assert [text for text in said("nl") if OFFICIAL.search(text)] == []


def test_what_is_hard_to_read_is_found() -> None:
    assert OFFICIAL.search("U dient te wachten indien nodig")
    (hard,) = sentences("Een zin " + "die maar door gaat " * 5 + "voor %(name)s.")
    assert len(words(hard)) == 24
