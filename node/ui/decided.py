"""What was decided about a post before, as the supervisors after read it: why and when, and never by name."""

from dataclasses import dataclass
from datetime import datetime

from node.neighbourhood.activity import Entry, Happening
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.report import Report, ReportState
from node.storage import log, nodes
from node.storage.database import Transaction

_STEPS = (Happening.HIDDEN, Happening.SHOWN, Happening.REPORT_DECIDED)
REPORTED = phrase("Reports of neighbours put it out of sight.")
HIDDEN = phrase("A supervisor put it out of sight.")
NOT_HERE = phrase("A supervisor does not show it here.")
SHOWN = phrase("A supervisor showed it again.")
ASKED = phrase("A supervisor asked its writer to change it.")
STAYS = phrase("A supervisor said that it may stay.")
CAME = {
    ReportState.UPHELD: phrase("Something was done."),
    ReportState.DISMISSED: phrase("It could stay."),
}


@dataclass(frozen=True)
class Decided:
    """One decision: what, why and when."""

    words: Words
    why: str
    at: datetime


def last(tx: Transaction, post: Post, before: list[Report]) -> Decided | None:
    """The last that was decided about a post. `before`: the reports that were decided on; of a post that
    stayed as it was, the reason stands with those alone."""
    steps = [entry for entry in log.of(tx, post.id) if entry.what in _STEPS]
    elsewhere = nodes.known(tx, {entry.who for entry in steps if entry.who})  # what another node answered us
    found = [Decided(_words(one, post), one.why or "", one.at) for one in steps if one.who not in elsewhere]
    for report in before:
        if report.state is ReportState.DISMISSED:
            found += [
                Decided(STAYS, one.why or "", one.at) for one in log.of(tx, report.id) if one.what in _STEPS
            ]
    return max(found, key=lambda one: one.at, default=None)


def _words(entry: Entry, post: Post) -> Words:
    if entry.what is Happening.SHOWN:
        return SHOWN
    if entry.what is Happening.REPORT_DECIDED:
        return ASKED
    if not post.own:
        return NOT_HERE
    return HIDDEN if entry.who is not None else REPORTED
