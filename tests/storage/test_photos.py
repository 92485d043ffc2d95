"""Which photos are kept, and for how long: the same on both databases."""

from dataclasses import replace

from node.acts import posts as acts
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import ERASED_AFTER, Kind
from node.storage import drafts, photos, posts
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import story

NOON = town.NOON


def one(key: str, owner: str, post_id: str | None = None, draft: str | None = None) -> Photo:
    return Photo(key * 32, owner, post_id, draft, "Een kat", 1200, 800, 90_000, NOON)


@story
def test_they_go_with_what_they_are_with(tx: Transaction, cast: town.Cast) -> None:
    by = cast.poster
    drafts.keep(tx, by.id, Kind.REQUEST, {"title": "Wie?", "key": "a form"}, NOON)
    stays, over, gone = (acts.post(tx, by, town.asks(title), NOON) for title in ("Een", "Twee", "Drie"))
    for photo in (
        one("a", by.id, stays.id),
        one("b", by.id, over.id),
        one("c", by.id, gone.id),
        one("d", by.id, draft="a form"),
        one("e", by.id, draft="another form"),
        one("f", cast.helper.id, draft="a form"),
        one("0", "nobody", stays.id),
        one("1", by.id, "nothing"),
    ):
        photos.add(tx, photo)
    posts.save(tx, replace(posts.get(tx, over.id), photos=1))
    acts.close(tx, by, over.id, NOON)
    acts.withdraw(tx, by, gone.id, NOON)
    assert photos.kept(tx, by.id) == (5, 450_000)
    assert photos.forget(tx, NOON) == 4
    assert photos.ids(tx) == {"a" * 32, "b" * 32, "d" * 32}
    assert photos.forget(tx, NOON) == 0
    assert photos.forget(tx, NOON + ERASED_AFTER) == 1
    assert posts.get(tx, over.id).photos == 0
    assert photos.ids(tx) == {"a" * 32, "d" * 32}
    drafts.drop(tx, by.id, Kind.REQUEST)
    assert photos.forget(tx, NOON) == 1
    assert photos.kept(tx) == (1, 90_000)


@story
def test_what_was_begun_becomes_the_posts_once(tx: Transaction, cast: town.Cast) -> None:
    by = cast.poster
    for photo in (one("a", by.id, draft="a form"), one("b", cast.helper.id, draft="a form")):
        photos.add(tx, photo)
    made = acts.post(tx, by, town.asks(), NOON, "a form")
    assert made.photos == 1
    assert [photo.id for photo in photos.of_post(tx, made.id)] == ["a" * 32]
    assert acts.post(tx, by, town.asks(), NOON, "a form") == made
    assert [photo.id for photo in photos.begun(tx, cast.helper.id, "a form")] == ["b" * 32]
