"""Search: what the words of a post find, for whom, and that nothing of it stays when it is taken back."""

import itertools
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from node.acts import posts as acts
from node.acts import timers
from node.neighbourhood.audience import may_see
from node.neighbourhood.category import Category
from node.neighbourhood.folding import asked
from node.neighbourhood.post import Audience, Kind, Post, State, Urgency
from node.neighbourhood.resident import Resident
from node.storage import cleaning, posts, search, trigrams
from node.storage.database import Database, Transaction
from node.storage.filter import Filter
from node.storage.migrations.__main__ import upgrade
from tests import town
from tests.town import DAY, NOON

STANDINGS = ("stranger", "outsider", "poster", "helper", "broker", "supervisor", "connector", "operator")
_numbers = itertools.count()


def put(tx: Transaction, /, title: str, **change: Any) -> Post:
    """A post of ours, a minute newer than the one before."""
    number = next(_numbers)
    name = f"{number:032x}"
    at = NOON - DAY + number * (town.HOUR / 60)
    values: dict[str, Any] = {
        "id": name,
        "uri": tx.home.uri("o", name),
        "title": title,
        "text": "",
        "created": at,
    }
    post = town.a_post(**{**values, "updated": at, "expires": NOON + DAY, **change})
    posts.add(tx, post)
    return post


def find(tx: Transaction, /, who: Resident | None, typed: str, **wanted: Any) -> list[str]:
    asks = Filter(**{"limit": 50, **wanted})
    return [post.title for post in search.search(tx, who, asks, asked(typed), NOON).posts]


async def test_a_word_a_piece_of_it_or_another_form_finds_it(database: Database) -> None:
    def story(tx: Transaction) -> None:
        cast = town.people(tx)
        for title in ("Bakfiets te leen", "Wie snoeit onze bomen?", "Foto's van vroeger"):
            put(tx, title, author=cast.poster.id)
        put(tx, "Koffie", author=cast.poster.id, text="Met appeltaart, in de tv-kamer.", place="Buurthuis")
        for typed, title in {
            "FIETS": "Bakfiets te leen",
            "boom": "Wie snoeit onze bomen?",
            "fotos": "Foto's van vroeger",
            "appeltaarten koffie": "Koffie",
            "buurthuis": "Koffie",
            "tv": "Koffie",
        }.items():
            assert find(tx, cast.helper, typed) == [title], typed
        assert find(tx, cast.helper, "fiets bomen") == []
        assert find(tx, cast.helper, "zeilboot") == []
        assert len(find(tx, cast.helper, "")) == 4
        assert find(tx, cast.helper, '" OR folded:*') == []

    await database.writing(story)


async def test_v04_nobody_finds_by_words_what_they_may_not_read(database: Database) -> None:
    """A post for every state, audience and home: each standing finds exactly what the one rule shows."""

    def story(tx: Transaction) -> tuple[town.Cast, list[Post]]:
        whose: dict[str, Any]
        cast, node = town.people(tx), town.neighbour(tx)
        made: list[Post] = []
        for state, audience, home in product(State, Audience, [None, node.id]):
            whose = {"author": cast.poster.id} if home is None else {"author": None, "node_id": home}
            title = f"Kanarie {len(made):03}"
            made.append(put(tx, title, state=state, audience=audience, **whose))
        made.append(
            put(tx, "Kanarie verborgen", audience=Audience.PUBLIC, hidden=True, author=cast.poster.id)
        )
        made.append(put(tx, "Kanarie oud", node_id=node.id, author=None, expires=NOON, audience="public"))
        return cast, made

    cast, made = await database.writing(story)
    for standing in STANDINGS:
        who = None if standing == "stranger" else cast.all()[standing]
        # What is expired, taken back or hidden is in no index: also its writer finds it by leafing alone.
        gone = {State.EXPIRED, State.DRAFT, State.WAITING, State.WITHDRAWN, State.HIDDEN, State.REFERRED}
        seen = {post.title for post in made if may_see(who, post, NOON)}
        indexed = {post.title for post in made if post.state not in gone and not post.hidden}
        for typed in ("kanarie", "ka", ""):
            found = set(await database.reading(find, who, typed, limit=500))
            assert found == (seen & indexed if typed else seen), (standing, typed)
        assert seen & indexed, standing


async def test_the_filters_of_a_list_hold_in_a_search(database: Database) -> None:
    def story(tx: Transaction) -> None:
        cast, node = town.people(tx), town.neighbour(tx)
        who = {"author": cast.poster.id}
        put(tx, "Hond uitlaten", category=Category.PETS, urgency=Urgency.URGENT, **who)
        put(tx, "Hond gevonden", kind=Kind.NOTICE, category=Category.PETS, **who)
        put(tx, "Hond en tuin", category=Category.GARDEN, urgency=Urgency.WEEK, **who)
        put(tx, "Hond gedaan", state=State.DONE, ended=NOON, **who)
        put(tx, "Hond van noord", node_id=node.id, author=None)
        for wanted, expected in (
            ({"kind": Kind.NOTICE}, {"Hond gevonden"}),
            ({"category": Category.PETS}, {"Hond uitlaten", "Hond gevonden"}),
            ({"urgency": Urgency.URGENT}, {"Hond uitlaten"}),
            ({"own": False}, {"Hond van noord"}),
            ({"category": Category.PETS, "kind": Kind.REQUEST}, {"Hond uitlaten"}),
            ({"open_only": True, "own": True}, {"Hond uitlaten", "Hond gevonden", "Hond en tuin"}),
        ):
            for typed in ("hond", "ho"):
                assert set(find(tx, cast.helper, typed, **wanted)) >= expected, wanted
                if "urgency" not in wanted:
                    assert set(find(tx, cast.helper, typed, **wanted)) == expected, wanted

    await database.writing(story)


async def test_a_long_list_is_found_a_page_at_a_time_and_each_once(database: Database) -> None:
    def story(tx: Transaction) -> None:
        cast = town.people(tx)
        made = [put(tx, f"Soep nummer {number}", author=cast.poster.id).title for number in range(25)]
        for typed in ("soep", "so", ""):
            found: list[str] = []
            before = None
            while True:
                wanted = Filter(limit=10, before=before)
                page = search.search(tx, cast.helper, wanted, asked(typed), NOON).posts
                if not page:
                    break
                found += [post.title for post in page]
                before = page[-1].created, page[-1].id
            assert found == made[::-1]

    await database.writing(story)


async def test_a_word_that_stands_everywhere_is_looked_for_among_so_many_and_then_further(
    file: Database,
) -> None:
    """However common, one answer looks at no more than so many posts, and says where to go on."""

    def story(tx: Transaction) -> None:
        cast = town.people(tx)
        rare = put(tx, "Buurt met een orgel", author=cast.poster.id)
        for _ in range(search.MOST + 5):
            put(tx, "Buurt", author=cast.poster.id)
        words, wanted = asked("buurt or"), Filter(limit=5)
        first = search.search(tx, cast.helper, wanted, words, NOON)
        assert first.posts == []
        assert first.further is not None
        second = search.search(tx, cast.helper, replace(wanted, before=first.further), words, NOON)
        assert [post.id for post in second.posts] == [rare.id]
        assert second.further is None
        assert len(search.search(tx, cast.helper, wanted, asked("buurt"), NOON).posts) == 5

    await file.writing(story)


async def test_what_changes_is_found_by_its_new_words_alone(database: Database) -> None:
    def story(tx: Transaction) -> None:
        cast = town.people(tx)
        post = put(tx, "Ladder te leen", author=cast.poster.id)
        posts.save(tx, replace(post, title="Steiger te leen"))
        assert find(tx, cast.helper, "ladder") == []
        assert find(tx, cast.helper, "steiger") == ["Steiger te leen"]
        posts.save(tx, replace(post, hidden=True))
        assert find(tx, cast.helper, "ladder") == []
        posts.save(tx, post)
        assert find(tx, cast.helper, "ladder") == ["Ladder te leen"]

    await database.writing(story)


async def test_the_index_holds_just_what_the_posts_say_however_they_change(file: Database) -> None:
    """Waiting or taken in, changed in between, erased, and with the last one gone: FTS5 itself compares."""

    def story(tx: Transaction) -> None:
        cast = town.people(tx)

        def same(*titles: str) -> None:
            for _ in range(2):
                assert find(tx, cast.helper, "ladder") == [*titles]
                trigrams.learn(tx)
                tx.run(text("INSERT INTO trigrams(trigrams, rank) VALUES ('integrity-check', 1)"))

        first = put(tx, "Ladder een", author=cast.poster.id)
        same("Ladder een")
        second = put(tx, "Ladder twee", author=cast.poster.id)
        posts.save(tx, replace(second, title="Trap"))  # before it was taken in
        same("Ladder een")
        posts.save(tx, replace(first, title="Trapladder"))
        same("Trapladder")
        posts.save(tx, second)
        same("Ladder twee", "Trapladder")
        posts.erase(tx, second)  # the last number is free, and is not given again
        third = put(tx, "Ladder drie", author=cast.poster.id)
        same("Ladder drie", "Trapladder")
        posts.save(tx, replace(third, hidden=True))
        same("Trapladder")
        posts.save(tx, third)
        same("Ladder drie", "Trapladder")

    await file.writing(story)


def test_how_a_post_is_written_is_known_to_one_file_alone() -> None:
    """Whoever writes to the table of posts past `storage.posts` would leave old words in the index."""
    rooms = Path(search.__file__).parent.parent
    writes = re.compile(r"\bposts\.(update|delete|insert)\(\)")
    found = {path.name for path in rooms.rglob("*.py") if writes.search(path.read_text("utf-8"))}
    assert found == {"posts.py"}


# What is taken back leaves the file. ☃ is no letter, so it would be folded away; these are letters of no
# other word, and each of their three-letter pieces would be a line of the index.
CANARY = "ꙮꙮꙮꚏꚏꚏ"
SIGNS = ("ꙮ".encode(), "ꚏ".encode())


def _withdraw(tx: Transaction, cast: town.Cast, post: Post) -> None:
    acts.withdraw(tx, cast.poster, post.id, NOON)
    posts.erase(tx, posts.get(tx, post.id))


def _expire(tx: Transaction, cast: town.Cast, post: Post) -> None:
    posts.save(tx, post.moved(State.EXPIRED, NOON))
    tx.run(text("UPDATE posts SET title = ''"))  # the words themselves stay for ninety days


def _clean(tx: Transaction, cast: town.Cast, post: Post) -> None:
    posts.save(tx, post.moved(State.CLOSED, NOON))
    while cleaning.clean(tx, NOON + 91 * DAY):
        pass


def _edit(tx: Transaction, cast: town.Cast, post: Post) -> None:
    posts.save(tx, replace(post, title="Iets anders"))


@pytest.mark.parametrize("leave", [_withdraw, _expire, _clean, _edit], ids=lambda way: way.__name__[1:])
async def test_v13_what_is_taken_back_leaves_the_bytes_of_the_file(
    file: Database, leave: Callable[[Transaction, town.Cast, Post], None]
) -> None:
    """Neither the words nor their pieces stay: not in the table, nor in the shadow pages of the index."""
    path = file.sqlite_path
    assert path is not None

    def begin(tx: Transaction) -> tuple[town.Cast, Post]:
        cast = town.people(tx)
        for number in range(300):
            put(tx, f"Gewoon bericht {number} over de buurt", author=cast.poster.id)
        post = put(tx, f"Een {CANARY} hier", author=cast.poster.id)
        return cast, post

    cast, post = await file.writing(begin)
    for number in range(20):  # many small pieces of the index, as in real life
        await file.writing(put, f"Later {number}", author=cast.poster.id)
        await file.writing(trigrams.learn)
    assert await file.reading(find, cast.helper, CANARY) == [post.title]
    await file.writing(lambda tx: leave(tx, cast, post))
    assert await file.reading(find, cast.helper, CANARY) == []
    while await file.writing(trigrams.tidy):
        pass
    await file.stop()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert database.execute("SELECT count(*) FROM trigrams_left").fetchone() == (0,)
    for part in path.parent.glob(f"{path.name}*"):
        held = part.read_bytes()
        assert not any(sign in held for sign in SIGNS), part.name
    await file.start()


async def test_v13_without_tidying_pieces_would_stay(file: Database) -> None:
    """So that the test above could fail: FTS5 only marks what is deleted."""
    path = file.sqlite_path
    assert path is not None

    def begin(tx: Transaction) -> Post:
        return put(tx, f"Een {CANARY} hier", author=town.people(tx).poster.id)

    post = await file.writing(begin)
    await file.writing(trigrams.learn)
    await file.writing(lambda tx: posts.save(tx, replace(post, title="Weg")))
    await file.stop()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SIGNS[0] in path.read_bytes()
    await file.start()


async def test_v13_the_clock_tidies_within_the_hour(file: Database) -> None:
    def begin(tx: Transaction) -> Post:
        return put(tx, "Wordt anders", author=town.people(tx).poster.id)

    post = await file.writing(begin)
    while await file.writing(timers.index, NOON):
        pass
    await file.writing(lambda tx: posts.save(tx, replace(post, title="Anders")))
    while await file.writing(timers.index, NOON + town.HOUR):
        pass
    left = await file.reading(lambda tx: tx.run(text("SELECT count(*) FROM trigrams_left")).scalar())
    assert left == 0


async def test_a_node_of_before_search_has_all_its_posts_folded(file: Database) -> None:
    """The step that brings search reads what is there; a copy by VACUUM finds the same."""

    def begin(tx: Transaction) -> town.Cast:
        cast = town.people(tx)
        put(tx, "Oude Kast", author=cast.poster.id)
        put(tx, "Teruggenomen kast", author=cast.poster.id, state=State.WITHDRAWN)
        return cast

    cast = await file.writing(begin)
    await file.writing(_as_before)
    await upgrade(file.driver_url, "0008")
    assert await file.reading(find, cast.poster, "kast") == ["Oude Kast"]
    assert file.sqlite_path is not None
    copy = file.sqlite_path.with_name("copy.db")
    with closing(sqlite3.connect(file.sqlite_path)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as database:
        found = (
            "SELECT title FROM posts WHERE number IN (SELECT rowid FROM trigrams WHERE trigrams MATCH 'kas')"
        )
        assert database.execute(found).fetchall() == [("Oude Kast",)]


def _as_before(tx: Transaction) -> None:
    for statement in (
        "DROP TABLE trigrams",
        "DROP TABLE trigrams_left",
        "DROP TABLE trigrams_known",
        "DROP INDEX uq_posts_number",
        "DROP INDEX ix_posts_created_id",
        "ALTER TABLE posts DROP COLUMN folded",
        "ALTER TABLE posts DROP COLUMN number",
        "UPDATE alembic_version SET version_num = '0007'",
    ):
        tx.run(text(statement))
