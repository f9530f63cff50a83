"""The staff's pages of the import, and the family's way in by the link."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from cityhall.enums import Role
from cityhall.models import AuditEvent, StaffRole
from cityhall.queries.staff import scope_of
from counter import prefill_cookie
from counter.models import MoveIn, MoveInImport, MoveInItem, MoveInSettings, Prefill
from counter.queries import move_ins as queries
from counter.services import move_ins, prefills
from counter.services.visits import start_with_code
from counter.tasks import apply_move_ins
from counter.token_seal import MAIL, sealed
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel
from reservations.models import Reservation
from reservations.services import bookings
from tests import factories
from tests.counter.homekit import begin, make_forms, token_of, url
from tests.counter.moveinkit import TODAY, csv_of, link_in, mails, make_city, make_slot, row, take_in, token_in, upload
from tests.reservations import kit

pytestmark = pytest.mark.django_db
LIST = "/staff/move-ins/"


@pytest.fixture
def city(municipality, department):
    return make_city(department=department)


@pytest.fixture
def slot(city):
    return make_slot(city)


@pytest.fixture
def staff(login, clerk):
    return login(clerk)


def send(client, *rows, key="key"):
    file = SimpleUploadedFile("yoyaku.csv", csv_of(*rows), content_type="text/csv")
    return client.post(LIST, {"file": file, "request_key": key})


def page_of(batch):
    return reverse("counter:move_in_import", args=[batch.public_id])


def stages(answer):
    return [str(one.stage.label) for one in answer.context["rows"]]


def test_clerk_uploads_looks_applies_and_sees_how_far_each_row_is(staff, slot):
    answer = send(
        staff, row(), row("MP2026-00099999", 氏名=""), row("MP2026-00088888", 来庁予定時間="", メールアドレス="")
    )
    batch = MoveInImport.objects.get()
    assert answer["Location"] == page_of(batch)
    preview = staff.get(page_of(batch)).content.decode()
    assert "新居　葵" in preview
    assert "3行目：氏名がありません。" in preview
    assert "新しく取り込み：2件" in preview
    assert not MoveIn.objects.exists()
    staff.post(reverse("counter:move_in_apply", args=[batch.public_id]))
    assert stages(staff.get(page_of(batch))) == ["処理待ち", "処理待ち"]
    apply_move_ins()
    answer = staff.get(page_of(batch))
    assert stages(answer) == ["予約済み", "日時待ち"]
    text = answer.content.decode()
    assert "送信済み" in text
    assert "メールなし" in text
    # the number itself is not kept
    assert "…2345" in text
    assert "MP202600012345" not in text
    listed = staff.get(LIST).content.decode()
    assert "取り込み済み" in listed
    assert "読み取れない行1件" in listed


def test_first_twenty_problems_are_shown_and_counted(staff, city):
    send(staff, row(), *[row(f"MP2026-1{number:07d}", 氏名="") for number in range(25)])
    batch = MoveInImport.objects.get()
    assert (batch.problem_count, len(batch.problems)) == (25, 20)
    text = staff.get(page_of(batch)).content.decode()
    assert "読み取れない行が25件あります" in text
    assert "22行目" in text
    assert "23行目" not in text


def test_wrong_file_stays_on_the_page_with_the_reason_by_the_field(staff, city):
    answer = staff.post(LIST, {"file": SimpleUploadedFile("a.csv", "氏名,住所\nあ,い\n".encode())})
    assert answer.status_code == 422
    assert "「受付番号」の列が見つかりません" in answer.content.decode()
    assert staff.post(LIST, {}).context["form"].errors["file"] == ["ファイルを選んでください。"]
    assert not MoveInImport.objects.exists()


def test_upload_sent_twice_is_one_import(staff, city):
    assert send(staff, row())["Location"] == send(staff, row())["Location"]
    assert MoveInItem.objects.count() == 1


def test_same_file_is_told_before_it_is_applied_again(staff, slot, clerk):
    take_in(clerk, row())
    send(staff, row())
    text = staff.get(page_of(MoveInImport.objects.first())).content.decode()
    assert "に取り込んだファイルと同じです" in text
    assert "変わりなし：1件" in text


def test_discarded_import_says_so(staff, city, clerk):
    batch = upload(clerk, row())
    staff.post(reverse("counter:move_in_discard", args=[batch.public_id]))
    assert "この取り込みはやめました" in staff.get(page_of(batch)).content.decode()
    answer = staff.post(reverse("counter:move_in_apply", args=[batch.public_id]), follow=True)
    assert "他の人が先に操作しました" in answer.content.decode()


def test_page_says_who_sets_it_up_where_nobody_has(staff, municipality):
    answer = staff.get(LIST)
    assert "取り込みの設定がまだありません" in answer.content.decode()
    assert send(staff, row()).status_code == 422


def test_reading_a_list_of_names_is_in_the_audit_trail(staff, slot, clerk):
    batch = upload(clerk, row())
    staff.get(page_of(batch))
    assert AuditEvent.objects.filter(target_id=batch.public_id, actor=clerk, detail="list").exists()


def test_sheet_is_printed_for_who_has_the_number(staff, slot, clerk):
    take_in(clerk, row(メールアドレス=""))
    address = reverse("counter:move_in_sheet", args=[MoveIn.objects.get().public_id])
    assert staff.get(address).status_code == 200
    answer = staff.post(address, {"number": "MP2026-00099999"})
    assert answer.status_code == 422
    assert "この方の受付番号ではありません" in answer.content.decode()
    answer = staff.post(address, {"number": "mp2026-00012345"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_list_shows_a_family_on_its_way_to_the_end(client, login, slot, clerk):
    [item] = take_in(clerk, row())
    link = link_in(mails()[0])
    client.post(link)
    staff = login(clerk)
    assert "開かれました" in staff.get(page_of(item.batch)).content.decode()
    client.post(url("keep"), {"visit_on": ""})
    assert stages(staff.get(page_of(item.batch))) == ["入力済み"]
    token = token_of(client)
    code = prefills.open_kept(token).prefill.public_id
    assert code == item.move_in.prefill.public_id
    from counter import codes

    start_with_code(text=codes.spoken_code(token), place=slot.place, by=clerk, request_key="visit")
    assert stages(staff.get(page_of(item.batch))) == ["来庁済み"]


def test_link_asks_once_and_puts_the_token_into_the_cookie_alone(client, slot, clerk):
    take_in(clerk, row())
    token = token_in(mails()[0])
    link = link_in(mails()[0])
    page = client.get(link)
    text = page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert "住民異動届" in text
    # a mail program that looks at links sees no name and opens nothing
    assert "新居" not in text
    assert prefill_cookie.NAME not in page.cookies
    assert MoveIn.objects.get().opened_at is None
    answer = client.post(link)
    assert answer["Location"] == url("check")
    assert token not in answer["Location"]
    assert answer.cookies[prefill_cookie.NAME]["path"] == "/prefill/"
    check = client.get(url("check")).content.decode()
    assert "新居" in check
    assert "転入予約から" in check
    assert "転校する学校" in check
    # twice is once
    opened = MoveIn.objects.get().opened_at
    client.post(link)
    assert MoveIn.objects.get().opened_at == opened


def test_link_ends_with_the_prefill_and_a_guess_finds_nothing(client, slot, clerk):
    take_in(clerk, row())
    token = token_in(mails()[0])
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert client.get(f"/prefill/open/{sealed(other, MAIL)}/").status_code == 404
    assert client.get("/prefill/open/short/").status_code == 404
    prefills.delete(token=token)
    for answer in (
        client.get(f"/prefill/open/{sealed(token, MAIL)}/"),
        client.post(f"/prefill/open/{sealed(token, MAIL)}/"),
    ):
        assert answer.status_code == 410
        assert prefill_cookie.NAME not in answer.cookies


def test_no_link_opens_what_somebody_has_begun_themselves(client, slot, clerk):
    begin(client, make_forms(1))
    token = token_of(client)
    stranger = Client()
    for answer in (
        stranger.get(f"/prefill/open/{sealed(token, MAIL)}/"),
        stranger.post(f"/prefill/open/{sealed(token, MAIL)}/"),
    ):
        assert answer.status_code == 404
        assert prefill_cookie.NAME not in answer.cookies
    take_in(clerk, row())
    MoveIn.objects.update(cancelled_at=timezone.now())
    assert stranger.post(link_in(mails()[0])).status_code == 404


def test_link_says_that_it_puts_another_prefill_aside(client, slot, clerk):
    begin(client, make_forms(1))
    before = token_of(client)
    take_in(clerk, row())
    link = link_in(mails()[0])
    assert "この端末には、別の事前入力があります" in client.get(link).content.decode()
    client.post(link)
    assert token_of(client) != before
    assert Prefill.objects.filter(state="open").count() == 2


def test_pages_of_others_are_not_found(client, login, resident, slot, clerk, contract_clerk, auditor):
    batch = upload(clerk, row())
    for person in (contract_clerk, auditor):
        assert login(person).get(page_of(batch)).status_code == 404
    assert login(clerk).get(reverse("counter:move_in_import", args=["2" * 22])).status_code == 404
    assert (
        login(clerk).post(reverse("counter:move_in_retry", args=[batch.public_id, 99]), follow=True).status_code == 200
    )


def addresses(batch):
    one = [batch.public_id]
    yield page_of(batch), ("get",)
    yield reverse("counter:move_in_apply", args=one), ("post",)
    yield reverse("counter:move_in_discard", args=one), ("post",)
    yield reverse("counter:move_in_retry", args=[*one, 2]), ("post",)
    yield reverse("counter:move_in_sheet", args=[MoveIn.objects.get().public_id]), ("get", "post")
    yield reverse("counter:move_in_next", args=[MoveIn.objects.get().public_id]), ("get", "post")


@pytest.mark.parametrize("role", [Role.CLERK, Role.HANDLER, Role.APPROVER])
def test_files_are_those_of_the_department_in_charge(login, slot, clerk, department, departments, role):
    take_in(clerk, row())
    batch = upload(clerk, row("MP2026-00077777"), key="waiting")
    other = next(one for one in departments.values() if one != department)
    colleague, stranger = (factories.make_staff(role=role, department=one) for one in (department, other))
    # the right here and a place in the department, but not both at once
    StaffRole.objects.create(user=stranger, role=Role.CONTRACT_CLERK, department=department, active_from=TODAY)
    client = login(stranger)
    for address, methods in addresses(batch):
        for method in methods:
            assert getattr(client, method)(address).status_code == 404, address
    listed = client.get(LIST)
    assert "受け持つ課で行います" in listed.content.decode()
    assert listed.context["imports"] == []
    assert send(client, row(), key="stranger").status_code == 404
    batch.refresh_from_db()
    assert batch.is_open
    client = login(colleague)
    assert "MP202600077777" in client.get(page_of(batch)).content.decode()


def test_where_nothing_is_booked_the_departments_of_the_procedures_are_in_charge(login, city, clerk, department):
    MoveInSettings.objects.update(service=None, place=None)
    batch = upload(clerk, row())
    assert login(clerk).get(page_of(batch)).status_code == 404
    Procedure.objects.filter(key__in=city.procedures).update(department=department)
    assert login(clerk).get(page_of(batch)).status_code == 200


def test_booking_of_another_department_is_shown_without_its_name(staff, slot, clerk, departments, department):
    [item] = take_in(clerk, row())
    assert "新居　葵" in staff.get(page_of(item.batch)).content.decode()
    other = next(one for one in departments.values() if one != department)
    # the family has moved on to a counter of others
    Reservation.objects.update(group=kit.make_group(other))
    answer = staff.get(page_of(item.batch))
    assert stages(answer) == ["予約済み"]
    assert "新居" not in answer.content.decode()


def test_rows_come_page_by_page_in_the_same_number_of_queries(
    staff, slot, clerk, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(queries, "PAGE_LENGTH", 2)
    batch = take_in(clerk, *[row(f"MP2026-0001000{number}", メールアドレス="") for number in range(5)])[0].batch
    found, address = [], page_of(batch)
    while address:
        answer = staff.get(address)
        assert answer.context["total"] == 5
        found.append([one.number for one in answer.context["rows"]])
        address = answer.context["next_url"] and page_of(batch) + answer.context["next_url"]
    assert found == [[2, 3], [4, 5], [6]]
    scope_of(clerk)
    with django_assert_max_num_queries(2):
        queries.listed(batch, user=clerk)
        assert sum(count for _stage, count in queries.counted(batch)) == 5


def test_administrator_writes_the_settings_and_mistakes_are_named(login, administrator, city):
    client = login(administrator)
    address = reverse("admin:counter_moveinsettings_change", args=[1])
    good = {
        "headings": '{"number": "問合せ番号"}',
        "cancel_words": '["辞退"]',
        "procedures": f'["{city.procedures[0]}"]',
        "fixed_answers": "{}",
        "service": city.service_id,
        "place": city.place_id,
    }
    assert client.post(address, good).status_code == 302
    assert MoveInSettings.objects.get().headings == {"number": "問合せ番号"}
    for name, value in {
        "headings": '{"nummer": "x"}',
        "cancel_words": "[1]",
        "procedures": '["no-such"]',
        "fixed_answers": '{"a": 1}',
        "place": "",
    }.items():
        answer = client.post(address, good | {name: value})
        assert answer.status_code == 200
        assert name in answer.context["adminform"].form.errors, name


# --- a family that has chosen no time -----------------------------------------------------------


@pytest.fixture
def waiting(city, clerk):
    """Nothing is free at the wished time: the link offers others."""
    take_in(clerk, row())
    MoveIn.objects.update(link_sent_at=timezone.now() - dt.timedelta(days=1))
    return MoveIn.objects.get()


def next_of(move_in):
    return reverse("counter:move_in_next", args=[move_in.public_id])


def test_row_that_waits_for_a_day_leads_to_what_can_be_done(staff, waiting):
    batch = MoveInImport.objects.get()
    answer = staff.get(page_of(batch))
    assert stages(answer) == ["日時待ち"]
    assert next_of(waiting) in answer.content.decode()
    text = staff.get(next_of(waiting)).content.decode()
    assert all(word in text for word in ("リンクをもう一度送る", "電話で予約を取る", "見送る"))


def test_link_is_sent_again_once_with_the_number(staff, waiting, monkeypatch):
    monkeypatch.setattr("counter.services.move_ins.acting._address_in", lambda home: "aoi@example.jp")
    answer = staff.post(next_of(waiting), {"action": "link", "link-number": "MP2026-00099999"})
    assert answer.status_code == 422
    assert "この方の受付番号ではありません" in answer.content.decode()
    for _twice in range(2):
        answer = staff.post(next_of(waiting), {"action": "link", "link-number": "MP2026-00012345"})
    assert answer.status_code == 422
    assert len(mails()) == 2
    assert token_in(mails()[0]) == token_in(mails()[1])


def test_link_without_an_address_says_what_else_to_do(staff, waiting):
    answer = staff.post(next_of(waiting), {"action": "link", "link-number": "MP2026-00012345"})
    assert "メールアドレスが分かりません" in answer.content.decode()
    assert len(mails()) == 1


def booked_by_telephone(city, slot, by):
    return bookings.book(
        group=city.service.group,
        place=city.place,
        service=city.service,
        slots=[slot],
        contact=ContactData(name="新居 葵", kana="ニイ アオイ", email="", phone="+819012345678"),
        request_key="telephone",
        channel=ReservationChannel.PHONE,
        is_public=False,
        by=by,
    ).reservation


@pytest.mark.parametrize("words", ["ニイ", "新居", "090-1234-5678"])
def test_booking_is_taken_by_its_whole_number_alone(staff, waiting, city, clerk, slot, words):
    booked_by_telephone(city, slot, clerk)
    data = {"action": "booking", "booking-number": "MP2026-00012345", "booking-booking": words}
    assert "この番号の予約が見つかりません" in staff.post(next_of(waiting), data).content.decode()
    waiting.prefill.refresh_from_db()
    assert waiting.prefill.reservation is None


@pytest.mark.parametrize(
    "data",
    [
        {"action": "link", "link-number": "MP2026-00012345"},
        {"action": "booking", "booking-number": "MP2026-00012345"},
        {"action": "aside", "aside-reason": "電話がつながらない"},
    ],
)
def test_page_from_before_the_family_was_through_does_nothing(staff, waiting, city, clerk, slot, data, monkeypatch):
    monkeypatch.setattr("counter.services.move_ins.acting._address_in", lambda home: "aoi@example.jp")
    booked = booked_by_telephone(city, slot, clerk)
    MoveIn.objects.update(completed_at=timezone.now())
    before = len(mails())
    answer = staff.post(next_of(waiting), data | {"booking-booking": booked.number})
    assert (answer.status_code, "入力が済んでいます" in answer.content.decode()) == (409, True)
    waiting.refresh_from_db()
    assert (len(mails()), waiting.prefill.reservation, waiting.set_aside_at) == (before, None, None)


def test_booking_made_by_telephone_gets_the_familys_code(staff, waiting, city, clerk, slot):
    booked = booked_by_telephone(city, slot, clerk)
    data = {"action": "booking", "booking-number": "MP2026-00012345", "booking-booking": "R-0"}
    assert "この番号の予約が見つかりません" in staff.post(next_of(waiting), data).content.decode()
    for _twice in range(2):
        answer = staff.post(next_of(waiting), data | {"booking-booking": booked.number}, follow=True)
        assert "新居 葵様の 令和" in answer.content.decode()
        waiting.prefill.refresh_from_db()
        assert waiting.prefill.reservation == booked
    assert stages(staff.get(page_of(MoveInImport.objects.get()))) == ["予約済み"]


def test_notice_is_set_aside_with_a_reason_and_taken_up_again(staff, waiting):
    answer = staff.post(next_of(waiting), {"action": "aside", "aside-reason": " "})
    assert (answer.status_code, "見送る理由を入力してください" in answer.content.decode()) == (422, True)
    answer = staff.post(next_of(waiting), {"action": "aside", "aside-reason": "番号 123456789000"})
    assert (answer.status_code, 'name="aside-is_no_my_number"' in answer.content.decode()) == (422, True)
    for reason in ("電話がつながらない", "もう一度押した"):
        staff.post(next_of(waiting), {"action": "aside", "aside-reason": reason})
    answer = staff.get(page_of(MoveInImport.objects.get()))
    assert stages(answer) == ["見送り"]
    assert "電話がつながらない" in answer.content.decode()
    assert AuditEvent.objects.filter(target_type="counter.movein", detail="set aside").count() == 1
    staff.post(next_of(waiting), {"action": "up"})
    assert stages(staff.get(page_of(MoveInImport.objects.get()))) == ["日時待ち"]


def test_update_of_the_sample_shows_a_row_changed_one_the_same_one_taken_back_and_one_new(city, clerk):
    from portal.demo_city.move_ins import UPDATE, sample_of_today

    batch = move_ins.upload(sample_of_today(), by=clerk, request_key="demo")
    move_ins.apply(batch, by=clerk)
    apply_move_ins()
    update = move_ins.upload(sample_of_today(UPDATE), by=clerk, request_key="update")
    assert [one.outcome for one in queries.expected(update)[0]] == ["changed", "same", "cancelled", "made"]
