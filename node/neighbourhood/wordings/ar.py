"""The fixed words in Arabic."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "مطلوب",
        "offer": "معروض",
        "notice": "إعلان",
        "event": "نشاط",
    },
    states={
        "matched": "تم الاتفاق",
        "fulfilled": "تم بنجاح ✔",
        "closed": "مغلق",
        "expired": "انتهت المدة",
    },
    states_of_events={
        "closed": "أُلغي",
        "expired": "انتهى",
    },
    categories={
        "boodschappen": "تسوّق",
        "vervoer": "توصيل بالسيارة",
        "klus-binnen": "أعمال بسيطة في البيت",
        "tuin": "حديقة",
        "gezelschap": "رفقة",
        "maaltijd": "وجبة طعام",
        "computer": "حاسوب",
        "papieren": "أوراق ومعاملات",
        "taal": "لغة",
        "dier": "حيوان أليف",
        "oppas": "رعاية أطفال",
        "spullen": "أغراض",
        "overig": "شيء آخر",
    },
    out_of_sight="غير ظاهر الآن.",
    ways_in={
        "request": "هل يمكنك المساعدة؟ يمكنك الرد علينا برسالة خاصة، أو على {page}.",
        "offer": "هل يناسبك هذا؟ يمكنك الرد علينا برسالة خاصة، أو على {page}.",
        "notice": "يمكنك الرد على {page}.",
        "event": "هل يمكنك الحضور أيضًا؟ يمكنك قول ذلك على {page}.",
    },
    way_on="كل شيء على {page}.",
    page="صفحة الحي",
    warnings={
        VIOLENCE: "عن العنف أو الإساءة",
        SUICIDE: "عن الانتحار أو إيذاء النفس",
        ILLNESS: "عن مرض خطير",
    },
    day_parts={
        "morning": "صباحًا",
        "afternoon": "بعد الظهر",
        "evening": "مساءً",
    },
    repeats={
        "weekly": "كل أسبوع",
        "fortnightly": "كل أسبوعين",
        "monthly": "كل شهر",
    },
    days=tuple("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد".split()),
    months=tuple("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()),
    answers={
        "agreed": "تم الاتفاق! يمكنك الرد هنا لترتيب الباقي: لا يقرأ ذلك إلا من نشر هذا.",
        "done": "تم الأمر بنجاح. شكرًا لك!",
        "called off": "للأسف أُلغي الاتفاق. شكرًا لك على استعدادك.",
        "taken": "شخص آخر يقوم بذلك بالفعل. شكرًا لك!",
        "closed": "لم تعد هناك حاجة إلى ذلك. شكرًا لك!",
        "declined": "ليس هذه المرة، شكرًا لك.",
    },
    comma="، ",
)
