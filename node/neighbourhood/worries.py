"""Worries: what one would rather not put where everybody reads it, found in what somebody typed.

A warning before posting, in the words that raised it: the person decides, and nothing is ever refused for it.
Rather a warning too few than one at every second post: years, prices, times and the number of a bus raise
none. Dutch and English; a text in another language is looked at for its numbers and addresses alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Worry(StrEnum):
    """What sort of thing it is, the hardest to take back first."""

    PIN = "pin"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    ALONE = "alone"
    MEDICAL = "medical"


TAKEN_OUT = frozenset({Worry.PIN, Worry.IBAN, Worry.PHONE, Worry.EMAIL, Worry.ADDRESS})
"""What can be taken out for somebody and leaves a sentence; the rest is a story that they tell otherwise."""


@dataclass(frozen=True)
class Found:
    """One thing in a text: what it is, and from where to where it stands there."""

    worry: Worry
    begin: int
    end: int


class Piece(NamedTuple):
    """A part of a text as it is shown: `worry` is empty where there is nothing the matter."""

    text: str
    worry: str


def worries(text: str) -> list[Found]:
    """All that one would rather not put there, in the order of the text; of two that overlap the worse."""
    kept: list[Found] = []
    for one in sorted(_all(text), key=lambda found: (list(Worry).index(found.worry), found.begin)):
        if all(one.end <= other.begin or other.end <= one.begin for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.begin)


def pieces(text: str) -> list[Piece]:
    """The whole text again, cut where something worries, for showing which words they are."""
    made, last = [], 0
    for one in worries(text):
        made += [Piece(text[last : one.begin], ""), Piece(text[one.begin : one.end], one.worry)]
        last = one.end
    return [piece for piece in (*made, Piece(text[last:], "")) if piece.text]


def without(text: str) -> str:
    """The text without the numbers and addresses in it, and without what only led up to them."""
    while found := [one for one in worries(text) if one.worry in TAKEN_OUT]:
        for one in reversed(found):
            text = _joined(text[: one.begin], text[one.end :])
    return text


def _all(text: str) -> Iterator[Found]:
    yield from (Found(Worry.EMAIL, *found.span()) for found in _EMAIL.finditer(text))
    yield from (Found(Worry.IBAN, begin, end) for begin, end in _ibans(text))
    yield from (Found(Worry.PHONE, *found.span()) for found in _PHONES.finditer(text) if _is_phone(found[0]))
    yield from (Found(Worry.PIN, *found.span()) for found in _PIN.finditer(text))
    for pattern in (_POSTCODE, _STREET, _ENGLISH, _AT_NUMBER, _HOUSE_NUMBER):
        yield from (Found(Worry.ADDRESS, *found.span()) for found in pattern.finditer(text))
    yield from (Found(Worry.ALONE, *found.span()) for pattern in _ALONE for found in pattern.finditer(text))
    yield from (Found(Worry.MEDICAL, *found.span()) for found in _MEDICAL.finditer(text))


# Numbers

_EMAIL = re.compile(r"[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2} ?\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE | re.ASCII)
_PHONES = re.compile(
    r"(?<![\w.,€$£/-])(?<![€$£] )"  # not within a word, a price, or another number
    r"(?:\+|00)?\(?\d(?:[ ./()-]{0,3}\d){7,14}"
    r"(?![\w]|[.,/-]\d)"
)
_PHONE_BEGINS = re.compile(r"\+\d|00[1-9]|0[1-9]")
_DATE = re.compile(r"\(?\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d\b|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b")
_PIN = re.compile(
    r"\b(?:mijn |de |my |the )?(?:pin[- ]?(?:code|nummer|number)?|toegangscode|deurcode|alarmcode|"
    r"sleutelkluis|kluiscode|door ?code|alarm code|key ?safe|code(?: van de deur| of the door)? is)"
    r"(?: (?:is|van|of|the|de|het|voor|for|deur|door|alarm|code)){0,3}[ :=]{1,3}\d{4,8}\b",
    re.IGNORECASE,
)


def _is_phone(written: str) -> bool:
    """Whether so many digits are a number that can be rung, and no date, amount or article number."""
    digits = re.sub(r"\D", "", written)
    plain = re.sub(r"[^\d+]", "", written)
    if not 9 <= len(digits) <= 15 or _DATE.match(written) or not _PHONE_BEGINS.match(plain):
        return False
    return plain.startswith(("+", "00")) or len(digits) in (10, 11)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where; the words behind one look like the rest of it, so the longest that fits counts."""
    for found in _IBAN.finditer(text):
        ends = range(found.end(), found.start() + 14, -1)
        fits = (
            end for end in ends if not text[end : end + 1].isalnum() and _is_iban(text[found.start() : end])
        )
        if (end := next(fits, None)) is not None:
            yield found.start(), end


def _is_iban(written: str) -> bool:
    """Whether its own check digits agree (ISO 13616); so no code of another sort is one."""
    plain = re.sub(r"[^A-Za-z0-9]", "", written).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


# Where somebody lives

_NR = r"\d{1,4}(?: ?[-/]? ?(?:[a-h]\b|bis|hs|[ivx]{1,4}\b|\d{1,3}\b))?"
_POSTCODE = re.compile(r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?:[ ,]{1,2}" + _NR + r"\b)?")
_ENDINGS = (
    "straat|straatje|weg|laan|plein|gracht|kade|singel|dijk|steeg|hof|hofje|pad|dreef|plantsoen|boulevard|"
    "markt|baan|kamp|wal|park|oord|burg|veld|akker|street|road|lane|avenue|drive|close|square"
)
_BEGIN = r"(?!(?:Het|De|Een|Op|In|Bij|Naar|Van|Onze|Ons|The|Our|At|On)\b)[A-Z]"
_NAME = _BEGIN + r"[\w'’-]{1,30}"
_COUNTS = (  # what makes a number behind a street one of something else
    r"(?:[.:]\d|uur\b|u\b|euro|minu|meter|km\b|jaar|dagen|keer|x\b|maal|personen|mensen|kinderen|am\b|pm\b|"
    r"o'clock|hours?\b|times\b|people\b|jan|feb|m(?:aar|rt|ar[ct]|ei|ay)|apr|jun|jul|aug|sep|o[kc]t|nov|dec)"
)
_STREET = re.compile(
    rf"\b(?:(?!(?:Onder|Half)weg\b){_BEGIN}[\w'’-]{{1,30}}(?:{_ENDINGS})|(?:{_NAME} ){{1,3}}(?i:{_ENDINGS}))"
    rf",? (?i:nr\.? ?|nummer |no\.? ?|number )?{_NR}(?!\w|[.,]\d| ?{_COUNTS})"
)
_ENGLISH = re.compile(
    rf"\b\d{{1,4}}[a-d]?,? (?:{_NAME} ){{1,3}}(?:Street|Road|Lane|Avenue|Drive|Close|Square)\b"
)
_HOUSE_NUMBER = re.compile(
    rf"\b(?:huis ?nummer|huis ?nr\.?|house number|flat number|apartment|appartement|"
    rf"kamernummer)(?: is)?:? ?{_NR}\b",
    re.IGNORECASE,
)
_AT_NUMBER = re.compile(
    r"\b(?:(?:ik |wij |we |i )?(?:woon|wonen|live)(?: hier| boven| beneden| here)?"
    r"|(?:mijn |ons |my |our )?(?:adres|address)(?: is)?"
    r"|bel aan|aanbellen|ring(?: the bell)?|kom (?:langs|naar))"
    r"(?:,? (?:op|bij|at|aan|is|in|:))?:? ?(?:nummer |nr\.? ?|number |no\.? ?|huisnummer )"
    rf"{_NR}\b",
    re.IGNORECASE,
)


# What tells of somebody who can be harmed

_WHO_IS = r"(?:ik ben|ben ik|is|zijn|zit|zitten|blijft|blijven|woont?|overdag|'s nachts|mijn \w+)"
_OFTEN = r"(?:vaak|altijd|dan|nu|helemaal|hier|meestal|veel|de hele dag|overdag|'s avonds|'s nachts|die dag)"
_ALONE = (
    re.compile(
        rf"\b{_WHO_IS} (?:{_OFTEN} ){{0,3}}alleen(?: thuis|(?= in huis)|(?= met de kinderen))(?: in huis)?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:alleen thuis|alleen in huis|woon(?:t)? (?:helemaal )?alleen|alleenwonend\w*|niemand thuis"
        r"|home alone|alone at home|alone in the house|lives? (?:all )?alone|living alone"
        r"|on (?:my|her|his) own at home|nobody (?:is )?(?:at )?home|no one (?:is )?(?:at )?home"
        r"|(?:huis|house) (?:staat leeg|is empty|stands empty))\b",
        re.IGNORECASE,
    ),
)
_MEDICAL = re.compile(
    r"\b(?:kanker|chemo(?:therapie|kuur)?|dementie|dement|alzheimer|parkinson|epilepsie|diabetes|"
    r"suikerziekte|depressie|depressief|psychose|psychotisch|schizofreni\w+|borderline|autis\w+|adhd|ptss|"
    r"burn-?out|beroerte|hartinfarct|hartaanval|hartfalen|copd|reuma|ms-pati[eë]nt|multiple sclerose|hiv|"
    r"longkanker|borstkanker|verslaafd\w*|verslaving|alcoholist\w*|incontinent\w*|stoma|katheter|insuline\w*|"
    r"morfine|antidepressiva|miskraam|zwangerschapsvergiftiging|suïcidaal|zelfmoord|"
    r"cancer|chemotherapy|dementia|epilepsy|epileptic|diabetic|depression|depressed|psychosis|psychotic|"
    r"schizophreni\w+|autis[mt]\w*|ptsd|stroke patient|heart attack|heart failure|rheumatism|"
    r"multiple sclerosis|addict(?:ed|ion)|alcoholic|incontinence|catheter|insulin|morphine|"
    r"antidepressants?|miscarriage|suicidal|diagnos[ei]s?|gediagnosticeerd|diagnosed|"
    r"hulp bij (?:het )?(?:douchen|wassen|plassen)|steunkousen|wondverzorging|wound care|injecties?|"
    r"injections?|medicijnen (?:geven|toedienen)|give (?:me |her |him )?(?:my |her |his )?medicines?)\b",
    re.IGNORECASE,
)


# Taking it out

_LED_UP_LENGTH = 80
_BY = r"(?:bel|app|sms|mail|call|text|ring|phone|e-?mail|whatsapp|reach|bereik(?:baar)?)"
_OURS = r"(?:mijn|my|ons|our|het|the)"
_NUMBER = (
    r"(?:(?:telefoon|mobiele |06-)?nummer|(?:phone |mobile )?number|tel\.?|mobiel|e-?mail(?:adres| address)?"
)
_LED_UP = re.compile(
    r"(?:\b(?:(?:je kunt|u kunt|je kan|you can|please|graag) )?"
    rf"(?:{_BY}(?: (?:of|or) {_BY})?(?: (?:mij|me|ons|us|naar))?(?: gerust)?(?: (?:even|anytime))?"
    r"(?: (?:op|via|naar|on|at))?"
    rf"|{_OURS} {_NUMBER}|mail(?:adres)?|adres|address|iban|rekening(?:nummer)?|account(?: number)?)(?: is)?"
    r"|(?:ik woon|wij wonen|we wonen|i live|we live)(?: (?:op|aan|in|bij|at|on))?(?: (?:de|het|the))?"
    r"|tel(?:efoon)?(?:nummer)?\.?|phone(?: number)?|iban|adres|address"
    r"|(?:op|via|naar|aan|at|on|to)(?: (?:de|het|the))?)"
    r"[ :]*)$",
    re.IGNORECASE,
)


def _joined(before: str, after: str) -> str:
    """Two ends of a text whose middle is gone, without words and signs that hang loose there."""
    before = before.rstrip(" \t(")
    while found := _LED_UP.search(before, max(0, len(before) - _LED_UP_LENGTH)):
        before = before[: found.start()].rstrip(" \t")
    before = re.sub(r"[ \t]{0,9}(?:\b(?:en|of|and|or)|[,;:(–-])$", "", before)
    after = re.sub(r"^[ \t)]+", "", after)
    if not before or before.endswith("\n"):
        return before + re.sub(r"^[ \t,;:.!]+", "", after)
    if before[-1] in ".!?" and after[:1] in ".,;:!?":
        after = after[1:].lstrip(" \t")
    elif not after:
        return before
    glue = "" if not after or after[0] in ".,;:!?)\n" else " "
    return before + glue + after


def named(found: Sequence[Found]) -> list[Worry]:
    """Which sorts there are among them, each once, the hardest to take back first."""
    return [worry for worry in Worry if any(one.worry is worry for one in found)]
