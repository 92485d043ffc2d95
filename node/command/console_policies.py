"""The commands for what a node lets in: `follower`, `block`, `advice`, `policy`. `policies` does them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform
from node.neighbourhood.block import Severity
from node.neighbourhood.blocklist import MOST_BYTES
from node.neighbourhood.policy import A_MINUTE_LEAST, A_MINUTE_MOST, Advice, Followers
from node.neighbourhood.refusal import Refusal


@click.group()
def follower() -> None:
    """Accounts of other software. WHICH: an address, a handle or an id, as `follower list` shows them."""


@follower.command("list")
@on_a_node
def follower_list(**given: Any) -> None:
    """Who asks to follow, and who does; the newest thousand of each."""
    perform("follower list", words=_followers, **given)


@follower.command("admit")
@click.argument("which")
@on_a_node
def follower_admit(**given: Any) -> None:
    """Let an account follow us that asked to."""
    perform("follower admit", words=lambda a: [_follower(a)], **given)


@follower.command("refuse")
@click.argument("which")
@on_a_node
def follower_refuse(**given: Any) -> None:
    """Do not let an account follow us, or no longer."""
    perform("follower refuse", words=lambda a: [_follower(a)], **given)


@click.group()
def policy() -> None:
    """What the node lets in."""


@policy.command("show")
@on_a_node
def policy_show(**given: Any) -> None:
    """Who may follow, what becomes of the hub's advice, and how much one server may send."""
    perform("policy show", words=_policy, **given)


@policy.command("choose")
@click.option("--followers", type=click.Choice([one.value for one in Followers]), help="Who may follow us.")
@click.option("--advice", type=click.Choice([one.value for one in Advice]), help="What the hub advises.")
@click.option(
    "--a-minute",
    "a_minute",
    type=click.IntRange(A_MINUTE_LEAST, A_MINUTE_MOST),
    help="How many messages one server may send in a minute.",
)
@on_a_node
def policy_choose(**given: Any) -> None:
    """Change one of these, or more; the rest stays as it is."""
    perform("policy choose", words=_policy, **given)


@click.group()
def block() -> None:
    """Servers and accounts that are kept out. SUBJECT: a server's name, or an account's address."""


@block.command("list")
@on_a_node
def block_list(**given: Any) -> None:
    """All of them, with why and since when."""
    perform("block list", words=lambda a: map(_block, a["blocks"]), **given)


@block.command("put")
@click.argument("subject")
@click.option("--hold", is_flag=True, help="Only have a supervisor look first at what it says.")
@click.option("--reason", default="", help="Why.")
@on_a_node
def block_put(hold: bool, **given: Any) -> None:
    """Have nothing to do with a server or an account: what stands of it here goes."""
    severity = Severity.HOLD if hold else Severity.BLOCK
    perform("block put", words=lambda a: [_block(a)], severity=severity, **given)


@block.command("lift")
@click.argument("subject")
@on_a_node
def block_lift(**given: Any) -> None:
    """Speak again with a server or an account; following has to be asked for anew."""
    perform("block lift", words=lambda a: [f"{a['lifted']} is kept out no more"], **given)


@block.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--look", is_flag=True, help="Only say what it would do.")
@on_a_node
def block_import(file: Path, look: bool, **given: Any) -> None:
    """Take in a list of others: a CSV FILE as Mastodon writes it, or a name on each line. All, or nothing."""
    perform("block look" if look else "block import", words=_list, text=_text(file), **given)


@block.command("export")
@on_a_node
def block_export(**given: Any) -> None:
    """Print the servers as a list that Mastodon reads (CSV)."""
    perform("block export", words=lambda a: a["csv"].splitlines(), **given)


@click.group()
def advice() -> None:
    """Whom a hub advises to block. WHICH: what is advised, or its id, as `advice list` shows them."""


@advice.command("list")
@on_a_node
def advice_list(**given: Any) -> None:
    """What our hub advises, and what came of it; at a hub what it advises itself."""
    perform("advice list", words=lambda a: map(_advice, a["advice"]), **given)


@advice.command("give")
@click.argument("subject")
@click.option("--reason", default="", help="Why: all members read it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2027-06-30.")
@on_a_node
def advice_give(until: datetime | None, **given: Any) -> None:
    """At a hub: advise all members to block a server or an account, and block it here."""
    day = until.date().isoformat() if until else None
    perform("advice give", words=lambda a: [_advice(a)], until=day, **given)


@advice.command("withdraw")
@click.argument("which")
@on_a_node
def advice_withdraw(**given: Any) -> None:
    """At a hub: it is advised no more, nor blocked here."""
    perform("advice withdraw", words=_decided, **given)


@advice.command("take")
@click.argument("which")
@on_a_node
def advice_take(**given: Any) -> None:
    """Do as our hub advises."""
    perform("advice take", words=_decided, **given)


@advice.command("ignore")
@click.argument("which")
@on_a_node
def advice_ignore(**given: Any) -> None:
    """Do not do as our hub advises, or no longer."""
    perform("advice ignore", words=_decided, **given)


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refusal(f"this list is too long: at most {MOST_BYTES // 1024} kB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("this is no text file in UTF-8") from None


def _follower(one: Answer) -> str:
    return f"{one['state']:<9}@{one['handle']}  {one['actor']}  {one['name']}".rstrip()


def _followers(answer: Answer) -> Iterable[str]:
    yield from map(_follower, (*answer["asking"], *answer["following"]))
    yield f"{answer['asks']} ask, {answer['follow']} follow"


def _policy(answer: Answer) -> Iterable[str]:
    for name, value in answer.items():
        yield f"{name:<11}{value}"


def _block(one: Answer) -> str:
    return f"{one['severity']:<7}{one['source']:<6}{one['subject']}  {one['reason']}".rstrip()


def _list(answer: Answer) -> Iterable[str]:
    yield f"{answer['new']} new, {answer['known']} here already"
    for name, words in (
        ("ours", "name ourselves: left out"),
        ("noop", "ask for nothing that we do: left out"),
        ("hidden", "names with stars in them: left out"),
        ("unread", f"lines that cannot be read: left out, such as {answer['lines']}"),
        ("accounts", f"accounts are shut out, of whom {answer['followers']} followed us"),
    ):
        if answer[name]:
            yield f"{answer[name]} {words}"
    for origin in answer["nodes"]:
        yield f"node blocked: {origin}"


def _advice(one: Answer) -> str:
    until = f"  until {one['until']}" if one["until"] else ""
    return f"{one['state']:<9}{one['subject']}  {one['reason']}{until}".rstrip()


def _decided(answer: Answer) -> Iterable[str]:
    yield f"{answer['state']:<10}{answer['subject']}"
