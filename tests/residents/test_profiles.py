"""What residents tell about themselves, on the page and in the service."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.models import AuditEvent
from residents.dates import PartialDate
from residents.enums import ResidentSource
from residents.errors import ProfileRefused
from residents.models import Resident
from residents.phones import PhoneInvalid
from residents.queries import resident_of
from residents.services import save_profile
from tests import factories

pytestmark = pytest.mark.django_db

NAMES = {"family_name": "髙橋", "given_name": "さくら", "family_kana": "タカハシ", "given_kana": "サクラ"}
PAGE = {
    **NAMES,
    "family_kana": "たかはし",
    "given_kana": "ｻｸﾗ",
    "birth_0": "",
    "birth_era": "showa",
    "birth_year": "60",
    "birth_month": "4",
    "birth_day": "1",
    "sex": "female",
    "address_postal_code": "〒198ー0001",
    "address_prefecture": "東京都",
    "address_city": "緑野市",
    "address_town": "北緑野",
    "address_street": "1-2-3",
    "address_building": "",
    "phone": "０９０－１２３４－５６７８",
    "contact_email": "sakura@example.jp",
    "language": "ja",
}


@pytest.fixture
def user(db):
    return factories.make_user("new@example.jp")


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def test_save_profile_keeps_names_exactly_and_folds_keys(user):
    resident = save_profile(user=user, by=user, **NAMES | {"family_name": "葛\U000e0100城"}, birth=PartialDate(1985, 4))
    resident.refresh_from_db()
    assert resident.full_name == "葛\U000e0100城\u3000さくら"
    assert (resident.search_name, resident.search_kana) == ("葛城さくら", "タカハシサクラ")
    assert (resident.birth_year, resident.birth_month, resident.birth_date) == (1985, 4, None)
    assert resident_of(user) == resident


def test_save_profile_twice_keeps_one_resident_and_audits_names_of_fields(user):
    save_profile(user=user, by=user, **NAMES)
    save_profile(user=user, by=user, **NAMES, phone="03-1234-5678")
    save_profile(user=user, by=user, **NAMES, phone="03-1234-5678")
    assert Resident.objects.filter(user=user).count() == 1
    events = list(AuditEvent.objects.filter(target_type="resident").order_by("id"))
    assert [event.changed_fields for event in events] == [[], ["phone", "phone_entered"]]
    assert "1234" not in str([event.__dict__ for event in events])


def test_save_profile_leaves_the_register_alone(user):
    factories.make_resident(user=user, source=ResidentSource.REGISTER, family="高橋", street="1")
    user.refresh_from_db()
    resident = save_profile(user=user, by=user, **NAMES, street="9", phone="03-1234-5678", language="en")
    assert (resident.family_name, resident.street) == ("高橋", "1")
    assert (resident.phone, resident.language) == ("+81312345678", "en")


def test_save_profile_refuses_staff_people_without_names_and_wrong_telephones(user):
    staff = factories.make_user(is_staff=True)
    with pytest.raises(ProfileRefused):
        save_profile(user=staff, by=staff, **NAMES)
    with pytest.raises(ProfileRefused):
        save_profile(user=user, by=user, family_name="", given_name="")
    with pytest.raises(PhoneInvalid):
        save_profile(user=user, by=user, **NAMES, phone="1")
    assert Resident.objects.count() == 0


def test_profile_page_saves_what_people_type_in_any_width(signed_in, user):
    response = signed_in.post(reverse("residents:profile_edit"), PAGE)
    assert (response.status_code, response.url) == (302, reverse("residents:profile_edit"))
    resident = Resident.objects.get(user=user)
    assert (resident.full_name, resident.full_kana) == ("髙橋\u3000さくら", "タカハシ\u3000サクラ")
    assert resident.birth_date == dt.date(1985, 4, 1)
    assert (resident.postal_code, resident.address) == ("1980001", "東京都緑野市北緑野1-2-3")
    assert (resident.phone, resident.phone_entered) == ("+819012345678", "090-1234-5678")
    shown = signed_in.get(reverse("residents:profile_edit")).content.decode()
    assert 'value="198-0001"' in shown
    assert 'value="髙橋"' in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"birth_month": "13"}, "日付を確認してください"),
        ({"birth_era": "", "birth_year": "2999"}, "今日までの日付"),
        ({"birth_day": ""}, "年・月・日をすべて"),
        ({"family_kana": "高橋"}, "カタカナで入力"),
        ({"phone": "123"}, "電話番号を確認"),
        ({"address_postal_code": "12"}, "郵便番号は7桁"),
        ({"address_city": ""}, "都道府県・市区町村"),
        ({"family_name": "あ" * 61}, "60"),
        ({"family_name": "a\0b"}, "何か文字を入力してください"),
    ],
)
def test_profile_page_says_what_is_wrong_and_keeps_the_rest(signed_in, user, change, sentence):
    response = signed_in.post(reverse("residents:profile_edit"), PAGE | change)
    shown = response.content.decode()
    assert response.status_code == 422
    assert sentence in shown
    assert 'value="sakura@example.jp"' in shown
    assert not Resident.objects.filter(user=user).exists()


def test_profile_page_fills_the_town_without_javascript(signed_in, user):
    typed = {
        "address_postal_code": "100-0001",
        "address_prefecture": "",
        "address_city": "手書きの市",
        "fill_address": "1",
    }
    shown = signed_in.post(reverse("residents:profile_edit"), PAGE | typed | {"address_town": ""}).content.decode()
    assert 'value="東京都"' in shown
    assert 'value="千代田"' in shown
    assert 'value="手書きの市"' in shown, "typed text is never overwritten"
    assert "error-summary__title" not in shown
    assert not Resident.objects.filter(user=user).exists()


def test_profile_page_offers_every_town_of_a_code(signed_in):
    typed = PAGE | {"address_postal_code": "498-0000", "fill_address": "1"}
    shown = signed_in.post(reverse("residents:profile_edit"), typed).content.decode()
    assert "愛知県弥富市" in shown
    assert "三重県桑名郡木曽岬町" in shown


def test_profile_page_of_a_registered_person_offers_contacts_only(signed_in, user):
    factories.make_resident(user=user, source=ResidentSource.REGISTER, street="1-1", postal_code="1980001")
    shown = signed_in.get(reverse("residents:profile_edit")).content.decode()
    assert 'name="family_name"' not in shown
    assert 'name="phone"' in shown
    response = signed_in.post(
        reverse("residents:profile_edit"),
        {"phone": "03-1234-5678", "contact_email": "", "language": "ja", "family_name": "別人", "address_street": "9"},
    )
    assert response.status_code == 302
    resident = Resident.objects.get(user=user)
    assert (resident.family_name, resident.street, resident.phone) == ("高橋", "1-1", "+81312345678")


def test_profile_page_is_for_residents(client, login):
    assert client.get(reverse("residents:profile_edit")).status_code == 302
    login(factories.make_user(is_staff=True))
    assert client.get(reverse("residents:profile_edit")).status_code == 404


def test_profile_page_offers_no_language_but_the_ones_there_are(signed_in, user, settings):
    assert 'name="language"' not in signed_in.get(reverse("residents:profile_edit")).text
    signed_in.post(reverse("residents:profile_edit"), PAGE | {"language": "en"})
    assert Resident.objects.get(user=user).language == "ja"
    settings.LANGUAGES = [("ja", "日本語"), ("en", "English")]
    assert 'value="en"' in signed_in.get(reverse("residents:profile_edit")).text
    signed_in.post(reverse("residents:profile_edit"), PAGE | {"language": "en"})
    assert Resident.objects.get(user=user).language == "en"
