"""Every table. The schema itself is made by the migrations; a test compares the two on both databases."""

from node.storage.tables.books import audit, letters, log, timers
from node.storage.tables.messages import activities, deliveries, destinations, receipts, seen
from node.storage.tables.metadata import metadata
from node.storage.tables.others import accounts, advisories, blocks, borders, keys, lookups, nodes, policies
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
from node.storage.tables.talks import invites, messages, reads, releases, reports
from node.storage.tables.trigrams import trigrams_known, trigrams_left

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
    "drafts",
    "follows",
    "invitations",
    "invites",
    "keys",
    "letter_codes",
    "letters",
    "log",
    "lookups",
    "matches",
    "messages",
    "metadata",
    "nodes",
    "passkeys",
    "policies",
    "posts",
    "proofs",
    "reads",
    "receipts",
    "recoveries",
    "releases",
    "replies",
    "reports",
    "residents",
    "responses",
    "roles",
    "seen",
    "sessions",
    "signin_links",
    "spread",
    "timers",
    "tokens",
    "tombstones",
    "tries",
    "trigrams_known",
    "trigrams_left",
    "voids",
    "vouches",
]
