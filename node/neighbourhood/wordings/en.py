"""The fixed words in English."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "WANTED",
        "offer": "OFFERED",
        "notice": "NOTICE",
        "event": "EVENT",
    },
    states={
        "matched": "AGREED",
        "fulfilled": "WORKED OUT ✔",
        "closed": "CLOSED",
        "expired": "EXPIRED",
    },
    states_of_events={
        "closed": "CALLED OFF",
        "expired": "OVER",
    },
    categories={
        "boodschappen": "groceries",
        "vervoer": "a ride",
        "klus-binnen": "odd job indoors",
        "tuin": "garden",
        "gezelschap": "company",
        "maaltijd": "meal",
        "computer": "computer",
        "papieren": "paperwork",
        "taal": "language",
        "dier": "pets",
        "oppas": "childcare",
        "spullen": "things",
        "overig": "something else",
    },
    out_of_sight="Out of sight for now.",
    ways_in={
        "request": "Can you help? Send us a private reply, or answer on {page}.",
        "offer": "Would you like this? Send us a private reply, or answer on {page}.",
        "notice": "Say something about it on {page}.",
        "event": "Are you coming? Say so on {page}.",
    },
    way_on="All of it is on {page}.",
    page="the page of the neighbourhood",
    warnings={
        VIOLENCE: "About violence or abuse",
        SUICIDE: "About suicide or self-harm",
        ILLNESS: "About serious illness",
    },
    day_parts={
        "morning": "in the morning",
        "afternoon": "in the afternoon",
        "evening": "in the evening",
    },
    repeats={
        "weekly": "every week",
        "fortnightly": "every two weeks",
        "monthly": "every month",
    },
    days=tuple("Mon Tue Wed Thu Fri Sat Sun".split()),
    months=tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
    answers={
        "agreed": "It is a deal! Write back here to settle the rest: only whoever posted this reads that.",
        "done": "It worked out. Thank you!",
        "called off": "I am sorry, it is off. Thank you for being there.",
        "taken": "Somebody else does it already. Thank you!",
        "closed": "It is no longer needed. Thank you!",
        "declined": "Not this time, thank you.",
    },
)
