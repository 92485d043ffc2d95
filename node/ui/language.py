"""The language a page speaks, and how it looks to the person who reads it.

A sentence is written in plain English where it is used and said in another language by gettext. Which
language: what the person chose (a cookie), else what their browser asks for, else the node's own, else
Dutch. Day or night and the size of the letters are kept the same way, without an account and without a
script.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from node.neighbourhood.language import SPOKEN
from node.neighbourhood.refusal import Words

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "buurtknoop"
SOURCE = "en"
RIGHT_TO_LEFT = {"ar"}
COOKIE = "bk_lang"
LOOK_COOKIE = "bk_look"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    direction: str


@cache
def languages() -> dict[str, Language]:
    """The languages we have words in, in the order we offer them."""
    here = [c for c in SPOKEN if c == SOURCE or _file(c).is_file()]
    return {c: Language(c, SPOKEN[c], "rtl" if c in RIGHT_TO_LEFT else "ltr") for c in here}


def choose(kept: str | None, accepted: str | None, own: str) -> str:
    """The language to speak: the one kept in the cookie, else what the browser asks for, else our own."""
    known = languages()
    for code in [kept, *_wishes(accepted or ""), own]:
        if code in known:
            return str(code)
    return "nl"


_speaking: ContextVar[str] = ContextVar("speaking", default="nl")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within it, every sentence is said in this language. Each request has its own."""
    before = _speaking.set(code)
    try:
        yield
    finally:
        _speaking.reset(before)


def language() -> Language:
    """The language now spoken."""
    return languages()[_speaking.get()]


def gettext(text: str) -> str:
    return _catalog(_speaking.get()).gettext(text) if text else ""  # the empty one heads a catalog


def ngettext(one: str, more: str, number: int) -> str:
    return _catalog(_speaking.get()).ngettext(one, more, number)


def translate(words: str) -> str:
    """A marked sentence in the language now spoken; text that is not ours to translate stays as it is."""
    if not isinstance(words, Words):
        return words
    said = gettext(words.text)
    return said % words.values if words.values else said


def _wishes(accepted: str) -> list[str]:
    """What `Accept-Language` asks for, best first, without regions: `nl-BE` is `nl` (RFC 9110, 12.5.4)."""
    found = []
    for part in accepted.lower().split(","):
        asked = re.fullmatch(r"\s*([a-z]{2,3})(-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?", part)
        if asked and float(asked[3] or 1) > 0:
            found.append((-float(asked[3] or 1), asked[1]))
    return [code for _, code in sorted(found, key=lambda f: f[0])]


def _file(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.mo"


@cache
def _catalog(code: str) -> NullTranslations:
    if not _file(code).is_file():
        return NullTranslations()
    with _file(code).open("rb") as catalog:
        return GNUTranslations(catalog)


@dataclass(frozen=True)
class Look:
    """How a person reads: by `dark`, by `light`, or as their device says; with `large` letters or not."""

    light: str = ""
    large: bool = False

    @classmethod
    def kept(cls, cookie: str | None) -> "Look":
        words = (cookie or "").split("-")
        return cls(next((w for w in words if w in ("dark", "light")), ""), "large" in words)

    @property
    def cookie(self) -> str:
        return "-".join(w for w in (self.light, "large" if self.large else "") if w)

    @property
    def classes(self) -> str:
        """For the `html` element."""
        return " ".join(f"bk-{w}" for w in self.cookie.split("-") if w)


def back(path: object) -> str:
    """The page of ours to return to; anything that could lead elsewhere becomes the front page."""
    ours = isinstance(path, str) and len(path) < 2000 and re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", path)
    return str(path) if ours else "/"


def remember(form: Mapping[str, object], look: str | None, secure: bool) -> Response:
    """Back to where one was, with the choices of the form in cookies; `look` is the cookie as it was."""
    answer = RedirectResponse(back(form.get("back")), status_code=303)
    for name, value in _chosen(form, Look.kept(look)).items():
        answer.set_cookie(name, value, max_age=YEAR, secure=secure, httponly=True, samesite="lax")
    return answer


def keep(response: Response, code: str, secure: bool) -> None:
    """Let this browser keep a language."""
    response.set_cookie(COOKIE, code, max_age=YEAR, secure=secure, httponly=True, samesite="lax")


def _chosen(form: Mapping[str, object], look: Look) -> dict[str, str]:
    cookies = {}
    if (code := str(form.get("language"))) in languages():
        cookies[COOKIE] = code
    if (light := form.get("light")) in ("dark", "light", "device"):
        look = replace(look, light="" if light == "device" else str(light))
        cookies[LOOK_COOKIE] = look.cookie
    if (letters := form.get("letters")) in ("large", "normal"):
        cookies[LOOK_COOKIE] = replace(look, large=letters == "large").cookie
    return cookies
