"""Somebody to practise with: a person and a business that exist nowhere and are never saved."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from cityhall.queries.city import municipality
from residents.models import Business, Resident


def made_up_person() -> Resident:
    """Somebody who does not live anywhere: never saved. The names say what they are."""
    city = municipality()
    return Resident(
        family_name=str(_("体験")),
        given_name=str(_("花子")),
        full_name=str(_("体験 花子")),
        family_kana="タイケン",
        given_kana="ハナコ",
        full_kana="タイケン ハナコ",
        birth_year=1990,
        birth_month=1,
        birth_day=15,
        birth_date=dt.date(1990, 1, 15),
        postal_code=city.postal_code,
        prefecture=city.prefecture,
        city=city.name,
        town=str(_("体験町")),
        street="1-2-3",
        phone_entered="0428-00-0001",
        contact_email="taiken@example.jp",
    )


def made_up_business() -> Business:
    """A business that is registered nowhere: never saved. Its number passes the check of digits."""
    return Business(
        name=str(_("体験商事株式会社")),
        name_kana="タイケンショウジ",
        corporate_number="9000000000000",
        representative=str(_("代表取締役 体験 太郎")),
        address=str(_("体験町1-2-3")),
        phone="0428-00-0002",
    )
