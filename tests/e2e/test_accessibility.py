"""Every page of the product for every kind of visitor against axe; the keyboard; the weight of pages."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import expect

from applications.enums import ApplicationState, Channel, DecisionKind, IdentityShown, SurveyState
from applications.models import (
    Application,
    Disposal,
    InventoryItem,
    Procedure,
    RefusalReason,
    Report,
    Survey,
    SurveyAddressee,
)
from applications.services import bulk, extracts, surveys
from applications.services.exchange import keep_upload
from applications.services.inventory import keep_file
from applications.services.receptions import Person, Received, start_for
from applications.services.retention import plan_disposal
from applications.services.submission import submit
from cityhall.days import today
from cityhall.enums import FileKind, WorkState
from cityhall.models import Department, StoredFile, User
from notices.enums import CheckResult
from notices.models import DocumentJob, LetterRun, Notice, NoticeCheck
from notices.services import create_letter_run
from notices.services.letters import start_due_letters
from notices.tasks import build_letters
from portal.demo_city.cases import staff_of
from portal.demo_city.fees import KEPT_UNTIL
from residents.models import BusinessMember
from residents.services import create_mandate, invite_member, register_business
from tests.applications import extractkit, inventorykit, packagekit
from tests.applications import filing as short_form
from tests.e2e import filing, guides
from tests.e2e.conftest import TABLET, in_worker, violations
from tests.test_access_table import OURS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# addresses that answer with a file, a redirect or nothing, or take a POST only and lead back to a page
NO_PAGES = {
    "notices:staff_made_by_hand",
    "notices:staff_post_again",
    "portal:healthz",
    "portal:session_touch",
    "applications:application_start",
    "applications:application_submit",
    "applications:application_copy",
    "applications:attachment",
    "applications:attachment_thumbnail",
    "applications:short_address",
    "applications:procedure_poster",
    "applications:procedure_qr",
    *(
        f"applications:case_{step}"
        for step in [
            *["take", "assign", "decide", "approve", "send_back"],
            *["hold", "unhold", "complete", "reopen", "message"],
            *["check", "note", "file_add", "file_open", "copy", "assign_many", "filter_save"],
        ]
    ),
    # the letter before it is signed: shown in answer to a POST only
    "applications:case_preview",
    "applications:case_approve_preview",
    # the case with words of the library in its form, the preview of many decisions, an unsigned sample
    *(f"applications:{name}" for name in ["case_reason", "bulk_preview", "bulk_start", "delegate_end"]),
    "applications:letter_preview_pdf",
    *(f"applications:application_{step}" for step in ["edit", "edit_stop", "message", "rate"]),
    "applications:message_file",
    "applications:staff_filing_start",
    *(f"applications:survey_{name}" for name in ["begin", "act", "export", "files", "file"]),
    *(
        f"applications:{name}"
        for name in ["guest_start", "guest_open", "guest_renew", "guest_leave", "guest_take_over"]
    ),
    *(f"applications:{name}" for name in ["practice_start", "practice_end", "mandate_revoke"]),
    *(f"residents:{name}" for name in ["member_invite", "invitation_answer", "invitation_cancel"]),
    "applications:rating_export",
    *(f"applications:fee_{step}" for step in ["pay", "exempt", "reverse", "remind", "close", "export", "receipt"]),
    "applications:closing_print",
    *(f"applications:disposal_{step}" for step in ["plan", "export", "approve", "cancel"]),
    "applications:case_keep",
    *(f"applications:extract_{name}" for name in ["column_move", "cancel", "download", "characters"]),
    "applications:case_print",
    "applications:inventory_export",
    *(f"applications:design_{name}" for name in ["act", "state", "keep", "restore", "field_preview", "trial_clear"]),
    *(f"applications:guide_{name}" for name in ["pdf", "tick", "share", "unshare", "forget"]),
    *(f"applications:guide_try_{name}" for name in ["tick", "forget"]),
    *(f"applications:staff_guide_{name}" for name in ["publish", "public", "file"]),
    *(f"applications:report_{name}" for name in ["draft_photo", "photo", "thumbnail", "open", "leave"]),
    "applications:staff_report_export",
    *(
        f"applications:staff_report_{step}"
        for step in [
            *["take", "assign", "start", "answer", "done", "not_ours"],
            *["reopen", "merge", "unmerge", "move", "note", "publish"],
        ]
    ),
    "notices:notice_open",
    "notices:notice_confirm",
    "notices:notice_document",
    "notices:staff_document",
    "notices:staff_withdraw",
    "notices:staff_returned",
    "notices:failure_retry",
    "notices:letter_run_create",
    "notices:letter_run_file",
    "notices:letter_run_posted",
    "notices:letter_settle",
}
ALL_PAGES = {address.name for address in OURS if not address.is_json} - NO_PAGES
MOST_BYTES = 100_000
NOWHERE = "/no-such-page/"
NOTHING_KEPT = f"/session/kept/{'2' * 22}/"
# pages that say in words that there is nothing
WITHOUT_CONTENT = {NOWHERE: 404, NOTHING_KEPT: 410}


@pytest.fixture
def demo_city(city_key):
    """The demo's people with cases in every state, one letter run, and one piece of work that failed."""
    in_worker(load_people_and_failures)


def load_people_and_failures():
    call_command("load_demo", residents=40, verbosity=0)
    later = timezone.now() + dt.timedelta(days=10)
    start_due_letters(now=later)
    approver = User.objects.get(email="approver@city.example.jp")
    create_letter_run(department=Department.objects.get(code="bosai"), request_key="axe", by=approver)
    build_letters()
    for result in CheckResult:
        NoticeCheck.objects.create(sha256="0" * 64, result=result, state=WorkState.DONE, finished_at=timezone.now())
    old = Application.objects.select_related("department").get(keep_until=KEPT_UNTIL)
    plan_disposal(department=old.department, as_of=today(), by=staff_of(old)[0])
    administrator = User.objects.get(email="admin@city.example.jp")
    keep_upload(name="catalogue.zip", data=packagekit.another_city(), by=administrator)
    failed = DocumentJob.objects.order_by("id").first()
    DocumentJob.objects.filter(pk=failed.pk).update(
        state=WorkState.GIVEN_UP, last_error="SigningKeyMissing", attempts=8, finished_at=None
    )


def take_down_at_counter(clerk):
    """What staff typed in for somebody without a record."""
    draft = start_for(
        procedure=Procedure.objects.get(key="short"),
        person=Person(name="来訪 太郎"),
        received=Received(Channel.COUNTER, identity=IdentityShown.LICENCE),
        by=clerk,
        request_key="axe",
    )
    Application.objects.filter(pk=draft.pk).update(draft_answers={"name": "来訪 太郎", "wish": "午前"})
    submit(application=Application.objects.get(pk=draft.pk), by=clerk)


def load_filing_for_others():
    """A short procedure for everybody; for the first resident a business, an invitation and a mandate."""
    short_form.guest_procedure(key="short", name="短い手続", department=Department.objects.get(code="bosai"))
    short_form.make_procedure(
        key="internal", name="庁内の手続", department=Department.objects.get(code="bosai"), applicant_kinds=["staff"]
    )
    take_down_at_counter(User.objects.get(email="approver@city.example.jp"))
    user = User.objects.get(email="resident01@example.jp")
    other = User.objects.get(email="resident03@example.jp")
    firm = register_business(name="株式会社緑野商店", corporate_number="7000012050002", by=user)
    invite_member(business=firm, email="waiting@example.jp", by=user)
    theirs = register_business(name="合同会社緑野", by=other)
    invite_member(business=theirs, email=user.email, by=other)
    clerk = User.objects.get(email="clerk@city.example.jp")
    evidence = {"evidence": "委任状", "valid_from": dt.date(2026, 1, 1), "by": clerk}
    create_mandate(principal=user.resident, agent=other.resident, **evidence)
    create_mandate(principal=other.resident, agent=user.resident, procedure_keys=["short"], **evidence)


def visit_as_guest(page, found, seen):
    """The short procedure without an account, and once more by way of trial."""
    start = reverse("applications:procedure_detail", args=["short"])
    page.goto(start)
    filing.press(page, "登録せずに申請する")
    public_id = page.url.split("/")[-4]
    first, contact = (
        reverse("applications:draft_page", args=[public_id, 1]),
        reverse("applications:guest_contact", args=[public_id]),
    )
    visit(page, [first, contact], found, seen)
    page.get_by_label("メールアドレス").fill("guest@example.jp")
    filing.press(page, "確認画面へ")
    names = ["guest_saved", "draft_check", "draft_delete"]
    visit(page, [reverse(f"applications:{name}", args=[public_id]) for name in names], found, seen)
    page.goto(start)
    filing.press(page, "体験する（送信されません）")
    trial = page.url.split("/")[-4]
    answers = {"name": "体験 花子", "wish": "午前"}
    in_worker(lambda: Application.objects.filter(public_id=trial).update(draft_answers=answers))
    names = ["draft_check", "practice_done"]
    visit(page, [reverse(f"applications:{name}", args=[trial]) for name in names], found, seen)


def pages_of_visitors():
    notice = Notice.objects.filter(available_at__isnull=False).first()
    yield from ("/", NOWHERE)
    yield reverse("applications:procedure_list")
    yield reverse("applications:procedure_list") + "?q=子ども"
    yield reverse("applications:procedure_list") + "?q=ありえないことば"
    yield reverse("applications:procedure_list") + "?q=住民表&event=move-in"
    for procedure in Procedure.objects.all():
        yield reverse("applications:procedure_detail", args=[procedure.key])
    yield from (reverse(name) for name in ("account_login", "account_signup", "account_reset_password"))
    yield reverse("applications:guest_find")
    yield reverse("portal:guest_ended")
    yield reverse("notices:verify")
    yield reverse("portal:device", args=["2" * 22])
    yield reverse("notices:verify_number", args=[notice.number])
    yield reverse("notices:verify_number", args=["00000000000"])
    yield from (reverse("notices:verify_check", args=[check.public_id]) for check in NoticeCheck.objects.all())


def pages_of_resident(user):
    yield reverse("portal:my_page")
    yield NOTHING_KEPT
    yield reverse("residents:profile_edit")
    yield reverse("applications:my_applications")
    yield reverse("applications:mandate_list")
    yield from (reverse(f"residents:{name}") for name in ("business_list", "business_register"))
    for member in BusinessMember.objects.filter(user=user).select_related("business"):
        for name in ("business_detail", "business_edit"):
            yield reverse(f"residents:{name}", args=[member.business.public_id])
        yield reverse("residents:member_end", args=[member.public_id])
    yield from (reverse(f"notices:{name}") for name in ("my_notices", "consent"))
    yield from (reverse(name) for name in ("account_email", "account_change_password", "mfa_index", "account_logout"))
    for application in Application.objects.filter(resident__user=user):
        yield from pages_of_application(application)
    for notice in Notice.objects.filter(recipient__user=user, available_at__isnull=False):
        yield reverse("notices:notice_detail", args=[notice.public_id])


def pages_of_application(application):
    names = ["application_detail"]
    if application.state in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        form_pages = application.form_version.definition["pages"]
        for number in range(1, len(form_pages) + 1):
            page = reverse("applications:draft_page", args=[application.public_id, number])
            yield from (page, f"{page}?check=1")
        names = ["draft_check", *names]
    if application.state == ApplicationState.DRAFT:
        names = ["draft_check", "draft_delete"]
    if application.state == ApplicationState.SUBMITTED:
        names += ["application_done", "application_withdraw"]
    yield from (reverse(f"applications:{name}", args=[application.public_id]) for name in names)


def pages_of_staff():
    """For a handler and an approver of the same departments: the same addresses, other buttons."""
    yield reverse("portal:staff_home")
    yield reverse("applications:case_list")
    yield reverse("applications:case_list") + "?text=ありえないことば"
    yield reverse("applications:case_filters")
    yield reverse("applications:digest_setting")
    yield reverse("applications:intake_list")
    yield reverse("applications:intake_start", args=["short"]) + "?q=タ"
    yield reverse("applications:design_checklist", args=["short"])
    for application in Application.objects.filter(channel="counter", filed_by__is_staff=True, number__isnull=False):
        yield reverse("applications:intake_done", args=[application.public_id])
    for application in Application.objects.filter(department__code__in=["kosodate", "hoiku", "kaigo", "bosai"]):
        if application.state != ApplicationState.DRAFT:
            yield reverse("applications:case_detail", args=[application.public_id])
            yield reverse("applications:case_revision", args=[application.public_id, 1])
        if application.state == ApplicationState.IN_REVIEW:
            yield reverse("applications:case_return", args=[application.public_id])
    yield reverse("applications:rating_list")
    yield from (reverse(f"applications:{name}") for name in ["fee_day", "closing_list", "fee_unpaid"])
    yield reverse("applications:disposal_list")
    yield from (reverse("applications:disposal_detail", args=[one.public_id]) for one in Disposal.objects.all()[:1])
    yield from pages_of_inventory()
    yield from pages_of_surveys_asked()
    yield reverse("applications:staff_filing")
    yield reverse("applications:staff_filing_procedure", args=["internal"])
    yield from (reverse(f"notices:{name}") for name in ("staff_list", "letter_runs", "failures"))
    for notice in Notice.objects.filter(department__code__in=["hoiku", "bosai"]):
        yield reverse("notices:staff_detail", args=[notice.public_id])
    for run in LetterRun.objects.all():
        yield reverse("notices:letter_run_detail", args=[run.public_id])


def pages_of_surveys(asking):
    """For who asks: a survey in preparation, one that is open, one that is closed."""
    source = Survey.objects.filter(state=SurveyState.CLOSED).first()
    texts = surveys.Texts(title="来年度の調査", answer_by_on=today() + dt.timedelta(days=30))
    surveys.create_survey(texts=texts, department=source.department, by=asking, source=source)
    for survey in Survey.objects.all():
        names = ["survey", "survey_edit", "survey_addressees", "survey_copy", "survey_totals"]
        names += ["survey_open", "survey_delete"] if survey.state == SurveyState.DRAFT else []
        yield from (reverse(f"applications:{name}", args=[survey.public_id]) for name in names)
        answered = survey.addressees.filter(application__isnull=False).select_related("application").first()
        if answered is not None:
            yield reverse("applications:survey_read", args=[survey.public_id, answered.application.public_id])
        yield reverse("applications:design_overview", args=[survey.procedure.key])


def pages_of_surveys_asked():
    """For a member of a department that was asked: unanswered, begun, answered, and the totals."""
    yield from (reverse(f"applications:{name}") for name in ("survey_list", "survey_own_list", "survey_new"))
    for addressee in SurveyAddressee.objects.filter(department__code__in=["kosodate", "gakudo", "bosai"]):
        yield reverse("applications:survey_answer", args=[addressee.public_id])
        if addressee.survey.state == SurveyState.CLOSED:
            yield reverse("applications:survey_result", args=[addressee.public_id])


def pages_of_approver(user):
    """What an approver keeps: substitutes, words for refusals, texts of letters, a chain, a bulk decision."""
    names = ["approval_list", "delegate_list", "reason_list", "reason_new", "bulk_list", "letter_list"]
    yield from (reverse(f"applications:{name}") for name in names)
    procedure = Procedure.objects.get(key="jido-teate-nintei")
    reason = RefusalReason.objects.create(
        department=procedure.department, title="所得", text="所得が限度額を超えています。"
    )
    yield reverse("applications:reason_edit", args=[reason.public_id])
    key = procedure.approval_notice_type.key
    yield from (reverse(f"applications:letter_{name}", args=[key]) for name in ("text", "versions"))
    yield reverse("applications:design_chain", args=[procedure.key])
    case = Application.objects.filter(department=procedure.department, submitted_at__isnull=False).first()
    made = bulk.start(
        decision=DecisionKind.APPROVE, reason="", seen={case.public_id: 0}, by=user, request_key="accessibility"
    )
    yield reverse("applications:bulk_detail", args=[made.public_id])


def pages_of_inventory():
    """The inventory of the demo city, and a file of it on its way in."""
    yield from (reverse(f"applications:inventory_{name}") for name in ("list", "figures", "progress", "new", "import"))
    item = InventoryItem.objects.filter(department__code="kosodate", procedure__isnull=False).first()
    yield reverse("applications:inventory_item", args=[item.pk])


def pages_of_inventory_file(user):
    """A file with a row of each kind: new, changed, the same, wrong."""
    item = InventoryItem.objects.filter(department__code="kosodate").first()
    rows = [["X1", "新しい手続", "kosodate"], [item.code, "名前の変更", "kosodate"], ["X2", "課の誤り", "nowhere"]]
    stored = keep_file(name="inventory.csv", data=inventorykit.table(*rows), by=user)
    return reverse("applications:inventory_check", args=[stored.public_id])


def pages_of_extracts(user):
    """A profile of the handler's department, a file that waits, one that is there."""
    procedure = Procedure.objects.get(key="jido-teate-nintei")
    profile = extracts.create_profile(procedure=procedure, name="会計システム用", by=user)
    done = extractkit.run(profile, user)
    waiting = extractkit.order(profile, user)
    yield from (reverse(f"applications:extract_{name}") for name in ("list", "new"))
    for name in ("profile", "settings", "columns"):
        yield reverse(f"applications:extract_{name}", args=[profile.public_id])
    for extract in (done, waiting):
        yield reverse("applications:extract_file", args=[extract.public_id])


def pages_of_designer():
    """Forms of the demo as their builders see them; the largest has rows, conditions and a calculation."""
    yield from (reverse(f"applications:{name}") for name in ("design_list", "design_new", "procedure_export"))
    key = "jido-teate-nintei"
    form = Procedure.objects.get(key=key).current_version.definition
    names = ["overview", "copy", "settings", "section_add", "publish", "versions", "trial_check"]
    yield from (reverse(f"applications:design_{name}", args=[key]) for name in names)
    yield reverse("applications:design_version", args=[key, 1])
    for number, page in enumerate(form["pages"], start=1):
        yield reverse("applications:design_trial", args=[key, number])
        yield from (reverse(f"applications:{name}", args=[key, page["key"]]) for name in SECTION_PAGES)
        for field in page["fields"]:
            yield reverse("applications:design_field", args=[key, field["key"]])
            for kind in ("value",) if field["type"] == "calculated" else ("visible",):
                yield reverse("applications:design_logic", args=[key, field["key"], kind])
    group = next(field for page in form["pages"] for field in page["fields"] if field["type"] == "rows")
    inside = f"{group['key']}.{group['fields'][0]['key']}"
    yield reverse("applications:design_field", args=[key, inside])
    yield reverse("applications:design_logic", args=[key, inside, "required"])


SECTION_PAGES = ("design_section", "design_section_logic", "design_field_add")


def pages_of_administrator():
    yield from (reverse(name) for name in ("portal:status", "notices:failures", "admin:index"))
    yield from (reverse(f"admin:{name}_changelist") for name in ("cityhall_user", "applications_procedure"))
    yield reverse("applications:procedure_import")
    upload = StoredFile.objects.get(kind=FileKind.IMPORT)
    yield reverse("applications:import_check", args=[upload.public_id])


def visit_guide(page, found, seen, start, pages_of):
    """A guide from its beginning to the result, as a resident or in a trial of staff."""
    visit(page, [start], found, seen)
    passed = guides.walk_to_summary(page, start, today() - dt.timedelta(days=20))
    paths = [urlsplit(path).path for path in [*passed, page.url]]
    visit(page, [*paths, *pages_of], found, seen)


def pages_of_guides():
    yield from (reverse(f"applications:{name}") for name in ("guide_list", "guide_open"))
    yield reverse("applications:guide_result", args=["bereavement"])


def pages_of_staff_guides():
    yield reverse("applications:staff_guide_list")
    yield from (reverse(f"applications:{name}", args=["birth"]) for name in ("staff_guide", "staff_guide_upload"))
    yield reverse("applications:staff_guide_version", args=["birth", 1])
    yield reverse("applications:guide_try_result", args=["birth", 1])


def visit_reports(page, found, seen):
    """A report from its kind to its number."""
    visit(page, [reverse(f"applications:report_{name}") for name in ("list", "kinds", "find")], found, seen)
    form, check = (reverse(f"applications:report_{name}", args=["road"]) for name in ("new", "check"))
    visit(page, [form], found, seen)
    page.get_by_label("場所の説明").fill("市役所の前")
    page.get_by_label("状況").fill("穴があります。")
    filing.press(page, "次へ（内容の確認）")
    visit(page, [check], found, seen)
    filing.press(page, "この内容で送る")
    visit(page, [urlsplit(page.url).path], found, seen)


def pages_of_staff_reports():
    yield from (reverse(f"applications:staff_report_{name}") for name in ("list", "map"))
    yield reverse("applications:staff_report", args=[Report.objects.filter(photos__isnull=False).first().public_id])


def visit(page, paths, found, seen):
    """Open every page; gather what axe finds, what scrolls sideways and what is no page at all."""
    for path in paths:
        answer = page.goto(path)
        if answer.status != WITHOUT_CONTENT.get(path, 200):
            found.append(f"{path}: {answer.status}")
        found.extend(f"{path}: {violation}" for violation in violations(page))
        if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
            found.append(f"{path}: wider than the screen")
        if path != NOWHERE:
            seen.add(resolve(path.partition("?")[0]).view_name)


@pytest.mark.long
def test_every_page_is_free_of_violations(open_browser, demo_city):
    found, seen = [], set()
    in_worker(load_filing_for_others)
    visit(open_browser(), pages_of_visitors(), found, seen)
    visit_as_guest(open_browser(), found, seen)
    for email in ("resident01@example.jp", "resident03@example.jp"):
        user = User.objects.get(email=email)
        visit(open_browser(user), pages_of_resident(user), found, seen)
    for email in ("handler@city.example.jp", "approver@city.example.jp"):
        visit(open_browser(User.objects.get(email=email), size=TABLET), pages_of_staff(), found, seen)
    handler = User.objects.get(email="handler@city.example.jp")
    of_extracts = in_worker(lambda: list(pages_of_extracts(handler)))
    visit(open_browser(handler, size=TABLET), of_extracts, found, seen)
    asking = User.objects.get(email="handler3@city.example.jp")
    of_surveys = in_worker(lambda: list(pages_of_surveys(asking)))
    visit(open_browser(asking, size=TABLET), of_surveys, found, seen)
    approver = User.objects.get(email="approver@city.example.jp")
    kept = in_worker(lambda: pages_of_approver(approver))
    visit(open_browser(approver, size=TABLET), kept, found, seen)
    administrator = User.objects.get(email="admin@city.example.jp")
    visit(open_browser(administrator, size=TABLET), pages_of_administrator(), found, seen)
    [check] = in_worker(lambda: pages_of_inventory_file(administrator))
    visit(open_browser(administrator, size=TABLET), [check], found, seen)
    visit(open_browser(administrator, size=TABLET), pages_of_designer(), found, seen)
    guide = reverse("applications:guide_start", args=["bereavement"])
    visit_guide(open_browser(), found, seen, guide, pages_of_guides())
    trial = reverse("applications:guide_try_start", args=["birth", 1])
    visit_guide(open_browser(administrator, size=TABLET), found, seen, trial, pages_of_staff_guides())
    visit_reports(open_browser(), found, seen)
    worker = User.objects.get(email="handler2@city.example.jp")
    visit(open_browser(worker, size=TABLET), pages_of_staff_reports(), found, seen)
    assert not found, "\n".join(found)
    assert ALL_PAGES - seen == set()


def focused(page):
    """What has the focus, and whether one sees it: a ring around itself or around its card, on the screen."""
    return page.evaluate(
        """() => {
          const at = document.activeElement, box = at.getBoundingClientRect();
          const hasRing = (element) => {
            const style = getComputedStyle(element);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          };
          const card = at.closest("label, li") ?? at;
          return {
            tag: at.tagName,
            name: at.name || at.textContent.trim(),
            ring: hasRing(at) || hasRing(card),
            inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
          };
        }"""
    )


def tab_through(page, most=80):
    """Press Tab until the focus comes round; every stop."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = focused(page)
        if stop["tag"] == "BODY" or stop in stops[:1]:
            break
        stops.append(stop)
    return stops


def test_keyboard_alone_signs_in(open_browser, city, resident):
    page = open_browser()
    page.goto(reverse("account_login"))
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "本文へ進む"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    stops = tab_through(page)
    names = [stop["name"] for stop in stops]
    assert names.index("login") < names.index("password")
    assert [stop for stop in stops if not (stop["ring"] and stop["inside"])] == []


def test_keyboard_alone_fills_a_page_and_hears_what_is_wrong(open_browser, city, resident):
    page = open_browser(resident.user)
    page.goto(reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]))
    filing.press(page, "申請する")
    filing.go_on(page, "請求する方と配偶者")
    stops = tab_through(page)
    assert [stop for stop in stops if not (stop["ring"] and stop["inside"])] == []
    names = [stop["name"] for stop in stops]
    wanted = [
        "q-reason",
        "q-event_date.era",
        "q-pension",
        "q-occupation",
        "q-lived_elsewhere",
        "q-has_spouse",
        "action",
    ]
    assert [name for name in names if name in wanted][: len(wanted)] == wanted
    page.get_by_role("group", name="理由が生じた日").get_by_label("年", exact=True).press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(6)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page)["name"] == "q-reason"


def test_pages_weigh_at_most_100_kilobytes_before_pictures(open_browser, city, resident):
    page = open_browser(resident.user)
    weights = {}

    def weigh(response):
        if response.request.resource_type in {"document", "stylesheet", "script"} and response.ok:
            weights[response.url] = len(response.body())

    page.on("response", weigh)
    page.goto(reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]))
    filing.press(page, "申請する")
    form_page = page.url
    for path in ("/", reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]), form_page):
        weights.clear()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert len(weights) > 5
        assert sum(weights.values()) <= MOST_BYTES, (path, sum(weights.values()), weights)
