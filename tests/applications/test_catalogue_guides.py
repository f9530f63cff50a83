"""Guides in the package of another city: handed out by administrators, looked at, stored as versions nobody sees."""

import zipfile
from io import BytesIO

import pytest
from django.urls import reverse

from applications.models import GuideVersion, LifeEvent, Procedure
from tests.applications import guidekit
from tests.applications.packagekit import everything, package, said, take, uploaded

EXPORT = "applications:procedure_export"


@pytest.fixture(autouse=True)
def _city(municipality, departments):
    return municipality


@pytest.fixture
def admin(administrator, login):
    return login(administrator)


def with_guide(made=None, **more):
    """A package with a guide and its life event."""
    events = "- {key: move, name: 転入}\n- {key: home, name: 住まい}\n"
    guide = guidekit.as_yaml({"change_note": "隣の市から", **(made or guidekit.document())})
    return package({"life_events.yaml": events, "guides/move.yaml": guide, **more})


def all_rows():
    return [*everything(), list(GuideVersion.objects.order_by("pk").values())]


def guides(page):
    return [(one.entry.key, one.is_new) for one in page.context["outlook"].guides]


def test_a_package_has_the_chosen_guides_and_reads_back_as_nothing_new(admin):
    version = guidekit.make_guide()
    page = admin.get(reverse(EXPORT))
    assert [event.key for event in page.context["guides"]] == ["move"]
    answer = admin.post(reverse(EXPORT), {"guide": "move"})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["guides/move.yaml", "life_events.yaml"]
    looked = admin.get(uploaded(admin, answer.content))
    assert (guides(looked), looked.context["outlook"].problems) == ([("move", False)], ())
    assert version.life_event.guides.count() == 1


def test_who_keeps_no_guides_hands_none_out(login, handler):
    guidekit.make_guide()
    client = login(handler)
    assert client.get(reverse(EXPORT)).context["guides"] == []
    assert said(client.post(reverse(EXPORT), {"guide": "move"})) == ["書き出す手続を一つ以上選んでください。"]


def test_a_guide_is_looked_at_and_stored_but_not_shown_to_the_public(admin, administrator):
    guidekit.make_procedure()
    address = uploaded(admin, with_guide())
    before = all_rows()
    looked = admin.get(address)
    assert (guides(looked), looked.context["outlook"].problems) == ([("move", True)], ())
    assert looked.context["outlook"].guides[0].change.lines
    assert all_rows() == before
    seen = looked.context["outlook"].seen
    for _press in range(2):
        done = admin.post(address, {"guide": "move", "seen": seen}, follow=True)
    assert "何も変更していません" in said(done)[0]
    event = LifeEvent.objects.get()
    version = event.guides.get()
    assert (version.created_by, version.change_note, version.number) == (administrator, "隣の市から", 1)
    assert (event.current_guide, event.is_guide_public) == (None, False)


def test_a_version_that_came_meanwhile_is_shown_first(admin):
    guidekit.make_guide()
    address = uploaded(admin, with_guide(guidekit.document(title="よその市の題名")))
    seen = admin.get(address).context["outlook"].seen
    guidekit.make_guide(guidekit.document(intro="別の説明"), event=LifeEvent.objects.get())
    admin.post(address, {"guide": "move", "seen": seen})
    assert GuideVersion.objects.count() == 2


def test_what_a_guide_names_must_be_here_or_come_with_it(admin):
    looked = admin.get(uploaded(admin, with_guide()))
    assert guides(looked) == []
    assert [problem.file for problem in looked.context["outlook"].problems] == ["move.yaml"]
    # its procedure in the same file is looked for there; chosen without it, nothing is stored
    procedure = "\n".join(
        [
            "key: allowance",
            "name: 児童手当の請求",
            "kana: じどうてあてのせいきゅう",
            "summary: 手当を請求します。",
            "mode: guide_only",
            "department: kosodate",
            "description: 窓口で請求してください。",
        ]
    )
    address = uploaded(admin, with_guide(**{"procedures/allowance.yaml": procedure}))
    page = admin.get(address)
    assert (guides(page), page.context["outlook"].problems) == ([("move", True)], ())
    refused = take(admin, address, guide="move")
    assert "allowance" in said(refused)[0]
    assert not LifeEvent.objects.filter(key="move").exists()
    assert said(take(admin, address, "allowance", guide="move")) == ["手続とガイドを合わせて2件取り込みました。"]
    assert (Procedure.objects.count(), GuideVersion.objects.count()) == (1, 1)


def test_departments_of_a_guide_are_chosen_like_those_of_procedures(admin):
    guidekit.make_procedure()
    made = guidekit.with_result(0, office={"department": "elsewhere"})
    address = uploaded(admin, with_guide(made))
    looked = admin.get(address).context["outlook"]
    assert (looked.unknown_departments, looked.guides, looked.problems) == (("elsewhere",), (), ())
    address += "?department.elsewhere=kaigo"
    take(admin, address, guide="move")
    stored = GuideVersion.objects.get().definition
    assert stored["results"][0]["office"] == {"department": "kaigo"}


@pytest.mark.parametrize("text", ["key: [", "- 一覧\n", "schema: 1\ntitle: だけ\n"])
def test_a_guide_that_cannot_be_read_is_named_and_keeps_nothing_else_back(admin, text):
    guidekit.make_procedure()
    address = uploaded(admin, with_guide(**{"guides/home.yaml": text}))
    looked = admin.get(address)
    assert {problem.file for problem in looked.context["outlook"].problems} == {"home.yaml"}
    assert guides(looked) == [("move", True)]
