"""Who may do what, and who sees what: all of the cast at every operation, from the table of the rules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from node.api.openapi import OPERATIONS
from node.clock import now
from node.neighbourhood.audience import may_see
from node.neighbourhood.node import Area
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may
from node.storage import posts, replies
from node.storage.database import Transaction
from tests import town
from tests.api.programs import OPERATION, Here, asked, elsewhere, path_of
from tests.elsewhere import account, advised, asks_to_follow, wrote
from tests.town import DAY, Cast

PARTS: list[str | None] = [None, *Cast.__dataclass_fields__]


@dataclass(frozen=True)
class Ask:
    """How an operation is tried: at which path, with what body, and whose the thing is (in the cast)."""

    path: str
    body: Any = None
    owner: str | None = None


Way = Callable[[Here], Awaitable[Ask]]


def near(folder: str) -> Any:
    """A post of one kind as it is sent, for here and next door; an event is tomorrow."""
    times = {"starts": (now() + DAY).isoformat(), "place": "Buurthuis"} if folder == "events" else {}
    return asked(audience="adjacent", **times)


def at_post(folder: str, below: str = "", body: Any = None, owner: str | None = "poster") -> Way:
    async def way(here: Here) -> Ask:
        made = await here.post("poster", f"/{folder}", near(folder))
        return Ask(path_of(made) + below, body, owner)

    return way


def at(path: str, body: Any = None) -> Way:
    async def way(here: Here) -> Ask:
        return Ask(path, body)

    return way


def at_answer(below: str, owner: str) -> Way:
    async def way(here: Here) -> Ask:
        answer = await here.answers("helper", await here.asks())
        return Ask(f"/responses/{answer['id']}{below}", owner=owner)

    return way


def at_match(below: str) -> Way:
    async def way(here: Here) -> Ask:
        post = await here.asks()
        match = await here.agree(post, await here.answers("helper", post))
        return Ask(f"/matches/{match['id']}{below}", owner="poster")

    return way


def at_node(below: str, body: Any = None, **border: Any) -> Way:
    async def way(here: Here) -> Ask:
        node = await here.next_door(f"node{uuid4().hex[:8]}", **border)
        return Ask(f"/nodes/{node.id}/{below}", body)

    return way


def at_our_hub(path: str) -> Way:
    async def way(here: Here) -> Ask:
        await here.database.writing(town.hub)
        return Ask(path)

    return way


def at_talk(below: str, body: Any = None) -> Way:
    """At what the poster and the helper agreed; both let the other see their mail address."""

    async def way(here: Here) -> Ask:
        post = await here.asks()
        answer = await here.answers("helper", post)
        await here.agree(post, answer)
        for part in ("poster", "helper"):
            released = {"fields": ["email"]}
            await here.call(part, "PUT", f"/responses/{answer['id']}/contact", json=released)
        return Ask(f"/responses/{answer['id']}{below}", body, "poster")

    return way


async def at_message(here: Here) -> Ask:
    answer = await here.answers("helper", await here.asks())
    written = await here.post("poster", f"/responses/{answer['id']}/messages", {"text": "Elf uur?"})
    return Ask(f"/messages/{written['id']}", owner="poster")


async def picking(here: Here) -> Ask:
    post = await here.asks()
    answer = await here.answers("helper", post)
    return Ask("/matches", {"request": post["id"], "response": answer["id"]}, "poster")


async def inviting(here: Here) -> Ask:
    post, offer = await here.asks(), await here.post("helper", "/offers", asked())
    return Ask("/invites", {"request": post["id"], "offer": offer["id"]})


def at_invite(below: str, body: Any = None) -> Way:
    async def way(here: Here) -> Ask:
        ask = await inviting(here)
        invite = await here.post("broker", ask.path, ask.body)
        return Ask(f"/invites/{invite['id']}{below}", body, "helper")

    return way


def at_report(folder: str) -> Way:
    async def way(here: Here) -> Ask:
        begins = now() + DAY
        times = {"starts": begins.isoformat(), "ends": (begins + town.HOUR).isoformat(), "place": "Buurthuis"}
        made = await here.post("poster", f"/{folder}", asked(**(times if folder == "events" else {})))
        return Ask(f"{path_of(made)}/reports", {"category": "spam"})

    return way


def at_case(below: str, body: Any = None, copy: bool = False) -> Way:
    async def way(here: Here) -> Ask:
        if copy:
            held = await here.told(await here.next_door(f"node{uuid4().hex[:8]}"))
            return Ask(f"/queue/{held.id}{below}", body)
        made = await here.asks()
        return Ask(f"/queue/{made['id']}{below}", body)

    return way


def at_saying(below: str, body: Any) -> Way:
    """At what somebody said under a notice, and somebody else reported."""

    async def way(here: Here) -> Ask:
        notice = await here.post("poster", "/notices", near("notices"))
        said = await here.post("other", f"{path_of(notice)}/responses", {"text": "Onzin!"})
        path = f"/responses/{said['id']}/reports"
        report = await here.post("booster", path, {"category": "rude"})
        return Ask(f"/queue/said/{report['id']}/{below}", body)

    return way


async def report_of_answer(here: Here) -> Ask:
    answer = await here.answers("helper", await here.asks())
    return Ask(f"/responses/{answer['id']}/reports", {"category": "rude"})


async def report_of_message(here: Here) -> Ask:
    ask = await at_message(here)
    return Ask(f"{ask.path}/reports", {"category": "rude"}, "poster")


def at_reply(below: str) -> Way:
    """At what somebody with an account elsewhere wrote."""

    async def way(here: Here) -> Ask:
        made = await here.asks(audience="public")

        def write(tx: Transaction) -> str:
            user = uuid4().hex[:8]
            stranger = account(tx, now(), user, known=False)
            uri = wrote(tx, stranger, posts.get(tx, made["id"]), "Ik kan.", now())
            found = replies.by_uri(tx, uri)
            assert found is not None
            return found.id

        return Ask(f"/replies/{await here.database.writing(write)}/{below}")

    return way


def of_kind(name: str, folder: str) -> dict[str, Way]:
    return {
        f"list{name}s": at(f"/{folder}"),
        f"post{name}": at(f"/{folder}", near(folder)),
        f"show{name}": at_post(folder),
        f"change{name}": at_post(folder, body={"title": "Anders"}),
        f"withdraw{name}": at_post(folder),
        f"list{name}Responses": at_post(folder, "/responses"),
        f"answer{name}": at_post(folder, "/responses", {"text": "Ik kan."}),
        f"list{name}Copies": at_post(folder, "/copies"),
    }


def at_account(below: str) -> Way:
    async def way(here: Here) -> Ask:
        user = f"u{uuid4().hex[:8]}"
        asks = await here.database.writing(lambda tx: asks_to_follow(tx, now(), user))
        return Ask(f"/followers/{asks.id}/{below}")

    return way


def at_advice(below: str) -> Way:
    async def way(here: Here) -> Ask:
        given = await here.database.writing(lambda tx: advised(tx, now(), f"{uuid4().hex[:8]}.example"))
        return Ask(f"/advice/{given.key}{below}")

    return way


async def at_block(here: Here) -> Ask:
    subject = f"{uuid4().hex[:8]}.example"
    await here.post("operator", "/blocks", {"subject": subject})
    return Ask("/blocks/lift", {"subject": subject})


WAYS: dict[str, Way] = {
    **of_kind("Request", "requests"),
    **of_kind("Offer", "offers"),
    **of_kind("Notice", "notices"),
    **of_kind("Event", "events"),
    "withdrawResponse": at_answer("", "helper"),
    "declineResponse": at_answer("/decline", "poster"),
    "listMatches": at("/matches"),
    "agree": picking,
    "completeMatch": at_match("/complete"),
    "cancelMatch": at_match("/cancel"),
    "showBoard": at("/board"),
    "listInvites": at("/invites"),
    "invite": inviting,
    "acceptInvite": at_invite("/accept", {"text": "Ik kan."}),
    "declineInvite": at_invite("/decline"),
    "reportRequest": at_report("requests"),
    "reportOffer": at_report("offers"),
    "reportNotice": at_report("notices"),
    "reportEvent": at_report("events"),
    "reportResponse": report_of_answer,
    "reportMessage": report_of_message,
    "listReports": at("/reports"),
    "listSayings": at("/queue/said"),
    "takeAway": at_saying("uphold", {"reason": "Grof."}),
    "letStay": at_saying("dismiss", {"reason": "Dit mag."}),
    "showQueue": at("/queue"),
    "listReplies": at("/queue/replies"),
    "letReplyIn": at_reply("let-in"),
    "turnReplyAway": at_reply("turn-away"),
    "reportReply": at_reply("report"),
    "showCase": at_case(""),
    "upholdReports": at_case("/uphold", {"what": "hide", "reason": "Reclame."}),
    "dismissReports": at_case("/dismiss", {"reason": "Dit mag."}),
    "flagPost": at_case("/flag", {"category": "spam", "text": "Kijk eens."}, copy=True),
    "showNode": at("/node"),
    "listNodes": at("/nodes"),
    "askNode": at("/nodes", {"address": "https://zuid.example"}),
    "acceptNode": at_node("accept", we_claim=False, our_follow="none"),
    "refuseNode": at_node("refuse", we_claim=False, our_follow="none"),
    "endNode": at_node("end"),
    "blockNode": at_node("block"),
    "unblockNode": at_node("unblock", blocked=True),
    "pauseNode": at_node("pause"),
    "resumeNode": at_node("resume", paused=True),
    "listFollowers": at("/followers"),
    "admitFollower": at_account("admit"),
    "refuseFollower": at_account("refuse"),
    "showPolicy": at("/policy"),
    "changePolicy": at("/policy", {"followers": "ask"}),
    "listBlocks": at("/blocks"),
    "putBlock": at("/blocks", {"subject": "spam.example"}),
    "liftBlock": at_block,
    "exportBlocks": at("/blocks/export"),
    "importBlocks": at("/blocks/import", {"list": "rude.example,silence"}),
    "listAdvice": at("/advice"),
    "giveAdvice": at("/advice", {"subject": "spam.example"}),
    "withdrawAdvice": at_advice(""),
    "takeAdvice": at_advice("/take"),
    "ignoreAdvice": at_advice("/ignore"),
    "followNode": at_node("follow", moved_to="https://elders.example/ap/buurt/noord"),
    "confirmNode": at_node("confirm", alarm="keys changed"),
    "joinHub": at("/hub", {"address": "https://gemeente.example"}),
    "leaveHub": at_our_hub("/hub"),
    "admitNode": at_node("admit"),
    "refuseMembership": at_node("refuse-membership", {}),
    "expelNode": at_node("expel", {}),
    "listDistricts": at("/districts"),
    "wishNode": at_node("wish", {"wish": "mute"}),
    "forgetWish": at_node("wish"),
    "listMessages": at_talk("/messages"),
    "writeMessage": at_talk("/messages", {"text": "Elf uur?"}),
    "deleteMessage": at_message,
    "showRelease": at_talk("/contact"),
    "releaseContact": at_talk("/contact", {"fields": ["email"]}),
    "takeContactBack": at_talk("/contact"),
    "showContact": at_talk("/contact/show"),
    "showDetails": at("/me/contact"),
    "keepDetails": at("/me/contact", {"phone": "0199-00 12 34"}),
    "showMe": at("/me"),
    "exportMe": at("/me/export"),
    "showOpenApi": at("/openapi.json"),
}
TALK = {  # between the poster and the helper
    "listMessages": 200,
    "writeMessage": 201,
    "showRelease": 200,
    "releaseContact": 200,
    "takeContactBack": 204,
    "showContact": 200,
}
OTHERWISE = {  # where the rules say more than the table
    ("poster", "answerRequest"): 409,  # nobody answers their own
    ("poster", "answerOffer"): 409,
    ("poster", "answerEvent"): 409,
    **{("poster", f"report{name}"): 409 for name in ("Request", "Offer", "Notice", "Event")},  # their own
    **{(part, "reportResponse"): 404 for part in PARTS if part not in (None, "outsider")},
    **{(part, "reportMessage"): 404 for part in PARTS if part not in (None, "outsider")},
    **{(part, "reportResponse"): 201 for part in ("poster", "broker")},  # who may read it
    ("helper", "reportMessage"): 201,
    ("helper", "reportResponse"): 409,  # their own
    ("poster", "reportMessage"): 409,
    ("helper", "cancelMatch"): 200,  # each side undoes its own yes
    **{("helper", name): status for name, status in TALK.items()},  # a conversation is of two
    ("helper", "deleteMessage"): 403,  # but what one wrote, only one's own
    ("operator", "admitNode"): 409,  # this is no hub
    ("operator", "refuseMembership"): 409,
    ("operator", "expelNode"): 409,
    ("operator", "giveAdvice"): 409,
    ("operator", "withdrawAdvice"): 404,
}
UNKNOWN = {"acceptInvite", "declineInvite", "deleteMessage", *TALK}  # to all but whose it is
SHOWS = {
    word.format(name)
    for name in ("Request", "Offer", "Notice", "Event")
    for word in ("show{}", "list{}Responses")
}


def expected(name: str, part: str | None, who: Resident | None, owner: Resident | None) -> int:
    """What the tables say: 401, 403, 404, or that it is done."""
    operation = OPERATION[name]
    if (part, name) in OTHERWISE:
        return OTHERWISE[part or "", name]
    if operation.deed is not None and who is None:
        return 401
    if name in SHOWS and (who is None or who.admitted is None):
        return 404  # the posts of this test are not public
    if operation.deed in (None, Deed.READ_OWN) or may(who, operation.deed, owner.id if owner else None):
        return operation.status
    return 404 if name in UNKNOWN and who is not None and who.admitted is not None else 403


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_the_table_holds_at_every_operation(here: Here, part: str | None) -> None:
    people = here.cast.all()
    found, wanted = {}, {}
    for operation in OPERATIONS:
        ask = await WAYS[operation.name](here)
        body = {} if ask.body is None else {"json": ask.body}
        answer = await here.call(part, operation.method, ask.path, **body)
        found[operation.name] = answer.status_code
        owner = people[ask.owner] if ask.owner else None
        wanted[operation.name] = expected(operation.name, part, people[part] if part else None, owner)
    assert found == wanted


def test_no_operation_is_left_out() -> None:
    assert set(WAYS) == {operation.name for operation in OPERATIONS}
    changing = {operation.name for operation in OPERATIONS if operation.changes and operation.deed is None}
    assert changing == set()


async def in_every_state(here: Here) -> list[Post]:
    """A request for every audience and state, Bea's own and held, some past their end."""
    node = await here.next_door()
    at = now()
    made = []
    for audience, state, own, days in product(Audience, State, (True, False), (1, -1)):
        post = elsewhere(node, audience=audience, state=state, expires=at + days * DAY)
        ours: dict[str, Any] = {
            "node_id": None,
            "author": here.cast.poster.id,
            "area": Area("BU00000001", "Centrum"),
        }
        made.append(replace(post, **ours) if own else post)

    def add(tx: Transaction) -> None:
        for post in made:
            posts.add(tx, post)

    await here.database.writing(add)
    return made


async def test_everybody_sees_what_the_rule_lets_them_see(here: Here) -> None:
    made = await in_every_state(here)
    for part in PARTS:
        who = here.cast.all()[part] if part else None
        seen: set[str] = set()
        cursor: dict[str, Any] = {}
        while True:
            page = await here.get(part, "/requests", limit=100, **cursor)
            seen |= {post["id"] for post in page["items"]}
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == {post.id for post in made if may_see(who, post, now())}, part
    for part in (None, "outsider", "poster", "broker"):
        who = here.cast.all()[part] if part else None
        for post in made[:: 7 if part else 1]:
            answer = await here.call(part, "GET", f"/requests/{post.id}")
            assert answer.status_code == (200 if may_see(who, post, now()) else 404), (part, post)


async def test_what_one_may_not_see_is_answered_as_what_does_not_exist(here: Here) -> None:
    post = await here.asks()
    for below in ("", "/responses", "/copies"):
        there = await here.call("outsider", "GET", f"/requests/{post['id']}{below}")
        nowhere = await here.call("outsider", "GET", f"/requests/{uuid4().hex}{below}")
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    there = await here.call(None, "GET", f"/requests/{post['id']}")
    nowhere = await here.call(None, "GET", f"/requests/{uuid4().hex}")
    assert (there.status_code, there.content) == (404, nowhere.content)


async def test_answers_are_for_the_poster_the_broker_and_whoever_gave_them(here: Here) -> None:
    post = await here.asks()
    merel, tariq = await here.answers("helper", post), await here.answers("other", post)
    both = {merel["id"], tariq["id"]}
    wanted = {"poster": both, "broker": both, "helper": {merel["id"]}, "other": {tariq["id"]}}
    for part in set(here.tokens) - {"outsider"}:
        found = (await here.get(part, f"{path_of(post)}/responses"))["items"]
        assert {answer["id"] for answer in found} == wanted.get(part, set()), part


async def test_no_answer_holds_what_is_nobodys_business(here: Here) -> None:
    """The canary: mail addresses, ids of persons and parties, tokens, in whatever anybody can read here."""
    node = await here.next_door()
    held = await here.told(node)
    post = await here.asks()
    await here.answers("other", post)
    await here.agree(post, await here.answers("helper", post))
    await here.post("helper", f"/requests/{held.id}/responses", {"text": "Ik kan."})
    people = here.cast.all()
    private = {"@example.org", "/ap/p/", "bk_", *(who.id for who in people.values())}
    paths = ["/node", "/nodes", "/requests", "/offers", "/matches", "/me", f"/matches?request={post['id']}"]
    for one in (post["id"], held.id):
        paths += [f"/requests/{one}", f"/requests/{one}/responses", f"/requests/{one}/copies"]
    for part in PARTS:
        for path in paths:
            text = (await here.call(part, "GET", path)).text
            own = {people[part].id} if part and path == "/me" else set()
            assert {word for word in private - own if word in text} == set(), (part, path)
