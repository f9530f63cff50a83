"""Circulars: who sees what, who joins, who has read, and what goes on paper."""

import datetime as dt
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cityhall.days import today
from cityhall.enums import DeviceKind, Role
from cityhall.models import AuditEvent, Device
from cityhall.services import devices
from cityhall.services.files import UploadRefused
from notices.circular_pdf import copies_pdf
from notices.models import Circular, CircularReading, DistrictHead
from notices.queries import circulars as queries
from notices.services import circulars
from notices.services.circulars import CircularFields, HomeFields
from tests.factories import make_staff
from tests.notices.circularkit import in_household, make_district, make_home, pdf, publish, text_of_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(municipality, district_head):
    return make_district(head=district_head)


@pytest.fixture
def elsewhere(municipality):
    return make_district("桜町自治会", towns=["桜町"])


@pytest.fixture
def neighbour(resident):
    """The resident, in a household of the register."""
    return in_household(resident)


# --- who sees what ----------------------------------------------------------------------------------


def test_a_head_sees_what_reached_their_district_and_their_own_drafts(
    district, elsewhere, district_head, handler, administrator, department
):
    here = publish([district, elsewhere], by=handler, department=department, title="防災訓練")
    publish([elsewhere], by=handler, department=department, title="桜まつり")
    own = circulars.save_draft(
        fields=CircularFields("清掃", "朝です。", [district]), department=None, by=district_head, request_key="own"
    )
    city_draft = circulars.save_draft(
        fields=CircularFields("予告", "後日", [district]), department=department, by=handler, request_key="city"
    )
    assert set(queries.circulars_for(district_head)) == {here, own}
    assert set(queries.circulars_for(handler)) == set(Circular.objects.exclude(pk=own.pk))
    assert set(queries.circulars_for(administrator)) == set(Circular.objects.all())
    assert city_draft not in queries.circulars_for(district_head)


def test_a_head_manages_their_own_only_and_sees_only_their_homes(
    district, elsewhere, district_head, handler, approver, department
):
    citys = publish([district, elsewhere], by=handler, department=department)
    own = publish([district], by=district_head, title="清掃")
    assert not queries.may_manage(citys, district_head)
    assert queries.may_manage(own, district_head)
    assert queries.may_manage(citys, approver)
    assert not queries.may_manage(own, approver)
    assert queries.districts_shown(citys, district_head) == [district]
    assert set(queries.districts_shown(citys, handler)) == {district, elsewhere}
    assert queries.districts_shown(own, handler) == []


def test_staff_of_another_department_see_no_circular(district, handler, department, departments):
    publish([district], by=handler, department=department)
    stranger = make_staff(role=Role.HANDLER, department=departments["kaigo"])
    clerk_here = make_staff(role=Role.CLERK, department=department)
    for person in (stranger, clerk_here):
        assert list(queries.circulars_for(person)) == []


@pytest.mark.parametrize(
    ("starts", "ends", "heads"), [(-30, None, True), (-30, 0, True), (-30, -1, False), (1, None, False)]
)
def test_a_head_is_one_from_the_first_to_the_last_day(municipality, district_head, starts, ends, heads):
    district = make_district()
    on = today()
    DistrictHead.objects.create(
        district=district,
        user=district_head,
        valid_from=on + dt.timedelta(days=starts),
        valid_until=None if ends is None else on + dt.timedelta(days=ends),
    )
    assert list(queries.districts_headed_by(district_head)) == ([district] if heads else [])


def test_who_lost_the_role_heads_no_district(district, district_head):
    district_head.roles.update(active_until=today() - dt.timedelta(days=1))
    assert list(queries.districts_headed_by(type(district_head).objects.get(pk=district_head.pk))) == []


# --- writing and publishing -------------------------------------------------------------------------


def test_a_draft_is_written_once_and_published_once(district, district_head):
    fields = CircularFields("清掃", "朝です。", [district])
    first = circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k")
    assert circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k") == first
    corrected = CircularFields("清掃", "夕方です。", [district])
    assert (
        circulars.save_draft(fields=corrected, department=None, by=district_head, request_key="k").body == "夕方です。"
    )
    assert Circular.objects.count() == 1
    circulars.publish(first, by=district_head)
    with pytest.raises(circulars.AlreadyPublished):
        circulars.publish(first, by=district_head)
    for known in (first, None):
        with pytest.raises(circulars.AlreadyPublished):
            circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k", circular=known)
    assert list(AuditEvent.objects.filter(target_type="notices.circular").values_list("action", flat=True)) == [
        "create",
        "change",
        "change",
        "state",
    ]


def test_a_file_in_quarantine_is_not_passed_round(district, district_head):
    fields = CircularFields("清掃", "", [district], upload=pdf())
    circular = circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k")
    with pytest.raises(circulars.FileNotChecked):
        circulars.publish(circular, by=district_head)
    circular.refresh_from_db()
    assert circular.published_at is None


def test_only_pdfs_are_attached(district, district_head):
    fields = CircularFields("清掃", "", [district], upload=SimpleUploadedFile("a.pdf", b"hello"))
    with pytest.raises(UploadRefused):
        circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k")
    assert not Circular.objects.exists()


@pytest.mark.parametrize(("ends", "shown"), [(None, True), (0, True), (-1, False)])
def test_the_last_day_counts(district, district_head, ends, shown):
    ends_on = None if ends is None else today() + dt.timedelta(days=ends)
    circular = publish([district], by=district_head, ends_on=ends_on)
    assert queries.is_on_display(circular) is shown
    assert list(queries.on_display()) == ([circular] if shown else [])


def test_what_is_withdrawn_is_shown_nowhere(district, district_head):
    home = make_home(district)
    circular = publish([district], by=district_head)
    circulars.withdraw(circular, by=district_head)
    taken_at = circular.withdrawn_at
    circulars.withdraw(circular, by=district_head)
    assert circular.withdrawn_at == taken_at
    assert not queries.is_on_display(circular)
    assert list(queries.circulars_for_homes([home])) == []
    with pytest.raises(circulars.NotOnDisplay):
        circulars.mark_read(circular, homes=[home], by=None)
    with pytest.raises(circulars.NotOnDisplay):
        circulars.mark_read_on_paper(circular, home=home, by=district_head)


# --- homes ------------------------------------------------------------------------------------------


def test_a_household_joins_the_district_of_its_town_once(district, elsewhere, neighbour):
    home = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    assert (home.household, home.name) == (neighbour.household, "高橋")
    assert queries.homes_of(neighbour.user) == [home]
    with pytest.raises(circulars.AlreadyJoined):
        circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    with pytest.raises(circulars.NotYourDistrict):
        circulars.join(district=elsewhere, resident=neighbour, name="高橋", by=neighbour.user)


def test_everybody_of_the_household_reads_for_the_home(district, district_head, neighbour, another_resident, supporter):
    in_household(another_resident)
    in_household(supporter, "000000002")
    home = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    assert queries.homes_of(another_resident.user) == [home]
    assert queries.homes_of(supporter.user) == []


def test_people_without_a_household_join_nothing(district, resident):
    assert queries.districts_to_join(resident) == []
    with pytest.raises(circulars.NotYourDistrict):
        circulars.join(district=district, resident=resident, name="高橋", by=resident.user)


def test_who_left_may_come_back(district, neighbour):
    home = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    circulars.leave(home, by=neighbour.user)
    assert queries.homes_of(neighbour.user) == []
    again = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    assert again != home


def test_changing_a_home_is_audited_by_the_names_of_what_changed(district, district_head):
    home = circulars.add_home(district=district, fields=HomeFields("青木", "1班"), by=district_head, request_key="k")
    circulars.change_home(home, fields=HomeFields("青木", "2班", wants_paper=True), by=district_head)
    circulars.change_home(home, fields=HomeFields("青木", "2班", wants_paper=True), by=district_head)
    events = AuditEvent.objects.filter(target_type="notices.circularhome", action="change")
    assert [event.changed_fields for event in events] == [["section", "wants_paper"]]
    assert (home.section, home.wants_paper) == ("2班", True)


def test_a_home_sent_twice_is_one_and_another_name_is_another(district, district_head):
    written = {"district": district, "by": district_head, "request_key": "k"}
    home = circulars.add_home(fields=HomeFields("青木", "1班"), **written)
    assert circulars.add_home(fields=HomeFields("青木", "1班"), **written) == home
    # back to the form that was sent: paper was forgotten, then the next home is typed over the first
    assert circulars.add_home(fields=HomeFields("青木", "1班", wants_paper=True), **written).wants_paper
    assert circulars.add_home(fields=HomeFields("井上", "1班"), **written) != home
    assert [row.name for row in queries.living_homes(district)] == ["青木", "井上"]
    assert circulars.add_home(fields=HomeFields("青木", "1班"), **written | {"request_key": "l"}) != home


# --- tablets ----------------------------------------------------------------------------------------


def test_a_tablet_is_paired_once_and_ends_with_the_home(district, district_head):
    home = make_home(district)
    device, code = circulars.new_tablet_code(home, by=district_head)
    token = devices.pair(code, public_id=device.public_id)
    assert device.kind == DeviceKind.HOUSEHOLD
    assert queries.home_of_tablet(devices.authenticate(token)) == home
    again, _code = circulars.new_tablet_code(home, by=district_head)
    assert again == device
    circulars.end_home(home, by=district_head)
    assert devices.authenticate(token) is None
    assert queries.home_of_tablet(device) is None


def test_a_lost_tablet_is_cut_off_and_the_next_is_another(district, district_head):
    home = make_home(district)
    device, code = circulars.new_tablet_code(home, by=district_head)
    token = devices.pair(code, public_id=device.public_id)
    circulars.disconnect_tablet(home, by=district_head)
    assert (devices.authenticate(token), home.device) == (None, None)
    other, _code = circulars.new_tablet_code(home, by=district_head)
    assert other != device
    assert Device.objects.count() == 2


# --- reading ----------------------------------------------------------------------------------------


def test_the_first_reading_counts(district, elsewhere, district_head, neighbour):
    home = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    stranger = make_home(elsewhere)
    circular = publish([district], by=district_head)
    moment = timezone.now()
    circulars.mark_read(circular, homes=[home, stranger], by=neighbour.user, now=moment)
    circulars.mark_read(circular, homes=[home], by=None, now=moment + dt.timedelta(minutes=5))
    circulars.mark_read_on_paper(circular, home=home, by=district_head)
    reading = CircularReading.objects.get()
    assert (reading.home, reading.by, reading.at, reading.on_paper) == (home, neighbour.user, moment, False)


def test_only_what_was_entered_from_paper_is_taken_back(district, district_head, neighbour):
    online, paper = make_home(district, "井上"), make_home(district, "青木", wants_paper=True)
    circular = publish([district], by=district_head)
    circulars.mark_read(circular, homes=[online], by=None)
    circulars.mark_read_on_paper(circular, home=paper, by=district_head)
    for home in (online, paper):
        circulars.take_back_paper(circular, home=home, by=district_head)
    assert [reading.home for reading in CircularReading.objects.all()] == [online]
    assert AuditEvent.objects.filter(target_type="notices.circularreading", action="delete").count() == 1


def test_paper_comes_back_after_the_last_day_too(district, district_head):
    home = make_home(district)
    circular = publish([district], by=district_head, ends_on=today() - dt.timedelta(days=1))
    with pytest.raises(circulars.NotOnDisplay):
        circulars.mark_read(circular, homes=[home], by=None)
    circulars.mark_read_on_paper(circular, home=home, by=district_head)
    assert CircularReading.objects.get().on_paper


def test_figures_count_living_homes_of_what_one_may_see(district, elsewhere, district_head, handler, department):
    first, second, gone = make_home(district, "青木"), make_home(district, "井上"), make_home(district, "上田")
    far = make_home(elsewhere, "遠藤")
    circular = publish([district, elsewhere], by=handler, department=department)
    circulars.mark_read(circular, homes=[first, gone, far], by=None)
    circulars.end_home(gone, by=district_head)
    of_city, of_head = (queries.figures_of([circular], person)[circular.pk] for person in (handler, district_head))
    assert (of_city.homes, of_city.read, of_city.unread) == (3, 2, 1)
    assert (of_head.homes, of_head.read, of_head.unread) == (2, 1, 1)
    homes = list(queries.homes_to_read(circular, district))
    readings = queries.readings_of(circular, homes)
    assert [(home, home.pk in readings) for home in homes] == [(second, False), (first, True)]


def test_figures_tell_paper_apart_from_screens(district, district_head):
    online, on_paper, _unread = (make_home(district, name) for name in ("青木", "井上", "上田"))
    circular = publish([district], by=district_head)
    circulars.mark_read(circular, homes=[online], by=None)
    circulars.mark_read_on_paper(circular, home=on_paper, by=district_head)
    figures = queries.figures_of([circular], district_head)[circular.pk]
    assert (figures.homes, figures.digital, figures.paper, figures.unread) == (3, 1, 1, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("青", ["青木"]),
        ("ｱﾊﾟｰﾄ", ["アパート"]),
        ("12", ["井上"]),
        ("１２", ["井上"]),
        ("3班", ["上田"]),
        ("99999", []),
        ("", 4),
    ],
)
def test_homes_are_found_by_name_section_and_number(district, text, found):
    make_home(district, "青木", position=1)
    make_home(district, "井上", position=12)
    make_home(district, "上田", section="3班")
    make_home(district, "アパート")
    names = [home.name for home in queries.search_homes(queries.living_homes(district), text)]
    assert names == found or len(names) == found


def test_file_of_a_draft_is_taken_off_and_swept(district, district_head):
    fields = {"title": "清掃", "body": "朝です。", "districts": [district]}
    draft = circulars.save_draft(
        fields=CircularFields(**fields, upload=pdf()), department=None, by=district_head, request_key="k"
    )
    first = draft.file
    circulars.save_draft(
        fields=CircularFields(**fields, upload=pdf(2)),
        department=None,
        by=district_head,
        request_key="k",
        circular=draft,
    )
    first.refresh_from_db()
    assert first.delete_after is not None
    second = draft.file
    assert second not in (None, first)
    circulars.save_draft(
        fields=CircularFields(**fields, takes_file_off=True),
        department=None,
        by=district_head,
        request_key="k",
        circular=draft,
    )
    second.refresh_from_db()
    assert (draft.file, second.delete_after is not None) == (None, True)


@pytest.mark.parametrize("count", [1, 3])
def test_figures_take_the_same_queries_however_many(count, district, district_head, django_assert_num_queries):
    rows = [publish([district], by=district_head, title=f"回覧{number}") for number in range(count)]
    found = list(queries.circulars_for(district_head).filter(pk__in=[row.pk for row in rows]))
    with django_assert_num_queries(3):
        queries.figures_of(found, district_head)


# --- paper ------------------------------------------------------------------------------------------


def pages_of(content):
    with pikepdf.open(io.BytesIO(content)) as made:
        return len(made.pages)


def test_each_home_gets_a_copy_with_its_name_on_a_sheet_of_its_own(district, district_head):
    homes = [make_home(district, name, section="1班", wants_paper=True) for name in ("青木", "𠮷野", "葛󠄀城")]
    circular = publish([district], by=district_head, body="日曜の朝八時です。", upload=pdf(pages=2))
    content = copies_pdf(circular, district=district, homes=homes)
    # the list and a blank back; then text, two pages of the attachment and a blank back for each
    assert pages_of(content) == 2 + 3 * 4
    first, *copies = (text_of_pdf(content, page=page) for page in (1, 3, 7, 11))
    assert "配布と確認の一覧" in first
    assert all(name in first for name in ("青木", "𠮷野"))
    for home, copy in zip(homes, copies, strict=True):
        assert "日曜の朝八時です。" in copy.replace("\n", "")
        assert f"1班 {home.name} 様" in " ".join(copy.split())
        assert sum(other.name in copy for other in homes) == 1


def test_without_homes_on_paper_one_copy_for_the_notice_board(district, district_head):
    circular = publish([district], by=district_head)
    content = copies_pdf(circular, district=district, homes=[])
    assert pages_of(content) == 2
    assert "様" not in text_of_pdf(content, page=1)


def test_tablets_of_homes_of_one_name_are_told_apart_by_their_district(district, elsewhere, district_head):
    names = [
        circulars.new_tablet_code(make_home(one, "井上"), by=district_head)[0].name for one in (district, elsewhere)
    ]
    assert names == [f"井上（{one.name}）" for one in (district, elsewhere)]
