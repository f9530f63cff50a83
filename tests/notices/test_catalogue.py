import pytest

from cityhall.models import StoredFile
from cityhall.services.files import read_bytes
from notices.models import NoticeType, NoticeTypeVersion
from notices.services.catalogue import TYPES_FOLDER, CatalogueError, load_types

pytestmark = pytest.mark.django_db

FILE = """
key: sample
name: 見本の通知
category: answers
department: kosodate
consent_required: true
consent_text_version: "2026-04"
hours_until_paper: 72
title: 見本
body: |
  ((applicant_name)) 様
"""


@pytest.fixture
def folder(tmp_path, departments):
    (tmp_path / "sample.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def rewrite(folder, old, new):
    file = folder / "sample.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_loading_adds_then_changes_nothing(folder):
    assert [(change.key, change.kind) for change in load_types(folder)] == [("sample", "added")]
    assert [(change.kind, change.fields) for change in load_types(folder)] == [("unchanged", ())]
    kind = NoticeType.objects.get()
    assert (kind.name, kind.department.code, kind.hours_until_paper) == ("見本の通知", "kosodate", 72)
    assert NoticeTypeVersion.objects.count() == 1


def enclose(folder, content, name="leaflet.pdf"):
    (folder / name).write_bytes(content)
    if "files:" not in (folder / "sample.yaml").read_text(encoding="utf-8"):
        rewrite(folder, "title: 見本", f"title: 見本\nfiles: [{name}]")


def names_of(version):
    return [(one.file.name, one.file.state) for one in version.files.order_by("position")]


def test_file_beside_goes_with_the_text_and_is_loaded_once(folder):
    enclose(folder, b"%PDF-1.7 one")
    load_types(folder)
    assert [(change.kind, change.fields) for change in load_types(folder)] == [("unchanged", ())]
    version = NoticeTypeVersion.objects.get()
    assert names_of(version) == [("leaflet.pdf", "clean")]
    assert StoredFile.objects.count() == 1
    # another text with the same file: stored once
    rewrite(folder, "様", "さま")
    load_types(folder)
    second = NoticeTypeVersion.objects.get(number=2)
    assert second.files.get().file == version.files.get().file


def test_other_content_of_a_file_is_a_new_version_and_the_old_keeps_its_own(folder):
    enclose(folder, b"%PDF-1.7 one")
    load_types(folder)
    enclose(folder, b"%PDF-1.7 two")
    (change,) = load_types(folder)
    assert (change.fields, change.version) == (("files",), 2)
    contents = [read_bytes(version.files.get().file) for version in NoticeTypeVersion.objects.order_by("number")]
    assert contents == [b"%PDF-1.7 one", b"%PDF-1.7 two"]
    rewrite(folder, "\nfiles: [leaflet.pdf]", "")
    assert load_types(folder)[0].fields == ("files",)
    assert not NoticeTypeVersion.objects.get(number=3).files.exists()


def test_files_that_staff_chose_stay(folder, approver):
    load_types(folder)
    kind = NoticeType.objects.get()
    NoticeTypeVersion.objects.create(notice_type=kind, number=2, title="見本", body="課の文面", created_by=approver)
    enclose(folder, b"%PDF-1.7 one")
    (change,) = load_types(folder)
    assert (change.version, change.keeps_text) == (None, True)
    assert not StoredFile.objects.exists()


def test_dry_run_tells_and_writes_nothing(folder):
    assert load_types(folder, dry_run=True)[0].kind == "added"
    assert not NoticeType.objects.exists()


def test_changed_text_is_a_new_version_and_a_changed_rule_is_not(folder):
    load_types(folder)
    rewrite(folder, "様", "さま")
    (change,) = load_types(folder)
    assert (change.kind, change.fields, change.version) == ("changed", ("body",), 2)
    rewrite(folder, "72", "120")
    (change,) = load_types(folder)
    assert (change.fields, change.version) == (("hours_until_paper",), None)
    assert [version.body for version in NoticeTypeVersion.objects.order_by("number")] == [
        "((applicant_name)) 様\n",
        "((applicant_name)) さま\n",
    ]


def test_a_text_that_staff_wrote_stays_and_is_told(folder, approver):
    load_types(folder)
    kind = NoticeType.objects.get()
    NoticeTypeVersion.objects.create(notice_type=kind, number=2, title="見本", body="課の文面", created_by=approver)
    rewrite(folder, "様", "さま")
    rewrite(folder, "72", "120")
    (change,) = load_types(folder)
    assert (change.fields, change.version, change.keeps_text) == (("hours_until_paper",), None, True)
    assert str(change).endswith("text of the city kept")
    assert kind.versions.order_by("-number").first().body == "課の文面"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("category: answers", "category: nonsense", "category"),
        ("kosodate", "nowhere", "there is no department nowhere"),
        ("title: 見本", "titel: 見本", "titel"),
        ("key: sample", "key: other", "differ"),
        ('consent_text_version: "2026-04"', 'consent_text_version: ""', "同意文の版"),
        ("title: 見本", "title: 見本\nparticulars: [{label: x}]", "particulars"),
        ("title: 見本", "title: [", "sample.yaml"),
        ("title: 見本", "title: 見本\nfiles: [nowhere.pdf]", "nowhere.pdf"),
        ("title: 見本", "title: 見本\nfiles: [../secret.pdf]", "secret.pdf"),
        ("title: 見本", "title: 見本\nfiles: [sample.yaml]", "no PDF"),
    ],
)
def test_wrong_file_is_refused_by_name_and_nothing_is_loaded(folder, old, new, words):
    (folder / "another.yaml").write_text(FILE.replace("sample", "another"), encoding="utf-8")
    rewrite(folder, old, new)
    with pytest.raises(CatalogueError) as refused:
        load_types(folder)
    assert "sample.yaml" in str(refused.value)
    assert words in str(refused.value)
    assert not NoticeType.objects.exists()


def test_our_own_catalogue_loads(db):
    import yaml

    from tests import factories

    files = sorted(TYPES_FOLDER.glob("*.yaml"))
    codes = {yaml.safe_load(file.read_text(encoding="utf-8")).get("department") for file in files} - {None, ""}
    for code in codes:
        factories.make_department(code)
    assert len(load_types(TYPES_FOLDER)) == len(files) >= 2
    assert all(change.kind == "unchanged" for change in load_types(TYPES_FOLDER))
