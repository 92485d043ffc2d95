"""The fixed words in Ukrainian."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "ПРОХАННЯ",
        "offer": "ПРОПОЗИЦІЯ",
        "notice": "ОГОЛОШЕННЯ",
        "event": "ПОДІЯ",
    },
    states={
        "matched": "ДОМОВЛЕНО",
        "fulfilled": "ВДАЛОСЯ ✔",
        "closed": "ЗАКРИТО",
        "expired": "ТЕРМІН МИНУВ",
    },
    states_of_events={
        "closed": "СКАСОВАНО",
        "expired": "МИНУЛО",
    },
    categories={
        "boodschappen": "покупки",
        "vervoer": "підвезення",
        "klus-binnen": "дрібні роботи вдома",
        "tuin": "сад",
        "gezelschap": "спілкування",
        "maaltijd": "їжа",
        "computer": "комп’ютер",
        "papieren": "папери",
        "taal": "мова",
        "dier": "тварини",
        "oppas": "догляд за дітьми",
        "spullen": "речі",
        "overig": "інше",
    },
    out_of_sight="Зараз не видно.",
    ways_in={
        "request": "Можете допомогти? Напишіть нам приватно у відповідь або відгукніться на {page}.",
        "offer": "Вам це підходить? Напишіть нам приватно у відповідь або відгукніться на {page}.",
        "notice": "Відповісти можна на {page}.",
        "event": "Ви теж прийдете? Скажіть про це на {page}.",
    },
    way_on="Усе є на {page}.",
    page="сторінці району",
    warnings={
        VIOLENCE: "Про насильство або жорстоке поводження",
        SUICIDE: "Про самогубство або самоушкодження",
        ILLNESS: "Про тяжку хворобу",
    },
    day_parts={
        "morning": "вранці",
        "afternoon": "після обіду",
        "evening": "увечері",
    },
    repeats={
        "weekly": "щотижня",
        "fortnightly": "раз на два тижні",
        "monthly": "щомісяця",
    },
    days=tuple("пн вт ср чт пт сб нд".split()),
    months=tuple("січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.".split()),
    answers={
        "agreed": "Домовилися! Напишіть тут, щоб узгодити решту: це читає лише той, хто це розмістив.",
        "done": "Усе вдалося. Дякуємо!",
        "called off": "На жаль, домовленість скасовано. Дякуємо, що були поруч.",
        "taken": "Хтось інший уже це робить. Дякуємо!",
        "closed": "Це вже не потрібно. Дякуємо!",
        "declined": "Цього разу ні, дякуємо.",
    },
)
