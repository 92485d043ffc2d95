"""Before something is posted: what one would rather not put there is found, and little else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.neighbourhood.worries import TAKEN_OUT, Worry, named, pieces, without, worries

RAISES = [
    # what is typed, what it is, and the words that raise it
    ("Bel mij op 06-00 00 00 12 graag", "phone", "06-00 00 00 12"),
    ("Bel 0612345678", "phone", "0612345678"),
    ("Bel 06 1234 5678.", "phone", "06 1234 5678"),
    ("app naar 06.12.34.56.78", "phone", "06.12.34.56.78"),
    ("+31 6 1234 5678", "phone", "+31 6 1234 5678"),
    ("0031 6 12345678", "phone", "0031 6 12345678"),
    ("(020) 123 45 67", "phone", "(020) 123 45 67"),
    ("020-1234567", "phone", "020-1234567"),
    ("Call +44 20 7946 0000 after six", "phone", "+44 20 7946 0000"),
    ("Mail naar bea.de-vries+buurt@post.example.", "email", "bea.de-vries+buurt@post.example"),
    ("BEA@POST.EXAMPLE", "email", "BEA@POST.EXAMPLE"),
    ("Maak het over op NL91 ABNA 0417 1643 00 alsjeblieft", "iban", "NL91 ABNA 0417 1643 00"),
    ("nl91abna0417164300", "iban", "nl91abna0417164300"),
    ("BE68 5390 0754 7034", "iban", "BE68 5390 0754 7034"),
    ("Het is in de Dorpsstraat 14.", "address", "Dorpsstraat 14"),
    ("Dorpsstraat 14 bis", "address", "Dorpsstraat 14 bis"),
    ("Dorpsstraat 14a, tweede bel", "address", "Dorpsstraat 14a"),
    ("Dorpsstraat nr. 14", "address", "Dorpsstraat nr. 14"),
    ("Ik sta bij Oude Gracht 12", "address", "Oude Gracht 12"),
    ("Ik woon op nummer 14", "address", "Ik woon op nummer 14"),
    ("Mijn adres is nummer 3", "address", "Mijn adres is nummer 3"),
    ("huisnummer 27b", "address", "huisnummer 27b"),
    ("in 1234 AB ergens", "address", "1234 AB"),
    ("1234AB 14", "address", "1234AB 14"),
    ("I live at number 14", "address", "I live at number 14"),
    ("Come to 12 Mill Lane please", "address", "12 Mill Lane"),
    ("house number 5", "address", "house number 5"),
    ("De pincode is 1234", "pin", "De pincode is 1234"),
    ("mijn pin: 4821", "pin", "mijn pin: 4821"),
    ("the door code is 4821", "pin", "the door code is 4821"),
    ("De code van de deur is 482100", "pin", "De code van de deur is 482100"),
    ("sleutelkluis 1234", "pin", "sleutelkluis 1234"),
    ("Mijn moeder is vaak alleen thuis", "alone", "is vaak alleen thuis"),
    ("De kinderen zijn dan alleen thuis", "alone", "zijn dan alleen thuis"),
    ("Ik woon helemaal alleen", "alone", "woon helemaal alleen"),
    ("Overdag is er niemand thuis", "alone", "niemand thuis"),
    ("My mother is home alone", "alone", "home alone"),
    ("She lives alone", "alone", "lives alone"),
    ("Ik heb kanker en kan niet tillen", "medical", "kanker"),
    ("Mijn man heeft Parkinson", "medical", "Parkinson"),
    ("hulp bij het douchen", "medical", "hulp bij het douchen"),
    ("I was diagnosed last week", "medical", "diagnosed"),
    ("She has dementia", "medical", "dementia"),
]
RAISES_NOT = [
    "Wie haalt dinsdag mijn medicijnen? De apotheek is om de hoek.",
    "Ik kan even niet tillen. Het is één tas. De winkel is om de hoek.",
    "Ik kan alleen op dinsdag, en alleen 's ochtends.",
    "Ik zoek iemand om samen te wandelen, want alleen is maar alleen.",
    "Het kost € 12,50 per keer, dus € 1.234.567,00 in al die jaren.",
    "Sinds 2019, of was het 2020? Ik ben van 1948.",
    "Op 14-05-2026 om 19.30 uur, of op 2026-05-14 om 19:30.",
    "van 10-12-2024 tot en met 11-12-2024",
    "van 9.00-17.00 uur en van 19:30-21:00",
    "Neem bus nummer 3 of lijn 14 naar het station.",
    "Ik heb een 06 nummer, maar bel liever niet.",
    "Een 06-nummer heb ik niet.",
    "Bel bij nood 112, of 113, of 0800-0113.",
    "Artikel 1234567890 uit de folder van week 14.",
    "Er gaan 1000 liter water in, en 25.000 steentjes.",
    "Straatfeest op 12 mei, in het park om 3 uur.",
    "In de Kerkweg 5 uur lang sneeuw geruimd.",
    "Park 12 september, en de Markt 3 oktober.",
    "Wij zijn met z'n 14en, de jongste is 3.",
    "Met 2 of 3 mensen is het in 1 uur klaar.",
    "Nummer 3 van de lijst is nog vrij.",
    "Kamer 4 bij 5 meter, muur van 2,40 m.",
    "A size 38 bicycle, 28 inch, from 1998.",
    "Room for 12 people on 3 March at 7.30 pm.",
    "I can only come alone on Tuesday.",
    "Version 1.2.3.4.5.6.7.8.9",
    "https://buurt.example/o/0d8a3a5c8d8f4b0e9d6a2f1b7c3e5a90",
    "NL00 ABNA 9417 1643 00",  # its check digits do not agree: it is no account
    "",
]
TAKES_OUT = [
    (
        "Ik kan even niet tillen. Het is één tas. Bel mij op 06-00 00 00 12, ik woon op nummer 14.",
        "Ik kan even niet tillen. Het is één tas.",
    ),
    ("Bel 0612345678", ""),
    ("Wie helpt? Bel 0612345678. Het is één tas.", "Wie helpt? Het is één tas."),
    ("Mijn telefoonnummer is 0612345678, graag na 18.00 uur.", "graag na 18.00 uur."),
    ("Bel mij op 06 12345678 of mail a@b.example", ""),
    ("Wie brengt mij naar de Dorpsstraat 14 op dinsdag?", "Wie brengt mij op dinsdag?"),
    ("Eerste regel\nBel 0612345678\nDerde regel", "Eerste regel\n\nDerde regel"),
    ("Geld naar NL91 ABNA 0417 1643 00 graag.", "Geld graag."),
    ("Ik heb kanker.", "Ik heb kanker."),  # a story is told otherwise by who tells it
    ("Er is niets aan de hand.", "Er is niets aan de hand."),
]


@pytest.mark.parametrize(("text", "worry", "words"), RAISES)
def test_it_is_found_with_the_words_that_raised_it(text: str, worry: str, words: str) -> None:
    assert [(one.worry, text[one.begin : one.end]) for one in worries(text)] == [(worry, words)]


@pytest.mark.parametrize("text", RAISES_NOT)
def test_what_everybody_writes_raises_nothing(text: str) -> None:
    assert worries(text) == []


@pytest.mark.parametrize(("text", "left"), TAKES_OUT)
def test_what_can_be_taken_out_leaves_a_sentence(text: str, left: str) -> None:
    assert without(text) == left


def test_each_sort_is_named_once_and_the_hardest_to_take_back_first() -> None:
    text = "Ik heb kanker. Bel 0612345678 of 0687654321, pincode 1234."
    assert named(worries(text)) == [Worry.PIN, Worry.PHONE, Worry.MEDICAL]


def test_an_account_is_not_taken_for_a_telephone_number() -> None:
    assert named(worries("Op NL91 ABNA 0417 1643 00, of bel 0612345678")) == [Worry.IBAN, Worry.PHONE]


bits = st.sampled_from(
    ["06-12345678", "+31612345678", "a@b.example", "NL91ABNA0417164300", "Dorpsstraat 14", "1234 AB", "12",
     "bel", "op", "en", ".", ",", "\n", "(", ")", " ", "pincode 1234", "alleen thuis", "kanker", "é", "0"]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=300), st.lists(bits, max_size=30).map(" ".join), st.lists(bits).map("".join)
)


@given(texts)
def test_the_pieces_are_the_whole_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text


@given(texts)
def test_what_is_found_stands_there_once_and_in_order(text: str) -> None:
    found = worries(text)
    assert all(0 <= one.begin < one.end <= len(text) for one in found)
    assert all(one.end <= other.begin for one, other in pairwise(found))


@given(texts)
def test_nothing_that_can_be_taken_out_is_left_and_doing_it_again_changes_nothing(text: str) -> None:
    left = without(text)
    assert TAKEN_OUT.isdisjoint(one.worry for one in worries(left))
    assert without(left) == left
    assert len(left) <= len(text)


@given(st.text(alphabet="abcdefg hij,.\n", max_size=300))
def test_words_alone_are_left_as_they_are(text: str) -> None:
    assert worries(text) == []
    assert without(text) == text
