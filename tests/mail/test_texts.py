"""Every letter that an act asks for is there, in every language, and says nothing it should not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from node import acts
from node.mail import texts
from node.mail.message import TIDINGS
from node.neighbourhood.language import SPOKEN

PLACES = {"link", "neighbourhood", "phone", "hours", "minutes", "code"}
OF_POSTS = {"posts", "stop", "place", "title", "number", "day", "month", "year", "clock"}
TELLING = {*TIDINGS, *texts.PARTS}  # the only ones that hold a title
NAMES = sorted(path.stem for path in (texts.FOLDER / "nl").glob("*.txt"))


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def kinds() -> set[str]:
    """Every kind of letter that stands in the acts, also where a variable picks one."""
    found: set[str] = set()
    for path in Path(acts.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= set(_asked_for(function))
    return found


def _asked_for(function: ast.FunctionDef) -> Iterator[str]:
    for call in ast.walk(function):
        match call:
            case (
                ast.Call(func=ast.Attribute(value=ast.Name(id="letters"), attr="add"), args=[_, what, *_])
                | ast.Call(func=ast.Attribute(value=ast.Name(id="alerts"), attr="to"), args=[_, what, *_])
                | ast.Call(
                    func=ast.Attribute(value=ast.Name(id="alerts"), attr="to_role"), args=[_, _, what, *_]
                )
                | ast.Call(func=ast.Name(id="_let_know"), args=[_, _, _, what, *_])
            ):
                named = [what] if isinstance(what, ast.Constant) else _values(function, what)
                yield from (str(one.value) for one in named)


def _values(function: ast.FunctionDef, name: ast.expr) -> Iterator[ast.Constant]:
    assert isinstance(name, ast.Name)
    for found in ast.walk(function):
        match found:
            case ast.Assign(targets=[ast.Name(id=name.id)], value=ast.IfExp(body=first, orelse=second)):
                for one in (first, second):
                    assert isinstance(one, ast.Constant)
                    yield one


def test_there_is_a_letter_for_every_kind_and_a_kind_for_every_letter() -> None:
    assert {"signin", "answered", "helper cancelled", "answer withdrawn"} < kinds()  # the search finds them
    assert {kind.replace(" ", "-") for kind in kinds()} | {
        texts.CLOSING,
        texts.PHONE,
        texts.ANSWER,
        *texts.PARTS,
    } == set(NAMES)


def test_every_language_has_the_same_letters_with_the_same_places() -> None:
    assert tuple(SPOKEN) == texts.LANGUAGES
    for language in texts.LANGUAGES:
        assert sorted(path.stem for path in (texts.FOLDER / language).iterdir()) == NAMES
        for name in NAMES:
            assert places(texts.text(language, name)) == places(texts.text("nl", name)), name
            assert places(texts.text(language, name)) <= (PLACES | OF_POSTS if name in TELLING else PLACES)
            text = texts.text(language, name)
            assert text.count("\u2066") + text.count("\u2068") == text.count("\u2069"), (language, name)


def test_V17_a_subject_says_only_that_there_is_a_message() -> None:
    private = [
        name
        for name in NAMES
        if name not in ("signin", texts.CLOSING, texts.PHONE, texts.ANSWER, *texts.PARTS)
    ]
    subjects = {lang: {texts.text(lang, name).split("\n")[0] for name in private} for lang in texts.LANGUAGES}
    assert (subjects["nl"], subjects["en"]) == ({"Er is een bericht voor je"}, {"There is a message for you"})
    assert {lang: len(said) for lang, said in subjects.items()} == dict.fromkeys(SPOKEN, 1)


@pytest.mark.parametrize("name", NAMES)
def test_dutch_is_short_and_warm(name: str) -> None:
    words = texts.text("nl", name)
    assert not re.search(r"\b(u|uw)\b", words, re.IGNORECASE)  # we say "je"
    assert all(len(sentence.split()) <= 15 for sentence in re.split(r"[.!?:]\s|\n\n", words))


def test_who_reads_another_language_gets_that_of_the_neighbourhood() -> None:
    assert texts.language_for("en", "nl") == "en"
    assert texts.language_for("tr", "nl") == "tr"
    assert texts.language_for("de", "nl") == "nl"
    assert texts.language_for("de", "fr") == "en"


def test_a_letter_that_is_not_there_is_an_error() -> None:
    for name in ("danced", "../nl/agreed"):
        if (texts.FOLDER / "nl" / f"{name}.txt").exists():
            continue
        with pytest.raises(KeyError):
            texts.text("nl", name)
