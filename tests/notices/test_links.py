"""Addresses on paper and in mails are written out: they must lead where they say."""

from django.urls import resolve

from notices.links import MY_NOTICES_PATH, VERIFY_PATH, alert_url, verify_url


def test_printed_addresses_lead_to_the_pages(settings):
    assert resolve(VERIFY_PATH).view_name == "notices:verify"
    assert resolve(f"{VERIFY_PATH}12345678901/").view_name == "notices:verify_number"
    assert resolve(MY_NOTICES_PATH).view_name == "notices:my_notices"
    settings.SITE_URL = "https://portal.city.example.jp"
    assert verify_url("12345678901") == "https://portal.city.example.jp/verify/12345678901/"
    assert alert_url(MY_NOTICES_PATH) == "https://portal.city.example.jp/my/notices/"
