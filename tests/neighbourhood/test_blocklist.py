"""Whom a block is about, in one spelling; and lists of blocks as servers hand them to each other."""

from datetime import UTC, datetime

import pytest

from node.neighbourhood.block import Block, Severity, Source, checked_subject, subjects_of
from node.neighbourhood.blocklist import COLUMNS, MOST_LINES, BlockList, Listed, carried, read, written
from node.neighbourhood.refusal import Invalid

HEAD = ",".join(COLUMNS)
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def listed(found: BlockList) -> list[str]:
    return [f"{one.severity} {one.subject}{': ' + one.why if one.why else ''}" for one in found.wanted]


def counted(found: BlockList) -> tuple[int, int, int, int]:
    return len(found.wanted), found.noop, found.hidden, found.unread


def wrong(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        read(text)
    return refused.value.errors["list"]


@pytest.mark.parametrize(
    "words",
    [
        "social.example",
        " Social.Example. ",
        "social.example:443",
        "https://social.example",
        "https://SOCIAL.example:443/",
        "http://social.example:80",
        "ｓｏｃｉａｌ。example",
    ],
)
def test_A20_a_server_has_one_spelling(words: str) -> None:
    assert checked_subject(words) == "social.example"


def test_A20_an_account_is_spelled_as_its_server_spells_it() -> None:
    there = "https://social.example/users/Mo"
    assert checked_subject("https://Social.EXAMPLE:443/users/Mo") == there
    assert there in subjects_of("https://social.example", there)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "two words",
        "mo@social.example",
        "https://mo@social.example/users/mo",
        "https://[::1",
        "ftp://social.example/",
        "file:///etc/passwd",
        "https:///users/mo",
        "a" * 64 + ".example",
        "social.example/",
        "*.example",
        "x\ny.example",
    ],
)
def test_what_names_nobody_is_refused(words: str) -> None:
    with pytest.raises(Invalid):
        checked_subject(words)


def test_a_list_as_mastodon_writes_it() -> None:
    text = (
        f"{HEAD}\n"
        "spam.example,suspend,false,false,Spam,false\n"
        'rude.example,silence,true,false,"Rude, and ""proud"" of it",false\n'
        "pictures.example,noop,true,false,,false\n"
        "se**et.example,suspend,false,false,,true\n"
    )
    found = read(text)
    assert listed(found) == ["block spam.example: Spam", 'hold rude.example: Rude, and "proud" of it']
    assert counted(found) == (2, 1, 1, 0)


def test_names_alone_are_a_list() -> None:
    found = read("\ufeff# ours\r\nspam.example\r\n\r\n  More.Example \rspam.example")
    assert listed(found) == ["block spam.example", "block more.example"]


def test_the_line_of_names_may_be_left_out_or_say_another_order() -> None:
    assert listed(read("spam.example,silence,false,false,Spam,false")) == ["hold spam.example: Spam"]
    assert listed(read("public_comment,#x\n")) == []
    found = read("domain,public_comment,severity\nspam.example,Spam,silence\n")
    assert listed(found) == ["hold spam.example: Spam"]


def test_of_a_server_that_stands_there_twice_the_hardest_word_counts() -> None:
    found = read("spam.example,silence,,,Rude\nother.example\nSPAM.example,suspend\n")
    assert listed(found) == ["block spam.example: Rude", "block other.example"]


@pytest.mark.parametrize(
    "line",
    [
        "example",  # everybody in a whole country
        "nl",
        "https://social.example/users/mo",  # an account
        "mo@social.example",
        "social.example,destroy",
        "two words.example",
        "<b>.example",
        '=HYPERLINK("x")',
        "bad..example",
        "..",
    ],
)
def test_C10_a_line_that_says_nothing_we_do_is_told_by_its_number(line: str) -> None:
    found = read(f"good.example\n{line}\nalso.example\n")
    assert found.unread == 1
    assert found.first == (2,)
    assert [one.subject for one in found.wanted] == ["good.example", "also.example"]


@pytest.mark.parametrize("end", ["", "\n", '\nmore.example,suspend,false,false,"x",false\n'])
def test_C10_a_quote_that_never_ends_does_not_swallow_the_rest(end: str) -> None:
    assert "Line 2 cannot be read" in wrong(f'good.example\nevil.example,suspend,false,false,"open{end}')


def test_C10_a_million_lines_are_refused_before_they_are_read() -> None:
    assert "too long" in wrong("a.example\n" * 1_000_000)
    assert "too long" in wrong("\n" * 1_000_000)
    assert "too long" in wrong("x" * 3_000_000)
    assert "Line 1 cannot be read" in wrong('"' + "x" * 200_000 + '"')


def test_C10_what_is_just_not_too_long_is_read_whole() -> None:
    text = HEAD + "\n" + "".join(f"s{number}.example,suspend\n" for number in range(MOST_LINES))
    assert len(read(text).wanted) == MOST_LINES
    assert "too long" in wrong(text + "one.example\n")


def test_a_reason_becomes_one_line_that_can_be_shown() -> None:
    found = read('a.example,suspend,,,"two\nlines  here"\nb.example,,,,x\x1by\nc.example,,,,' + "é" * 500)
    assert [one.why for one in found.wanted] == ["two lines here", "", "é" * 199 + "…"]


def test_what_is_written_is_read_again() -> None:
    blocks = [
        Block("spam.example", Severity.BLOCK, 'Said "no", twice', Source.OWN, NOON),
        Block("sums.example", Severity.HOLD, "=1+1", Source.LIST, NOON),
        Block("https://social.example/users/mo", Severity.BLOCK, "", Source.OWN, NOON),
        Block("town.example:8443", Severity.HOLD, "", Source.HUB, NOON),
    ]
    lines = list(written(blocks))
    assert lines[0] == HEAD + "\n"
    assert "sums.example,silence,false,false,'=1+1,false\n" in lines  # words to a spreadsheet
    servers = [Listed(b.subject, b.severity, b.why) for b in blocks if "/" not in b.subject]
    assert read("".join(lines)) == BlockList(tuple(servers))
    assert read(carried(servers)) == BlockList(tuple(servers))
    assert carried([Listed("spam.example", Severity.BLOCK, "")]).endswith("\nspam.example\n")
