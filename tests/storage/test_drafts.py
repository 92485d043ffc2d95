"""What somebody began to write is kept for them alone, for its time, and in its number."""

from datetime import timedelta

from node.neighbourhood.post import Kind
from node.storage import drafts
from node.storage.cleaning import clean
from node.storage.database import Transaction
from node.storage.export import begun
from tests import town
from tests.acts.witness import story

NOON, DAY, HOUR = town.NOON, town.DAY, town.HOUR
FIELDS = {"title": "Wie haalt mijn brood?", "text": "Het is één tas."}
BROWSER = drafts.of_browser("a secret")


@story
def test_one_of_each_kind_is_kept_for_each_person(tx: Transaction, cast: town.Cast) -> None:
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, {"title": "Eerst"}, NOON)
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, FIELDS, NOON + HOUR)
    drafts.keep(tx, cast.poster.id, Kind.OFFER, {"title": "Soep"}, NOON)
    found = drafts.of(tx, cast.poster.id, Kind.REQUEST, NOON + HOUR)
    assert found == drafts.Draft(Kind.REQUEST, FIELDS, NOON + HOUR)
    assert drafts.of(tx, cast.helper.id, Kind.REQUEST, NOON + HOUR) is None
    assert [row["kind"] for row in begun(tx, cast.poster.id)] == [Kind.OFFER, Kind.REQUEST]
    assert begun(tx, cast.helper.id) == []


@story
def test_v04_a_text_of_a_stranger_is_found_by_the_secret_alone(tx: Transaction, cast: town.Cast) -> None:
    drafts.keep(tx, BROWSER, Kind.REQUEST, FIELDS, NOON)
    assert drafts.of(tx, BROWSER, Kind.REQUEST, NOON) is not None
    assert "a secret" not in BROWSER
    for other in ("a secret", "browser:a secret", drafts.of_browser("another"), cast.operator.id):
        assert drafts.of(tx, other, Kind.REQUEST, NOON) is None


@story
def test_signing_in_makes_it_the_persons_and_the_browser_has_it_no_more(
    tx: Transaction, cast: town.Cast
) -> None:
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, {"title": "Oud"}, NOON - DAY)
    drafts.keep(tx, BROWSER, Kind.REQUEST, FIELDS, NOON)
    drafts.adopt(tx, BROWSER, cast.poster.id, NOON)
    found = drafts.of(tx, cast.poster.id, Kind.REQUEST, NOON)
    assert found is not None
    assert found.fields == FIELDS
    assert drafts.of(tx, BROWSER, Kind.REQUEST, NOON) is None
    drafts.adopt(tx, BROWSER, cast.helper.id, NOON)
    assert drafts.of(tx, cast.helper.id, Kind.REQUEST, NOON) is None


@story
def test_it_goes_when_its_time_is_over(tx: Transaction, cast: town.Cast) -> None:
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, FIELDS, NOON)
    drafts.keep(tx, BROWSER, Kind.REQUEST, FIELDS, NOON)
    a_day = NOON + DAY + timedelta(seconds=1)
    assert drafts.of(tx, BROWSER, Kind.REQUEST, a_day) is None
    drafts.adopt(tx, BROWSER, cast.helper.id, a_day)
    assert drafts.of(tx, cast.helper.id, Kind.REQUEST, a_day) is None
    assert drafts.of(tx, cast.poster.id, Kind.REQUEST, a_day) is not None
    while clean(tx, NOON + 31 * DAY):
        pass
    assert begun(tx, cast.poster.id) == []


@story
def test_only_so_many_texts_of_strangers_are_kept(tx: Transaction, cast: town.Cast) -> None:
    for number in range(drafts.STRANGERS_MOST):
        assert drafts.has_room(tx, NOON)
        drafts.keep(tx, drafts.of_browser(str(number)), Kind.REQUEST, {"title": "x"}, NOON)
    assert not drafts.has_room(tx, NOON)
    assert drafts.has_room(tx, NOON + 2 * DAY)
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, FIELDS, NOON)  # a person's own always is
