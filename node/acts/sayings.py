"""Reports about what somebody said: a public answer, an answer to a poster, a message in a conversation.

A supervisor reads no more of a conversation than what was reported of it. Another node hears of it at once
only when everybody could read it: of what two people wrote to each other, that alone would tell who reported.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import comments, moderation, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, NotFound, TooMany, phrase
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.report import (
    A_DAY,
    Report,
    ReportCategory,
    ReportState,
    checked_category,
    checked_outside,
    checked_reason,
    checked_text,
)
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, may, require
from node.neighbourhood.saying import Saying, Where
from node.neighbourhood.thread import Thread
from node.storage import accounts, letters, log, matches, outbox, posts, replies, residents, spread, thanks
from node.storage import reports as kept_reports
from node.storage import responses as kept_responses
from node.storage import sayings as kept
from node.storage import threads as kept_threads
from node.storage.database import Transaction
from node.storage.outbox import Activity

DAY = timedelta(days=1)


def readable(tx: Transaction, by: Resident, saying: Saying, at: datetime) -> Saying:
    """What this person may read: of a conversation the two (of a thank-you
    that both show: everybody), of an answer to a poster that poster and a
    broker, of a public one whoever sees the notice. For all others it is not there, in the same words as for
    what never was."""
    if not saying.there or not _reads(tx, by, saying, at):
        if saying.where is Where.MESSAGE:
            raise NotFound(phrase("This message is not here, or no longer."))
        raise NotFound(phrase("This answer is not here, or no longer."))
    return saying


def report_answer(
    tx: Transaction, by: Resident, response_id: str, category: str, text: str, at: datetime
) -> Report:
    """Say that something is wrong with an answer to a post. Any resident may, about what they may read and is
    not theirs."""
    require(by, Deed.REPORT)
    return _report(tx, by, kept.answer(tx, response_id, lock=True), category, text, at)


def report_message(
    tx: Transaction, by: Resident, message_id: str, category: str, text: str, at: datetime
) -> Report:
    """Say that something is wrong with a message of the other. Only one of the two."""
    require(by, Deed.REPORT)
    return _report(tx, by, kept.message(tx, message_id, lock=True), category, text, at)


def flagged(
    tx: Transaction, node: Node | None, origin: str, saying: Saying, made: Report, at: datetime
) -> None:
    """A Flag came about something said. Only from who has it from us: of a conversation the home of the
    other, of what one of ours wrote under a post of theirs that neighbourhood."""
    if saying.there and _has(tx, node, origin, saying):
        response, message = saying.response.id, saying.message.id if saying.message else None
        _keep(tx, saying, replace(made, post_id=saying.post.id, response_id=response, message_id=message), at)


def answered(tx: Transaction, node: Node, flag: Activity, upheld: bool, words: str, at: datetime) -> None:
    """The home of whoever said it acted on our Flag: then it goes here too, and who reported it hears. When
    it finds nothing wrong, our own supervisor still decides what stands here."""
    saying = kept.by_uri(tx, flag.object)
    if saying is None or saying.node_id != node.id or not upheld:
        return
    for one in kept.open_about(tx, saying):
        moderation.settle(tx, one, ReportState.UPHELD, words, node.id, words, at)
    if saying.there:
        _take_away(tx, saying, node.id, words, at)


def uphold(
    tx: Transaction, by: Resident, report_id: str, reason: str, told: str, its_home: bool, at: datetime
) -> Saying:
    """Something is wrong with what was said: its words go, here and wherever we sent them. Only a supervisor,
    and not about their own words.

    `reason` is for whoever wrote it, if that is one of ours; `told` for who reported it. With `its_home` the
    neighbourhood or server that it came from hears what sort of thing is wrong, and no words of anybody.
    """
    saying, report = judged(tx, by, report_id, lock=True)
    reason = checked_reason(reason, saying.author is not None)
    told = checked_outside(told, "told")
    for one in kept.open_about(tx, saying):
        moderation.settle(tx, one, ReportState.UPHELD, told, by.id, reason, at)
    _take_away(tx, saying, by.id, reason, at)
    if its_home:
        _tell_home(tx, saying, report.category, at)
    return kept.of_report(tx, report)


def dismiss(tx: Transaction, by: Resident, report_id: str, reason: str, told: str, at: datetime) -> Saying:
    """What was said may stay. Only a supervisor, and not about their own words."""
    saying, _ = judged(tx, by, report_id, lock=True)
    reason, told = checked_reason(reason, own=False), checked_outside(told, "told")
    for one in kept.open_about(tx, saying):
        moderation.settle(tx, one, ReportState.DISMISSED, told, by.id, reason, at)
    return saying


def judged(tx: Transaction, by: Resident, report_id: str, *, lock: bool = False) -> tuple[Saying, Report]:
    """What an open report is about, for a supervisor who did not say it. Raises NotFound for all others."""
    require(by, Deed.MODERATE)
    saying = kept.of_report(tx, kept.open_report(tx, report_id))
    if lock and saying.account_id is not None:
        accounts.get(tx, saying.account_id, lock=True)  # first, as when it is written
    saying = kept.of_report(tx, kept.open_report(tx, report_id), lock=lock)
    report = kept.open_report(tx, report_id)  # again: of what is locked, nobody decides meanwhile
    if not saying.there:
        raise NotFound(phrase("This is not here, or no longer."))
    if saying.author == by.id:
        raise Conflict(phrase("This is your own. Another supervisor decides about it."))
    return saying, report


def settle_gone(tx: Transaction, at: datetime) -> int:
    """What was reported is no longer there: who reported it hears. Done by the node itself."""
    gone = kept.about_what_is_gone(tx)
    for one in gone:
        moderation.settle(tx, one, ReportState.UPHELD, "", None, "", at)
    return len(gone)


def _reads(tx: Transaction, by: Resident, saying: Saying, at: datetime) -> bool:
    post = saying.post
    try:
        if saying.message is not None:
            if thanks.stands(tx, saying.message.id):  # everybody reads it
                return True
            kept_threads.see(tx, by, saying.response.id)
            return True
        if saying.where is Where.COMMENT:
            posts.see(tx, by, post.id, at)
    except NotFound:
        return False
    asked = saying.where is Where.COMMENT or may(by, Deed.SEE_ANSWERS, post.author)
    return saying.author == by.id or (post.own and asked)


def _report(tx: Transaction, by: Resident, saying: Saying, category: str, text: str, at: datetime) -> Report:
    readable(tx, by, saying, at)
    if saying.author == by.id:
        raise Conflict(phrase("This is your own. You can change it, or take it back."))
    wrong = checked_category(category)
    text = checked_text(text, wrong)
    waiting = kept.open_about(tx, saying)
    if any(one.resident == by.id for one in waiting):
        raise Conflict(phrase("You reported this already. A supervisor looks at it."))
    if kept_reports.since(tx, by.id, at - DAY) >= A_DAY:
        raise TooMany(phrase("These are many reports for one day. Please call us."), wait=24 * 3600)
    key, post_id = uuid4().hex, saying.post.id
    made = Report(key, tx.home.uri("a", key), post_id, wrong, text, ReportState.OPEN, at, resident=by.id)
    message = saying.message.id if saying.message is not None else None
    made = replace(made, response_id=saying.response.id, message_id=message)
    _keep(tx, saying, made, at)
    told = any(one.resident is not None and one.category is wrong for one in waiting)
    if saying.public and saying.node_id is not None and not told:
        _tell_home(tx, saying, wrong, at)
    return made


def _keep(tx: Transaction, saying: Saying, made: Report, at: datetime) -> None:
    """Keep it; the supervisors hear of the first one about it. In the log it stands under its own id, as a
    report about a post does."""
    first = not kept.open_about(tx, saying)
    if not kept_reports.add(tx, made):
        return
    log.record(tx, Happening.REPORTED, made.resident or made.node_id, made.id, at)
    for supervisor in residents.holding(tx, Role.SUPERVISOR, at) if first else ():
        if supervisor != saying.author:
            letters.add(tx, "reported", at, resident_id=supervisor, post=saying.post.id)


def _has(tx: Transaction, node: Node | None, origin: str, saying: Saying) -> bool:
    """Whether another node or server has something said from us, or reads it here."""
    post, response = saying.post, saying.response
    if saying.where is Where.COMMENT and post.own:
        return moderation.has_from_us(tx, node, post)
    if saying.author is None:
        return False
    if node is not None:
        return node.id == (response.node_id if post.own else post.node_id)
    account = accounts.get(tx, response.account_id) if response.account_id is not None else None
    return saying.where is Where.MESSAGE and account is not None and account.origin == origin


def _take_away(tx: Transaction, saying: Saying, who: str, why: str, at: datetime) -> None:
    """Its words go: under a notice of ours nobody reads them any more, elsewhere they are erased, and where
    we sent them is asked to do the same. A letter says so to whoever of ours wrote it."""
    post, response = saying.post, saying.response
    if saying.message is not None:
        match = matches.newest_of_response(tx, response.id)
        threads.taken_away(tx, Thread(post, response, match, saying.side), saying.message, at)
    elif not saying.public:
        kept_responses.save(tx, replace(response, text="", when=""))
    elif post.own:
        comments.hidden(tx, post, response, who, at)
    else:
        comments.taken_away(tx, post, response, who, at)
    if (reply := replies.by_uri(tx, saying.uri, lock=True)) is not None:  # else a change would bring it back
        replies.save(tx, replace(reply, state=ReplyState.TURNED_AWAY, text="", decided=at))
    log.record(tx, Happening.HIDDEN, who, saying.id, at, why or None)
    if saying.author is not None and saying.message is not None:
        letters.add(tx, "moderated", at, resident_id=saying.author, talk=response.id)
    elif saying.author is not None:
        letters.add(tx, "moderated", at, resident_id=saying.author, post=post.id)


def _tell_home(tx: Transaction, saying: Saying, category: ReportCategory, at: datetime) -> None:
    """Let the node or server that it came from know what sort of thing is wrong, once. Nobody's name is in
    it, nor any words."""
    told = outbox.latest(tx, "Flag", saying.uri)
    if told is not None and (told.facts or {}).get("category") == category:
        return
    facts = {"category": str(category), "words": ""}
    if saying.node_id is not None:
        facts["node"] = saying.node_id
        outbox.send_to(tx, outbox.add(tx, "Flag", saying.uri, facts, at), saying.node_id)
    elif saying.account_id is not None:
        account = accounts.get(tx, saying.account_id)
        facts |= {"to": account.actor, "account": account.actor}
        spread.to_account(tx, outbox.add(tx, "Flag", saying.uri, facts, at), account.id)
