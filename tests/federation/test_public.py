"""What anybody may read of a node: its public posts, what points to them and what is left of them, and who
it says it is. Unsigned, as a server does that never heard of us."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from node.acts import moderation, posts, reports
from node.acts import timers as ticking
from node.clock import now
from node.federation.terms import NAMESPACE, TERMS
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Post, PostDraft, State
from node.serving.app import build as roof
from tests import town
from tests.federation import by_hand
from tests.federation.by_hand import Raw
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.town import DAY, HOUR

AP = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NEVER = "/ap/o/" + "0" * 32
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"


async def get(place: Place, path: str, accept: str = AP) -> httpx.Response:
    """Read something, unsigned."""
    return await by_hand.knock(place, Raw("GET", place.origin + path, {"accept": accept}))


async def read(place: Place, uri: str) -> dict[str, Any]:
    """A document of this node, by its id."""
    found = await get(place, uri.removeprefix(place.origin))
    assert (found.status_code, found.headers["content-type"]) == (200, AP)
    said: dict[str, Any] = found.json()
    assert said["id"] == uri
    return said


async def put_up(place: Place, draft: PostDraft) -> Post:
    return await place.database.writing(posts.post, place.cast.poster, draft, now())


def asks(title: str = "Wie haalt dinsdag medicijnen?", **change: Any) -> PostDraft:
    return town.asks(title, **{"audience": "public", **change})


def path_of(post: Post) -> str:
    return "/ap/o/" + post.uri.rpartition("/")[2]


def same(*found: httpx.Response) -> bool:
    return len({(one.status_code, tuple(one.headers.raw), one.content) for one in found}) == 1


@pytest.fixture
def here(pair: Nodes) -> Place:
    """Centrum, for one test alone; Noord is its neighbour."""
    return pair.places[0]


# Open posts


async def test_a_public_post_and_all_that_it_points_to_can_be_read_by_anybody(here: Place) -> None:
    note = await read(here, (await put_up(here, asks())).uri)
    assert note["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    twin = next(tag["href"] for tag in note["tag"] if tag["type"] == "Link")
    assert (await read(here, twin))["type"] == "Proposal"
    replies = await read(here, note["replies"])
    assert (replies["type"], replies["totalItems"]) == ("Collection", 0)
    assert (replies["first"]["type"], replies["first"]["items"]) == ("CollectionPage", [])
    assert await read(here, replies["first"]["id"]) == {"@context": replies["@context"], **replies["first"]}
    context = await read(here, note["context"])
    assert (context["type"], context["attributedTo"]) == ("OrderedCollection", here.home.actor)
    assert (context["totalItems"], context["orderedItems"]) == (1, [note["id"]])
    category = await read(here, note["publishes"]["resourceConformsTo"])
    assert {"nl": "boodschappen", "en": "groceries", "pl": "zakupy"}.items() <= category["nameMap"].items()
    assert set(category["nameMap"]) == {"nl", "en", "tr", "ar", "pl", "uk"}
    assert category["url"] == note["tag"][0]["href"]
    area = await read(here, note["location"]["id"])
    assert (area["type"], area["name"], area["areaCode"]) == ("Place", "Centrum", here.home.area.code)
    assert (await read(here, note["audience"]))["type"] == "Group"


@pytest.mark.parametrize(
    "path", ["/ap/category/nergens", "/ap/category/Tuin", "/ap/gebied/BU99999999", "/ap/gebied/x"]
)
async def test_what_we_do_not_know_is_not_there(here: Place, path: str) -> None:
    assert same(await get(here, path), await get(here, NEVER))


async def test_S28_only_a_public_post_has_a_conversation(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    never = await get(a, NEVER)
    for more in ("/replies", "/replies?page=1", "/context"):
        assert same(await get(a, path_of(post) + more), never)
        assert same(await by_hand.signed(a, "GET", path_of(post) + more, b.door.keys.application), never)
        assert same(await get(a, NEVER + more), never)


async def test_who_never_heard_of_us_finds_what_is_open_newest_first(here: Place) -> None:
    made = [await put_up(here, asks(f"Vraag {number}")) for number in range(22)]
    await put_up(here, asks("Van ons", audience="adjacent"))
    await here.withdraws(made[21])
    await here.database.writing(posts.close, here.cast.poster, made[20].id, now())
    event = await put_up(here, town.plans(at=now(), audience="public"))
    found = await read(here, f"{here.home.actor}/featured")
    assert found["type"] == "OrderedCollection"
    assert found["orderedItems"] == [event.uri, *(post.uri for post in reversed(made[1:20]))]
    assert found["totalItems"] == 20
    for uri in found["orderedItems"]:
        assert (await read(here, uri))["type"] in ("Note", "Event")


async def test_followers_and_following_say_only_how_many(here: Place) -> None:
    for name in ("followers", "following"):
        found = await read(here, f"{here.home.actor}/{name}")
        assert set(found) == {"@context", "id", "type", "totalItems"}
        assert found["totalItems"] == 1


# What is left when it is gone


async def test_a_public_post_that_was_taken_back_is_gone_for_everybody(pair: Nodes) -> None:
    a, b = pair
    post = await put_up(a, asks("Geheimpje"))
    await a.withdraws(post)
    stranger = Liar(pair.wire)
    answers = [
        await get(a, path_of(post)),
        await by_hand.signed(a, "GET", path_of(post), stranger.reader),
        await by_hand.signed(a, "GET", path_of(post), b.door.keys.application),
    ]
    assert same(*answers)
    assert (answers[0].status_code, answers[0].headers["content-type"]) == (410, AP)
    said = answers[0].json()
    assert (said["id"], said["type"], said["formerType"]) == (post.uri, "Tombstone", "Note")
    assert set(said) == {"@context", "id", "type", "formerType", "deleted"}
    assert re.fullmatch(TIME, said["deleted"])
    twin = await get(a, path_of(post) + "/proposal")
    assert (twin.status_code, twin.json()["id"]) == (410, f"{post.uri}/proposal")
    for more in ("/replies", "/context"):
        assert (await get(a, path_of(post) + more)).status_code == 404


async def test_an_event_that_is_gone_was_an_event(here: Place) -> None:
    event = await put_up(here, town.plans(at=now(), audience="public"))
    await here.withdraws(event)
    found = await get(here, path_of(event))
    assert (found.status_code, found.json()["formerType"]) == (410, "Event")
    assert (await get(here, path_of(event) + "/proposal")).status_code == 410


async def test_S28_a_post_that_was_not_public_or_is_out_of_sight_leaves_nothing(here: Place) -> None:
    near = await here.asks()
    await here.withdraws(near)
    hidden = await put_up(here, asks())
    await here.database.writing(reports.report, here.cast.helper, hidden.id, "privacy", "", now())
    await here.database.writing(
        moderation.uphold, here.cast.supervisor, hidden.id, "hide", "Huisnummer", "", now()
    )
    here_only = await put_up(here, asks(audience="neighbourhood"))
    await here.withdraws(here_only)
    never = await get(here, NEVER)
    for post in (near, hidden, here_only):
        assert same(await get(here, path_of(post)), never)


async def test_what_a_supervisor_removed_is_gone(here: Place) -> None:
    post = await put_up(here, asks())
    await here.database.writing(reports.report, here.cast.helper, post.id, "privacy", "", now())
    await here.database.writing(
        moderation.uphold, here.cast.supervisor, post.id, "remove", "Huisnummer", "", now()
    )
    assert (await get(here, path_of(post))).status_code == 410


async def test_a_post_for_fewer_people_than_before_is_gone_under_its_old_id(pair: Nodes) -> None:
    a, _ = pair
    post = await put_up(a, asks())
    narrow = PostChange(audience="adjacent")
    after = await a.database.writing(posts.edit, a.cast.poster, post.id, narrow, now())
    assert after.uri != post.uri
    assert (await get(a, path_of(post))).status_code == 410
    never = await get(a, NEVER)
    assert same(await get(a, path_of(after)), never)
    assert same(await get(a, f"/o/{post.id}"), never), "its page leads to what it is now"
    wide = PostChange(audience="public")
    again = await a.database.writing(posts.edit, a.cast.poster, post.id, wide, now())
    assert (await read(a, again.uri))["url"] == f"{a.origin}/o/{post.id}"
    assert (await get(a, f"/o/{post.id}")).json()["id"] == again.uri


async def test_thirty_days_after_its_end_a_post_is_gone(pair: Nodes) -> None:
    a, b = pair
    post = await put_up(a, asks())
    await b.holds(post)
    await a.database.writing(posts.close, a.cast.poster, post.id, now())
    assert (await read(a, post.uri))["listingState"] == "closed"
    assert "GESLOTEN" in (await read(a, post.uri))["content"]
    assert await a.database.writing(posts.recall, now() + 31 * DAY) == 1
    for path in (path_of(post), f"/o/{post.id}"):
        found = await get(a, path)
        assert (found.status_code, found.json()["id"]) == (410, post.uri)


async def test_after_ninety_days_it_is_as_if_it_never_was(here: Place) -> None:
    post = await put_up(here, asks())
    await here.withdraws(post)
    while await here.database.writing(ticking.tick, now() + 91 * DAY):
        pass
    assert same(await get(here, path_of(post)), await get(here, NEVER))


# Pages and documents under one address


@pytest.fixture
async def whole(here: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Centrum with all its doors, as a browser and as other servers meet it."""
    app: Starlette = roof(here.settings, here.database, here.door.keys)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=here.origin) as client:
        yield client


@pytest.mark.parametrize("accept", [AP, LD, f"text/html;q=0.1, {LD};q=0.9"])
async def test_the_address_of_a_page_works_in_the_search_box_of_any_server(
    here: Place, whole: httpx.AsyncClient, accept: str
) -> None:
    post = await put_up(here, asks())
    pages = {"/": here.home.actor, "/@centrum": here.home.actor, f"/o/{post.id}": post.uri}
    for path, uri in pages.items():
        found = await whole.get(path, headers={"accept": accept})
        assert (found.status_code, found.headers["content-type"], found.json()["id"]) == (200, AP, uri)
        assert found.headers["vary"] == "Accept, Signature"
        page = await whole.get(path, headers={"accept": BROWSER}, follow_redirects=True)
        assert page.headers["content-type"].startswith("text/html")
        assert "Accept" in page.headers["vary"].split(", ")


async def test_a_page_names_its_document(here: Place, whole: httpx.AsyncClient) -> None:
    post, near = await put_up(here, asks()), await here.asks()
    page = (await whole.get(f"/o/{post.id}", headers={"accept": BROWSER})).text
    assert f'<link rel="alternate" type="{AP}" href="{post.uri}">' in page
    assert near.uri not in (await whole.get(f"/o/{near.id}", headers={"accept": BROWSER})).text


async def test_S28_at_the_address_of_a_page_no_more_is_told_than_at_the_id(pair: Nodes) -> None:
    a, b = pair
    near, held = await a.asks(), await b.asks()
    copy = await a.holds(held)
    never = await get(a, "/o/" + "0" * 32)
    for post in (near, copy):
        assert same(await get(a, f"/o/{post.id}"), never)
    assert same(never, await get(a, NEVER))
    found = await by_hand.signed(a, "GET", f"/o/{near.id}", b.door.keys.application)
    assert found.status_code == 404, "who does not ask for it gets the page, which is not of this door"
    key = b.door.keys.application

    def asking(raw: Raw) -> None:
        raw.headers["accept"] = AP

    found = await by_hand.signed(a, "GET", f"/o/{near.id}", key, spoil=asking)
    assert (found.status_code, found.json()["id"]) == (200, near.uri)


async def test_A17_no_picture_or_style_is_ever_activitypub(whole: httpx.AsyncClient) -> None:
    style = re.findall(r'href="(/static/[^"]*)"', (await whole.get("/", headers={"accept": BROWSER})).text)
    assert len(style) > 3
    for path in [*style, "/favicon.ico", "/feed.atom", "/agenda.ics", "/widget", "/about", "/static/x"]:
        for accept in (AP, LD):
            found = await whole.get(path, headers={"accept": accept}, follow_redirects=True)
            kind = found.headers.get("content-type", "")
            assert not kind.startswith(("application/activity+json", "application/ld+json"))


# Who we say we are


async def test_the_group_says_what_other_software_looks_for(here: Place, whole: httpx.AsyncClient) -> None:
    said = (await whole.get(here.home.actor, headers={"accept": AP})).json()
    assert said["url"] == f"{here.origin}/@centrum"
    assert re.fullmatch(TIME, said["published"])
    assert said["icon"]["type"] == "Image"
    picture = await whole.get(said["icon"]["url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, said["icon"]["mediaType"])
    area, page = said["attachment"]
    assert (area["type"], area["name"]) == ("PropertyValue", "Gebied")
    assert area["value"] == "Centrum (BU00000001)"
    assert page["value"] == '<a href="https://centrum.example/">centrum.example</a>'
    assert "https://www.w3.org/ns/cid/v1" in said["@context"], "else nobody finds the Multikey"
    assert {"PropertyValue", "value", "movedTo", "alsoKnownAs"} <= set(said["@context"][-1])
    assert not {"attributedTo", "movedTo", "alsoKnownAs"} & set(said)
    for name in ("inbox", "outbox", "followers", "following", "featured"):
        assert isinstance(said[name], str)


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key, inner
        for part in inner if isinstance(inner, list) else [inner]:
            yield from leaves(part)


async def test_no_actor_of_ours_ever_trips_the_software_we_know(here: Place) -> None:
    """By the numbers of `federation.md` 6."""
    for uri in (here.home.actor, here.home.application):
        said = await read(here, uri)
        assert "https://www.w3.org/ns/activitystreams" in said["@context"]  # 4
        for name, value in leaves({key: value for key, value in said.items() if key != "@context"}):
            if name in ("type", "icon", "image", "url", "attributedTo"):
                assert not isinstance(value, list)  # 6, 13, 35
        for name in ("inbox", "outbox", "followers", "following"):  # 11, 36
            assert said[name] == f"{uri}/{name}"
        assert said["endpoints"]["sharedInbox"] == f"{here.origin}/inbox"
        assert re.fullmatch(r"[a-z0-9_.:-]+", said["preferredUsername"])  # 31


HANDLES = ["acct:centrum@centrum.example", "https://centrum.example/", "https://centrum.example/@centrum"]


@pytest.mark.parametrize("resource", [*HANDLES, "https://centrum.example/ap/buurt/centrum"])
@pytest.mark.parametrize("spelled", [str, str.upper, str.title])
async def test_webfinger_finds_us_in_any_capitals(here: Place, resource: str, spelled: Any) -> None:
    found = await get(here, f"/.well-known/webfinger?resource={spelled(resource)}")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/jrd+json")
    said = found.json()
    assert said["subject"] == "acct:centrum@centrum.example"
    links = {link["rel"]: link for link in said["links"]}
    assert links["self"] == {"rel": "self", "type": AP, "href": here.home.actor}
    page = links["http://webfinger.net/rel/profile-page"]
    assert (page["type"], page["href"]) == ("text/html", f"{here.origin}/@centrum")
    assert links["https://www.w3.org/ns/activitystreams#Service"]["href"] == here.home.application
    assert "http://ostatus.org/schema/1.0/subscribe" not in links


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?resource=acct:noord@centrum.example", 404),
        ("?resource=acct:centrum@elders.example", 404),
        ("?resource=mailto:centrum@centrum.example", 404),
        ("?resource=https://centrum.example/@noord", 404),
        ("?resource=https://elders.example/", 404),
        ("?resource=centrum@centrum.example", 400),
        ("?resource=", 400),
        ("?resource=" + "a:" + "b" * 3000, 400),
        ("", 400),
    ],
)
async def test_webfinger_says_no_to_what_is_not_ours_and_to_what_is_no_address(
    here: Place, query: str, status: int
) -> None:
    assert (await get(here, f"/.well-known/webfinger{query}")).status_code == status


async def test_host_meta_leads_to_webfinger_in_both_forms(here: Place) -> None:
    template = f"{here.origin}/.well-known/webfinger?resource={{uri}}"
    assert template in (await get(here, "/.well-known/host-meta")).text
    found = (await get(here, "/.well-known/host-meta.json")).json()
    assert found == {"links": [{"rel": "lrdd", "template": template}]}


async def test_every_node_explains_its_own_words(here: Place) -> None:
    found = await get(here, "/ns", "application/ld+json")
    assert found.headers["content-type"] == "application/ld+json"
    context = found.json()["@context"]
    assert context.pop("bk") == NAMESPACE
    assert set(context) == {term.name for term in TERMS}
    page = await get(here, "/ns", BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    for term in TERMS:
        assert f'id="{term.name}"' in page.text
        assert term.means in page.text


async def test_the_outbox_holds_public_posts_for_anybody(here: Place) -> None:
    post, near = await put_up(here, asks()), await here.asks()
    page = (await get(here, f"/ap/buurt/{here.home.slug}/outbox?before=")).json()
    (create,) = page["orderedItems"]
    assert (create["type"], create["object"]["id"], create["audience"]) == (
        "Create",
        post.uri,
        here.home.actor,
    )
    assert near.uri not in json.dumps(page)


async def test_what_is_over_is_said_so_by_an_update(pair: Nodes) -> None:
    a, b = pair
    post = await put_up(a, asks(expires=now() + 2 * HOUR))
    held = await b.holds(post)
    assert held.state is State.OPEN
    await a.change("posts", expires=now())
    assert await a.database.writing(posts.expire, now()) == 1
    await pair.quiet()
    (update,) = pair.wire.said("Update", a.origin)
    assert update["object"]["content"].startswith("<p><strong>VERLOPEN · GEVRAAGD")
    assert update["object"]["updated"] > update["object"]["published"]
