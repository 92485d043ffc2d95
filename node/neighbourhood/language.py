"""Languages: those in which pages and letters speak, and those in which people write."""

import re
from collections.abc import Mapping

from node.neighbourhood.refusal import Invalid, phrase

UNKNOWN = "und"
"""Nobody said in which language it is (ISO 639-2)."""

SPOKEN: Mapping[str, str] = {
    "nl": "Nederlands",
    "en": "English",
    "tr": "Türkçe",
    "ar": "العربية",
    "pl": "Polski",
    "uk": "Українська",
}
"""Those of our own pages and letters, each by its own name, in the order in which they are offered."""

WRITTEN: Mapping[str, str] = {
    **SPOKEN,
    "am": "አማርኛ",
    "bg": "Български",
    "de": "Deutsch",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "fy": "Frysk",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "it": "Italiano",
    "ku": "Kurdî",
    "pap": "Papiamentu",
    "ps": "پښتو",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
"""Those that neighbours may choose for what they write. From elsewhere any other may come."""

_CODE = re.compile(r"[a-z]{2,3}")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*")


def checked_language(code: str) -> str:
    """The code of a language (ISO 639), in lower case."""
    code = code.strip().lower()
    if not _CODE.fullmatch(code):
        raise Invalid({"language": phrase("Write the code of a language: two or three letters, such as nl.")})
    return code


def of_tag(tag: object) -> str:
    """The language that a tag names, without its region or script: *nl-BE* is Dutch (BCP 47). What is no tag
    names none."""
    found = _TAG.fullmatch(tag) if isinstance(tag, str) and len(tag) <= 35 else None
    return found[1].lower() if found else UNKNOWN
