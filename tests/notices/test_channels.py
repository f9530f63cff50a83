import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import decrypt
from notices import vapid
from notices.models import BadAddress, ChannelPreference, LineAccount, OutgoingSms, PushSubscription, SmsNumber, Topic
from notices.services.push import subscribe
from notices.services.topics import set_browser_topics
from tests.notices.channelkit import add_browser, add_line
from tests.notices.servers import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(login, municipality, resident):
    browser = login(resident)

    def read():
        return browser.get(reverse("notices:my_channels")).content.decode()

    read.post = lambda name, data=None, *args: browser.post(reverse(f"notices:{name}", args=args), data or {})
    return read


def test_page_says_honestly_what_this_city_does_not_offer(page, settings, tmp_path):
    settings.VAPID_KEY_PATH = tmp_path / "none.pem"
    settings.LINE_CHANNEL_TOKEN = settings.SMS_PROVIDER = ""
    shown = page()
    assert "resident@example.jp" in shown
    assert "プッシュ通知をまだご利用いただけません" in shown
    assert "LINEでのお知らせをまだ始めていません" in shown
    assert "SMSでのお知らせをまだ始めていません" in shown
    assert page.post("number_start", {"phone": "090-1234-5678"}).status_code == 404
    assert not SmsNumber.objects.exists()


def test_choices_are_kept_for_each_drawer(page, resident, push_service):
    add_browser(resident.user, push_service.url)
    page.post("choices_save", {"tax": ["push"], "children": ["email", "push"], "health": []})
    kept = dict(ChannelPreference.objects.values_list("inbox_category", "channels"))
    assert kept["tax"] == ["push"]
    assert kept["children"] == ["email", "push"]
    assert kept["health"] == []
    assert re.search(r'name="tax" value="push"[^>]*checked', page())
    assert not re.search(r'name="tax" value="email"[^>]*checked', page())


def test_choice_of_a_way_the_person_does_not_have_is_refused(page):
    answer = page.post("choices_save", {"tax": ["sms"]})
    assert answer.status_code == 200
    assert not ChannelPreference.objects.exists()


def test_device_is_added_and_ended_by_its_owner_only(page, resident, another_resident, push_service):
    browser = Browser(push_service.url)
    page.post("push_add", browser.subscription | {"device_name": "Chrome / Android"})
    row = PushSubscription.objects.get()
    assert (row.user, row.device_name) == (resident.user, "Chrome / Android")
    shown = page()
    assert "Chrome / Android" in shown
    assert f'data-push-key="{vapid.public_key()}"' in shown
    _other, foreign = add_browser(another_resident.user, push_service.url, "other")
    assert page.post("push_end", None, foreign.public_id).status_code == 404
    page.post("push_end", None, row.public_id)
    row.refresh_from_db()
    assert (row.user, bool(row.ended_at)) == (None, True)


def test_device_that_has_topics_keeps_them_when_the_account_leaves(page, resident, municipality, push_service):
    Topic.objects.create(key="bosai", name="防災")
    browser, row = add_browser(resident.user, push_service.url)
    set_browser_topics(row, keys=["bosai"])
    page.post("push_end", None, row.public_id)
    row.refresh_from_db()
    assert (row.user, row.ended_at) == (None, None)
    # topics alone never bring the account back
    assert subscribe(**browser.subscription, device_name="", user=None).user is None


def test_unknown_push_service_is_refused_in_a_sentence(page, push_service):
    strange = Browser("https://push.example.net").subscription
    assert page.post("push_add", strange).status_code == 302
    assert "このブラウザのプッシュ通知には対応していません。" in page()
    assert not PushSubscription.objects.exists()


def test_number_is_proven_on_the_page(page, resident, text_provider):
    for typed in ("119", "042-800-0001"):
        assert "携帯電話の番号を入力してください" in page.post("number_start", {"phone": typed}).content.decode()
    page.post("number_start", {"phone": "090-1234-5678"})
    code = re.search(r"(\d{6})", decrypt(OutgoingSms.objects.get().text)).group()
    assert "090-1234-5678 に確認番号をお送りしました。" in page()
    assert "確認番号が正しくないか" in page.post("number_prove", {"code": "000000x"}).content.decode()
    page.post("number_prove", {"code": f"{code[:3]} {code[3:]}"})
    assert SmsNumber.objects.get().verified_at
    assert "SMSでのお知らせを終了する" in page()
    page.post("number_end")
    assert SmsNumber.objects.get().ended_at


def test_line_is_explained_linked_and_unlinked(page, resident, line):
    assert "@midorino" in page()
    add_line(resident.user)
    assert "連携しています。" in page()
    LineAccount.objects.update(blocked_at=timezone.now())
    assert "ブロックされているため" in page()
    page.post("line_unlink")
    assert LineAccount.objects.get().user is None


def test_linking_begins_in_line(page, line):
    assert page.post("line_link").url == reverse("notices:my_channels")
    assert "「連携」と送って" in page()


def test_owner_of_an_address_lifts_that_mail_came_back(page):
    BadAddress.objects.create(email="resident@example.jp", reason="bounced")
    BadAddress.objects.create(email="another@example.jp", reason="bounced")
    assert "このアドレスには届きませんでした" in page()
    page.post("address_lift")
    assert list(BadAddress.objects.values_list("email", flat=True)) == ["another@example.jp"]
    assert "このアドレスには届きませんでした" not in page()


def test_service_worker_lies_at_the_root_and_the_manifest_is_the_citys(client, municipality):
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    assert "showNotification" in worker.content.decode()
    document = client.get(reverse("notices:manifest")).json()
    assert (document["name"], document["display"]) == ("緑野市 オンライン窓口", "standalone")
