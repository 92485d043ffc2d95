"""One host has one spelling (`security.md`, A20): who is blocked, known or our own is so however it is
written."""

from pathlib import Path

import pytest

from node.clock import now
from node.federation import reading
from node.federation.documents import URI_LENGTH, origin_of, uri_of
from node.federation.guarded import Forbidden, Unreachable
from node.federation.signatures import SigningKey, check_key_id
from node.federation.transport import Guarded
from tests.federation import by_hand
from tests.federation.liar import Liar, described
from tests.federation.stillness import untouched
from tests.federation.test_ways_out import remote_of
from tests.federation.town_of_nodes import Nodes

Lied = tuple[Nodes, Liar]
SAME = [
    *(
        "https://example.org",
        "https://EXAMPLE.org/x",
        "HTTPS://example.org",
        "https://example.org.",
        "https://example.org:443",
    ),
    *(
        "https://example.org:",
        "https://example.org:0443/x",
        "https://Example.Org.:443/?x#y",
        "https://example.org#key",
    ),
]
NONE = [
    *(
        "https://example.org..",
        "https://.example.org",
        "https://a..b",
        "https://",
        "https:///x",
        "https:example.org",
    ),
    *("//example.org", "example.org", "ftp://example.org", "file:///x", "data:,x", "javascript:alert(1)", ""),
    *(
        "https://user@example.org",
        "https://@example.org",
        "https://a:b@example.org",
        "https://example.org@evil.example",
    ),
    *(
        "https://example.org\\@evil.example",
        "https://example.org\\.evil.example",
        "https://example.org\\/x",
        "https:\\\\x",
    ),
    *(
        "https://example。org",
        "https://example\uff0eorg",
        "https://example｡org",
        "https://exampl℮.org",
        "https://straße.example",
    ),
    *(
        "https://example%2eorg",
        "https://example.org%00",
        "https://exa mple.org",
        "https://exa\tmple.org",
        " https://x.example",
    ),
    *(
        "https://example.org\n",
        "https://exam\nple.org",
        "https://example.org/\x00",
        "https://example.org/a b",
        "https://ex'ample.org",
    ),
    *(
        "https://example.org:0",
        "https://example.org:65536",
        "https://example.org:-1",
        "https://example.org:４４３",
    ),
    *(
        "https://example.org:443:443",
        "https://example.org:x",
        f"https://{'a' * 64}.example",
        "https://" + "a." * 130 + "b",
    ),
    *(
        "https://127.1",
        "https://2130706433",
        "https://0x7f.1",
        "https://0177.0.0.1",
        "https://127.0.0.01",
        "https://1.2.3.4.5",
    ),
    *(
        "https://0x",
        "https://a.0x7f",
        "https://[::1",
        "https://::1",
        "https://[fe80::1%25eth0]",
        "https://[v1.x]",
        "https://[]",
    ),
    *(
        "https://[::1]x",
        "https://[1.2.3.4]",
        "https://*.example.org",
        "https://exa,mple.org",
        "https://\u212a.example",
    ),
]


@pytest.mark.parametrize("uri", SAME)
def test_A20_the_same_host_in_other_letters(uri: str) -> None:
    assert origin_of(uri) == "https://example.org"


@pytest.mark.parametrize("uri", NONE)
def test_A20_what_can_be_read_in_two_ways_is_no_address(uri: str) -> None:
    assert origin_of(uri) is None


def test_what_is_longer_than_any_address_is_none() -> None:
    """A server may lead us to as much as a head of an answer holds: none of that is remembered."""
    longest = "https://example.org/".ljust(URI_LENGTH, "x")
    assert (origin_of(longest), origin_of(f"{longest}x")) == ("https://example.org", None)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://example.org:8443/", "https://example.org:8443"),
        ("http://example.org:80/", "http://example.org"),
        ("http://example.org:443/", "http://example.org:443"),
        ("https://XN--Strae-OQA.example", "https://xn--strae-oqa.example"),
        ("https://[2001:DB8:0:0::1]:443/", "https://[2001:db8::1]"),
        ("https://127.0.0.1:08400", "https://127.0.0.1:8400"),
    ],
)
def test_A20_ports_numbers_and_foreign_names(uri: str, origin: str) -> None:
    assert origin_of(uri) == origin


OTHERWISE = [  # how `{}` may be written; the last has letters of another alphabet that look the same
    *("{upper}", "{host}.", "{host}:443", "{upper}.:0443", "x@{host}", "{host}\\@x.example"),
    *("{wide}", "{percent}", "{foreign}"),
]


def spelled(host: str, how: str) -> str:
    others = {"wide": (".", "。"), "percent": (".", "%2e"), "foreign": ("e", "е")}
    written = {name: host.replace(old, new) for name, (old, new) in others.items()}
    return how.format(host=host, upper=host.upper(), **written)


@pytest.mark.parametrize("how", OTHERWISE)
async def test_A20_who_is_blocked_stays_so_in_every_spelling(lied_to: Lied, how: str) -> None:
    (place, _), liar = lied_to
    await liar.says(place, liar.activity("Follow", place.home.actor))
    await place.blocks(liar)
    host = liar.origin.removeprefix("https://")
    async with untouched(place):
        for key_id in (liar.key.key_id.replace(host, spelled(host, how)), liar.key.key_id):
            try:
                key = SigningKey(check_key_id(key_id), liar.key.private)
            except ValueError:
                continue  # it does not even get that far: 400
            response = await by_hand.posted(place, liar.activity("Follow", place.home.actor), key)
            assert response.status_code in (400, 403)


@pytest.mark.parametrize("how", OTHERWISE)
async def test_X15_our_own_host_is_never_asked_in_any_spelling(lied_to: Lied, how: str) -> None:
    (place, _), _ = lied_to
    uri = place.home.actor.replace("centrum.example", spelled("centrum.example", how))
    sent = len(place.wire.log)
    with pytest.raises(Forbidden):
        await place.door.remote.document(uri)
    assert len(place.wire.log) == sent
    assert origin_of(uri) in (None, place.origin)
    assert uri_of(uri) is None or origin_of(uri_of(uri) or "") in (None, place.origin)


@pytest.mark.parametrize(
    "actor", ["https://EVIL.example/mo", "https://evil.example:443/mo", "https://evil.example./mo"]
)
def test_A20_an_actor_has_one_spelling_or_is_none(actor: str) -> None:
    """Else a block of it would have to name each."""
    document = described(actor, "Person")
    assert reading.actor({**document, "id": "https://evil.example/mo"}, now()) is not None
    assert reading.actor(document, now()) is None


async def test_A20_a_foreign_name_is_looked_up_as_it_is_written(tmp_path: Path) -> None:
    """Decoded and encoded again by another rule it would be another host."""
    asked = []

    async def resolve(host: str, port: int) -> set[str]:
        asked.append(host)
        return set()

    way = remote_of(tmp_path, "https://centrum.example", Guarded(False, None, resolve))
    with pytest.raises(Unreachable, match="ConnectError"):
        await way.document("https://xn--strae-oqa.example/x")
    await way.close()
    assert asked == ["xn--strae-oqa.example"]


@pytest.mark.parametrize("sign", ["\u017f", "\u212a"], ids=["long s", "Kelvin"])
def test_A20_S23_a_letter_that_only_becomes_plain_when_it_is_made_small(sign: str) -> None:
    """Found by the fuzzer: they count as s and k wherever capitals and small letters are one."""
    for uri in (
        f"https://example.org/{sign}#key",
        f"https://e{sign}ample.org/#key",
        f"http{sign}://example.org/",
    ):
        with pytest.raises(ValueError, match="web address"):
            check_key_id(uri)
    assert origin_of(f"https://example{sign}.org") is None
