"""The fixed words around what people wrote, as software elsewhere shows them, in each of our languages.

What people wrote themselves is translated by nobody. A post has the words of its own language around it, and
the Dutch ones beside (a Dutch post the English ones); one in a language that we do not speak has those two.
"""

from datetime import date, datetime
from functools import cache

from node.neighbourhood.folding import fold
from node.neighbourhood.language import SPOKEN
from node.neighbourhood.when import Days
from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

_TELLING = {  # what a warning is of, and the words that tell it, folded as a search folds them
    VIOLENCE: (
        "geweld mishandeld mishandeling misbruik misbruikt aangerand aanranding verkracht verkrachting "
        "violence abuse abused abusive assault assaulted rape raped "
        "şiddet istismar taciz tecavüz "
        "عنف العنف اعتداء الاعتداء اغتصاب الاغتصاب تحرش التحرش "
        "przemoc przemocy gwałt gwałtu molestowanie molestowania znęcanie "
        "насильство насильства зґвалтування домагання знущання"
    ),
    SUICIDE: (
        "zelfmoord zelfdoding suïcide zelfbeschadiging suicide self-harm "
        "intihar "
        "انتحار الانتحار "
        "samobójstwo samobójstwa samookaleczenie "
        "самогубство самогубства самоушкодження"
    ),
    ILLNESS: (
        "kanker chemo chemokuur palliatief palliatieve cancer palliative "
        "kanser kemoterapi palyatif "
        "سرطان السرطان كيماوي الكيماوي "
        "nowotwór nowotworem chemioterapia chemioterapii paliatywna "
        "рак раку хіміотерапія хіміотерапії паліативна"
    ),
}


@cache
def of(language: str) -> Wording:
    """The words of one of our languages, read when it is first spoken. Raises KeyError for another."""
    if language == "nl":
        from node.neighbourhood.wordings.nl import WORDING
    elif language == "en":
        from node.neighbourhood.wordings.en import WORDING
    elif language == "tr":
        from node.neighbourhood.wordings.tr import WORDING
    elif language == "ar":
        from node.neighbourhood.wordings.ar import WORDING
    elif language == "pl":
        from node.neighbourhood.wordings.pl import WORDING
    elif language == "uk":
        from node.neighbourhood.wordings.uk import WORDING
    else:
        raise KeyError(language)
    return WORDING


def spoken(language: str) -> tuple[str, str]:
    """The language of the fixed words around a post in this language, and of those beside."""
    if language in SPOKEN and language != "nl":
        return language, "nl"
    return "nl", "en"


def state(kind: str, listing_state: str, words: str) -> str:
    """How a post stands, when that is more than *open*; else nothing."""
    said = of(words)
    of_events = said.states_of_events.get(listing_state) if kind == "event" else None
    return of_events or said.states.get(listing_state, "")


def category(word: str, words: str) -> str:
    """What it is about; what we do not know is *something else*."""
    said = of(words).categories
    return said.get(word, said["overig"])


def warning(text: str) -> str | None:
    """Of what to warn before words that somebody may rather not come upon; None nearly always."""
    words = frozenset(fold(text).split())
    return next((of_what for of_what, telling in _telling().items() if not telling.isdisjoint(words)), None)


@cache
def _telling() -> dict[str, frozenset[str]]:
    return {of_what: frozenset(fold(words).split()) for of_what, words in _TELLING.items()}


def period(begin: datetime, end: datetime, words: str) -> str:
    """From when till when, by the clock that the two carry: *za 5 dec 2026, 14:00–17:00*."""
    if begin.date() == end.date():
        return f"{_day(begin, words)}{of(words).comma}{begin:%H:%M}–{end:%H:%M}"
    return f"{_day(begin, words)} {begin:%H:%M} – {_day(end, words)} {end:%H:%M}"


def days(found: Days, words: str) -> str:
    """One day, or from one to another: *do 5 mrt 2026 – zo 8 mrt 2026*."""
    first = _day(found.first, words)
    return first if found.first == found.last else f"{first} – {_day(found.last, words)}"


def _day(moment: date, words: str) -> str:
    said = of(words)
    weekday, month = said.days[moment.weekday()], said.months[moment.month - 1]
    return said.day.format(weekday=weekday, day=moment.day, month=month, year=moment.year)
