"""Pages of those who handle cases, and of those who look after the portal."""

from django.urls import reverse

from applications.enums import ApplicationState, DecisionKind
from applications.models import Application, Disposal, InventoryItem, Procedure, RefusalReason
from applications.services import bulk, extracts
from applications.services.inventory import keep_file
from cityhall.enums import FileKind
from cityhall.models import StoredFile
from notices.models import LetterRun, Notice
from tests.applications import extractkit, inventorykit
from tests.e2e.pages.of_surveys import pages_of_surveys_asked

# departments of the handler and the approver who go through these pages
CARE = ("kosodate", "hoiku", "kaigo", "bosai")


def pages_of_handlers(_user):
    """For a handler and an approver of the same departments: the same addresses, other buttons."""
    yield reverse("portal:staff_home")
    yield reverse("applications:case_list")
    yield reverse("applications:case_list") + "?text=ありえないことば"
    yield reverse("applications:case_filters")
    yield reverse("applications:digest_setting")
    yield reverse("applications:intake_list")
    yield reverse("applications:intake_start", args=["short"]) + "?q=タ"
    yield reverse("applications:design_checklist", args=["short"])
    yield reverse("applications:design_words", args=["short"]) + "?lang=en"
    yield reverse("applications:design_words_import", args=["short"])
    for application in Application.objects.filter(channel="counter", filed_by__is_staff=True, number__isnull=False):
        yield reverse("applications:intake_done", args=[application.public_id])
    yield from pages_of_cases()
    yield reverse("applications:rating_list")
    yield from (reverse(f"applications:{name}") for name in ["fee_day", "closing_list", "fee_unpaid"])
    yield reverse("applications:disposal_list")
    yield from pages_of_inventory()
    yield from pages_of_surveys_asked()
    yield reverse("applications:staff_filing")
    yield reverse("applications:staff_filing_procedure", args=["internal"])
    yield from (reverse(f"notices:{name}") for name in ("staff_list", "letter_runs", "letter_returns", "failures"))
    for notice in Notice.objects.filter(department__code__in=["hoiku", "bosai"]):
        yield reverse("notices:staff_detail", args=[notice.public_id])
    for run in LetterRun.objects.all():
        yield reverse("notices:letter_run_detail", args=[run.public_id])
        yield reverse("notices:letter_run_sheets", args=[run.public_id])


def pages_of_cases():
    """One case of each procedure in each state: more of them look the same."""
    cases = Application.objects.filter(department__code__in=CARE).exclude(state=ApplicationState.DRAFT)
    for application in {(case.procedure_id, case.state): case for case in cases}.values():
        yield reverse("applications:case_detail", args=[application.public_id])
        yield reverse("applications:case_revision", args=[application.public_id, 1])
        if application.state == ApplicationState.IN_REVIEW:
            yield reverse("applications:case_return", args=[application.public_id])


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
        decision=DecisionKind.APPROVE,
        reason="",
        seen={case.public_id: 0},
        texts_seen=bulk.texts_mark([case], DecisionKind.APPROVE, ""),
        by=user,
        request_key="accessibility",
    )
    yield reverse("applications:bulk_detail", args=[made.public_id])


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


def pages_of_disposal(user):
    """The list of old cases that somebody has planned."""
    for disposal in Disposal.objects.filter(planned_by=user):
        yield reverse("applications:disposal_detail", args=[disposal.public_id])


def pages_of_inventory():
    """The inventory of the demo city, and a file of it on its way in."""
    yield from (reverse(f"applications:inventory_{name}") for name in ("list", "figures", "progress", "new", "import"))
    item = InventoryItem.objects.filter(department__code="kosodate", procedure__isnull=False).first()
    yield reverse("applications:inventory_item", args=[item.pk])


def page_of_inventory_file(user):
    """A file with a row of each kind: new, changed, the same, wrong."""
    item = InventoryItem.objects.filter(department__code="kosodate").first()
    rows = [["X1", "新しい手続", "kosodate"], [item.code, "名前の変更", "kosodate"], ["X2", "課の誤り", "nowhere"]]
    stored = keep_file(name="inventory.csv", data=inventorykit.table(*rows), by=user)
    return reverse("applications:inventory_check", args=[stored.public_id])


def pages_of_administrator(user):
    yield reverse("applications:names_import")
    yield from (
        reverse(name) for name in ("portal:status", "notices:failures", "notices:letter_settings", "admin:index")
    )
    yield from (reverse(f"admin:{name}_changelist") for name in ("cityhall_user", "applications_procedure"))
    yield reverse("applications:procedure_import")
    upload = StoredFile.objects.get(kind=FileKind.IMPORT)
    yield reverse("applications:import_check", args=[upload.public_id])
    yield page_of_inventory_file(user)
