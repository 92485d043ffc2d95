"""The fixed words around what people wrote, as software elsewhere shows them: in Dutch and in English.

What people wrote themselves is translated by nobody. A post in a third language has the Dutch words around
it, and the English ones beside.
"""

from collections.abc import Mapping
from datetime import date, datetime

from node.neighbourhood.when import Days

Words = Mapping[str, str]  # by language: nl and en

KINDS: Mapping[str, Words] = {
    "request": {"nl": "GEVRAAGD", "en": "WANTED"},
    "offer": {"nl": "AANGEBODEN", "en": "OFFERED"},
    "notice": {"nl": "BERICHT", "en": "NOTICE"},
    "event": {"nl": "ACTIVITEIT", "en": "EVENT"},
}
STATES: Mapping[str, Words] = {
    "matched": {"nl": "AFGESPROKEN", "en": "AGREED"},
    "fulfilled": {"nl": "GELUKT ✔", "en": "WORKED OUT ✔"},
    "closed": {"nl": "GESLOTEN", "en": "CLOSED"},
    "expired": {"nl": "VERLOPEN", "en": "EXPIRED"},
}
STATES_OF_EVENTS: Mapping[str, Words] = {
    "closed": {"nl": "GAAT NIET DOOR", "en": "CALLED OFF"},
    "expired": {"nl": "VOORBIJ", "en": "OVER"},
}
CATEGORIES: Mapping[str, Words] = {
    "boodschappen": {"nl": "boodschappen", "en": "groceries"},
    "vervoer": {"nl": "vervoer", "en": "a ride"},
    "klus-binnen": {"nl": "klus binnen", "en": "odd job indoors"},
    "tuin": {"nl": "tuin", "en": "garden"},
    "gezelschap": {"nl": "gezelschap", "en": "company"},
    "maaltijd": {"nl": "maaltijd", "en": "meal"},
    "computer": {"nl": "computer", "en": "computer"},
    "papieren": {"nl": "papieren", "en": "paperwork"},
    "taal": {"nl": "taal", "en": "language"},
    "dier": {"nl": "dier", "en": "pets"},
    "oppas": {"nl": "oppas", "en": "childcare"},
    "spullen": {"nl": "spullen", "en": "things"},
    "overig": {"nl": "overig", "en": "something else"},
}
OUT_OF_SIGHT: Words = {"nl": "Even niet zichtbaar.", "en": "Out of sight for now."}
WAYS_IN: Mapping[str, Words] = {  # around the link to the page
    "request": {
        "nl": "Help je mee? Stuur ons een privébericht terug, of reageer op {page}.",
        "en": "Can you help? Send us a private reply, or answer on {page}.",
    },
    "offer": {
        "nl": "Is dit iets voor jou? Stuur ons een privébericht terug, of reageer op {page}.",
        "en": "Would you like this? Send us a private reply, or answer on {page}.",
    },
    "notice": {"nl": "Reageer op {page}.", "en": "Say something about it on {page}."},
    "event": {"nl": "Kom je ook? Zeg het op {page}.", "en": "Are you coming? Say so on {page}."},
}
WAY_ON: Words = {"nl": "Alles staat op {page}.", "en": "All of it is on {page}."}
PAGE: Words = {"nl": "de pagina van de buurt", "en": "the page of the neighbourhood"}
WARNINGS: tuple[tuple[Words, frozenset[str]], ...] = (  # of what, and the words that tell it
    (
        {"nl": "Over geweld of misbruik", "en": "About violence or abuse"},
        frozenset(
            "geweld mishandeld mishandeling misbruik misbruikt aangerand aanranding verkracht verkrachting "
            "violence abuse abused abusive assault assaulted rape raped".split()
        ),
    ),
    (
        {"nl": "Over zelfdoding of zelfbeschadiging", "en": "About suicide or self-harm"},
        frozenset("zelfmoord zelfdoding suïcide zelfbeschadiging suicide self-harm".split()),
    ),
    (
        {"nl": "Over ernstige ziekte", "en": "About serious illness"},
        frozenset("kanker chemo chemokuur palliatief palliatieve cancer palliative".split()),
    ),
)
DAY_PARTS: Mapping[str, Words] = {  # by language, then by word
    "nl": {"morning": "'s ochtends", "afternoon": "'s middags", "evening": "'s avonds"},
    "en": {"morning": "in the morning", "afternoon": "in the afternoon", "evening": "in the evening"},
}
REPEATS: Mapping[str, Words] = {
    "nl": {"weekly": "elke week", "fortnightly": "om de twee weken", "monthly": "elke maand"},
    "en": {"weekly": "every week", "fortnightly": "every two weeks", "monthly": "every month"},
}
_DAYS: Mapping[str, list[str]] = {
    "nl": "ma di wo do vr za zo".split(),
    "en": "Mon Tue Wed Thu Fri Sat Sun".split(),
}
_MONTHS: Mapping[str, list[str]] = {
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}


def spoken(language: str) -> tuple[str, str]:
    """The language of the fixed words around a post in this language, and the other one."""
    return ("en", "nl") if language == "en" else ("nl", "en")


def state(kind: str, listing_state: str) -> Words | None:
    """How a post stands, when that is more than *open*."""
    of_events = STATES_OF_EVENTS.get(listing_state) if kind == "event" else None
    return of_events or STATES.get(listing_state)


def category(word: str) -> Words:
    return CATEGORIES.get(word, CATEGORIES["overig"])


def warning(text: str) -> Words | None:
    """What to say before words that somebody may rather not come upon; None nearly always."""
    words = "".join(sign if sign.isalnum() or sign == "-" else " " for sign in text.lower()).split()
    return next((said for said, telling in WARNINGS if not telling.isdisjoint(words)), None)


def period(begin: datetime, end: datetime, language: str) -> str:
    """From when till when, by the clock that the two carry: *za 5 dec 2026, 14:00–17:00*."""
    if begin.date() == end.date():
        return f"{_day(begin, language)}, {begin:%H:%M}–{end:%H:%M}"
    return f"{_day(begin, language)} {begin:%H:%M} – {_day(end, language)} {end:%H:%M}"


def days(found: Days, language: str) -> str:
    """One day, or from one to another: *do 5 mrt 2026 – zo 8 mrt 2026*."""
    first = _day(found.first, language)
    return first if found.first == found.last else f"{first} – {_day(found.last, language)}"


def _day(moment: date, language: str) -> str:
    weekday, month = _DAYS[language][moment.weekday()], _MONTHS[language][moment.month - 1]
    return f"{weekday} {moment.day} {month} {moment.year}"
