"""Structured fields (RFC 9651): the headers that signatures and digests stand in.

Nearly all that comes has one member, in the one spelling that the RFC gives it: that is read at once. What is
spelled in another way is read by `http_sf`, with all that may be.
"""

import re
from base64 import b64decode, b64encode
from typing import Any, cast

import http_sf

Members = dict[str, tuple[Any, dict[str, Any]]]
"""Value and parameters by name; a list is one of such pairs."""

_KEY = r"[a-z*][a-z0-9_.*-]*"
_BYTES = re.compile(rf"({_KEY})=:([A-Za-z0-9+/]+={{0,2}}):")
_LIST = re.compile(
    rf'({_KEY})=(\((?:"[ !#-\[\]-~]*"(?: "[ !#-\[\]-~]*")*)?\)'
    rf'((?:;{_KEY}=(?:"[ !#-\[\]-~]*"|0|[1-9][0-9]{{0,14}}))*))'
)
_ITEM = re.compile(r'"([^"]*)"')
_PARAMETER = re.compile(rf';({_KEY})=(?:"([^"]*)"|([0-9]+))')


def dictionary(field: str) -> Members:
    """A header that is a structured dictionary.

    ValueError when it is none, or when a name stands in it twice (where the RFC takes the last one).
    """
    return _bytes(field) or _list(field) or _any(field)


def as_written(field: str) -> str | None:
    """What stands behind the name, when the header is one list in the spelling that it would be written in
    anew; else None."""
    found = _LIST.fullmatch(field)
    return found[2] if found else None


def _bytes(field: str) -> Members | None:
    found = _BYTES.fullmatch(field)
    if found is None or len(found[2]) % 4:
        return None
    value = b64decode(found[2])
    return {found[1]: (value, {})} if b64encode(value).decode("ascii") == found[2] else None


def _list(field: str) -> Members | None:
    found = _LIST.fullmatch(field)
    if found is None:
        return None
    said = _PARAMETER.findall(found[3])
    parameters = {name: int(number) if number else text for name, text, number in said}
    items = found[2][: len(found[2]) - len(found[3])]
    return (
        {found[1]: ([(item, {}) for item in _ITEM.findall(items)], parameters)}
        if len(parameters) == len(said)
        else None
    )


def _any(field: str) -> Members:
    try:
        parsed = http_sf.parse(field.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_twice)
    except ValueError as error:
        raise ValueError("A signature or digest header is not a proper structured field.") from error
    return cast("Members", parsed)


def _refuse_twice(name: str, where: str) -> None:
    raise ValueError(f"{name} stands twice in one {where}")
