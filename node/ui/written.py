"""In which language somebody wrote something: told to programs that read aloud, and shown where it is another
than that of the page."""

from html import escape

from node.neighbourhood.language import SPOKEN, UNKNOWN, WRITTEN
from node.neighbourhood.refusal import phrase
from node.ui.language import language

OTHER = phrase("Another language")


class Attribute(str):
    """A piece of markup that is made here, and so stands in a page as it is."""

    def __html__(self) -> str:
        return str(self)


def lang(code: str) -> Attribute:
    """The `lang` of an element with these words. Nothing for the language of the page, and for words of which
    nobody knows it."""
    return Attribute("" if code in (language().code, UNKNOWN) else f' lang="{escape(code)}"')


def named(code: str) -> str:
    """The name of a language by its own speakers; its code, where we do not know that."""
    return WRITTEN.get(code, code)


def foreign(code: str) -> str:
    """The name of a language, when it is another than that of the page; else nothing."""
    return "" if code in (language().code, UNKNOWN) else named(code)


def choices(chosen: str) -> list[tuple[str, str]]:
    """The languages to choose from, those of our pages first. One that came from elsewhere stays."""
    own = language().code
    first = [own, *(code for code in SPOKEN if code != own)]
    rest = [code for code in WRITTEN if code not in SPOKEN]
    known = [(code, WRITTEN[code]) for code in (*first, *rest)]
    more = [(chosen, chosen)] if chosen and chosen not in (*WRITTEN, UNKNOWN) else []
    return [*known, *more, (UNKNOWN, OTHER)]
