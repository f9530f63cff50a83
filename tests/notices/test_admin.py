import pytest
from django.apps import apps
from django.urls import reverse

from notices.models import District, Notice, NoticeTypeVersion, OutgoingMail
from notices.services import open_notice

MODELS = [model._meta.model_name for model in apps.get_app_config("notices").get_models()]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_a_list_that_opens(login, administrator, available, consenting, model):
    available(consenting)
    page = login(administrator).get(reverse(f"admin:notices_{model}_changelist"))
    assert page.status_code == 200
    assert page.context["cl"].model._meta.model_name == model


def test_what_happened_can_only_be_read(login, administrator, available, consenting):
    notice = open_notice(available(consenting), by=consenting.user)
    client = login(administrator)
    for row in (notice, notice.receipts.first(), NoticeTypeVersion.objects.get(), OutgoingMail.objects.get()):
        url = reverse(f"admin:notices_{row._meta.model_name}_change", args=[row.pk])
        page = client.get(url)
        assert not page.context["has_change_permission"]
        assert not page.context["has_delete_permission"]
        assert client.post(url, {"state": "draft"}).status_code == 403
    assert Notice.objects.get().state == "opened"


def test_bodies_of_mails_are_not_shown(login, administrator, available, consenting):
    available(consenting)
    mail = OutgoingMail.objects.get()
    page = login(administrator).get(reverse("admin:notices_outgoingmail_change", args=[mail.pk])).content.decode()
    assert mail.subject in page
    assert "ログインして、内容をご確認" not in page


def test_towns_of_a_district_are_lines(login, administrator):
    client = login(administrator)
    add = reverse("admin:notices_district_add")
    client.post(add, {"name": "緑野第九自治会", "towns": "緑本町\r\n 西町 \r\n\r\n緑本町", "is_active": "on"})
    district = District.objects.get()
    assert district.towns == ["緑本町", "西町"]
    change = reverse("admin:notices_district_change", args=[district.pk])
    assert "緑本町\n西町</textarea>" in client.get(change).content.decode()
