"""Who wants ActivityPub at the address of a page, and who a page (RFC 9110, 12.5.1)."""

import pytest

from node.federation.negotiation import wants_activity, wants_page

AS = "https://www.w3.org/ns/activitystreams"
LD = f'application/ld+json; profile="{AS}"'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROGRAMS = [
    "application/activity+json",
    "APPLICATION/Activity+JSON",
    "application/activity+json, application/ld+json",
    LD,
    f"{LD}, application/activity+json",
    f"application/json;q=0.5, {LD};q=0.9, text/html;q=0.1",
    f'application/ld+json ;  profile = "{AS}" ; q=0.3',
    f'application/ld+json; profile="https://example.org/other {AS}"',
    f"application/ld+json; profile={AS}",
    "application/activity+json; charset=utf-8, */*;q=0.1",
    "application/activity+json, text/html",
    f'x/y; said="a, text/html, b", {LD}',
]
PEOPLE = [
    "",
    "*/*",
    BROWSER,
    "application/json",
    "application/ld+json",
    'application/ld+json; profile="https://example.org/other"',
    "text/html, application/activity+json",
    "application/activity+json;q=0.5, text/html",
    "application/activity+json;q=0",
    "application/activity+json;q=0.0, */*",
    "application/activity+jsonx",
    "xapplication/activity+json",
    'text/html; said="application/activity+json"',
    "application/activity+json;q=much",
    '"application/activity+json',
    '"' * 5000,
    "a" * 1000 + ",application/activity+json",
]


@pytest.mark.parametrize("accepted", PROGRAMS)
def test_software_that_asks_for_activitypub_gets_it(accepted: str) -> None:
    assert wants_activity(accepted)


@pytest.mark.parametrize("accepted", PEOPLE)
def test_whoever_does_not_clearly_ask_for_it_gets_the_page(accepted: str) -> None:
    assert not wants_activity(accepted)


def test_our_own_words_are_a_page_for_browsers_and_json_for_the_rest() -> None:
    assert wants_page(BROWSER)
    assert wants_page("text/html;q=0.9, application/ld+json;q=0.8")
    for accepted in ("", "*/*", "application/ld+json", "application/ld+json, text/html;q=0.9"):
        assert not wants_page(accepted)
