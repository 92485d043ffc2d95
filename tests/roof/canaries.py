"""What of the schema is private, and who may see it: the list that the canary sweep goes by (V04).

Every column that can hold words stands in `PRIVATE`, with whoever may see it and with what is put there, or
in `OPEN`, with the reason. A column that is in neither fails the sweep, and so does a private one that holds
nothing in it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.neighbourhood.audience import may_hold, may_see
from node.neighbourhood.node import Node
from node.neighbourhood.post import PRIVATE as UNSEEN
from node.neighbourhood.post import Kind, Post
from tests import town
from tests.ui.things import Rows

Row = dict[str, Any]
NODES = ("next door", "unknown node")
READERS = ("stranger", "outsider", *town.NAMES, *NODES)
LONGEST = 32
TOKEN = re.compile(
    rf"(?=(kanarie\d{{5}}|[0-9a-f]{{{LONGEST}}}))"
)  # what is put, and how an id or a hash begins


@dataclass(frozen=True)
class Scene:
    """Everybody and everything there is, to say of a row who may see it."""

    cast: town.Cast
    rows: Rows
    posts: dict[str, Post]
    next_door: Node
    at: datetime

    def part(self, resident_id: str | None) -> set[str]:
        return {part for part, who in self.cast.all().items() if who.id == resident_id}

    def addressee(self, mail: str) -> set[str]:
        """Whom a letter is for."""
        return {
            part for row in self.rows["residents"] if row["email"] == mail for part in self.part(row["id"])
        }

    def row(self, table: str, key: str) -> Row:
        return next(row for row in self.rows[table] if row["id"] == key)

    def who_is(self, origin: str) -> str:
        """Which of the readers answers at an address: our neighbour, or a server of which we know nothing."""
        return "next door" if origin == self.next_door.origin else "unknown node"

    def sees(self, post: Post) -> set[str]:
        people: dict[str, Any] = {"stranger": None, **self.cast.all()}
        found = {part for part, who in people.items() if may_see(who, post, self.at)}
        nodes = dict(zip(NODES, (self.next_door, None), strict=True))
        return found | {name for name, node in nodes.items() if post.own and may_hold(node, post)}


Who = Callable[[Scene, Row], set[str]]


# Who


def nobody(scene: Scene, row: Row) -> set[str]:
    return set()


def of(column: str) -> Who:
    """The resident whose id stands in this column."""
    return lambda scene, row: scene.part(row[column])


def office(*roles: str) -> Who:
    return lambda scene, row: set(roles)


def residents(scene: Scene, row: Row) -> set[str]:
    """Everybody who was let in."""
    return set(town.NAMES)


def who_sees_the_post(scene: Scene, row: Row) -> set[str]:
    """As the one visibility rule says, for people and for nodes."""
    return scene.sees(scene.posts[row["id"] if "post_id" not in row else row["post_id"]])


def the_two(scene: Scene, row: Row) -> set[str]:
    """Who asked, and who answered."""
    answer = scene.row("responses", row["response_id"]) if "response_id" in row else row
    return scene.part(answer["resident"]) | scene.part(scene.posts[answer["post_id"]].author)


def who_reads_the_answer(scene: Scene, row: Row) -> set[str]:
    """The two and a broker; what is said under a notice, everybody who sees the notice."""
    post = scene.posts[row["post_id"]]
    open_to_all = post.kind is Kind.NOTICE and row["state"] == "accepted"
    seen = scene.sees(post) - set(NODES) if open_to_all else set()
    return the_two(scene, row) | {"broker"} | seen


def whom_they_answer(scene: Scene, row: Row) -> set[str]:
    """Who asked what somebody with an account elsewhere answers."""
    given = [one for one in scene.rows["responses"] if one["account_id"] == row["id"]]
    return {part for one in given for part in scene.part(scene.posts[one["post_id"]].author)}


def who_vouch(scene: Scene, row: Row) -> set[str]:
    """Whoever gives this person their word, or has it of them: both have to know whom it is about."""
    pairs = [{one["voucher"], one["resident_id"]} for one in scene.rows["vouches"]]
    others = {key for pair in pairs if row["id"] in pair for key in pair}
    return {part for key in others for part in scene.part(key)}


def who_looks_at_it(scene: Scene, row: Row) -> set[str]:
    """A supervisor, at what waits for one, was reported, or is out of sight; not at what is their own."""
    post = scene.posts[row["id"]]
    reported = post.id in {one["post_id"] for one in scene.rows["reports"]}
    return {"supervisor"} if post.state in UNSEEN or post.hidden or reported else set()


def whose_story_it_is(scene: Scene, row: Row) -> set[str]:
    """Who did it, and whom it was done to; who reports, though, stays unknown, and even that it was done."""
    if row["what"] in ("reported", "report decided"):
        return set()
    about = {one["id"]: one for name in ("posts", "responses", "matches") for one in scene.rows[name]}
    thing = about.get(row["subject"], {})
    two = the_two(scene, thing) if "post_id" in thing else scene.part(thing.get("author"))
    return scene.part(row["who"]) | scene.part(row["subject"]) | two


owner, operator, supervisor, broker = of("resident_id"), *map(office, ("operator", "supervisor", "broker"))
desk = office("connector", "supervisor", "operator")


# What is put


def words(value: Any, token: str) -> Any:
    return token


def mail(value: Any, token: str) -> Any:
    return f"{token}@example.org"


def link(value: Any, token: str) -> Any:
    return f"https://social.example/{token}"


def fields(value: Any, token: str) -> Any:
    return {**value, "text": token}


def as_it_is(value: Any, token: str) -> Any:
    """An id or a hash, which is nowhere else in the world by itself."""
    return value


@dataclass(frozen=True)
class Private:
    """Who may see it, and how a canary is put there."""

    who: tuple[Who, ...]
    put: Callable[[Any, str], Any]

    def seen_by(self, scene: Scene, row: Row) -> set[str]:
        return set().union(*(who(scene, row) for who in self.who))


def seen(*who: Who, put: Callable[[Any, str], Any] = words) -> Private:
    return Private(who, put)


PRIVATE: dict[str, Private] = {
    # People, and their ways in
    "residents.id": seen(of("id"), desk, who_vouch, put=as_it_is),
    "residents.name": seen(of("id"), desk, who_vouch),
    "residents.email": seen(of("id"), operator, put=mail),
    "residents.phone": seen(of("id")),
    "residents.address": seen(of("id")),
    "sessions.token_hash": seen(nobody, put=as_it_is),
    "signin_links.token_hash": seen(nobody, put=as_it_is),
    "signin_links.browser": seen(nobody),
    "signin_links.code_hash": seen(nobody),
    "tokens.token_hash": seen(nobody, put=as_it_is),
    "tokens.id": seen(owner, put=as_it_is),
    "tokens.name": seen(owner),
    "passkeys.id": seen(owner, put=as_it_is),
    "passkeys.credential": seen(nobody),
    "passkeys.public_key": seen(nobody),
    "passkeys.name": seen(owner),
    "challenges.hash": seen(nobody, put=as_it_is),
    "challenges.browser": seen(nobody),
    "letter_codes.code_hash": seen(nobody, put=as_it_is),
    "recoveries.id": seen(nobody, put=as_it_is),
    "recoveries.code_hash": seen(nobody, put=as_it_is),
    "recoveries.email": seen(owner, put=mail),
    "invitations.code_hash": seen(nobody, put=as_it_is),
    "invitations.note": seen(operator),
    "tries.who": seen(nobody, put=as_it_is),
    # What somebody wants to read, and began to write
    "drafts.fields": seen(of("owner"), put=fields),
    "searches.id": seen(owner, put=as_it_is),
    "searches.words": seen(owner),
    "luggage.id": seen(owner, put=as_it_is),
    "luggage.fields": seen(owner, put=fields),
    "parcels.id": seen(nobody, put=as_it_is),
    "erasures.token_hash": seen(nobody, put=as_it_is),
    "stops.token_hash": seen(nobody, put=as_it_is),
    "reply_ways.token_hash": seen(nobody, put=as_it_is),
    "letters.address": seen(nobody, put=mail),
    "letters.error": seen(nobody),
    # Posts and answers
    "posts.id": seen(who_sees_the_post, who_looks_at_it, put=as_it_is),
    "posts.title": seen(who_sees_the_post, who_looks_at_it),
    "posts.text": seen(who_sees_the_post, who_looks_at_it),
    "posts.place": seen(who_sees_the_post, who_looks_at_it),
    "posts.author_name": seen(who_sees_the_post, who_looks_at_it),
    "photos.id": seen(who_sees_the_post, put=as_it_is),
    "photos.alt": seen(who_sees_the_post),
    "responses.id": seen(who_reads_the_answer, put=as_it_is),
    "responses.name": seen(who_reads_the_answer),
    "responses.text": seen(who_reads_the_answer),
    "responses.when": seen(who_reads_the_answer),
    "responses.party": seen(nobody, put=link),
    "matches.id": seen(the_two, put=as_it_is),
    "messages.id": seen(the_two, put=as_it_is),
    "messages.text": seen(the_two),
    "invites.id": seen(of("resident"), broker, put=as_it_is),
    # What went wrong
    "reports.id": seen(of("resident"), supervisor, put=as_it_is),
    "reports.text": seen(of("resident"), supervisor),
    "reports.outcome": seen(of("resident"), supervisor),
    "log.why": seen(whose_story_it_is),
    "audit.seal": seen(nobody, put=as_it_is),
    # Accounts elsewhere, and servers
    "accounts.id": seen(operator, supervisor, put=as_it_is),
    "accounts.actor": seen(operator, supervisor, put=link),
    "accounts.handle": seen(operator, supervisor, broker, whom_they_answer),
    "accounts.name": seen(operator, supervisor),
    "accounts.url": seen(operator, supervisor, whom_they_answer, put=link),
    "accounts.inbox": seen(nobody, put=link),
    "accounts.shared_inbox": seen(nobody, put=link),
    "accounts.their_follow_uri": seen(nobody, put=link),
    "replies.id": seen(supervisor, put=as_it_is),
    "replies.uri": seen(supervisor, put=link),
    "replies.text": seen(supervisor),
    "applause.actor": seen(nobody, put=link),
    "applause.uri": seen(nobody, put=link),
    "spread.inbox": seen(nobody, put=link),
    "seen.uri": seen(nobody, put=link),
    "voids.uri": seen(nobody, put=link),
    "tombstones.uri": seen(nobody, put=link),
    "receipts.activity_uri": seen(nobody, put=link),
    "blocks.subject": seen(operator),
    "blocks.why": seen(operator),
    "advisories.summary": seen(operator),
    "nodes.alarm": seen(nobody),
    "destinations.error": seen(operator),
    "deliveries.error": seen(operator),
    "lookups.subject": seen(operator),
    "lookups.error": seen(operator),
    "websites.error": seen(operator),
    "websites.etag": seen(nobody),
    "websites.modified": seen(nobody),
}

OPEN: dict[str, str] = {
    "an id that stands in another column too, where it is looked for": """
        activities.node_id activities.object activities.post_uri applause.post_id audit.subject audit.who
        blocks.by challenges.resident_id copies.node_id copies.post_id copies.post_uri
        deliveries.activity_id digests.resident_id drafts.owner follows.node_id follows.resident_id
        invitations.made_by invites.by invites.node_id invites.offer_id invites.post_id invites.resident
        invites.response_id invites.uri letter_codes.made_by letter_codes.resident_id letters.resident_id
        luggage.resident_id
        log.subject log.who lookups.asked_by matches.post_id matches.response_id matches.uri
        messages.response_id messages.uri passkeys.resident_id photos.owner photos.post_id posts.author
        posts.node_id posts.uri
        proofs.by proofs.resident_id reads.resident_id reads.response_id receipts.node_id
        recoveries.opened_by recoveries.resident_id recoveries.second_by releases.response_id
        replies.account_id replies.post_id replies.response_id reply_ways.resident_id reply_ways.response_id
        reports.message_id reports.node_id reports.post_id reports.resident reports.response_id reports.uri
        responses.account_id responses.answer responses.node_id responses.post_id responses.resident
        responses.uri roles.resident_id searches.resident_id sessions.resident_id signin_links.resident_id
        spread.post_id spread.post_uri stops.resident_id thanks.message_id thanks.response_id
        timers.subject tokens.resident_id told.post_id
        told.post_uri told.resident_id vouches.resident_id vouches.voucher""",
    "one of a few words that the program knows": """
        accounts.kind activities.type advisories.state applause.what audit.what challenges.what copies.state
        deliveries.state letters.what lookups.what posts.language recoveries.second releases.fields
        residents.language sessions.way spread.state stops.what timers.what tries.what""",
    "what a node says of itself to everybody": """
        keys.id keys.multibase keys.origin keys.owner nodes.actor nodes.adjacent nodes.application
        nodes.area nodes.directory nodes.hub nodes.id nodes.inbox nodes.membership_uri nodes.moved_to
        nodes.name nodes.origin nodes.outbox nodes.their_follow_uri nodes.url""",
    "the name of a server, of which many people are": """
        accounts.origin advisories.subject advisories.uri deliveries.inbox deliveries.origin
        destinations.origin seen.origin spread.origin voids.origin""",
    "the map, as the municipality gives it out": """
        borders.code borders.name borders.touches borders.year distances.code outlines.code outlines.name
        outlines.rings posts.area_code posts.area_name""",
    "ids of what is gone, kept with a receipt: no word and no name": "erasures.posts",
    "the key of a form": "photos.draft",
    "a website that the neighbourhood shows": """
        entries.key entries.place entries.summary entries.title entries.url entries.website websites.address
        websites.feed websites.id websites.name""",
    "how this node does things, for everybody to know": "policies.name policies.value",
    "four signs on a printed letter, to tell it from others: they open nothing": "letter_codes.number",
    "the words of a post once more, in small letters, to find it by": "posts.folded",
    "a name for one post alone, that says of nobody who it is": "posts.party",
    "a random id that opens nothing by itself": "activities.id activities.uri",
    "what goes out: read as other nodes and people get it, below": """
        activities.facts activities.body letters.facts""",
}
