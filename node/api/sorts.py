"""What a field holds, in a sentence for whoever sent something else; and the words of a query, read so."""

import re
from typing import Any

from msgspec import inspect

from node.neighbourhood.refusal import Words, phrase

_WORDS: dict[str, bool] = {"true": True, "false": False}
_NUMBER = re.compile("[0-9]{1,15}")


def wanted(kind: Any) -> Words:
    """What to send in a field of this type."""
    return _wanted(inspect.type_info(kind))


def said(word: object, kind: Any) -> object:
    """A word of a query as it is meant: a number, true or false where the field holds that, else text."""
    plain = _plain(inspect.type_info(kind))
    if isinstance(plain, inspect.IntType) and _NUMBER.fullmatch(str(word)):
        return int(str(word))
    return _WORDS.get(str(word), word) if isinstance(plain, inspect.BoolType) else word


def empty(kind: Any) -> object:
    """Nothing, in a field of this type."""
    return [] if isinstance(_plain(inspect.type_info(kind)), inspect.ListType) else ""


def _wanted(kind: inspect.Type) -> Words:
    plain, listed = _plain(kind), _listed(kind)
    if isinstance(plain, inspect.ListType):
        return phrase("Send a list, with some of: %(words)s.", words=", ".join(_listed(plain.item_type)))
    if listed:
        return phrase("Choose one of: %(words)s.", words=", ".join(listed))
    if isinstance(plain, inspect.BoolType):
        return phrase("Say yes or no: true or false.")
    if isinstance(plain, inspect.DateTimeType):
        return phrase("Send a time with its zone (RFC 3339), such as 2030-05-31T18:00:00Z.")
    if isinstance(plain, inspect.IntType):
        return _number(plain)
    return _text(plain)


def _number(kind: inspect.IntType) -> Words:
    if kind.ge is None or kind.le is None:
        return phrase("Send a whole number.")
    return phrase("Send a whole number, from %(least)d to %(most)d.", least=kind.ge, most=kind.le)


def _text(kind: inspect.Type) -> Words:
    if isinstance(kind, inspect.StrType) and kind.pattern:
        return phrase("Send an id, as this node gave it.")
    if isinstance(kind, inspect.StrType) and kind.max_length:
        return phrase("Send text, at most %(most)d letters.", most=kind.max_length)
    return phrase("Send text.")


def _listed(kind: inspect.Type) -> tuple[str, ...]:
    """The words to choose from, where there are only so many."""
    if isinstance(kind, inspect.LiteralType):
        return tuple(str(word) for word in kind.values)
    if isinstance(kind, inspect.Metadata):
        return tuple((kind.extra_json_schema or {}).get("enum", ())) or _listed(kind.type)
    return ()


def _plain(kind: inspect.Type) -> inspect.Type:
    """The type under what is told about it; of a choice the first, for the other is null."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    return _plain(kind.types[0]) if isinstance(kind, inspect.UnionType) else kind
