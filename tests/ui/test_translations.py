"""Every sentence a person can meet is said in every language we have; each catalog is what it came from."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from node.neighbourhood.language import SPOKEN
from node.ui.language import LOCALE

MARKS = ("phrase", "NotAllowed", "NotFound", "Conflict", "TooMany")
CATALOGS = sorted(LOCALE.glob("*/LC_MESSAGES/buurtknoop.po"))
HOLES = re.compile(r"%\((\w+)\)[0-9]*[a-z]")
COUNTED = re.compile(r"%\((\w+)\)d")
TAGS = re.compile(r"</?[a-z]+[^>]*>")
ALONE = {"ar": (1, 2)}  # forms for one number alone, that may say it without a figure: *a day*, *two days*
PLURALS = {  # which form each language has for which numbers (Unicode CLDR, whole numbers)
    "nl": ((1,), (0, 2, 5, 21, 100)),
    "tr": ((1,), (0, 2, 5, 21, 100)),
    "ar": ((0,), (1,), (2,), (3, 10, 103), (100, 102, 200), (11, 26, 99, 111)),
    "pl": ((1,), (2, 4, 22, 104), (0, 5, 12, 21, 112)),
    "uk": ((1, 21, 101), (2, 4, 22), (0, 5, 11, 12, 111)),
}


def sentences(tree: Path) -> Iterator[tuple[str, str]]:
    """What is marked for translation under a folder: where, and the sentence (of two forms, the first)."""
    with (LOCALE / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel says no types there
    keywords = DEFAULT_KEYWORDS | dict.fromkeys(MARKS)
    for path, line, said, _, _ in extract_from_dir(tree, methods, options, keywords):
        yield f"{path}:{line}", said if isinstance(said, str) else said[0]


def test_all_our_languages_have_their_words() -> None:
    """English needs none: what stands in the code is what is shown."""
    assert {path.parts[-3] for path in CATALOGS} == set(SPOKEN) - {"en"}


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def untranslated(tree: Path, known: Catalog) -> list[str]:
    said = {}
    for message in known:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        one = message.id if isinstance(message.id, str) else message.id[0]
        said[one] = all(forms) and not message.fuzzy
    return [f"{where}: {one}" for where, one in sentences(tree) if not said.get(one)]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_every_sentence_is_translated(path: Path, ui: Path) -> None:
    assert untranslated(ui.parent, catalog(path)) == []


def test_a_sentence_without_dutch_is_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '{{ gettext("One") }}{% trans %}\n  Two\n  three\n{% endtrans %}'
    )
    (tmp_path / "b.py").write_text('raise NotAllowed("Four %(a)s.", a=1)\nphrase("Five", b=2)\n')
    known = Catalog()
    known.add("Five", "Vijf")
    known.add("One", "Een", flags=["fuzzy"])
    found = [words.rpartition(": ")[2] for words in untranslated(tmp_path, known)]
    assert sorted(found) == ["Four %(a)s.", "One", "Two three"]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_what_is_filled_in_is_kept(path: Path) -> None:
    for message in catalog(path):
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        alone = ALONE.get(path.parts[-3], ()) if len(strings) > 1 else ()
        for form, string in enumerate(strings):
            figures = set(COUNTED.findall(ids[-1])) if form in alone else set()
            lost = set(HOLES.findall(ids[-1])) ^ set(HOLES.findall(string))
            assert lost <= figures, message.id
            assert sorted(TAGS.findall(string)) == sorted(TAGS.findall(ids[-1])), message.id
            assert string.count("\u2066") + string.count("\u2068") == string.count("\u2069"), message.id
            assert string.strip() == string


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_one_and_more_follow_the_rule_of_the_language(path: Path) -> None:
    known, forms = catalog(path), PLURALS[path.parts[-3]]
    assert known.num_plurals == len(forms)
    for message in known:
        if not isinstance(message.id, str):
            assert isinstance(message.string, tuple)
            assert len(message.string) == len(forms), message.id
    with path.with_suffix(".mo").open("rb") as compiled:
        of_number = vars(GNUTranslations(compiled))["plural"]
    for form, numbers in enumerate(forms):
        assert [of_number(number) for number in numbers] == [form] * len(numbers)


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_no_catalog_keeps_a_sentence_that_nobody_says(path: Path, ui: Path) -> None:
    said = {sentence for _, sentence in sentences(ui.parent)}
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in catalog(path)}
    assert kept - said - {""} == set()


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_the_compiled_catalog_is_what_its_source_says(path: Path) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog(path))
    compiled.seek(0)
    with path.with_suffix(".mo").open("rb") as kept:
        assert words_of(GNUTranslations(kept)) == words_of(GNUTranslations(compiled))


def words_of(translations: GNUTranslations) -> dict[object, str]:
    """Without the header, which names the version of the compiler."""
    return {one: said for one, said in vars(translations)["_catalog"].items() if one}


def test_dutch_is_there_and_speaks_to_one_person() -> None:
    formal = re.compile(r"\b(u|uw)\b", re.IGNORECASE)
    said = [str(message.string) for message in catalog(LOCALE / "nl/LC_MESSAGES/buurtknoop.po") if message.id]
    assert [words for words in said if formal.search(words)] == []
