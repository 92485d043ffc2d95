"""All that this node keeps of whoever asks: to read, to keep, to take along. In JSON, as everything here."""

import msgspec
from msgspec import Struct

from node.api.nodes import NodeName
from node.api.operation import Call, Moment, Nothing
from node.api.photos import OwnPhoto
from node.api.ways_in import Invitation, Paper, Passkey, Return, Seen, Session, Token, Vouch
from node.neighbourhood.activity import Happening
from node.neighbourhood.category import Category
from node.neighbourhood.digest import Often
from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.invite import InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.report import ReportCategory, ReportState
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Role
from node.neighbourhood.when import DayPart, Repeats
from node.storage import export as kept
from node.storage.database import Transaction


class Account(Struct):
    """Who one is here. Telephone number and address are shown to nobody while they are not released.
    `seen`: the last sign of life, if there was one since joining."""

    id: str
    name: str
    email: str | None
    phone: str | None
    address: str | None
    language: str
    created: Moment
    admitted: Moment | None
    seen: Moment | None


class Grant(Struct):
    """A role, and until when."""

    role: Role
    granted: Moment
    until: Moment | None


class Line(Struct):
    """One line of a conversation. `mine`: written by oneself; its text is empty once it was taken back.
    `changed`: when an account elsewhere wrote it anew."""

    mine: bool
    text: str
    created: Moment
    deleted: Moment | None
    changed: Moment | None


class LetSee(Struct):
    """A yes to the other seeing these details of oneself, and until when."""

    fields: list[str]
    released: Moment
    ended: Moment | None


class Got(Struct):
    """An answer to a post of oneself, what was written on it, and what one let the other see."""

    id: str
    name: str
    text: str
    when: str
    state: ResponseState
    created: Moment
    decided: Moment | None
    conversation: list[Line]
    released: list[LetSee]


class Given(Struct):
    """An answer of oneself, to what and whose, what was written on it, and what one let the other see."""

    id: str
    post: str
    whose: str
    text: str
    when: str
    state: ResponseState
    created: Moment
    decided: Moment | None
    conversation: list[Line]
    released: list[LetSee]


class OwnPost(Struct):
    """A post of oneself, with all that was answered to it. `widen`: one agreed that it goes further."""

    id: str
    uri: str
    kind: Kind
    title: str
    text: str
    category: Category
    audience: Audience
    urgency: Urgency
    state: State
    created: Moment
    updated: Moment
    expires: Moment
    decide: Decide
    places: int
    places_left: int
    language: str
    ended: Moment | None
    starts: Moment | None
    place: str
    widen: bool
    released: Moment | None
    author_name: str
    area_name: str
    when: str
    day_part: DayPart
    repeats: Repeats
    answers: list[Got]


class Agreement(Struct):
    """An agreement. `helps`: one helps the other; else the other way round."""

    id: str
    post: str
    helps: bool
    state: MatchState
    created: Moment
    ended: Moment | None
    agreed_for: Moment | None


class Thanked(Struct):
    """A thank-you that one wrote (`given`) or got; its words stand in the conversation. `shown`: since when
    one lets everybody read it."""

    post: str
    given: bool
    shown: Moment | None


class Asked(Struct):
    """A broker asked one to help with this."""

    post: str
    state: InviteState
    created: Moment
    expires: Moment
    decided: Moment | None


class Reported(Struct):
    """A report that one made, and what came of it."""

    post: str
    category: ReportCategory
    text: str
    state: ReportState
    created: Moment
    decided: Moment | None
    outcome: str


class District(Struct):
    """A district that one follows or mutes."""

    district: str
    wish: Wish


class Begun(Struct):
    """What one began to write and did not post, as the fields of its form."""

    kind: Kind
    fields: dict[str, str]


class Brought(Struct):
    """An offer from where one lived before, as the fields of its form; nobody sees it."""

    fields: dict[str, str]
    at: Moment


class DigestWish(Struct):
    """How often one wants to read what is new, and at what hour."""

    often: Often
    hour: int


class Waiting(Struct):
    """What one wants to hear of as soon as it is there; null is anything."""

    words: str
    kind: Kind | None
    category: Category | None
    ring: Ring | None
    paused: bool
    created: Moment


class ToldOf(Struct):
    """A post that one was told of by mail."""

    post: str
    at: Moment


class Happened(Struct):
    """A line of the log about oneself, or about what is one's own (`subject`: its id)."""

    at: Moment
    what: Happening
    mine: bool
    subject: str
    why: str | None


class Export(Struct):
    """Everything that this node keeps of oneself."""

    made: Moment
    node: NodeName
    account: Account
    roles: list[Grant]
    posts: list[OwnPost]
    answers: list[Given]
    agreements: list[Agreement]
    thanks: list[Thanked]
    invites: list[Asked]
    reports: list[Reported]
    districts: list[District]
    drafts: list[Begun]
    brought: list[Brought]
    photos: list[OwnPhoto]
    digests: list[DigestWish]
    searches: list[Waiting]
    told: list[ToldOf]
    sessions: list[Session]
    tokens: list[Token]
    invitations: list[Invitation]
    passkeys: list[Passkey]
    proofs: list[Seen]
    vouches: list[Vouch]
    paper: list[Paper]
    returns: list[Return]
    log: list[Happened]


def show(tx: Transaction, call: Call[Nothing]) -> Export:
    """Everything of oneself, and nothing that is private to anybody else."""
    here = {"name": call.settings.name, "url": call.settings.origin}
    rows = {"made": call.at, "node": here, **kept.everything(tx, call.by.id)}
    return msgspec.convert(rows, Export)
