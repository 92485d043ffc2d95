"""What a node lets in, as its operator chooses."""

from datetime import datetime

from node.neighbourhood.activity import Happening
from node.neighbourhood.policy import A_MINUTE_LEAST, A_MINUTE_MOST, Advice, Followers, Policy
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import log
from node.storage import policies as kept
from node.storage.database import Transaction


def choose(
    tx: Transaction,
    by: Resident,
    at: datetime,
    *,
    followers: str | None = None,
    advice: str | None = None,
    a_minute: int | None = None,
) -> Policy:
    """Say who may follow, what becomes of the hub's advice, and how much one server may send; None leaves one
    as it is. Only an operator; who follows already goes on following."""
    require(by, Deed.RUN_BORDERS)
    wrong = {}
    if followers is not None and followers not in set(Followers):
        wrong["followers"] = phrase("Choose one of these.")
    if advice is not None and advice not in set(Advice):
        wrong["advice"] = phrase("Choose one of these.")
    if a_minute is not None and not A_MINUTE_LEAST <= a_minute <= A_MINUTE_MOST:
        bounds = {"least": A_MINUTE_LEAST, "most": A_MINUTE_MOST}
        wrong["a_minute"] = phrase("Write a number from %(least)d to %(most)d.", **bounds)
    if wrong:
        raise Invalid(wrong)
    before = kept.current(tx)
    after = Policy(
        before.followers if followers is None else Followers(followers),
        before.advice if advice is None else Advice(advice),
        before.a_minute if a_minute is None else a_minute,
    )
    if after != before:
        kept.save(tx, after)
        log.record(tx, Happening.POLICY_CHANGED, by.id, by.id, at)
    return after
