"""Pages of visitors, of guests and of residents."""

from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import Application, Procedure
from notices.models import Notice, NoticeCheck
from residents.models import BusinessMember
from tests.e2e import filing
from tests.e2e.conftest import in_worker
from tests.e2e.pages.visiting import NOTHING_KEPT, NOWHERE


def pages_of_visitors():
    notice = Notice.objects.filter(available_at__isnull=False).first()
    yield from ("/", NOWHERE)
    yield reverse("applications:procedure_list")
    yield reverse("applications:procedure_list") + "?q=子ども"
    yield reverse("applications:procedure_list") + "?q=ありえないことば"
    yield reverse("applications:procedure_list") + "?q=住民表&event=move-in"
    for procedure in Procedure.objects.for_public():
        yield reverse("applications:procedure_detail", args=[procedure.key])
    yield from (reverse(name) for name in ("account_login", "account_signup", "account_reset_password"))
    yield reverse("applications:guest_find")
    yield reverse("portal:guest_ended")
    yield reverse("notices:verify")
    yield reverse("portal:device", args=["2" * 22])
    yield reverse("notices:verify_number", args=[notice.number])
    yield reverse("notices:verify_number", args=["00000000000"])
    yield from (reverse("notices:verify_check", args=[check.public_id]) for check in NoticeCheck.objects.all())


def visit_as_guest(walk, page):
    """The short procedure without an account, and once more by way of trial."""
    start = reverse("applications:procedure_detail", args=["short"])
    page.goto(start)
    filing.press_through(page, "登録せずに申請する")
    public_id = page.url.split("/")[-4]
    first, contact = (
        reverse("applications:draft_page", args=[public_id, 1]),
        reverse("applications:guest_contact", args=[public_id]),
    )
    walk.visit(page, [first, contact])
    page.get_by_label("メールアドレス").fill("guest@example.jp")
    filing.press_through(page, "確認画面へ")
    names = ["guest_saved", "draft_check", "draft_delete"]
    walk.visit(page, [reverse(f"applications:{name}", args=[public_id]) for name in names])
    page.goto(start)
    filing.press_through(page, "体験する（送信されません）")
    trial = page.url.split("/")[-4]
    answers = {"name": "体験 花子", "wish": "午前"}
    in_worker(lambda: Application.objects.filter(public_id=trial).update(draft_answers=answers))
    names = ["draft_check", "practice_done"]
    walk.visit(page, [reverse(f"applications:{name}", args=[trial]) for name in names])


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
