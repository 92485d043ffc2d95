"""Reading JSON: the same however it is written, and each key once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.federation.documents import Unreadable, parse, written

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda some: st.lists(some, max_size=4) | st.dictionaries(NAMES, some, max_size=4),
    max_leaves=15,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)


@given(DOCUMENTS)
def test_short_or_wide_it_says_the_same(document: dict[str, Any]) -> None:
    short, wide = parse(written(document)), parse(json.dumps(document, indent=1).encode())
    assert repr(short) == repr(wide) == repr(document)  # 1 is not 1.0 here


@given(NAMES, NAMES, NAMES)
def test_p08_a_key_twice_is_never_read_however_short(name: str, one: str, other: str) -> None:
    key, first, second = (written(word).decode() for word in (name, one, other))
    with pytest.raises(Unreadable):
        parse(f'{{"a":[{{{key}:{first},{key}:{second}}}]}}'.encode())


@pytest.mark.parametrize("name", ["@graph", "@included", "@reverse"])
def test_what_turns_a_document_inside_out_is_never_read(name: str) -> None:
    for text in (written({"x": [{name: {}}]}), json.dumps({"x": [{name: {}}]}).encode()):
        with pytest.raises(Unreadable):
            parse(text)
    assert parse(written({"x": name})) == {"x": name}
