"""Who waits for something hears of it, once, by day, and only of what they may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from node.acts import digests, districts, held, moderation, posts, searches
from node.neighbourhood.category import Category
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Audience
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.resident import Resident
from node.neighbourhood.wish import MOST, holds
from node.storage import posts as stored
from node.storage.database import Database, Transaction
from node.storage.tables import letters
from tests import town

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
QUARTER = searches.TOGETHER


def of(tx: Transaction, who: Resident) -> list[list[str]]:
    """The titles in each letter that tells somebody of what they wait for."""
    rows = tx.run(letters.select().where(letters.c.what == "found", letters.c.resident_id == who.id))
    return [[stored.get(tx, one).title for one in row["facts"]["posts"]] for row in rows.mappings()]


def waits_for(
    tx: Transaction, who: Resident, words: str = "", kind: str = "", category: str = "", ring: str = ""
) -> str:
    return searches.keep(tx, who, words, kind, category, ring, NOON).id


async def test_what_is_found_within_a_quarter_of_an_hour_is_in_one_letter(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[list[list[str]]]:
        waits_for(tx, cast.helper, category="tuin")
        found = []
        for minutes in (0, 5, 14):
            posts.post(tx, cast.poster, town.offers(f"Heg {minutes}"), NOON + timedelta(minutes=minutes))
            searches.write_found(tx, NOON + timedelta(minutes=minutes))
            found.append(of(tx, cast.helper))
        searches.write_found(tx, NOON + QUARTER)
        posts.post(tx, cast.poster, town.offers("Heg 16"), NOON + timedelta(minutes=16))
        searches.write_found(tx, NOON + timedelta(minutes=17))
        found.append(of(tx, cast.helper))
        searches.write_found(tx, NOON + HOUR)
        return [*found, of(tx, cast.helper)]

    first = ["Heg 0", "Heg 5", "Heg 14"]
    assert await database.writing(look) == [[], [], [], [first], [first, ["Heg 16"]]]


async def test_a_post_is_told_once_whatever_finds_it_and_however_it_changes(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[list[str]]:
        waits_for(tx, cast.helper, category="tuin")
        waits_for(tx, cast.helper, words="heg")
        post = posts.post(tx, cast.poster, town.offers(), NOON)
        searches.write_found(tx, NOON + HOUR)
        posts.edit(tx, cast.poster, post.id, PostChange(text="Ook op zondag."), NOON + HOUR)
        searches.write_found(tx, NOON + 2 * HOUR)
        return of(tx, cast.helper)

    assert await database.writing(look) == [["Ik snoei graag een heg"]]


async def test_nobody_is_told_of_their_own(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> list[list[str]]:
        waits_for(tx, cast.poster, category="tuin")
        posts.post(tx, cast.poster, town.offers(), NOON)
        searches.write_found(tx, NOON + HOUR)
        return of(tx, cast.poster)

    assert await database.writing(look) == []


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"ring": "here"}, {"Hier"}),
        ({"ring": "next door"}, {"Hiernaast"}),
        ({"ring": "town"}, {"Ver"}),
        ({"category": "tuin"}, {"Hier", "Hiernaast", "Ver"}),
        ({"kind": "offer"}, {"Hier"}),
        ({"kind": "request"}, {"Hiernaast", "Ver"}),
        ({"words": "hiernAAST"}, {"Hiernaast"}),
        ({"words": "ver", "kind": "offer"}, set()),
    ],
)
async def test_a_search_finds_what_it_names_here_and_elsewhere(
    database: Database, cast: town.Cast, wish: dict[str, str], found: set[str]
) -> None:
    def look(tx: Transaction) -> set[str]:
        north, west = town.neighbour(tx), town.member(tx)
        town.hub(tx)
        waits_for(tx, cast.helper, **wish)
        posts.post(tx, cast.poster, town.offers("Hier"), NOON)
        for node, title in ((north, "Hiernaast"), (west, "Ver")):
            told = {"audience": Audience.MUNICIPALITY, "expires": NOON + 9 * DAY, "category": Category.GARDEN}
            held.take_in(tx, node, town.a_copy(node, title=title, text="", **told), None, NOON)
        searches.write_found(tx, NOON + HOUR)
        return {title for letter in of(tx, cast.helper) for title in letter}

    assert await database.writing(look) == found


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("cafe", "Koffie in het CAFÉ", True),
        ("CAFÉ", "koffie in het cafe", True),
        ("heg snoeien", "Snoeien van de heg", True),
        ("heg snoeien", "Alleen de heg", False),
        ("fiets", "Bakfietsen", True),
        ("", "iets", True),
    ],
)
def test_words_are_compared_without_marks_and_capitals(words: str, text: str, found: bool) -> None:
    assert holds(words, [text]) is found


async def test_V16_what_somebody_may_not_see_does_not_wait_for_them(
    database: Database, cast: town.Cast
) -> None:
    """Hidden here, of a district they muted, and told once it is shown."""

    def look(tx: Transaction) -> list[list[list[str]]]:
        north, south = town.neighbour(tx), town.neighbour(tx, "zuid")
        waits_for(tx, cast.helper, category="boodschappen")
        districts.mute(tx, cast.helper, north.id)
        held.take_in(tx, north, town.a_copy(north, title="Gedempt", expires=NOON + 9 * DAY), None, NOON)
        copy = town.a_copy(south, title="Verborgen", expires=NOON + 9 * DAY, hidden=True)
        stored.add(tx, copy)
        held.take_in(tx, south, replace(copy, text="Anders.", updated=NOON + HOUR), None, NOON + HOUR)
        searches.write_found(tx, NOON + 2 * HOUR)
        before = of(tx, cast.helper)
        moderation.dismiss(tx, cast.supervisor, copy.id, "Niets mis mee.", "", NOON + 2 * HOUR)
        searches.write_found(tx, NOON + 3 * HOUR)
        return [before, of(tx, cast.helper)]

    assert await database.writing(look) == [[], [["Verborgen"]]]


async def test_at_night_nothing_is_written_and_in_the_morning_once(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[list[list[str]]]:
        waits_for(tx, cast.helper, category="tuin")
        found = []
        for hours in (9, 13, 19):  # 21, 1 and 7 o'clock
            posts.post(tx, cast.poster, town.offers(f"Heg {hours}"), NOON + hours * HOUR)
            searches.write_found(tx, NOON + hours * HOUR + QUARTER)
            found.append(of(tx, cast.helper))
        searches.write_found(tx, NOON + 20 * HOUR)
        return [*found, of(tx, cast.helper)]

    assert await database.writing(look) == [[], [], [], [["Heg 9", "Heg 13", "Heg 19"]]]


async def test_what_is_paused_or_removed_meanwhile_is_not_told(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> list[list[str]]:
        garden, lamp = waits_for(tx, cast.helper, category="tuin"), waits_for(tx, cast.helper, words="lamp")
        posts.post(tx, cast.poster, town.offers("Heg"), NOON)
        posts.post(tx, cast.poster, town.asks("Lamp"), NOON)
        posts.post(tx, cast.poster, town.offers("Heg met lamp"), NOON)
        searches.pause(tx, cast.helper, garden, True)
        searches.write_found(tx, NOON + HOUR)
        searches.end(tx, cast.helper, lamp)
        posts.post(tx, cast.poster, town.asks("Nog een lamp"), NOON + HOUR)
        searches.write_found(tx, NOON + 2 * HOUR)
        return [sorted(titles) for titles in of(tx, cast.helper)]

    assert await database.writing(look) == [["Heg met lamp", "Lamp"]]


async def test_ten_and_no_more_and_the_same_one_once(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> None:
        first = waits_for(tx, cast.helper, words="Café")
        assert waits_for(tx, cast.helper, words=" cafe ") == first
        for number in range(MOST - 1):
            waits_for(tx, cast.helper, words=f"woord {number}")
        assert waits_for(tx, cast.helper, words="café") == first
        with pytest.raises(Conflict):
            waits_for(tx, cast.helper, words="te veel")
        waits_for(tx, cast.other, words="te veel")

    await database.writing(look)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "words"),
        ({"words": "   "}, "words"),
        ({"words": "\u0301"}, "words"),
        ({"words": "x" * 61}, "words"),
        ({"words": "a\x07"}, "words"),
        ({"kind": "party"}, "kind"),
        ({"category": "geld"}, "category"),
        ({"ring": "mars"}, "where"),
    ],
)
async def test_a_search_that_says_nothing_or_nonsense_is_refused(
    database: Database, cast: town.Cast, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await database.writing(lambda tx: waits_for(tx, cast.helper, **said))
    assert set(refused.value.errors) == {field}


async def test_only_whose_it_is_changes_it_and_who_is_not_let_in_keeps_none(
    database: Database, cast: town.Cast
) -> None:
    key = await database.writing(lambda tx: waits_for(tx, cast.helper, words="fiets"))
    for act in (
        lambda tx: searches.pause(tx, cast.other, key, True),
        lambda tx: searches.end(tx, cast.other, key),
    ):
        with pytest.raises(NotFound):
            await database.writing(act)
    with pytest.raises(NotAllowed):
        await database.writing(lambda tx: waits_for(tx, cast.outsider, words="fiets"))


async def test_who_was_told_at_once_does_not_read_it_again_in_a_digest(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[str]:
        waits_for(tx, cast.helper, category="tuin")
        posts.post(tx, cast.poster, town.offers("Heg"), NOON)
        posts.post(tx, cast.poster, town.asks("Medicijnen"), NOON)
        searches.write_found(tx, NOON + HOUR)
        return [post.title for post in digests.news(tx, cast.helper, NOON + HOUR)]

    assert await database.writing(look) == ["Medicijnen"]
