"""Photos over the border: of a public post a link and its words, of any other how many there are; and none is
fetched or shown from elsewhere."""

from dataclasses import replace
from typing import Any

import pytest

from node.acts import photos as acts
from node.acts.publish import facts_of
from node.clock import now
from node.federation import objects, reading
from node.neighbourhood.photo import MOST, Photo
from node.neighbourhood.post import Audience, Kind, Post, State
from node.storage import photos
from tests.federation import scene
from tests.federation.test_looks import HOME, _node, a_post
from tests.federation.town_of_nodes import Nodes
from tests.town import NOON

CAT = Photo("c" * 32, "bea", "p", None, "Een grijze kat", 1200, 800, 99_000, NOON)
DOG = replace(CAT, id="d" * 32, alt="")


def told(post: Post, *shown: Photo) -> dict[str, Any]:
    return objects.post(HOME, facts_of(replace(post, photos=len(shown)), None, shown))


@pytest.mark.parametrize("kind", Kind)
def test_the_photos_of_a_public_post_are_images_for_every_server(kind: Kind) -> None:
    said = told(a_post(kind), CAT, DOG)
    large = f"{HOME.origin}/media"
    assert said["attachment"] == [
        {
            "type": "Image",
            "mediaType": "image/jpeg",
            "url": f"{large}/{CAT.id}.jpg",
            "name": "Een grijze kat",
        },
        {"type": "Image", "mediaType": "image/jpeg", "url": f"{large}/{DOG.id}.jpg"},
    ]
    assert said["photos"] == 2


@pytest.mark.parametrize("audience", [Audience.ADJACENT, Audience.MUNICIPALITY])
def test_V01_of_a_post_for_neighbours_only_how_many_there_are_leaves(audience: Audience) -> None:
    said = told(a_post(audience=audience), CAT, DOG)
    assert said["photos"] == 2
    for word in ("/media/", "grijze", CAT.id, "attachment", "Image"):
        assert word not in str(said)


def test_V01_of_what_is_out_of_sight_nothing_is_shown() -> None:
    said = told(a_post(state=State.HIDDEN), CAT)
    assert "photos" not in said
    assert said["attachment"] == []


def test_a_post_without_says_nothing_of_it() -> None:
    assert "photos" not in told(a_post())
    assert told(a_post())["attachment"] == []


@pytest.mark.parametrize(("said", "found"), [(1, 1), (MOST, MOST), (10**9, MOST), (0, 0), (-1, 0)])
def test_how_many_there_are_is_believed_within_bounds(said: int, found: int) -> None:
    post = reading.post({**told(a_post()), "photos": said}, _node(), NOON)
    assert post is not None
    assert post.photos == found


@pytest.mark.parametrize("said", [True, "3", 2.5, [1], {}, None])
def test_a_liars_number_is_none(said: Any) -> None:
    post = reading.post({**told(a_post()), "photos": said}, _node(), NOON)
    assert post is not None
    assert post.photos == 0


async def test_H10_a_neighbour_hears_how_many_there_are_and_asks_for_none(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks(audience="public")
    assert (await b.holds(post)).photos == 0
    await a.database.writing(acts.add, a.cast.poster, replace(CAT, post_id=post.id), now())
    await b.holds(post, photos=1)
    served = await scene.get(a, post.uri)
    assert [one["url"] for one in served["attachment"]] == [f"{a.origin}{CAT.url}"]
    await a.database.writing(acts.remove, a.cast.poster, CAT.id, now())
    await b.holds(post, photos=0)
    assert not [one for one in a.wire.log if "/media/" in one.url]
    assert await b.database.reading(photos.ids) == set()
