"""What other software writes, as plain words: nothing that was said is lost, and no mark comes along."""

import re
from typing import Any

import pytest

from node.federation import notes
from node.federation.documents import words_of
from node.federation.notes import TEXT

MO, GROUP = "https://social.example/users/mo", "https://centrum.example/ap/buurt/centrum"
NOTE = {
    "id": f"{MO}/statuses/1",
    "type": "Note",
    "attributedTo": MO,
    "to": [GROUP],
    "content": "<p>Ik kom.</p>",
}


def told(**change: Any) -> str | None:
    found = notes.told({**NOTE, **change}, MO, GROUP)
    return found.text if found is not None else None


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>een</p><p>twee</p>", "een\ntwee"),
        ("een<br/>twee", "een\ntwee"),
        ("<ol><li>een</li><li>twee</li></ol>", "een\ntwee"),
        ("<h1>een</h1><h6>twee</h6>drie", "een\ntwee\ndrie"),
        ("<h4>een</h4><h5>twee</h5>", "een\ntwee"),
        ("<dl><dt>een</dt><dd>twee</dd></dl>", "een\ntwee"),
        ("<article>een</article><footer>twee</footer>", "een\ntwee"),
        ("<table><tr><td>een</td><td>twee</td></tr><tr><td>drie</td></tr></table>", "een twee\ndrie"),
        ("een<hr>twee", "een\ntwee"),
        ("<p>Kijk: <img src='https://x.example/a.png' alt='een taart'/></p>", "Kijk: een taart"),
        ("<img src='x' alt='&lt;b&gt;'>", "<b>"),
        ("Fern<wbr />straßen", "Fernstraßen"),
        ("<script>alert('hi');</script>", ""),
        ("<style>p {}</style>een", "een"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("een\ntwee", "een\ntwee"),
    ],
)
def test_html_is_read_as_it_shows(html: str, words: str) -> None:
    assert notes.plain(html) == words


LIVE = re.compile(r"<\s*/?[a-z!]|javascript:|data:|onerror|onload|alert|@import|expression", re.I)


@pytest.mark.parametrize(
    "html",
    [
        "Ja<script>alert(1)</script>",
        "Ja<script src=//x.example/a.js></script>",
        "Ja<svg onload=alert(1)>",
        "Ja<svg><script>alert(1)</script></svg>",
        "Ja<svg><style><img src=x onerror=alert(1)></style></svg>",
        "Ja<math><mtext><table><mglyph><style><!--</style><a title='--&gt;&lt;img src=x onerror=alert&gt;'>",
        "Ja<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
        "Ja<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)></style></form>",
        "Ja<style>@import 'https://x.example/a.css';</style>",
        "Ja<p style='background:expression(alert(1))'></p>",
        "Ja<a href='javascript:alert(1)'></a>",
        "Ja<a href='java\tscript:alert(1)'></a>",
        "Ja<a href=' &#1;javascript&colon;alert(1)'></a>",
        "Ja<a href='data:text/html,<script>alert(1)</script>'></a>",
        "Ja<img src=x onerror=alert(1)>",
        "Ja<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "Ja<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "Ja<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
        "Ja<body onload=alert(1)><base href='javascript:'><meta http-equiv=refresh content='0;javascript:'>",
        "Ja<!--><img src=x onerror=alert(1)>-->",
        "Ja<details open ontoggle=alert(1)></details><video><source onerror=alert(1)></video>",
        "Ja<template><script>alert(1)</script></template>",
    ],
)
def test_H01_of_what_could_do_something_nothing_is_left(html: str) -> None:
    assert (said := told(content=html)) is not None
    assert said.startswith("Ja")
    assert not LIVE.search(said), said


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Ja<scr<script>ipt>alert(1)</script>", "Jaipt>alert(1)"),
        ("Ja<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "Ja<p title=''>"),
        ("Ja<textarea><script>alert(1)</script></textarea>", "Ja<script>alert(1)</script>"),
        ("Ja&lt;script&gt;alert(1)&lt;/script&gt;", "Ja<script>alert(1)</script>"),
    ],
)
def test_H01_what_is_only_written_stays_words(html: str, words: str) -> None:
    """A browser shows these signs too, and so do we: a page writes them out (`ui/test_markup`)."""
    assert told(content=html) == words


def test_H10_a_picture_elsewhere_is_the_words_it_is_said_to_show() -> None:
    """Nobody's browser asks another server for it, which would tell that server who reads here."""
    said = told(content="<p>Kijk<img src='https://x.example/a.png' srcset='https://x.example/b.png 2x'></p>")
    assert said == "Kijk"


@pytest.mark.parametrize(
    "html",
    [
        "Ik kom &#8238;neit mo",
        "Ik kom &#x202e;neit mo",
        "Ik kom &#X202E;neit&#8203; mo&rlm;",
        "Ik kom &amp;#x202e;neit mo",
        "<img alt='&#x202e;neit mo'>",
        "<img alt='&amp;#x202e;neit mo'>",
        "&#1;&#27;&#x7f;&#x9b;&#xfeff;&#x2066;",
        "&zwnj;&zwj;&#xe000;&#xfff9;",
        "\u202eneit mo",
    ],
)
def test_p22_what_cannot_be_seen_is_left_out_however_it_is_written(html: str) -> None:
    for said in (told(content=html), told(summary=html), told(name=html, content="Ja."), _poll(html)):
        assert words_of(said or "", TEXT) == (said or ""), ascii(said)


def _poll(name: str) -> str | None:
    return told(type="Question", oneOf=[{"type": "Note", "name": name}, {"type": "Note", "name": "b"}])


@pytest.mark.parametrize("kind", ["Note", "Article", "Page", "Question", "Event", "Image", "Audio", "Video"])
def test_whatever_has_words_is_read(kind: str) -> None:
    assert told(type=kind) == "Ik kom."


@pytest.mark.parametrize("kind", [["Note"], ["Note", "Article"], ["x:Answer", "Note"]])
def test_a_thing_of_two_types_is_what_is_read_of_them(kind: list[str]) -> None:
    assert told(type=kind) == "Ik kom."


@pytest.mark.parametrize("kind", [None, "Tombstone", "Place", [], [["Note"]], {"id": "Note"}, 7])
def test_what_is_no_writing_is_not_read(kind: Any) -> None:
    assert told(type=kind) is None


@pytest.mark.parametrize("name", ["quote", "quoteUrl", "quoteUri", "_misskey_quote"])
def test_a_quotation_is_about_what_it_quotes(name: str) -> None:
    found = notes.told({**NOTE, name: f"{GROUP}/x"}, MO, GROUP)
    assert found is not None
    assert found.about == [f"{GROUP}/x"]


@pytest.mark.parametrize("content", [None, "", {"nl": "<p>Ja</p>"}])
def test_a_vote_in_a_poll_says_nothing_to_us(content: Any) -> None:
    assert told(name="Ja", content=content, inReplyTo=f"{GROUP}/x") is None
    assert told(name="Ja", content=content) == "Ja"


def test_an_answer_in_one_language_alone_is_no_vote() -> None:
    assert (
        told(name="Ja", content=None, contentMap={"nl": "<p>Ik kom.</p>"}, inReplyTo=GROUP) == "Ja\n\nIk kom."
    )


def test_a_poll_is_read_with_what_one_may_choose() -> None:
    choices = [{"type": "Note", "name": name} for name in ("dinsdag", "<b>woensdag</b>")]
    for name in ("oneOf", "anyOf"):
        assert told(type="Question", **{name: choices}) == "Ik kom.\n\ndinsdag\nwoensdag"
    assert told(type="Question", oneOf=choices[0]) == "Ik kom.\n\ndinsdag"
    assert told(type="Question", oneOf=["x", None, {"name": 7}]) == "Ik kom."


@pytest.mark.parametrize("about", [f"{GROUP}/x", [f"{GROUP}/x"], {"id": f"{GROUP}/x"}])
def test_an_answer_is_about_what_it_answers(about: Any) -> None:
    found = notes.told({**NOTE, "inReplyTo": about}, MO, GROUP)
    assert found is not None
    assert found.about == [f"{GROUP}/x"]


def test_an_answer_may_name_what_it_answers_by_a_link() -> None:
    test_an_answer_is_about_what_it_answers({"type": "Link", "href": f"{GROUP}/x"})
