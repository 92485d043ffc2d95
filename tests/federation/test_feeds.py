"""What stands in a website's feed, as people write them and as a liar would."""

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.federation.feeds import ENTRIES, Feed, NoFeed, feed_of, read, shortened
from node.neighbourhood.website import BACK, SUMMARY, TITLE, Entry, chosen

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://bewoners.example/nieuws/"
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Bewoners van Centrum</title>
<link href="https://bewoners.example/"/>
<entry><title type="html">Koffie &amp;amp; &lt;b&gt;taart&lt;/b&gt;</title><id>urn:1</id>
<link rel="self" href="/een.atom"/><link rel="alternate" href="/een"/>
<updated>2026-11-29T10:00:00+01:00</updated><published>2026-11-28T10:00:00+01:00</published>
<summary type="html">&lt;p&gt;Kom je ook?&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</summary></entry>
<entry><title>Zonder datum</title><id>urn:2</id><link href="https://elders.example/twee"/></entry>
</feed>"""
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Buurthuis</title><link>https://buurthuis.example</link><image><title>Plaatje</title></image>
<item><title>Soep</title><link>https://buurthuis.example/soep</link><guid isPermaLink="false">7</guid>
<pubDate>Sat, 28 Nov 2026 09:00:00 +0100</pubDate>
<description><![CDATA[<p>Elke <em>dag</em> soep.</p>]]></description>
</item>
<item><guid>https://buurthuis.example/guid</guid><description>Alleen woorden.</description></item>
<item><title>Nergens</title></item>
</channel></rss>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Oud</title></channel>
<item><title>Nog steeds</title><link>https://oud.example/1</link><dc:date>2026-11-01T00:00:00Z</dc:date></item></rdf:RDF>"""


def fed(words: str) -> Feed:
    return read(words.encode(), URL, AT)


def test_atom() -> None:
    found = fed(ATOM)
    assert found.name == "Bewoners van Centrum"
    first, second = found.entries
    assert (first.title, first.summary) == ("Koffie & taart", "Kom je ook?")
    assert (first.url, first.at) == ("https://bewoners.example/een", datetime(2026, 11, 28, 9, tzinfo=UTC))
    assert (second.url, second.at) == ("https://elders.example/twee", AT)
    assert first.key != second.key


def test_rss() -> None:
    found = fed(RSS)
    assert found.name == "Buurthuis"
    soup, words = found.entries
    assert (soup.title, soup.summary) == ("Soep", "Elke dag soep.")
    assert (soup.url, soup.at) == ("https://buurthuis.example/soep", datetime(2026, 11, 28, 8, tzinfo=UTC))
    assert (words.title, words.url) == ("Alleen woorden.", "https://buurthuis.example/guid")


def test_rss_of_long_ago() -> None:
    [one] = fed(RDF).entries
    assert (fed(RDF).name, one.title, one.at) == ("Oud", "Nog steeds", datetime(2026, 11, 1, tzinfo=UTC))


def test_what_is_dated_tomorrow_was_written_today() -> None:
    [one] = fed(RDF.replace("2026-11-01", "2036-11-01")).entries
    assert one.at == AT


@pytest.mark.parametrize("date", ["", "gisteren", "0000-00-00", "9999-99-99T00:00:00Z", "Sat, 99 Nov 2026"])
def test_a_date_that_is_none_is_when_it_was_read(date: str) -> None:
    [one] = fed(RDF.replace("2026-11-01T00:00:00Z", date)).entries
    assert one.at == AT


@pytest.mark.parametrize(
    "link",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://a@b.example/",
        ),
        *("http://[::1", "https://x.example/" + "x" * 3000, "ftp://x.example/", "https://x.example/\u202e"),
    ],
)
def test_a_link_that_leads_nowhere_good_is_no_link(link: str) -> None:
    assert fed(RDF.replace("https://oud.example/1", link)).entries == []


@pytest.mark.parametrize(
    "bad",
    [
        "",
        " ",
        "nee",
        "<feed>",
        "<html><body>Hallo</body></html>",
        "<rss><channel></rss>",
        '<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        '<!DOCTYPE rss SYSTEM "https://elders.example/x.dtd"><rss/>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
        "<rss>" + "<a>" * 200 + "</a>" * 200 + "</rss>",
        "<rss>" + "<a/>" * 60_000 + "</rss>",
        "<rss>\x00</rss>",
    ],
)
def test_what_is_no_feed(bad: str) -> None:
    with pytest.raises(NoFeed):
        fed(bad)


def test_an_encoding_that_nobody_knows() -> None:
    with pytest.raises(NoFeed):
        read(b'<?xml version="1.0" encoding="klingon"?><rss/>', URL, AT)


def test_much_is_cut_and_takes_little_room() -> None:
    title, words = "<title>" + "woord " * 100 + "</title>", "<description>" + "lang " * 500 + "</description>"
    item = f"<item>{title}<link>/x</link>{words}</item>"
    body = f"<rss><channel>{item * 300}</channel></rss>".encode()
    tracemalloc.start()
    try:
        found = read(body, URL, AT)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(body)
    finally:
        tracemalloc.stop()
    assert len(found.entries) == ENTRIES
    assert all(len(one.title) <= TITLE and len(one.summary) <= SUMMARY for one in found.entries)
    assert found.entries[0].title.endswith("woord…")


def test_the_feed_of_a_page() -> None:
    page = """<html><head><link rel=stylesheet href=x.css><LINK REL="Alternate" type="text/html" href="/en">
    <link rel="alternate" type="application/rss+xml" href="javascript:x"><link rel="alternate feed"
    type="application/atom+xml" href="atom.xml">
    <link rel="alternate" type="text/calendar" href="/ics"></head>"""
    assert feed_of(page.encode(), URL) == "https://bewoners.example/nieuws/atom.xml"
    assert feed_of(b"<p>Niets <link rel=alternate>", URL) is None


@given(st.text(), st.integers(1, 30))
def test_what_is_shortened_fits(words: str, most: int) -> None:
    short = shortened(words, most)
    assert len(short) <= most
    assert short == words or short.endswith("…")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for whole in (body, b"<rss><channel><item>" + body + b"</item></channel></rss>"):
        with suppress(NoFeed):
            read(whole, URL, AT)
    feed_of(body, URL)


def test_nothing_is_older_than_what_is_worth_showing() -> None:
    old = Entry("oud", "Oud", "", URL, AT - BACK - timedelta(days=1))
    new = Entry("nieuw", "Nieuw", "", URL, AT - BACK + timedelta(days=1))
    assert chosen([old, new], AT) == [new]
