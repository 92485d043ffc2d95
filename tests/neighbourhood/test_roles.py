"""Who may do what: every deed, by everyone, to one's own and to another's."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from node.neighbourhood.refusal import Invalid, NotAllowed
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import MAY, Deed, Role, last_moment, may, require
from tests.town import NOON

ADMITTED = "resident, booster, broker, supervisor, connector, operator, owner"
EVERYONE = f"{ADMITTED}, outsider, owner put out, operator put out"

# The table once more, the other way round, in words. "nobody" may nothing.
EXPECTED = {
    Deed.JOIN: EVERYONE,
    Deed.READ_OWN: EVERYONE,
    Deed.POST: ADMITTED,
    Deed.ANSWER: ADMITTED,
    Deed.SEE_NODES: ADMITTED,
    Deed.EDIT_POST: "owner",
    Deed.WITHDRAW_ANSWER: "owner",
    Deed.SEE_COPIES: "owner, broker, supervisor",
    Deed.SEE_ANSWERS: "owner, broker",
    Deed.DECLINE_ANSWER: "owner, broker",
    Deed.HIDE_ANSWER: "owner, supervisor",
    Deed.AGREE: "owner, broker",
    Deed.CANCEL_AS_POSTER: "owner, broker",
    Deed.COMPLETE: "owner, broker",
    Deed.WRITE: "owner",
    Deed.RELEASE_CONTACT: "owner",
    Deed.INVITE_HELPER: "broker",
    Deed.ANSWER_INVITE: "owner",
    Deed.SEE_BOARD: "broker",
    Deed.CLOSE_FOR_POSTER: "owner, broker",
    Deed.REFER: "broker",
    Deed.REPORT: ADMITTED,
    Deed.SEE_QUEUE: "supervisor",
    Deed.MODERATE: "supervisor",
    Deed.CHOOSE_DISTRICTS: ADMITTED,
    Deed.CHOOSE_MAIL: ADMITTED,
    Deed.RUN_BORDERS: "operator",
    Deed.RUN_RESIDENTS: "operator",
    Deed.VOUCH: ADMITTED,
    Deed.SEE_DESK: "connector, supervisor, operator",
    Deed.PROVE: "connector, operator",
    Deed.WRITE_LETTERS: "connector, operator",
    Deed.BRING_BACK: "connector, supervisor, operator",
}
OWNER = "owner-id"


def somebody(standing: str) -> Resident | None:
    if standing == "nobody":
        return None
    word = standing.split()[0]
    return Resident(
        OWNER if word == "owner" else "other-id",
        "Somebody",
        "nl",
        NOON,
        admitted=None if standing.endswith("put out") or standing == "outsider" else NOON,
        roles=frozenset({Role(word)} if word in set(Role) else ()),
    )


def test_a_role_until_a_day_lasts_that_whole_day_by_the_clock_of_the_node() -> None:
    amsterdam, new_york = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/New_York")
    assert last_moment(date(2027, 6, 30), amsterdam) == datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC)
    with pytest.raises(Invalid):
        last_moment(date.max, new_york)


@pytest.mark.parametrize("deed", Deed)
def test_exactly_these_may(deed: Deed) -> None:
    allowed = [name for name in ["nobody", *EVERYONE.split(", ")] if may(somebody(name), deed, OWNER)]
    assert sorted(allowed) == sorted(EXPECTED[deed].split(", "))


def test_the_table_names_every_deed() -> None:
    assert set(MAY) == set(EXPECTED) == set(Deed)


@pytest.mark.parametrize("deed", Deed)
def test_whoever_may_not_is_refused_in_words(deed: Deed) -> None:
    for name in ["nobody", *EVERYONE.split(", ")]:
        by = somebody(name)
        if may(by, deed, OWNER):
            require(by, deed, OWNER)
            continue
        with pytest.raises(NotAllowed) as refusal:
            require(by, deed, OWNER)
        assert refusal.value.reason.endswith(".")
        assert ("Sign in" in refusal.value.reason) == (by is None)


@pytest.mark.parametrize("deed", Deed)
def test_what_belongs_to_nobody_here_has_no_owner(deed: Deed) -> None:
    """A copy of another node's post: its `author` is None, and that makes nobody its owner."""
    assert may(somebody("owner"), deed, None) == may(somebody("resident"), deed, None)


def test_whoever_sits_at_the_machine_is_an_operator_and_no_broker() -> None:
    assert may(console(NOON), Deed.RUN_BORDERS)
    assert not may(console(NOON), Deed.AGREE, OWNER)
