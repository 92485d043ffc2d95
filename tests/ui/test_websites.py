"""Websites of the neighbourhood on the pages: beside our own posts, marked as theirs, leading there."""

from datetime import UTC, timedelta

import pytest

from node.acts import posts
from node.acts import websites as acts
from node.clock import now
from node.neighbourhood.website import Entry, Website
from node.storage import lookups, websites
from node.storage.database import Transaction
from tests import town
from tests.ui.visits import Here, words

SOUP = Entry("1", "Soep voor <iedereen>", "Elke dag om twaalf uur.", "https://buurthuis.example/soep", now())
HOUR = timedelta(hours=1)
THERE = "https://buurthuis.example/"


def _shown(tx: Transaction, here: Here, *entries: Entry) -> Website:
    website = acts.add(tx, here.cast.operator, "buurthuis.example", "Buurthuis", now())
    websites.tell(tx, website.id, entries)
    return website


async def shown(here: Here, *entries: Entry) -> Website:
    return await here.database.writing(_shown, here, *entries)


@pytest.mark.parametrize("part", [None, "helper", "outsider"])
@pytest.mark.parametrize("path", ["/", "/websites"])
async def test_everybody_reads_what_they_wrote(here: Here, part: str | None, path: str) -> None:
    await shown(here, SOUP)
    page = (await here.get(part, path)).text
    assert "Soep voor &lt;iedereen&gt;" in page
    assert "Op de website van Buurthuis" in page
    assert '<a href="https://buurthuis.example/soep" rel="nofollow noopener noreferrer"' in page


async def test_nothing_of_it_where_there_are_no_websites(here: Here) -> None:
    assert "andere websites" not in (await here.get("helper", "/")).text
    assert "Geen website van de buurt schreef" in (await here.get("helper", "/websites")).text


async def test_ours_first_and_theirs_on_the_same_day(here: Here) -> None:
    start = (now() + timedelta(days=3)).astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    ours = town.plans("Buurtkoffie", at=now(), starts=start, ends=start + HOUR)
    await here.database.writing(posts.post, here.cast.poster, ours, now())
    early = Entry("1", "Gym", "", THERE, now(), start - 2 * HOUR, start - HOUR, place="Zaal 2")
    later = Entry("2", "Bingo", "", THERE, now(), start + timedelta(days=1), None, all_day=True)
    await shown(here, early, later)
    page = words((await here.get("helper", "/agenda")).text)
    found = [page.index(word) for word in ("Buurtkoffie", "Gym", "Zaal 2", "Bingo", "de hele dag")]
    assert found == sorted(found)
    assert "Bingo" in (await here.get(None, "/")).text


async def test_what_is_over_is_not_in_the_agenda(here: Here) -> None:
    over = Entry("1", "Gym", "", THERE, now(), now() - 3 * HOUR, now() - HOUR)
    await shown(here, over)
    for path in ("/", "/agenda"):
        assert "Gym" not in (await here.get("helper", path)).text


async def test_feeds_hold_our_own_alone(here: Here) -> None:
    dated = Entry("2", "Gym", "", THERE, now(), now() + HOUR, now() + 2 * HOUR)
    await shown(here, SOUP, dated)
    for path in ("/feed.atom", "/agenda.ics", "/widget"):
        page = (await here.get(None, path)).text
        assert "Soep" not in page
        assert "Gym" not in page


async def test_the_operator_adds_one_sees_how_it_is_and_takes_it_away(here: Here) -> None:
    path = "/operator/websites"
    assert "Nog geen website" in (await here.get("operator", path)).text
    bad = await here.post("operator", path, 422, address="geen adres", name="")
    assert "Dit is geen webadres." in bad.text
    assert 'value="geen adres"' in bad.text
    await here.post("operator", path, address="buurthuis.example", name="")
    page = (await here.get("operator", f"{path}?said=added")).text
    assert "Nog niet gelezen" in page
    assert "We lezen hem nu" in page
    [website] = await here.database.reading(websites.everyone)
    assert website.name == "buurthuis.example"
    [lookup] = await here.database.reading(lookups.about, "website", website.id)
    await here.database.writing(acts.failed, lookup, website, "answered 404", None, now())
    assert "Wat er misging: answered 404." in (await here.get("operator", path)).text
    assert "Niet te lezen: 1" in (await here.get("operator", "/operator")).text
    sure = (await here.get("operator", f"{path}/{website.id}/remove")).text
    assert "buurthuis.example niet meer laten zien?" in sure
    await here.post("operator", f"{path}/{website.id}/remove")
    assert "Nog geen website" in (await here.get("operator", path)).text
    await here.post("operator", f"{path}/{website.id}/remove", 404)
