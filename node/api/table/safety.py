"""Reports, and the supervisor's queue."""

from functools import partial

from node.acts import replies as acts
from node.api import replies, reports, sayings
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.post import Kind
from node.neighbourhood.roles import Deed


def _report(kind: Kind) -> Operation:
    name = kind.value.title()
    return Operation(
        method="POST",
        path=f"/{kind}s/{{id}}/reports",
        name=f"report{name}",
        says=f"Say that something is wrong with {'an' if name[0] in 'OE' else 'a'} {kind}",
        also="Where one lives, for its supervisors alone. If it is another node's post, that node "
        "(and the hub it came through) hears the category, and nothing else. 409: one did so already.",
        does=partial(reports.make, kind),
        deed=Deed.REPORT,
        takes=reports.NewReport,
        answers=reports.Report,
        status=201,
        refuses=(409, 429),
    )


OPERATIONS: tuple[Operation, ...] = (
    *(_report(kind) for kind in Kind),
    Operation(
        method="POST",
        path="/responses/{id}/reports",
        name="reportResponse",
        says="Say that something is wrong with an answer, or with what somebody said under a notice",
        also="What one may read oneself, at the home of the post. The supervisors read it then too; oneself "
        "one reads no words of it any more until somebody decided. A public one from another node: that "
        "node hears the category. 409: it is one's own, or one did so already.",
        does=sayings.report_answer,
        deed=Deed.REPORT,
        takes=reports.NewReport,
        answers=reports.Report,
        status=201,
        refuses=(409, 429),
    ),
    Operation(
        method="POST",
        path="/messages/{id}/reports",
        name="reportMessage",
        says="Say that something is wrong with a message of the other",
        also="The supervisors of one's own node can read that message then, and no other. No other node "
        "hears of it, unless a supervisor decides so.",
        does=sayings.report_message,
        deed=Deed.REPORT,
        takes=reports.NewReport,
        answers=reports.Report,
        status=201,
        refuses=(409, 429),
    ),
    Operation(
        method="GET",
        path="/reports",
        name="listReports",
        says="What one reported, and what came of it",
        does=reports.mine,
        deed=Deed.READ_OWN,
        takes=PageAsked,
        answers=reports.Reports,
    ),
    Operation(
        method="GET",
        path="/queue",
        name="showQueue",
        says="What waits for a supervisor",
        also="Reported posts, and our own that are out of sight. One's own posts are not among them. With "
        "`hidden=true`: those of other nodes that are not shown here.",
        does=reports.queue,
        deed=Deed.SEE_QUEUE,
        takes=reports.QueueAsked,
        answers=reports.Queue,
    ),
    Operation(  # before the one case, whose address it would be too
        method="GET",
        path="/queue/replies",
        name="listReplies",
        says="What accounts on other software wrote, and waits for a supervisor",
        also="About public posts, or to the neighbourhood: what everybody can read there, and what somebody "
        "wrote whom nobody here knows.",
        does=replies.listing,
        deed=Deed.SEE_QUEUE,
        takes=PageAsked,
        answers=replies.Replies,
    ),
    Operation(
        method="GET",
        path="/queue/said",
        name="listSayings",
        says="What people wrote under posts and to each other, and was reported",
        also="What a supervisor wrote themselves is not among it, nor anything else of the conversation.",
        does=sayings.listing,
        deed=Deed.SEE_QUEUE,
        takes=PageAsked,
        answers=sayings.Sayings,
    ),
    Operation(
        method="POST",
        path="/queue/said/{id}/uphold",
        name="takeAway",
        says="Something is wrong with what was said: its words go",
        also="Here, and wherever we sent them. With `home`, the node or server that it came from hears the "
        "category, and nobody's name or words. 404: it was decided already.",
        does=sayings.uphold,
        deed=Deed.MODERATE,
        takes=sayings.TakenAway,
        answers=None,
        status=204,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/queue/said/{id}/dismiss",
        name="letStay",
        says="What was said may stay",
        also="Who reported it hears, and can read it again. 404: it was decided already.",
        does=sayings.dismiss,
        deed=Deed.MODERATE,
        takes=reports.Dismissed,
        answers=None,
        status=204,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/replies/{id}/let-in",
        name="letReplyIn",
        says="It goes to whoever posted, and its account is known here from now on",
        also="What is about no post, or about an event, is marked as read. Doing it again changes nothing. "
        "409: the account is blocked.",
        does=partial(replies.decide, acts.let_in),
        deed=Deed.MODERATE,
        answers=replies.Reply,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/replies/{id}/turn-away",
        name="turnReplyAway",
        says="Nobody here reads it",
        also="Its words go; whoever wrote it hears nothing. Doing it again changes nothing.",
        does=partial(replies.decide, acts.turn_away),
        deed=Deed.MODERATE,
        answers=replies.Reply,
    ),
    Operation(
        method="POST",
        path="/replies/{id}/report",
        name="reportReply",
        says="Nobody here reads it, and its own server hears that something is wrong with it",
        also="Nobody's name goes there, nor any words. Doing it again changes nothing.",
        does=partial(replies.decide, acts.report),
        deed=Deed.MODERATE,
        answers=replies.Reply,
    ),
    Operation(
        method="GET",
        path="/queue/{id}",
        name="showCase",
        says="One post as a supervisor sees it, reported or not",
        does=reports.show,
        deed=Deed.MODERATE,
        answers=reports.Case,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/queue/{id}/uphold",
        name="upholdReports",
        says="Something is wrong with a post: do something about it",
        also="All open reports about it are upheld. hide: out of sight, here and at every copy; of another "
        "node's post only here. remove: it goes everywhere. ask: its writer is asked to change it.",
        does=reports.uphold,
        deed=Deed.MODERATE,
        takes=reports.Upheld,
        answers=reports.Case,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/queue/{id}/dismiss",
        name="dismissReports",
        says="A post may stay",
        also="All open reports about it are dismissed. If it was out of sight, it is shown again.",
        does=reports.dismiss,
        deed=Deed.MODERATE,
        takes=reports.Dismissed,
        answers=reports.Case,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/queue/{id}/flag",
        name="flagPost",
        says="Write to the home of another node's post what is wrong with it",
        also="It stands among one's own reports, with what that node makes of it. 409: sent already.",
        does=reports.flag,
        deed=Deed.MODERATE,
        takes=reports.Flagged,
        answers=reports.Case,
        refuses=(409,),
    ),
)
