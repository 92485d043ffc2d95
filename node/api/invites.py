"""Invites: a broker asks somebody to help, and the answer of who was asked, in JSON."""

from msgspec import Struct

from node.acts import invites as acts
from node.api import lists
from node.api.lists import PageAsked
from node.api.matches import Key
from node.api.operation import Call, Moment, Nothing
from node.api.responses import NewResponse
from node.neighbourhood.invite import Invite as Kept
from node.neighbourhood.invite import InviteState
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may
from node.storage import invites as kept
from node.storage.database import Transaction


class Invite(Struct):
    """Somebody is asked to help with a request, because of their own offer. `mine`: it is whoever asks that
    was asked. `response` is their yes, at the node where they live; null without one."""

    id: str
    request: str
    offer: str
    state: InviteState
    mine: bool
    response: str | None
    created: Moment
    expires: Moment


class Invites(Struct):
    """A page of invites, newest first."""

    items: list[Invite]
    next: str | None


class NewInvite(Struct, forbid_unknown_fields=True):
    """Who is asked for what: the id of our own request, and that of the offer, both at this node."""

    request: Key
    offer: Key


def listing(tx: Transaction, call: Call[PageAsked]) -> Invites:
    """What one was asked; for a broker also what this neighbourhood asked others."""
    end, limit = lists.before(call.asked), call.asked.limit
    found = kept.page(tx, call.by.id, may(call.by, Deed.INVITE_HELPER), end, limit + 1)
    shown, more = lists.page(found, limit, lambda invite: lists.by_time(invite.created, invite.id))
    return Invites([_shown(invite, call.by) for invite in shown], more)


def make(tx: Transaction, call: Call[NewInvite]) -> Invite:
    """Ask somebody to help."""
    return _shown(acts.ask(tx, call.by, call.asked.request, call.asked.offer, call.at), call.by)


def accept(tx: Transaction, call: Call[NewResponse]) -> Invite:
    """Say yes to being asked."""
    acts.accept(tx, call.by, call.key, call.asked.text, call.at)
    return _shown(kept.get(tx, call.key), call.by)


def decline(tx: Transaction, call: Call[Nothing]) -> Invite:
    """Say kindly no to being asked."""
    return _shown(acts.decline(tx, call.by, call.key, call.at), call.by)


def _shown(invite: Kept, by: Resident) -> Invite:
    return Invite(
        id=invite.id,
        request=invite.post_id,
        offer=invite.offer_id,
        state=invite.state,
        mine=invite.resident == by.id,
        response=invite.response_id,
        created=invite.created,
        expires=invite.expires,
    )
