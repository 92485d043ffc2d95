"""What a node lets in, from the machine itself: followers, blocks, the hub's advice. Done as *console*."""

from collections.abc import Callable
from datetime import date, datetime

from node.acts import accounts as following
from node.acts import advice as advising
from node.acts import blocklist
from node.acts import blocks as blocking
from node.acts import policies as choosing
from node.command.answers import Answer, iso
from node.neighbourhood.account import Account
from node.neighbourhood.block import Block
from node.neighbourhood.blocklist import read, written
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import Policy
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import last_moment
from node.settings import Settings
from node.storage import accounts, advisories, blocks, policies
from node.storage.advisories import Advisory
from node.storage.database import Transaction

MOST = 1000  # accounts of each sort in a list
Decision = Callable[[Transaction, Resident, str, datetime], None]


# Who may follow, and who does


def follower_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {
        "asking": [_account(one) for one in accounts.following(tx, Follow.PENDING, None, MOST)],
        "following": [_account(one) for one in accounts.following(tx, Follow.ACCEPTED, None, MOST)],
        "asks": accounts.asking(tx),
        "follow": accounts.followers(tx),
    }


def follower_admit(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _account(following.admit(tx, console(at), _find(tx, which).id, at))


def follower_refuse(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _account(following.refuse(tx, console(at), _find(tx, which).id, at))


def policy_show(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return _policy(policies.current(tx))


def policy_choose(
    tx: Transaction,
    settings: Settings,
    at: datetime,
    followers: str | None,
    advice: str | None,
    a_minute: int | None,
) -> Answer:
    by = console(at)
    return _policy(choosing.choose(tx, by, at, followers=followers, advice=advice, a_minute=a_minute))


# Whom we keep out


def block_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"blocks": [_block(one) for one in blocks.everyone(tx)]}


def block_put(
    tx: Transaction, settings: Settings, at: datetime, subject: str, severity: str, reason: str
) -> Answer:
    return _block(blocking.put(tx, console(at), subject, severity, reason, at))


def block_lift(tx: Transaction, settings: Settings, at: datetime, subject: str) -> Answer:
    blocking.lift(tx, console(at), subject.strip(), at)
    return {"lifted": subject.strip()}


def block_export(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"csv": "".join(written(blocks.everyone(tx)))}


def block_look(tx: Transaction, settings: Settings, at: datetime, text: str) -> Answer:
    """What a list would do."""
    return _read(tx, text, at, take_in=False)


def block_import(tx: Transaction, settings: Settings, at: datetime, text: str) -> Answer:
    return _read(tx, text, at, take_in=True)


def _read(tx: Transaction, text: str, at: datetime, take_in: bool) -> Answer:
    said = read(text)
    if take_in:
        found = blocklist.take_in(tx, console(at), said.wanted, at)
    else:
        found = blocklist.weighed(tx, said.wanted)
    return {
        "new": len(found.fresh),
        "known": found.known,
        "ours": found.ours,
        "noop": said.noop,
        "hidden": said.hidden,
        "unread": said.unread,
        "lines": list(said.first),
        "nodes": [one.origin for one in found.nodes],
        "accounts": len(found.accounts),
        "followers": found.followers,
    }


# Advice


def advice_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"advice": [_advice(one) for one in advisories.current(tx, at)]}


def advice_give(
    tx: Transaction, settings: Settings, at: datetime, subject: str, reason: str, until: str | None
) -> Answer:
    end = last_moment(date.fromisoformat(until), settings.home.zone) if until else None
    return _advice(advising.advise(tx, console(at), subject, reason, end, at))


def advice_withdraw(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _decided(tx, at, which, advising.withdraw, "withdrawn")


def advice_take(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _decided(tx, at, which, advising.take, "taken")


def advice_ignore(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _decided(tx, at, which, advising.ignore, "ignored")


def _decided(tx: Transaction, at: datetime, which: str, act: Decision, word: str) -> Answer:
    words = which.strip()
    found = [one for one in advisories.current(tx, at) if words in (one.subject, one.key, one.uri)]
    if len(found) != 1:
        raise Invalid({"which": phrase("Write what is advised, as `advice list` shows it.")})
    act(tx, console(at), found[0].uri, at)
    return {"subject": found[0].subject, "state": word}


def _find(tx: Transaction, which: str) -> Account:
    found = accounts.called(tx, which.strip())
    if len(found) != 1:
        raise Invalid({"which": phrase("Write the address of one account, as `follower list` shows it.")})
    return found[0]


def _account(one: Account) -> Answer:
    follows = {Follow.PENDING: "asks", Follow.ACCEPTED: "follows"}.get(one.their_follow, "no")
    names = {"id": one.id, "actor": one.actor, "handle": one.handle, "name": one.name}
    return {**names, "state": follows, "since": iso(one.met)}


def _policy(policy: Policy) -> Answer:
    return {"followers": policy.followers, "advice": policy.advice, "a_minute": policy.a_minute}


def _block(one: Block) -> Answer:
    how = {"subject": one.subject, "severity": one.severity, "reason": one.why}
    return {**how, "source": one.source, "since": iso(one.created)}


def _advice(one: Advisory) -> Answer:
    how = {"id": one.key, "subject": one.subject, "reason": one.summary, "state": one.state}
    return {**how, "since": iso(one.created), "until": iso(one.expires)}
