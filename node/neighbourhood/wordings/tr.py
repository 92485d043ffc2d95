"""The fixed words in Turkish."""

from node.neighbourhood.wordings import ILLNESS, SUICIDE, VIOLENCE, Wording

WORDING = Wording(
    kinds={
        "request": "ARANIYOR",
        "offer": "SUNULUYOR",
        "notice": "DUYURU",
        "event": "ETKİNLİK",
    },
    states={
        "matched": "ANLAŞILDI",
        "fulfilled": "HALLOLDU ✔",
        "closed": "KAPANDI",
        "expired": "SÜRESİ DOLDU",
    },
    states_of_events={
        "closed": "İPTAL EDİLDİ",
        "expired": "BİTTİ",
    },
    categories={
        "boodschappen": "alışveriş",
        "vervoer": "ulaşım",
        "klus-binnen": "evde küçük işler",
        "tuin": "bahçe",
        "gezelschap": "sohbet ve eşlik",
        "maaltijd": "yemek",
        "computer": "bilgisayar",
        "papieren": "evrak işleri",
        "taal": "dil",
        "dier": "evcil hayvan",
        "oppas": "çocuk bakımı",
        "spullen": "eşya",
        "overig": "başka bir şey",
    },
    out_of_sight="Şu anda görünmüyor.",
    ways_in={
        "request": "Yardım eder misin? Bize özel mesajla cevap yaz ya da {page} üzerinden cevap ver.",
        "offer": "Bu sana uygun mu? Bize özel mesajla cevap yaz ya da {page} üzerinden cevap ver.",
        "notice": "Cevabını {page} üzerinden yaz.",
        "event": "Sen de geliyor musun? Bunu {page} üzerinden söyle.",
    },
    way_on="Hepsi şurada: {page}.",
    page="mahallenin sayfası",
    warnings={
        VIOLENCE: "Şiddet veya istismar hakkında",
        SUICIDE: "İntihar veya kendine zarar verme hakkında",
        ILLNESS: "Ağır hastalık hakkında",
    },
    day_parts={
        "morning": "sabah",
        "afternoon": "öğleden sonra",
        "evening": "akşam",
    },
    repeats={
        "weekly": "her hafta",
        "fortnightly": "iki haftada bir",
        "monthly": "her ay",
    },
    days=tuple("Pzt Sal Çar Per Cum Cmt Paz".split()),
    months=tuple("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara".split()),
    answers={
        "agreed": "Anlaştık! Geri kalanını konuşmak için buraya cevap yaz: bunu yalnızca ilanı veren okur.",
        "done": "Oldu. Teşekkürler!",
        "called off": "Ne yazık ki bu iş iptal oldu. Yanımızda olduğun için teşekkürler.",
        "taken": "Başka biri bunu yapıyor zaten. Teşekkürler!",
        "closed": "Artık gerek kalmadı. Teşekkürler!",
        "declined": "Bu sefer değil, teşekkürler.",
    },
    day="{day} {month} {year} {weekday}",
)
