"""The last pages of a visit: the box to sign in, papers to tick, the numbers, the printer."""

import io
import shutil
import subprocess
from http import HTTPStatus

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.enums import ProcedureState
from applications.models import Application, Payment, Procedure, Rating
from applications.services import fees
from cityhall.days import today
from cityhall.enums import Role
from counter.enums import Origin, PrintKind, VisitState
from counter.models import PrintJob, Visit, VisitProcedure, VisitSignature
from counter.services import visits
from counter.services.printing import count_print
from counter.services.visits.leaving import wiped
from tests import factories
from tests.applications.casekit import make_procedure
from tests.counter import receivingkit
from tests.counter.deskkit import make_place

pytestmark = pytest.mark.django_db
PRINTS = ("visit_slips", "visit_guide_sheet", "visit_forms")


@pytest.fixture
def place(municipality, department):
    return make_place(department)


@pytest.fixture
def procedures(department):
    fees = [{"key": "copy", "label": "証明手数料", "amount": 300}]
    department.place, department.phone = "本庁舎2階 5番", "042-000-1111"
    department.save()
    return [
        receivingkit.make_procedure(department, name="転入届", fees=fees),
        receivingkit.make_procedure(department, name="児童手当"),
    ]


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def at(name, visit):
    return reverse(f"counter:{name}", args=[visit.public_id])


def post(desk, name, visit, **data):
    return desk.post(at(name, visit), {"revision": receivingkit.fresh(visit).revision} | data)


def pages_of(document):
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return len(pdf.pages)


def words(document):
    """What is written on the pages, without blanks."""
    command = ["pdftotext", "-raw", "-", "-"]
    return "".join(subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode().split())


def received(place, clerk, procedures, resident=None, **fields):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident, **fields)
    return visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(*procedures))


def test_box_to_sign_in_names_what_is_signed(desk, place, clerk, procedures):
    visit = receivingkit.reviewing(place, clerk, procedures)
    page = desk.get(at("visit_sign", visit)).content.decode()
    assert page.index("次の手続を申し込みます") < page.index('<ol class="visit-signed">')
    assert "data-visit-sign" in page
    assert "転入届" in page
    assert "児童手当" in page


def test_drawing_goes_on_to_the_papers(desk, place, clerk, procedures):
    visit = receivingkit.reviewing(place, clerk, procedures)
    response = post(desk, "visit_sign", visit, action="sign", drawing=receivingkit.drawing())
    assert response.headers["Location"] == at("visit_receive", visit)
    assert VisitSignature.objects.get().file is not None


@pytest.mark.parametrize("data", [{}, {"drawing": receivingkit.drawing(ink=False)}])
def test_empty_box_is_told_and_may_be_signed_again(desk, place, clerk, procedures, data):
    visit = receivingkit.reviewing(place, clerk, procedures)
    response = post(desk, "visit_sign", visit, action="sign", **data)
    assert (response.status_code, VisitSignature.objects.count()) == (HTTPStatus.OK, 0)
    assert "署名がありません。" in response.content.decode()


def test_paper_needs_no_drawing(desk, place, clerk, procedures):
    visit = receivingkit.reviewing(place, clerk, procedures)
    post(desk, "visit_sign", visit, action="paper")
    assert VisitSignature.objects.get().file is None


def test_slower_tablet_is_told(desk, place, clerk, handler, procedures):
    visit = receivingkit.reviewing(place, clerk, procedures)
    stale = visit.revision
    visits.take_over(visit, handler)
    response = desk.post(at("visit_sign", visit), {"revision": stale, "action": "paper"})
    assert (response.status_code, VisitSignature.objects.count()) == (HTTPStatus.CONFLICT, 0)


def test_papers_and_fees_stand_before_the_button(desk, place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures)
    page = desk.get(at("visit_receive", visit)).content.decode()
    assert f'value="{procedures[0].key}:proof"' in page
    assert page.count('name="paper"') == 1
    assert "<strong>300円</strong>" in page


def test_one_button_receives_everything(desk, place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    response = post(desk, "visit_receive", visit, paper=f"{procedures[0].key}:proof")
    assert response.headers["Location"] == at("visit_received", visit)
    page = desk.get(at("visit_received", visit)).content.decode()
    for number in Application.objects.values_list("number", flat=True):
        assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in page
    assert "本庁舎2階 5番" in page
    again = post(desk, "visit_receive", visit, paper=f"{procedures[0].key}:proof")
    assert (again.headers["Location"], Application.objects.count()) == (at("visit_received", visit), 2)


def test_fee_nobody_paid_leads_to_the_till_and_is_told_before_the_end(
    desk, place, clerk, handler, procedures, resident
):
    visit = received(place, clerk, procedures, resident)
    owing = Application.objects.get(procedure=procedures[0])
    till = reverse("applications:case_detail", args=[owing.public_id]) + "#case-fees"
    page = desk.get(at("visit_received", visit)).content.decode()
    assert (page.count("#case-fees"), till in page, "手数料300円が未納です。" in page) == (1, True, True)
    turned = desk.get(at("visit_received", visit), {"facing": "resident"}).content.decode()
    assert ("#case-fees" in turned, "300円が未納です" in turned) == (False, False)
    fees.exempt(payment=Payment.objects.get(), seen_amount=300, reason="市の条例による", by=handler)
    page = desk.get(at("visit_received", visit)).content.decode()
    assert ("#case-fees" in page, "が未納です" in page) == (False, False)


def test_visit_that_goes_on_by_hand_says_so_in_the_list_and_what_to_press_next(desk, place, clerk, procedures):
    visit = receivingkit.reviewing(place, clerk, procedures, business_day=today())
    pages = [at("visit_leave", visit), reverse("counter:visits")]
    signs = ("用紙を作りました。", "用紙</span>")
    before = [desk.get(page).content.decode() for page in pages]
    assert [sign in page for sign, page in zip(signs, before, strict=True)] == [False, False]
    assert "用紙をお渡ししたら、「残して中断する」を押してください。" in before[0]
    visits.to_paper(visit, clerk)
    after = [desk.get(page).content.decode() for page in pages]
    assert [sign in page for sign, page in zip(signs, after, strict=True)] == [True, True]


@pytest.mark.parametrize("is_known", [True, False])
def test_why_nobody_is_invited_is_said(desk, place, clerk, procedures, resident, is_known):
    visit = received(place, clerk, procedures, resident if is_known else None)
    page = desk.get(at("visit_received", visit)).content.decode()
    assert ("まだ利用者登録に招待できません" in page) is not is_known


def test_paper_that_was_not_seen_is_named_and_ticks_are_kept(desk, place, clerk, department, resident):
    one = receivingkit.make_procedure(department, name="転入届")
    two = receivingkit.make_procedure(department, name="児童手当", proof={"label": "通帳の写し"})
    visit = receivingkit.signed(place, clerk, [one, two], resident=resident)
    page = post(desk, "visit_receive", visit, paper=f"{one.key}:proof").content.decode()
    assert "<strong>児童手当</strong>：「通帳の写し」: 書類を確認して、印を付けてください。" in page
    assert f'value="{one.key}:proof" checked' in page
    assert not Application.objects.exists()
    paper = [f"{one.key}:proof"]
    post(desk, "visit_receive", visit, paper=paper, without=two.key, reason="通帳がないため、後日来庁")
    assert Application.objects.get().procedure == one
    assert "通帳がないため、後日来庁" in desk.get(at("visit_received", visit)).content.decode()


def test_leaving_out_without_a_reason_is_told_at_the_field(desk, place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    paper = [f"{procedures[0].key}:proof"]
    page = post(desk, "visit_receive", visit, paper=paper, without=procedures[1].key, reason=" ").content.decode()
    assert '<li><a href="#reason">手続を外す理由を入力してください。</a></li>' in page
    assert 'aria-describedby="reason-error"' in page
    assert f'name="without" value="{procedures[1].key}" checked' in page
    assert not Application.objects.exists()


def test_my_number_in_the_reason_of_what_is_left_out_is_refused(desk, place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    typed = {"paper": f"{procedures[0].key}:proof", "without": procedures[1].key, "reason": "番号 123456789000"}
    page = post(desk, "visit_receive", visit, **typed).content.decode()
    assert ("マイナンバー（個人番号）と思われる" in page, 'value="番号 123456789000"' in page) == (True, True)
    assert (Application.objects.count(), VisitProcedure.objects.exclude(drop_reason="").count()) == (0, 0)
    assert 'name="is_no_my_number"' in page
    post(desk, "visit_receive", visit, **typed, is_no_my_number="on")
    assert VisitProcedure.objects.get(application=None).drop_reason == "番号 123456789000"


def test_withdrawn_procedure_is_named(desk, place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    Procedure.objects.filter(pk=procedures[1].pk).update(state=ProcedureState.CLOSED)
    page = post(desk, "visit_receive", visit, paper=f"{procedures[0].key}:proof").content.decode()
    assert "<strong>児童手当</strong>：この手続は、現在受付期間外です。" in page
    assert (Visit.objects.get().state, VisitProcedure.objects.filter(application=None).count()) == ("signed", 2)


@pytest.mark.parametrize("name", ["visit_sign", "visit_receive"])
def test_what_comes_when_the_visit_stands_elsewhere_is_not_said_to_be_done(desk, place, clerk, procedures, name):
    visit = receivingkit.reviewing(place, clerk, procedures)
    visits.back_to_questions(visit, clerk)
    response = post(desk, name, visit, action="sign", drawing=receivingkit.drawing())
    assert response.status_code == HTTPStatus.CONFLICT
    text = response.content.decode()
    assert "いま送った内容は、反映していません" in text
    assert f'href="{at("visit", visit)}"' in text
    assert not VisitSignature.objects.exists()


def test_what_was_done_and_is_sent_once_more_leads_on(desk, place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures)
    again = post(desk, "visit_sign", visit, action="paper")
    assert (again.status_code, again.headers["Location"]) == (HTTPStatus.FOUND, at("visit_receive", visit))
    visit = visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(*procedures))
    visits.close(receivingkit.fresh(visit), clerk)
    again = post(desk, "visit_receive", visit)
    assert (again.status_code, again.headers["Location"]) == (HTTPStatus.FOUND, at("visit_closed", visit))


def test_strangers_find_no_visit(login, place, clerk, procedures):
    visit = received(place, clerk, procedures)
    client = login(factories.make_staff(role=Role.CLERK, department=factories.make_department()))
    for name in ("visit_sign", "visit_receive", "visit_received"):
        assert client.get(at(name, visit)).status_code == HTTPStatus.NOT_FOUND
    for name in ("visit_slips", "visit_guide_sheet", "visit_forms", "visit_rate", "visit_finish"):
        assert client.post(at(name, visit)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "kind", "pages"),
    [
        ("visit_slips", PrintKind.SLIPS, 2),
        ("visit_guide_sheet", PrintKind.GUIDE, 1),
        ("visit_forms", PrintKind.OTHERS, 2),
    ],
)
def test_printer_gives_out_and_counts(desk, place, clerk, procedures, resident, name, kind, pages):
    other = receivingkit.make_procedure(factories.make_department(), name="国民年金")
    Procedure.objects.filter(pk=other.pk).update(department=procedures[0].department)
    chosen = [procedures[0], other]
    visit = received(place, clerk, chosen, resident=resident)
    # it went to another department meanwhile
    Application.objects.filter(procedure=other).update(department=factories.make_department())
    response = post(desk, name, visit, which=kind)
    assert (response.headers["Content-Type"], pages_of(response.content)) == ("application/pdf", pages)
    again = post(desk, name, visit, which=kind)
    assert pages_of(again.content) == pages
    assert list(PrintJob.objects.values_list("kind", "times", "by")) == [(kind, 1, clerk.pk), (kind, 2, clerk.pk)]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_only_what_law_wants_in_writing_is_printed_unasked(desk, place, clerk, procedures, resident):
    visit = received(place, clerk, procedures, resident=resident)
    page = desk.get(at("visit_received", visit)).content.decode()
    assert ("書面が必要な様式" in page, "そのほかの様式 2件" in page) == (False, True)
    assert post(desk, "visit_forms", visit).status_code == HTTPStatus.NOT_FOUND
    Procedure.objects.filter(pk=procedures[0].pk).update(needs_paper_form=True)
    page = desk.get(at("visit_received", visit)).content.decode()
    assert ("書面が必要な様式 1件" in page, "そのほかの様式 1件" in page) == (True, True)
    needed = words(post(desk, "visit_forms", visit).content)
    assert ("転入届" in needed, "児童手当" in needed) == (True, False)
    # what is asked for besides is no second print of it
    others = words(post(desk, "visit_forms", visit, which="others").content)
    assert ("転入届" in others, "児童手当" in others, "再発行" in others) == (False, True, False)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_papers_say_what_was_received_and_that_they_are_printed_again(desk, place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    reasons = ("お子さんが生まれた", "世帯主が変わった")
    for one, reason in zip(visit.procedures.order_by("position"), reasons, strict=True):
        VisitProcedure.objects.filter(pk=one.pk).update(reason=reason)
        Procedure.objects.filter(pk=one.procedure_id).update(required_papers=[f"書類{one.position}"])
    without = {procedures[1].key: "通帳がないため、後日来庁"}
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(*procedures), without=without)
    number = Application.objects.get().number
    Procedure.objects.filter(pk=procedures[0].pk).update(needs_paper_form=True)
    written = {name: words(post(desk, name, visit).content) for name in PRINTS}
    for text in written.values():
        assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in text
        assert "再発行" not in text
    assert "本人確認書類の写し、署名" in written["visit_slips"]
    # what was received, and what is left: why, and with which papers
    told = ("通帳がないため、後日来庁", *reasons, "書類1", "書類2")
    assert [text for text in told if text not in written["visit_guide_sheet"]] == []
    assert "窓口で確認" in written["visit_forms"]
    for name in PRINTS:
        post(desk, name, visit)
        assert "再発行（2回目）" in words(post(desk, name, visit).content)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_guide_sheet_does_not_call_undone_what_staff_took_out(desk, place, clerk, procedures, resident):
    """A department found that it does not apply: that stands apart, with the reason. What was left out is to do."""
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    visits.receive(
        visit, by=clerk, papers_seen=receivingkit.papers(*procedures), without={procedures[1].key: "通帳がない"}
    )
    taken = make_procedure(
        factories.make_department(), key="kaigo-hensho", name="介護保険証の返却", required_papers=["保険証"]
    )
    VisitProcedure.objects.create(
        visit=visit,
        procedure=taken,
        form_version=taken.current_version,
        position=9,
        origin=Origin.GUIDE,
        reason="介護保険の対象だったため",
        dropped_at=visit.started_at,
        drop_reason="介護保険課：該当なし",
    )
    sheet = words(post(desk, "visit_guide_sheet", visit).content)
    to_do, apart = sheet.split("まだ終わっていない手続")[1].split("今回は行わないことにした手続")
    assert ("通帳がない" in to_do, "介護保険証の返却" in to_do) == (True, False)
    assert all(text in apart for text in ("介護保険証の返却", "介護保険課：該当なし"))
    # neither called for nor to be brought
    assert not any(text in sheet for text in ("介護保険の対象だったため", "お持ちいただくもの:保険証"))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_guide_sheet_names_what_other_desks_take_and_which_papers_were_seen(desk, place, clerk, procedures, resident):
    first = Procedure.objects.filter(pk=procedures[0].pk)
    first.update(required_papers=["本人確認書類（運転免許証など）", "資格喪失証明書"])
    visit = received(place, clerk, procedures, resident=resident)
    office = {"name": "市民課", "place": "1階1番", "phone": ""}
    notice = {"title": "出生届", "office": office, "due_on": "2026-11-24", "due": "", "papers": ["母子健康手帳"]}
    here = notice | {"title": "転入の手続", "procedure": procedures[0].key}
    Visit.objects.filter(pk=visit.pk).update(advised={"birth": [notice | {"procedure": ""}, here]})
    sheet = words(post(desk, "visit_guide_sheet", visit).content)
    told = sheet.split("ほかの窓口などで必要な手続")[1]
    assert all(text in told for text in ("出生届", "令和8年11月24日", "市民課（1階1番）", "母子健康手帳"))
    assert "転入の手続" not in sheet
    assert "窓口で確かめたもの:" in sheet.split("ほかの窓口などで")[0]
    assert "ときにお持ちください）:資格喪失証明書" in sheet
    # it goes with the rest of who came
    Visit.objects.filter(pk=visit.pk).update(**wiped(timezone.now()))
    assert Visit.objects.get(pk=visit.pk).advised == {}


def test_nothing_is_printed_before_it_is_received(desk, place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures)
    assert post(desk, "visit_slips", visit).status_code == HTTPStatus.NOT_FOUND
    assert not PrintJob.objects.exists()


def test_practice_prints_no_forms_and_shows_no_numbers(desk, place, clerk, procedures):
    visit = received(place, clerk, procedures, is_practice=True)
    assert "体験（番号なし）" in desk.get(at("visit_received", visit)).content.decode()
    assert post(desk, "visit_guide_sheet", visit).status_code == HTTPStatus.OK
    assert post(desk, "visit_forms", visit).status_code == HTTPStatus.NOT_FOUND


def test_resident_answers_one_question_once(desk, place, clerk, procedures, resident):
    visit = received(place, clerk, procedures, resident=resident)
    assert 'name="score"' in desk.get(at("visit_received", visit) + "?facing=resident").content.decode()
    assert 'name="score"' not in desk.get(at("visit_received", visit)).content.decode()
    response = post(desk, "visit_rate", visit, score="9")
    assert response.headers["Location"] == at("visit_received", visit) + "?facing=resident"
    post(desk, "visit_rate", visit, score="1")
    post(desk, "visit_rate", visit, score="11")
    assert sorted(Rating.objects.values_list("score", flat=True)) == [9, 9]
    assert 'name="score"' not in desk.get(response.headers["Location"]).content.decode()


def test_end_leads_to_the_next_visit(desk, place, clerk, procedures):
    visit = received(place, clerk, procedures)
    assert post(desk, "visit_finish", visit).headers["Location"] == reverse("counter:visits")
    assert Visit.objects.get().state == VisitState.CLOSED


def test_counted_prints_cannot_be_changed(place, clerk, procedures):
    count_print(received(place, clerk, procedures), PrintKind.SLIPS, by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrintJob.objects.update(times=2)
