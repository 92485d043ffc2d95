"""Every table. The schema itself is made by the migrations; a test compares the two on both databases."""

from node.storage.tables.books import audit, letters, log, timers
from node.storage.tables.erasures import erasures
from node.storage.tables.mail import digests, reply_ways, searches, stops, told
from node.storage.tables.messages import activities, deliveries, destinations, receipts, seen
from node.storage.tables.metadata import metadata
from node.storage.tables.others import (
    accounts,
    advisories,
    blocks,
    borders,
    distances,
    keys,
    lookups,
    nodes,
    outlines,
    policies,
)
from node.storage.tables.parcels import luggage, parcels
from node.storage.tables.people import (
    follows,
    invitations,
    residents,
    roles,
    sessions,
    signin_links,
    tokens,
    tries,
)
from node.storage.tables.photos import photos
from node.storage.tables.posts import (
    applause,
    copies,
    drafts,
    matches,
    posts,
    replies,
    responses,
    spread,
    tombstones,
    voids,
)
from node.storage.tables.signin import challenges, letter_codes, passkeys, proofs, recoveries, vouches
from node.storage.tables.talks import invites, messages, reads, releases, reports, thanks
from node.storage.tables.trigrams import trigrams_known, trigrams_left
from node.storage.tables.websites import entries, websites

__all__ = [
    "accounts",
    "activities",
    "advisories",
    "applause",
    "audit",
    "blocks",
    "borders",
    "challenges",
    "copies",
    "deliveries",
    "destinations",
    "digests",
    "distances",
    "drafts",
    "entries",
    "erasures",
    "follows",
    "invitations",
    "invites",
    "keys",
    "letter_codes",
    "letters",
    "log",
    "lookups",
    "luggage",
    "matches",
    "messages",
    "metadata",
    "nodes",
    "outlines",
    "parcels",
    "passkeys",
    "photos",
    "policies",
    "posts",
    "proofs",
    "reads",
    "receipts",
    "recoveries",
    "releases",
    "replies",
    "reply_ways",
    "reports",
    "residents",
    "responses",
    "roles",
    "searches",
    "seen",
    "sessions",
    "signin_links",
    "spread",
    "stops",
    "thanks",
    "timers",
    "tokens",
    "told",
    "tombstones",
    "tries",
    "trigrams_known",
    "trigrams_left",
    "voids",
    "vouches",
    "websites",
]
