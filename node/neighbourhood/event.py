"""Events (activiteiten): something with a time and a place, to which people come. It is over when it ends."""

from datetime import datetime, timedelta

from node.neighbourhood.refusal import Invalid, phrase

EXPIRY = timedelta(days=180)
USUAL_LENGTH = timedelta(hours=2)
LONGEST = timedelta(days=31)
AHEAD = timedelta(days=400)
PLACE_LENGTH = 120
PLACES_MOST = 10_000


def checked_time(starts: datetime | None, ends: datetime | None, at: datetime) -> tuple[datetime, datetime]:
    """When it begins and ends; without an end it takes two hours. Raises Invalid, per field."""
    if starts is None or starts.tzinfo is None:
        raise Invalid({"starts": phrase("Say on which day it is, and at what time.")})
    if starts > at + AHEAD:
        raise Invalid({"starts": phrase("At most %(days)d days from now.", days=AHEAD.days)})
    ends = ends or starts + USUAL_LENGTH
    if ends.tzinfo is None or ends <= starts:
        raise Invalid({"ends": phrase("The end comes after the beginning.")})
    if ends <= at:
        raise Invalid({"starts": phrase("Choose a moment that is still to come.")})
    if ends > starts + LONGEST:
        raise Invalid({"ends": phrase("At most %(days)d days long.", days=LONGEST.days)})
    return starts, ends


def checked_place(place: str) -> str:
    """Where it is, in words that are for everybody who may see it: a hall, a park, a corner."""
    place = " ".join(place.split())
    if len(place) > PLACE_LENGTH:
        raise Invalid({"place": phrase("At most %(most)d letters.", most=PLACE_LENGTH)})
    if any(not sign.isprintable() for sign in place):
        raise Invalid({"place": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return place
