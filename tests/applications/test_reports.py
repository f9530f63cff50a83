import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from applications import tasks
from applications.enums import REPORT_MOVES, ReportEventKind, ReportState
from applications.models import Report, ReportEvent, ReportKind, ReportPhoto
from applications.queries import reports as queries
from applications.report_links import code_of, is_code_of
from applications.reports.exif import photo_position
from applications.reports.plot import HEIGHT, MARGIN, WIDTH, draw
from applications.reports.positions import Area, Position, around, metres_between, position
from applications.reports.words import SENTENCES, TONES, distance
from applications.services import reports as services
from applications.services.reports import (
    AnswerMissing,
    NewReport,
    NotAllowed,
    NothingSaid,
    NotMergeable,
    NotPublishable,
    PhotosGone,
)
from applications.services.reports.states import move
from applications.services.reports.sweeping import WIPED
from cityhall.crypto import decrypt
from cityhall.enums import FileState, Role
from cityhall.errors import StaleState
from cityhall.ids import public_id
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import read_bytes, sweep_files
from notices.models import OutgoingMail
from tests import factories
from tests.applications.reportkit import PLACE, kept, make_kind, make_report, photo, seen

pytestmark = pytest.mark.django_db

S = ReportState
TOKYO = ((35, 47, 16.8), (139, 16, 33.6))


@pytest.fixture
def kind(municipality, department):
    return make_kind(department)


@pytest.fixture
def report(kind):
    return make_report(kind, email="reporter@example.jp", name="通報 太郎")


def kinds_of_events(report):
    return list(report.events.order_by("id").values_list("kind", flat=True))


def mails():
    return list(OutgoingMail.objects.order_by("id").values_list("to", "subject"))


# positions


def test_distance_is_known_from_elsewhere():
    # one degree of latitude, and the station of Tokyo to that of Shinjuku
    assert metres_between(Position(35, 139), Position(36, 139)) == pytest.approx(111_195, abs=1)
    assert metres_between(position("35.681236", "139.767125"), position("35.690921", "139.700258")) == pytest.approx(
        6140, abs=20
    )


def test_the_box_holds_everything_within_the_distance():
    box = around(PLACE, 50)
    assert box.holds(PLACE)
    north = Position(box.north, PLACE.longitude)
    east = Position(PLACE.latitude, box.east)
    assert metres_between(PLACE, north) == pytest.approx(50, abs=0.2)
    assert metres_between(PLACE, east) == pytest.approx(50, abs=0.2)


@pytest.mark.parametrize("pair", [("nan", "1"), ("inf", "1"), ("91", "0"), ("0", "181"), ("", "1"), ("ab", "1")])
def test_what_is_no_place_is_none(pair):
    assert position(*pair) is None


def test_the_drawing_holds_all_dots_with_north_on_top():
    sheet = draw([position("35.80", "139.20"), position("35.70", "139.30"), position("35.75", "139.25")])
    assert [dot.number for dot in sheet.dots] == [1, 2, 3]
    first, second, third = sheet.dots
    assert first.y < third.y < second.y
    assert first.x < third.x < second.x
    assert all(MARGIN <= dot.x <= WIDTH - MARGIN and MARGIN <= dot.y <= HEIGHT - MARGIN for dot in sheet.dots)
    assert 0 < sheet.bar <= WIDTH / 3
    assert draw([]) is None
    assert [(dot.x, dot.y) for dot in draw([PLACE]).dots] == [(WIDTH // 2, HEIGHT // 2)]


# photos


def test_a_position_in_a_photo_is_read():
    assert photo_position(photo(gps=TOKYO).read()) == position("35.788", "139.276")
    assert photo_position(photo().read()) is None


@pytest.mark.parametrize(
    "gps",
    [((0, 0, 0), (0, 0, 0)), ((200, 0, 0), (1, 0, 0)), ((35, 47), (139, 16)), ((35, 47, 1, 2), (139, 16, 1, 2))],
)
def test_what_a_stranger_writes_as_a_position_is_none(gps):
    assert photo_position(photo(gps=gps).read()) is None


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"0" * 40])
def test_what_is_no_picture_has_no_position(data):
    assert photo_position(data) is None


def test_the_stored_bytes_say_nothing_of_camera_and_place(kind):
    upload = photo(gps=TOKYO)
    assert b"SecretCamera" in upload.read()
    found = services.keep_photos(uploads=[upload], held=(), room=5)
    data = read_bytes(found.files[0])
    assert found.position == position("35.788", "139.276")
    assert (b"SecretCamera" in data, b"Exif" in data) == (False, False)
    with Image.open(io.BytesIO(data)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (64, 48)


@pytest.mark.parametrize(
    ("upload", "word"),
    [
        (SimpleUploadedFile("a.jpg", b"", "image/jpeg"), "空です"),
        (SimpleUploadedFile("a.jpg", b"GIF89a" + b"0" * 99, "image/jpeg"), "使えません"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 99, "image/jpeg"), "読み取れません"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + b"0" * 99, "application/pdf"), "使えません"),
    ],
)
def test_hostile_uploads_are_refused_in_a_sentence_and_the_others_kept(kind, upload, word):
    found = services.keep_photos(uploads=[upload, photo()], held=(), room=5)
    assert len(found.files) == 1
    assert [word in refusal for refusal in found.refusals] == [True]
    assert StoredFile.objects.count() == 1


def test_too_many_pixels_are_refused_without_being_decoded(kind, settings):
    settings.IMAGE_MAX_PIXELS = 1000
    found = services.keep_photos(uploads=[photo(size=(64, 48))], held=(), room=5)
    assert ("画素数" in found.refusals[0], StoredFile.objects.count()) == (True, 0)


def test_no_more_photos_than_there_is_room_for(kind):
    found = services.keep_photos(uploads=[photo("#111111"), photo("#222222"), photo("#333333")], held=(), room=2)
    assert (len(found.files), len(found.refusals)) == (2, 1)


def test_the_same_photo_again_adds_nothing(kind):
    held = kept(photo())
    assert kept(photo(), held=held) == []


def test_photos_nobody_sends_are_swept_and_sent_ones_stay(kind):
    sent, unsent = kept(photo("#111111")), kept(photo("#222222"))
    make_report(kind, photos=sent)
    sweep_files(now=timezone.now() + dt.timedelta(days=3))
    assert [(one in sent, one in unsent) for one in StoredFile.objects.values_list("public_id", flat=True)] == [
        (True, False)
    ]


def test_a_photo_given_up_is_swept_and_a_sent_one_is_not_given_up(kind):
    sent = kept(photo())
    make_report(kind, photos=sent)
    services.let_go(sent[0])
    assert StoredFile.objects.get(public_id=sent[0]).delete_after is None


# sending


def test_a_report_has_number_photos_event_and_mail(kind, department):
    photos = kept(photo("#111111"), photo("#222222"))
    report = make_report(kind, photos=photos, email=" Reporter@Example.JP ", name="通報 太郎")
    assert (len(report.number), report.department, report.state) == (11, department, S.RECEIVED)
    assert [one.file.public_id for one in report.photos.order_by("id")] == photos
    assert kinds_of_events(report) == [ReportEventKind.RECEIVED]
    mail = OutgoingMail.objects.get()
    assert (mail.to, "通報を受け付けました" in mail.subject, mail.is_encrypted) == ("reporter@example.jp", True, True)
    body = decrypt(mail.body)
    assert (code_of(report) in body, report.body in body, "交差点" in body, "太郎" in body) == (
        True,
        False,
        False,
        False,
    )


def test_the_same_key_is_the_same_report(kind):
    key = public_id()
    first, again = make_report(kind, request_key=key, email="a@example.jp"), make_report(kind, request_key=key)
    assert (first.pk, Report.objects.count(), len(mails())) == (again.pk, 1, 1)


def test_a_place_without_photo_and_words_without_position_are_enough(kind):
    assert make_report(kind, place_note="").latitude == PLACE.latitude
    assert make_report(kind, position=None).place_note == "交差点"


@pytest.mark.parametrize("fields", [{"body": ""}, {"position": None, "place_note": ""}])
def test_nothing_said_is_refused(kind, fields):
    with pytest.raises(NothingSaid):
        make_report(kind, **fields)
    assert Report.objects.count() == 0


def test_photos_of_another_report_and_swept_ones_are_refused(kind):
    photos = kept(photo())
    make_report(kind, photos=photos)
    for ids in (photos, [public_id()]):
        with pytest.raises(PhotosGone):
            make_report(kind, photos=ids)
    assert Report.objects.count() == 1


def test_a_mailbox_is_not_filled_by_strangers(kind):
    for _time in range(12):
        make_report(kind, email="victim@example.jp")
    assert (Report.objects.count(), len(mails())) == (12, 10)


# constraints, past every form


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("report_says_where", {"latitude": None, "longitude": None, "place_note": ""}),
        ("report_says_where", {"latitude": None}),
        ("report_place_on_earth", {"latitude": 91}),
        ("report_duplicate_has_original", {"state": S.DUPLICATE}),
        ("report_public_has_text", {"is_public": True}),
    ],
)
def test_the_database_refuses(report, name, fields):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Report.objects.filter(pk=report.pk).update(**fields)
    assert name in str(error.value)


def test_the_database_refuses_a_report_merged_into_itself_and_changed_events(report):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(merged_into=report)
    with pytest.raises(Exception, match="frozen"), transaction.atomic():
        ReportEvent.objects.filter(report=report).update(note="別の話")


# steps


def test_a_report_is_taken_started_answered_and_done(report, handler):
    services.take(report=report, by=handler)
    services.start(report=seen(report), by=handler)
    services.answer(report=seen(report), text="来週見ます。", by=handler)
    services.finish(report=seen(report), text="直しました。", by=handler)
    done = seen(report)
    assert (done.state, done.answer, done.handler, done.is_open) == (S.DONE, "直しました。", handler, False)
    assert done.closed_at is not None
    assert kinds_of_events(report) == ["received", "assigned", "started", "answered", "done"]
    # taking it is nobody's news but the staff's
    assert len(mails()) == 4
    assert AuditEvent.objects.filter(target_type="report", actor=handler).count() == 4


def test_not_ours_says_whom_to_ask_and_a_closed_one_is_reopened(report, handler):
    services.refuse_as_not_ours(report=report, text="県の土木事務所へ", by=handler)
    assert (seen(report).state, seen(report).answer) == (S.NOT_OURS, "県の土木事務所へ")
    services.reopen(report=seen(report), reason="市道でした。", by=handler)
    assert (seen(report).state, seen(report).closed_at) == (S.IN_PROGRESS, None)


@pytest.mark.parametrize("step", [services.finish, services.answer, services.refuse_as_not_ours, services.note])
def test_steps_with_words_need_them(report, handler, step):
    with pytest.raises(AnswerMissing):
        step(report=report, text=" \n", by=handler)
    assert kinds_of_events(report) == ["received"]


@pytest.mark.parametrize("seen_state", S)
@pytest.mark.parametrize("to", S)
def test_every_move_is_allowed_or_refused(kind, handler, seen_state, to):
    original, report = make_report(kind), make_report(kind)
    Report.objects.filter(pk=report.pk).update(state=seen_state, merged_into=original)
    report = seen(report)
    if to in REPORT_MOVES[seen_state]:
        move(report, to=to, event=ReportEventKind.DONE, by=handler)
        assert seen(report).state == to
    else:
        with pytest.raises(StaleState):
            move(report, to=to, event=ReportEventKind.DONE, by=handler)
        assert seen(report).state == seen_state


def test_of_two_people_with_the_same_page_one_is_told(report, handler, approver):
    mine, theirs = seen(report), seen(report)
    services.finish(report=mine, text="直しました。", by=handler)
    with pytest.raises(StaleState):
        services.refuse_as_not_ours(report=theirs, text="県へ", by=approver)
    assert (seen(report).state, kinds_of_events(report)) == (S.DONE, ["received", "done"])


def test_other_departments_and_roles_that_only_read_do_nothing(report, departments, clerk, administrator, auditor):
    stranger = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    for person in (stranger, clerk, administrator, auditor):
        with pytest.raises(NotAllowed):
            services.start(report=seen(report), by=person)
    assert seen(report).state == S.RECEIVED


def test_nobody_is_made_handler_who_may_not_work_on_it(report, handler, clerk):
    with pytest.raises(NotAllowed):
        services.assign(report=report, handler=clerk, by=handler)


def test_another_kind_moves_to_its_department_with_its_duplicates(report, kind, departments, handler):
    twin = make_report(kind)
    services.merge(report=twin, number=report.number, by=handler)
    services.take(report=seen(report), by=handler)
    other = make_kind(departments["kaigo"], "other", name="そのほか")
    services.move_kind(report=seen(report), kind=other, by=handler)
    for row in (seen(report), seen(twin)):
        assert (row.kind, row.department, row.handler) == (other, departments["kaigo"], None)
        assert kinds_of_events(row)[-1] == "moved"


# duplicates


def test_who_reported_the_same_gets_the_same_mails(report, kind, handler):
    twin = make_report(kind, email="second@example.jp")
    services.merge(report=twin, number=report.number, by=handler)
    OutgoingMail.objects.all().delete()
    services.finish(report=seen(report), text="直しました。", by=handler)
    assert [to for to, _subject in mails()] == ["reporter@example.jp", "second@example.jp"]
    bodies = [decrypt(mail.body) for mail in OutgoingMail.objects.order_by("id")]
    assert [code_of(row) in body for row, body in zip((report, twin), bodies, strict=True)] == [True, True]


def test_what_is_open_stands_first_in_public_and_each_part_is_newest_first(kind, handler, monkeypatch):
    monkeypatch.setattr(queries, "PUBLIC_PAGE_SIZE", 2)
    rows = [make_report(kind) for _number in range(5)]
    for row in rows:
        services.publish(report=row, is_public=True, text="市のことば", photos=[], by=handler)
    for row in rows[2:4]:
        services.finish(report=seen(row), text="済", by=handler)
    shown, after = [], ""
    for _page in range(3):
        page = queries.public_list(kind="", is_open=None, month=None, after=after)
        shown, after = [*shown, *page.rows], page.next_after
    assert [rows.index(row) for row in shown] == [4, 1, 0, 3, 2]
    assert after == ""


def test_open_reports_of_the_kind_are_offered_the_nearest_first(report, kind, departments, handler):
    def up(metres):
        return Position(PLACE.latitude + around_up(metres), PLACE.longitude)

    far, near = make_report(kind, position=up(900)), make_report(kind, position=up(90))
    make_report(kind, position=up(1200))
    make_report(make_kind(kind.department, "light"), position=PLACE)
    services.finish(report=make_report(kind), text="済", by=handler)
    offered = queries.same_kind_near(handler, report)
    assert [(row, round(metres, -1)) for row, metres in offered] == [(near, 90), (far, 900)]
    nowhere = make_report(kind, position=None, place_note="公園の前")
    assert [metres for _row, metres in queries.same_kind_near(handler, nowhere)] == [None] * 4


def test_chains_are_not_made(kind, handler):
    first, second, third = make_report(kind), make_report(kind), make_report(kind)
    services.merge(report=second, number=first.number, by=handler)
    with pytest.raises(NotMergeable):
        services.merge(report=third, number=second.number, by=handler)
    services.merge(report=seen(first), number=third.number, by=handler)
    assert {seen(row).merged_into for row in (first, second)} == {third}


def test_a_report_is_not_merged_into_itself_or_what_is_not_ones_own(report, departments, handler):
    theirs = make_report(make_kind(departments["kaigo"], "theirs"))
    for number in (report.number, theirs.number, "12345678901", ""):
        with pytest.raises(NotMergeable):
            services.merge(report=seen(report), number=number, by=handler)


def test_a_duplicate_leaves_the_public_list_and_comes_back_as_its_own(report, kind, handler):
    twin = make_report(kind)
    services.publish(report=twin, is_public=True, text="道路の穴", photos=[], by=handler)
    services.merge(report=seen(twin), number=report.number, by=handler)
    assert (seen(twin).is_public, queries.public_reports().count()) == (False, 0)
    services.unmerge(report=seen(twin), by=handler)
    assert (seen(twin).state, seen(twin).merged_into) == (S.IN_PROGRESS, None)


# near


def test_near_ones_are_of_the_same_kind_open_and_public(kind, department, handler):
    def at(metres, **fields):
        return make_report(
            fields.pop("kind", kind), position=Position(PLACE.latitude + around_up(metres), PLACE.longitude), **fields
        )

    near, far = at(40), at(60)
    other = at(10, kind=make_kind(department, "other"))
    hidden, closed = at(5), at(6)
    for row in (near, far, other, closed):
        services.publish(report=row, is_public=True, text="道路の穴", photos=[], by=handler)
    services.finish(report=seen(closed), text="済", by=handler)
    found = queries.near_for_public(kind, PLACE)
    assert [(one.report, one.metres) for one in found] == [(near, pytest.approx(40, abs=1))]
    for_staff = [one.report for one in queries.near_for_staff(handler, seen(hidden))]
    assert for_staff == [other, near, far]


def around_up(metres):
    return around(PLACE, metres).north - PLACE.latitude


# public


def test_publishing_needs_words_and_takes_chosen_clean_photos(report, kind, handler):
    photos = kept(photo("#111111"), photo("#222222"))
    report = make_report(kind, photos=photos)
    first, second = report.photos.order_by("id")
    with pytest.raises(NotPublishable):
        services.publish(report=report, is_public=True, text=" ", photos=[], by=handler)
    StoredFile.objects.filter(pk=second.file_id).update(state=FileState.INFECTED)
    services.publish(report=report, is_public=True, text="穴", photos=[first.public_id, second.public_id], by=handler)
    assert list(ReportPhoto.objects.filter(is_public=True)) == [first]
    services.publish(report=seen(report), is_public=False, text="穴", photos=[first.public_id], by=handler)
    assert not ReportPhoto.objects.filter(is_public=True).exists()
    assert not seen(report).is_public


# retention


def test_who_reported_is_wiped_and_hidden_photos_go(report, kind, handler, settings):
    settings.REPORTER_KEPT_DAYS, settings.REPORT_PHOTOS_KEPT_DAYS = 10, 20
    shown = make_report(kind, photos=kept(photo("#111111")), email="a@example.jp")
    hidden = make_report(kind, photos=kept(photo("#222222")), name="花子")
    still_open = make_report(kind, photos=kept(photo("#333333")), name="次郎")
    twin = make_report(kind, email="twin@example.jp")
    services.merge(report=twin, number=still_open.number, by=handler)
    services.publish(report=shown, is_public=True, text="穴", photos=[shown.photos.get().public_id], by=handler)
    for row in (shown, hidden):
        services.finish(report=seen(row), text="済", by=handler)
    now = timezone.now()
    assert services.sweep(now=now + dt.timedelta(days=9)) == 0
    assert services.sweep(now=now + dt.timedelta(days=11)) == 2
    assert [(seen(row).reporter_name, seen(row).reporter_email) for row in (shown, hidden)] == [("", "")] * 2
    # what is open, and what was put to it, keeps its reporter
    assert (seen(still_open).reporter_name, seen(twin).reporter_email) == ("次郎", "twin@example.jp")
    assert services.sweep(now=now + dt.timedelta(days=21)) == 1
    assert {one.report for one in ReportPhoto.objects.all()} == {shown, still_open}
    assert services.sweep(now=now + dt.timedelta(days=21)) == 0
    tasks.sweep_reports()


def test_the_words_of_reporters_are_wiped_and_those_of_the_city_stay(report, kind, handler, settings):
    settings.REPORT_WORDS_KEPT_DAYS = 30
    in_words = make_report(kind, position=None, place_note="山田さんの家の前")
    services.publish(report=report, is_public=True, text="市のことば", photos=[], by=handler)
    for row in (report, in_words):
        services.finish(report=seen(row), text="直しました。", by=handler)
    still_open = make_report(kind, body="まだあります。")
    now = timezone.now()
    services.sweep(now=now + dt.timedelta(days=29))
    assert seen(in_words).place_note == "山田さんの家の前"
    assert services.sweep(now=now + dt.timedelta(days=31)) >= 2
    assert [(seen(row).body, seen(row).place_note) for row in (report, in_words)] == [(WIPED, WIPED)] * 2
    assert (seen(report).public_text, seen(report).answer, seen(report).latitude) == (
        "市のことば",
        "直しました。",
        report.latitude,
    )
    assert seen(still_open).body == "まだあります。"
    assert AuditEvent.objects.filter(detail="words wiped").count() == 1
    assert services.sweep(now=now + dt.timedelta(days=31)) == 0


# codes and distances


def test_a_code_is_read_aloud_and_typed_however(report, kind):
    code = code_of(report)
    assert re.fullmatch(r"[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){2}", code)
    assert code == code_of(seen(report)) != code_of(make_report(kind))
    assert is_code_of(report, code.upper().replace("-", " "))
    assert not is_code_of(report, "")
    report.secret_version += 1
    assert not is_code_of(report, code)


@pytest.mark.parametrize(
    ("metres", "shown"),
    [(0, "0m"), (999, "999m"), (1000, "1.0km"), (1250, "1.3km"), (9940, "9.9km"), (23_400, "23km")],
)
def test_distances_beyond_a_kilometre_are_told_in_kilometres(metres, shown):
    assert distance(metres) == shown


# the kinds that come along


def test_kinds_are_loaded_once_and_keep_what_the_city_changed(municipality):
    from applications.services.catalogue import FOLDER
    from applications.services.catalogue.report_kinds import load_report_kinds

    doro = factories.make_department("doro")
    made = load_report_kinds(folder=FOLDER)
    assert ("道路の穴・ひび" in made, len(made)) == (True, ReportKind.objects.count())
    ReportKind.objects.filter(key="road").update(name="路面", is_active=False)
    kankyo = factories.make_department("kankyo")
    again = load_report_kinds(folder=FOLDER)
    assert {ReportKind.objects.get(name=name).department for name in again} == {kankyo}
    assert ReportKind.objects.get(key="road").name == "路面"
    assert ReportKind.objects.filter(department=doro).count() == len(made)


def test_every_state_has_words():
    assert set(SENTENCES) == set(TONES) == set(S)


def test_the_area_of_a_city():
    area = Area(*(position("35.7", "139.2")), *(position("35.9", "139.4")))
    assert area.holds(PLACE)
    assert not area.holds(position("35.95", "139.3"))


def test_a_new_report_has_its_key(kind):
    assert services.send(NewReport(kind=kind, request_key="k", body="穴", position=PLACE)).request_key == "k"
