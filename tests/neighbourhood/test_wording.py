"""The fixed words around posts: all of them, in each of our languages."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from string import Formatter

import pytest

from node.neighbourhood import wording
from node.neighbourhood.language import SPOKEN
from node.neighbourhood.when import Days
from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE

DUTCH = wording.of("nl")
AT = datetime(2026, 12, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize("language", SPOKEN)
def test_no_word_is_missing_in_any_language(language: str) -> None:
    said = wording.of(language)
    for field in fields(said):
        ours, dutch = getattr(said, field.name), getattr(DUTCH, field.name)
        if isinstance(dutch, Mapping):
            assert list(ours) == list(dutch), field.name
            words = list(ours.values())
        else:
            words = [ours] if isinstance(ours, str) else list(ours)
        assert all(words), field.name
        assert field.name == "comma" or [word.strip() for word in words] == words
    assert (len(set(said.days)), len(set(said.months))) == (7, 12)
    assert len(set(said.categories.values())) == len(said.categories)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_sentence_with_a_link_has_one(language: str) -> None:
    said = wording.of(language)
    for sentence in (*said.ways_in.values(), said.way_on):
        assert [name for _, name, _, _ in Formatter().parse(sentence) if name is not None] == ["page"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "za 5 dec 2026, 14:00–14:00"),
        ("tr", "5 Ara 2026 Cmt, 14:00–14:00"),
        ("ar", "السبت 5 ديسمبر 2026، 14:00–14:00"),
        ("pl", "sob. 5 gru 2026, 14:00–14:00"),
        ("uk", "сб 5 груд. 2026, 14:00–14:00"),
    ],
)
def test_a_time_is_said_in_the_order_of_its_language(language: str, said: str) -> None:
    assert wording.period(AT, AT, language) == said
    assert wording.days(Days(date(2026, 12, 5), date(2026, 12, 5)), language) in said


def test_a_language_we_do_not_speak_has_no_words() -> None:
    with pytest.raises(KeyError):
        wording.of("../../etc/passwd")


@pytest.mark.parametrize(
    ("text", "of_what"),
    [
        ("Ik ben mishandeld.", VIOLENCE),
        ("ŞİDDET gördüm", VIOLENCE),
        ("تعرضت للعنف", None),  # a word with something before it is another word: so far we do not look
        ("الاغتصاب", VIOLENCE),
        ("Przemocy nie było.", VIOLENCE),
        ("Self-harm", SUICIDE),
        ("İntihar", SUICIDE),
        ("самогубство", SUICIDE),
        ("Mijn moeder heeft kanker", ILLNESS),
        ("хіміотерапії", ILLNESS),
        ("Wie haalt mijn medicijnen?", None),
        ("", None),
    ],
)
def test_what_is_heavy_is_told_before_it_in_whatever_language(text: str, of_what: str | None) -> None:
    assert wording.warning(text) == of_what
