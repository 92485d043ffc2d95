"""The warning before something is posted: which words one would rather not put there, and what can be done.

The person decides. Who goes on has seen it, and the form says so (`seen`): it is not said twice of the same
words, and other words are looked at anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.worries import TAKEN_OUT, Piece, Worry, named, pieces, without, worries
from node.ui.forms import Form
from node.ui.language import gettext, translate
from node.ui.words import listed

OUT, ANYWAY = "out", "anyway"  # what the buttons of the warning send under `go`
CARRIED = "seen"
NAMES: dict[Worry, Words] = {
    Worry.PIN: phrase("a code"),
    Worry.IBAN: phrase("a bank account"),
    Worry.PHONE: phrase("a telephone number"),
    Worry.EMAIL: phrase("a mail address"),
    Worry.ADDRESS: phrase("an address"),
    Worry.ALONE: phrase("something about being alone"),
    Worry.MEDICAL: phrase("something about health"),
}


@dataclass(frozen=True)
class Warned:
    """What is shown: what is in it (`names`), each text with the words marked, and whether they can be taken
    out. `mark` stands for these words."""

    names: str
    texts: list[list[Piece]]
    mends: bool
    mark: str
    harms: bool  # it tells of somebody who can be harmed


def warned(form: Form, fields: Iterable[str], before: Iterable[str] = ()) -> Warned | None:
    """What to warn of in these fields; None when there is nothing, or nothing but what was said of these very
    words before. `before`: texts that stood there already, of which nothing is said again."""
    texts = [form[name] for name in fields]
    mark = _mark(texts)
    if not mark or mark in (form[CARRIED], _mark(before)):
        return None
    found = named([one for text in texts for one in worries(text)])
    return Warned(
        names=listed([translate(NAMES[one]) for one in found]),
        texts=[pieces(text) for text in texts if worries(text)],
        mends=not TAKEN_OUT.isdisjoint(found),
        mark=mark,
        harms=not {Worry.ALONE, Worry.MEDICAL}.isdisjoint(found),
    )


def title(names: str) -> str:
    """*Let us look: there is a telephone number in it*."""
    return gettext("Let us look: there is %(names)s in it") % {"names": names}


def answered(form: Form, fields: Iterable[str]) -> Form:
    """The form as the buttons of the warning leave it: without those words, or seen and as it is."""
    if form["go"] == OUT:
        return replace(form, values={**form.values, **{name: without(form[name]) for name in fields}})
    if form["go"] == ANYWAY:
        return replace(form, values={**form.values, CARRIED: form["shown"]})
    return form


def _mark(texts: Iterable[str]) -> str:
    """The words that worry, as one short word; empty when there are none."""
    words = [f"{one.worry} {text[one.begin : one.end]}" for text in texts for one in worries(text)]
    return sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16] if words else ""
