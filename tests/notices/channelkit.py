"""People with every way to tell them, and the senders pointed at local servers."""

from django.utils import timezone

from notices.models import LineAccount, SmsNumber
from notices.services.push import subscribe
from tests.notices.servers import Browser

LINE_ID = "U" + "1" * 32


def add_browser(user, url, name="phone"):
    browser = Browser(url, name)
    return browser, subscribe(**browser.subscription, device_name="Chrome（Android）", user=user)


def add_line(user, line_user_id=LINE_ID):
    return LineAccount.objects.create(line_user_id=line_user_id, user=user, linked_at=timezone.now())


def add_number(user, number="+819012345678"):
    return SmsNumber.objects.create(user=user, number=number, verified_at=timezone.now())
