"""Words are found however they are written: with marks or without, one of them or many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.neighbourhood.folding import MOST_LETTERS, MOST_WORDS, asked, fold, forms, found

PAIRS = (
    "boom bomen, huis huizen, brief brieven, kat katten, lamp lampen, fiets fietsen, tafel tafels, "
    "tafel tafeltje, foto foto's, auto auto's, boek boeken, raam ramen, hond hondje, "
    "boodschap boodschappen, kar karretje, bloem bloemetje, boom boompje, stoel stoelen, deur deuren, "
    "plant planten, gordijn gordijnen, kast kastje, plank plankje, taart taarten, "
    "formulier formulieren, computer computers, telefoon telefoons, wandeling wandelingen, heg heggen, "
    "tuin tuintje, schroef schroeven, muis muizen, les lessen, klus klusje, klus klussen, rit ritje, "
    "rit ritten, maaltijd maaltijden, laptop laptops, tas tassen, ladder ladders, plant plantjes, "
    "konijn konijnen, glas glazen, vaas vazen, zak zakken, doos dozen, doos doosje, kleed kleden, "
    "fietsband fietsbanden, oppas oppassen, kop kopje, taal talen, bank bankje, straat straten"
)


def finds(typed: str, text: str) -> bool:
    """As the index does: all words, each in one of its forms."""
    return all(any(form in f" {fold(text)} " for form in word) for word in asked(typed))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("een cafe", "Één café"),
        ("IJsbaan", "ijsbaan"),
        ("lynbaan", "Lĳnbaan"),  # one sign for both letters
        ("e-mail", "Mijn email doet het niet"),
        ("email", "Mijn e-mail doet het niet"),
        ("fotos", "Oude foto's"),
        ("fiets", "Wie heeft een bakfiets over?"),
        ("vergadering", "buurtvergaderingen"),
        ("lozko", "Łóżko do oddania"),
        ("ISIL", "ışıl"),
        ("strasse", "Straße"),
        ("مدرسه", "مَدْرَسة"),
        ("їжак", "ЇЖАК"),
        ("istanbul", "İSTANBUL'a gidiyorum"),
        ("ısparta", "ISPARTA gülü"),
        ("sogan", "Soğan ve çay"),
        ("zrodlo", "Źródło wody"),
        ("ksiazki", "Książki dla dzieci"),
        ("комп'ютер", "Мій комп’ютер не працює"),
        ("ганок", "Пофарбувати ґанок"),
        ("дитячий", "ДИТЯЧИЙ візок"),
        ("صيدلية", "من يذهب إلى الصيدلية؟"),
        ("اسبوع", "كل أُسبوع"),
        ("الى", "إلى المدرسة"),
        ("کتاب", "كتاب"),  # as a Persian telephone writes it
        ("12", "الساعة ١٢"),
        ("kamer 12", "In kamer 12, boven"),
    ],
)
def test_it_is_found_however_it_is_written(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize("pair", PAIRS.split(", "))
def test_one_of_them_and_more_of_them_find_each_other(pair: str) -> None:
    one, more = pair.split()
    assert finds(one, f"Ik zoek {more} voor de buurt")
    assert finds(more, f"Ik zoek een {one}.")


def test_what_is_another_word_is_not_found() -> None:
    assert not finds("uurtje", "De buurt helpt")  # `uur` counts where a word begins
    assert not finds("hond", "Mijn kat is weg")
    assert not finds("kat hond", "Mijn kat is weg")
    assert list(forms("kat")) == []


def test_a_question_is_bounded() -> None:
    assert len(asked("een twee drie vier vijf zes zeven acht")) == MOST_WORDS
    assert sum(len(word[0]) for word in asked("x" * 10_000)) <= 100
    assert len(fold("lang woord " * 10_000)) <= MOST_LETTERS
    assert asked(" .,!? '' -- ") == ()


def test_the_words_found_are_told_apart_and_nothing_gets_lost() -> None:
    pieces = list(found("Wie haalt mijn <b>Boodschappen</b>, dinsdag?", asked("boodschap dinsdagen")))
    assert "".join(piece for piece, _ in pieces) == "Wie haalt mijn <b>Boodschappen</b>, dinsdag?"
    assert [piece for piece, hit in pieces if hit] == ["<b>Boodschappen</b>,", "dinsdag?"]


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once == once.strip()
    assert all(sign == " " or sign.isalnum() for sign in once)


@given(st.text(max_size=60))
def test_what_is_written_is_found_by_what_is_written(text: str) -> None:
    assert finds(text, text)
