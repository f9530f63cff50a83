"""Versions of guides, what is public, what is kept under a code, and the guides of a catalogue."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from applications import tasks
from applications.definition import DefinitionError
from applications.enums import ProcedureMode, ProcedureState
from applications.guide import codes, guide_of
from applications.models import GuideVersion, LifeEvent, Procedure, SharedGuide
from applications.queries.guide import assess_for, papers_of
from applications.services import guide_shares, guides
from applications.services.catalogue import CatalogueError, ChangeKind, load_catalogue
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, ClosedDay, Department
from tests.applications import guidekit
from tests.applications.catalogue_files import CatalogueFolder, make_ground

NOON = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
ANSWERS = {"moved_on": "2026-11-20", "child": "yes", "school": "no", "owned": ["dog", "car"]}


@pytest.fixture
def version(municipality, departments):
    return guidekit.make_guide()


def advice(version, answers=ANSWERS, now=NOON):
    return {one.key: one for one in assess_for(guide_of(version), answers, now=now)}


# --- what the city can do -------------------------------------------------------------------------


def test_result_stands_with_the_place_hours_and_papers_of_the_city(version):
    Department.objects.filter(code="shimin").update(place="本庁舎1階 1番窓口", phone="042-000-0001")
    notice = advice(version)["notice"]
    assert (notice.office.name, notice.office.place, notice.office.phone, notice.office.hours) == (
        "市民課",
        "本庁舎1階 1番窓口",
        "042-000-0001",
        "平日 8時30分〜17時15分",
    )
    assert papers_of(advice(version).values()) == {
        "本人確認書類": ["転入届", "児童手当"],
        "転出証明書": ["転入届"],
        "口座が分かるもの": ["児童手当"],
    }


@pytest.mark.parametrize("state", [ProcedureState.DRAFT, ProcedureState.CLOSED])
def test_result_of_an_unpublished_procedure_stays_with_the_counter_and_no_link(version, state):
    Procedure.objects.filter(key="allowance").update(state=state)
    allowance = advice(version)["allowance"]
    assert (allowance.procedure, allowance.page_url, allowance.can_start) == (None, "", False)
    assert allowance.office.name == "子育て支援課"


def test_internal_procedure_is_none_for_the_public(version):
    Procedure.objects.filter(key="allowance").update(applicant_kinds=["staff"])
    assert advice(version)["allowance"].page_url == ""


def test_procedure_at_the_desk_has_a_page_and_nothing_to_start(version):
    allowance = advice(version)["allowance"]
    assert (allowance.page_url, allowance.can_start) == ("/procedures/allowance/", False)


def test_procedure_that_moved_to_another_department_is_found_there(version, departments):
    Procedure.objects.filter(key="allowance").update(department=departments["kaigo"])
    assert advice(version)["allowance"].office.name == "介護保険課"


def test_other_places_of_the_procedure_are_added_once_and_only_with_safe_links(version):
    places = [
        {"name": "郵便局", "url": "javascript:alert(1)", "fee": "300円", "note": ""},
        {"name": "コンビニ交付", "url": "https://example.jp/", "fee": "200円"},
        {"name": "コンビニ交付", "url": "https://example.jp/", "fee": "200円"},
    ]
    Procedure.objects.filter(key="allowance").update(other_places=places, fee="無料")
    allowance = advice(version)["allowance"]
    assert [(one.name, one.url) for one in allowance.elsewhere] == [
        ("郵便局", ""),
        ("コンビニ交付", "https://example.jp/"),
    ]
    assert allowance.fee == "無料"


def test_closed_day_of_the_city_moves_the_last_day(version):
    assert advice(version)["notice"].task.due_on == dt.date(2026, 12, 4)
    ClosedDay.objects.create(date=dt.date(2026, 12, 4), name="停電")
    assert advice(version)["notice"].task.due_on == dt.date(2026, 12, 7)


def test_statements_do_not_grow_with_results_and_procedures(version, departments, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(advice(version)) == 4
    rows = [
        Procedure(
            key=f"p{number}",
            name=f"手続{number}",
            summary="s",
            state=ProcedureState.PUBLISHED,
            mode=ProcedureMode.GUIDE_ONLY,
            department=departments["kaigo"],
        )
        for number in range(60)
    ]
    Procedure.objects.bulk_create(rows)
    made = guidekit.document()
    made["results"] = [{**made["results"][0], "key": f"r{number}", "procedure": f"p{number}"} for number in range(60)]
    second, _is_new = guides.add_version(life_event=version.life_event, document=made)
    with django_assert_num_queries(4):
        assert sum(one.procedure is not None for one in advice(second).values()) == 60


# --- versions -------------------------------------------------------------------------------------


def test_version_is_stored_once_and_frozen(version, administrator):
    assert (version.number, len(version.sha256)) == (1, 64)
    again, is_new = guides.add_version(life_event=version.life_event, document=guidekit.document(), by=administrator)
    assert (again.pk, is_new) == (version.pk, False)
    with pytest.raises(DatabaseError), transaction.atomic():
        GuideVersion.objects.filter(pk=version.pk).update(change_note="別")


def test_new_version_is_not_public_before_it_is_published(version, administrator):
    made = guidekit.document(title="新しい題名")
    second, is_new = guides.add_version(
        life_event=version.life_event, document=made, change_note="題名", by=administrator
    )
    event = LifeEvent.objects.get(key="move")
    assert (second.number, is_new, event.current_guide_id) == (2, True, version.pk)
    guides.publish_version(version=second, expected=version.pk, by=administrator)
    event.refresh_from_db()
    assert (event.current_guide_id, event.is_guide_public) == (second.pk, True)
    events = AuditEvent.objects.filter(target_type="applications.guideversion").order_by("id")
    assert [(one.action, one.detail) for one in events][-2:] == [("create", "第2版を登録"), ("state", "第2版を公開")]


def test_two_who_publish_at_once_are_told_apart(version, administrator):
    second, _new = guides.add_version(life_event=version.life_event, document=guidekit.document(title="二"))
    third, _new = guides.add_version(life_event=version.life_event, document=guidekit.document(title="三"))
    guides.publish_version(version=second, expected=version.pk, by=administrator)
    with pytest.raises(StaleState):
        guides.publish_version(version=third, expected=version.pk, by=administrator)


def test_version_with_unknown_names_is_refused_whole(departments):
    event = guidekit.make_event()
    with pytest.raises(DefinitionError) as caught:
        guides.add_version(life_event=event, document=guidekit.document())
    assert [one.where for one in caught.value.problems] == ["results.allowance"]
    assert GuideVersion.objects.count() == 0


def test_hidden_procedure_is_named_and_publishing_it_is_meant(version, administrator):
    Procedure.objects.filter(key="allowance").update(state=ProcedureState.DRAFT)
    second, _new = guides.add_version(life_event=version.life_event, document=guidekit.document(title="二"))
    with pytest.raises(guides.HiddenProcedures) as caught:
        guides.publish_version(version=second, expected=version.pk, by=administrator)
    assert "「児童手当の請求」" in str(caught.value)
    guides.publish_version(version=second, expected=version.pk, by=administrator, accepts_hidden=True)


def test_guide_is_hidden_and_shown_again(version, administrator):
    guides.set_public(life_event=version.life_event, is_public=False, by=administrator)
    assert not LifeEvent.objects.get(key="move").is_guide_public
    bare = guidekit.make_event("birth")
    with pytest.raises(guides.NoGuide):
        guides.set_public(life_event=bare, is_public=True, by=administrator)


# --- codes ----------------------------------------------------------------------------------------


def test_what_is_kept_opens_with_the_code_alone(version):
    code, expires_at = guide_shares.keep(version=version, values={"child": "yes"}, done=["notice"], now=NOON)
    row = SharedGuide.objects.get()
    assert expires_at == NOON + guide_shares.KEPT
    assert code not in (row.lookup + row.answers)
    assert "child" not in row.answers
    found = guide_shares.open_code(code, now=NOON)
    assert (found.values, found.done, found.version) == ({"child": "yes"}, ["notice"], version)
    with pytest.raises(guide_shares.NoSuchCode):
        guide_shares.open_code(codes.random_code(), now=NOON)


def test_code_is_over_after_its_time_and_swept_away(version):
    code, _end = guide_shares.keep(version=version, values={}, done=[], now=timezone.now() - guide_shares.KEPT)
    with pytest.raises(guide_shares.NoSuchCode):
        guide_shares.open_code(code)
    guide_shares.keep(version=version, values={}, done=[])
    tasks.sweep_guide_shares()
    tasks.sweep_guide_shares()
    assert SharedGuide.objects.count() == 1
    assert not guide_shares.update(code=code, version=version, values={}, done=[])


def test_row_of_another_code_does_not_decrypt(version, settings):
    code, _end = guide_shares.keep(version=version, values={"child": "yes"}, done=[])
    other, _end = guide_shares.keep(version=version, values={"child": "no"}, done=[])
    rows = {row.lookup: row for row in SharedGuide.objects.all()}
    stolen = rows[codes.lookup_of(other)].answers
    SharedGuide.objects.filter(lookup=codes.lookup_of(code)).update(answers=stolen)
    with pytest.raises(guide_shares.NoSuchCode):
        guide_shares.open_code(code)
    settings.OUTBOX_KEY = "another"
    with pytest.raises(guide_shares.NoSuchCode):
        guide_shares.open_code(other)


def test_deleting_is_for_good(version):
    code, _end = guide_shares.keep(version=version, values={}, done=[])
    assert guide_shares.delete(code)
    assert not guide_shares.delete(code)


# --- the catalogue --------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    folder = CatalogueFolder(tmp_path / "catalogue")
    folder.write()
    (folder.folder / "guides").mkdir()
    write_guide(folder)
    return folder


@pytest.fixture
def ground(db):
    return make_ground()


def write_guide(files, **changes):
    made = guidekit.document(**changes)
    made["results"] = [one for one in made["results"] if one["key"] != "allowance"]
    made["results"][0]["office"] = {"department": "kosodate"}
    text = guidekit.as_yaml({"change_note": changes.get("title", "初版"), **made})
    (files.folder / "guides" / "birth.yaml").write_text(text)


def load(files, **options):
    changes = load_catalogue(folder=files.folder, **options)
    return next(change for change in changes if change.name == guidekit_title(files))


def guidekit_title(files):
    text = (files.folder / "guides" / "birth.yaml").read_text()
    return next(line.removeprefix("title: ") for line in text.split("\n") if line.startswith("title: "))


def test_guide_of_the_catalogue_is_published_once(files, ground):
    change = load(files)
    assert (change.kind, change.lines[0]) == (ChangeKind.NEW, "＋ 項目 moved_on「引っ越した日」")
    event = LifeEvent.objects.get(key="birth")
    assert (event.current_guide.number, event.is_guide_public, event.current_guide.created_by) == (1, True, None)
    assert load(files).kind == ChangeKind.UNCHANGED
    assert GuideVersion.objects.count() == 1


def test_dry_run_tells_the_difference_and_leaves_nothing(files, ground):
    load(files)
    write_guide(files, title="新しい題名")
    change = load(files, dry_run=True)
    assert (change.kind, change.lines) == (ChangeKind.CHANGED, ["題名・説明文・できごとの日を変更"])
    assert GuideVersion.objects.count() == 1


def test_changed_file_becomes_a_version_and_a_hidden_guide_stays_hidden(files, ground, administrator):
    load(files)
    guides.set_public(life_event=LifeEvent.objects.get(key="birth"), is_public=False, by=administrator)
    write_guide(files, title="新しい題名")
    assert load(files).kind == ChangeKind.CHANGED
    event = LifeEvent.objects.get(key="birth")
    assert (event.current_guide.number, event.is_guide_public) == (2, False)


def test_guide_of_the_citys_own_stays_until_it_is_replaced_on_purpose(files, ground, administrator):
    load(files)
    event = LifeEvent.objects.get(key="birth")
    own = {**event.current_guide.definition, "title": "市の題名"}
    version, _new = guides.add_version(life_event=event, document=own, by=administrator)
    guides.publish_version(version=version, expected=event.current_guide_id, by=administrator)
    write_guide(files, title="新しい題名")
    change = load(files)
    assert (change.kind, change.own) == (ChangeKind.UNCHANGED, ["手続ガイド"])
    assert LifeEvent.objects.get(key="birth").current_guide_id == version.pk
    assert load(files, replaces_own=True).kind == ChangeKind.CHANGED
    assert LifeEvent.objects.get(key="birth").current_guide.definition["title"] == "新しい題名"


def test_older_version_that_the_city_chose_stays(files, ground, administrator):
    load(files)
    write_guide(files, title="新しい題名")
    load(files)
    event = LifeEvent.objects.get(key="birth")
    first = event.guides.get(number=1)
    guides.publish_version(version=first, expected=event.current_guide_id, by=administrator)
    assert load(files).kind == ChangeKind.UNCHANGED
    assert LifeEvent.objects.get(key="birth").current_guide_id == first.pk


def test_mistakes_of_guides_stop_the_whole_load_with_file_and_place(files, ground):
    path = files.folder / "guides" / "birth.yaml"
    path.write_text(path.read_text().replace("department: kosodate", "department: nowhere"))
    (files.folder / "guides" / "nothing.yaml").write_text(guidekit.as_yaml({"schema": 1}))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder=files.folder)
    found = {(one.file, one.path) for one in caught.value.problems}
    assert {("birth.yaml", "results.notice"), ("nothing.yaml", ""), ("nothing.yaml", "guide")} <= found
    assert (Procedure.objects.count(), GuideVersion.objects.count()) == (0, 0)


@pytest.mark.parametrize("text", ["- 1", "a: [", "", "x: !!python/object:os.system {}", "a: 1\na: 2", "\x00"])
def test_hostile_files_are_refused_by_name(files, ground, text):
    (files.folder / "guides" / "birth.yaml").write_text(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder=files.folder)
    assert {one.file for one in caught.value.problems} == {"birth.yaml"}


def test_departments_of_the_file_are_read_as_those_of_this_city(files, ground, db):
    path = files.folder / "guides" / "birth.yaml"
    path.write_text(path.read_text().replace("department: kosodate", "department: elsewhere"))
    load(files, departments={"elsewhere": "kosodate"})
    event = LifeEvent.objects.get(key="birth")
    assert event.current_guide.definition["results"][0]["office"] == {"department": "kosodate"}
