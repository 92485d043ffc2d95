"""The fixed words in Polish."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "PROŚBA",
        "offer": "OFERTA",
        "notice": "OGŁOSZENIE",
        "event": "WYDARZENIE",
    },
    states={
        "matched": "UMÓWIONE",
        "fulfilled": "UDAŁO SIĘ ✔",
        "closed": "ZAMKNIĘTE",
        "expired": "WYGASŁO",
    },
    states_of_events={
        "closed": "ODWOŁANE",
        "expired": "ZAKOŃCZONE",
    },
    categories={
        "boodschappen": "zakupy",
        "vervoer": "podwiezienie",
        "klus-binnen": "drobne prace w domu",
        "tuin": "ogród",
        "gezelschap": "towarzystwo",
        "maaltijd": "posiłek",
        "computer": "komputer",
        "papieren": "pisma i formularze",
        "taal": "język",
        "dier": "zwierzęta",
        "oppas": "opieka nad dziećmi",
        "spullen": "rzeczy",
        "overig": "coś innego",
    },
    out_of_sight="Chwilowo niewidoczne.",
    ways_in={
        "request": "Możesz pomóc? Odpisz nam w prywatnej wiadomości albo odpowiedz na {page}.",
        "offer": "Coś dla Ciebie? Odpisz nam w prywatnej wiadomości albo odpowiedz na {page}.",
        "notice": "Odpowiedz na {page}.",
        "event": "Też przyjdziesz? Daj znać na {page}.",
    },
    way_on="Wszystko jest na {page}.",
    page="stronie osiedla",
    warnings={
        VIOLENCE: "O przemocy lub wykorzystywaniu",
        SUICIDE: "O samobójstwie lub samookaleczeniu",
        ILLNESS: "O ciężkiej chorobie",
    },
    day_parts={
        "morning": "rano",
        "afternoon": "po południu",
        "evening": "wieczorem",
    },
    repeats={
        "weekly": "co tydzień",
        "fortnightly": "co dwa tygodnie",
        "monthly": "co miesiąc",
    },
    days=tuple("pon. wt. śr. czw. pt. sob. niedz.".split()),
    months=tuple("sty lut mar kwi maj cze lip sie wrz paź lis gru".split()),
    answers={
        "agreed": "Umówione! Odpisz tutaj, żeby ustalić resztę: czyta to tylko osoba, która to zamieściła.",
        "done": "Udało się. Dziękujemy!",
        "called off": "Niestety nic z tego nie będzie. Dziękujemy za gotowość do pomocy.",
        "taken": "Ktoś inny już się tym zajmuje. Dziękujemy!",
        "closed": "To już niepotrzebne. Dziękujemy!",
        "declined": "Tym razem nie, dziękujemy.",
    },
)
