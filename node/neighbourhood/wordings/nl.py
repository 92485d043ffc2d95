"""The fixed words in Dutch."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "GEVRAAGD",
        "offer": "AANGEBODEN",
        "notice": "BERICHT",
        "event": "ACTIVITEIT",
    },
    states={
        "matched": "AFGESPROKEN",
        "fulfilled": "GELUKT ✔",
        "closed": "GESLOTEN",
        "expired": "VERLOPEN",
    },
    states_of_events={
        "closed": "GAAT NIET DOOR",
        "expired": "VOORBIJ",
    },
    categories={
        "boodschappen": "boodschappen",
        "vervoer": "vervoer",
        "klus-binnen": "klus binnen",
        "tuin": "tuin",
        "gezelschap": "gezelschap",
        "maaltijd": "maaltijd",
        "computer": "computer",
        "papieren": "papieren",
        "taal": "taal",
        "dier": "dier",
        "oppas": "oppas",
        "spullen": "spullen",
        "overig": "overig",
    },
    out_of_sight="Even niet zichtbaar.",
    ways_in={
        "request": "Help je mee? Stuur ons een privébericht terug, of reageer op {page}.",
        "offer": "Is dit iets voor jou? Stuur ons een privébericht terug, of reageer op {page}.",
        "notice": "Reageer op {page}.",
        "event": "Kom je ook? Zeg het op {page}.",
    },
    way_on="Alles staat op {page}.",
    page="de pagina van de buurt",
    warnings={
        VIOLENCE: "Over geweld of misbruik",
        SUICIDE: "Over zelfdoding of zelfbeschadiging",
        ILLNESS: "Over ernstige ziekte",
    },
    day_parts={
        "morning": "'s ochtends",
        "afternoon": "'s middags",
        "evening": "'s avonds",
    },
    repeats={
        "weekly": "elke week",
        "fortnightly": "om de twee weken",
        "monthly": "elke maand",
    },
    days=tuple("ma di wo do vr za zo".split()),
    months=tuple("jan feb mrt apr mei jun jul aug sep okt nov dec".split()),
    answers={
        "agreed": "Afgesproken! Schrijf hier terug om de rest te regelen: dat leest alleen wie dit plaatste.",
        "done": "Het is gelukt. Dank je wel!",
        "called off": "De afspraak gaat helaas niet door. Dank je wel dat je er was.",
        "taken": "Iemand anders doet het al. Dank je wel!",
        "closed": "Het hoeft niet meer. Dank je wel!",
        "declined": "Deze keer niet, dank je wel.",
    },
)
