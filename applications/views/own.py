"""What the views of residents and guests share: who asks, and that a stranger's application does not exist."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPMethod

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from applications.enums import TAKEN_DOWN, ApplicantKind
from applications.guest_links import PURPOSE
from applications.models import Application
from applications.models.application import EDITABLE_STATES
from applications.queries.mine import ended_drafts, fillable, reachable
from applications.queries.scope import visible_cases
from applications.queries.surveys import is_sent_answer
from applications.services.applicants import MandateEnded
from applications.services.drafts import NotEditable, TakenMeanwhile
from applications.services.surveys import AnsweredMeanwhile
from applications.views.staff import record_reading
from cityhall import guests
from cityhall.models import User


def person(request: HttpRequest) -> User | None:
    """The signed-in user; None is a guest, whom the view's access rule let in for what the browser has shown."""
    return request.user if request.user.is_authenticated else None


class DraftEnded(MandateEnded):
    """A draft of one's own for somebody one may not act for any more (`applications.middleware` shows its page)."""

    def __init__(self, draft: Application) -> None:
        super().__init__()
        self.draft = draft


class AnswerSent(AnsweredMeanwhile):
    """The answer of a department to an internal survey, sent meanwhile (`applications.middleware` leads to it)."""

    def __init__(self, answer: Application) -> None:
        super().__init__(answer.applicant_name)
        self.answer = answer


class TypedInSent(NotEditable):
    """What staff typed in for somebody was sent already (`applications.middleware` leads to its receipt)."""

    def __init__(self, public_id: str) -> None:
        super().__init__()
        self.public_id = public_id


def own_or_404(request: HttpRequest | Request, public_id: str) -> Application:
    """The person's own application with what its pages need; a guest's through the session, never by number.

    Raises DraftEnded, AnswerSent.
    """
    return _found_or_404(request, public_id, reachable)


def fillable_or_404(request: HttpRequest | Request, public_id: str) -> Application:
    """The same for pages that fill in: staff also open what they type in for somebody.

    What a colleague typed is read with an entry in the audit trail. Raises DraftEnded, AnswerSent, TypedInSent.
    """
    _lead_on_when_sent(request, public_id)
    application = _found_or_404(request, public_id, fillable)
    user = request.user
    is_colleagues = application.is_taken_down and application.filed_by_id != user.pk
    if is_colleagues and isinstance(user, User) and user.is_staff and request.method == HTTPMethod.GET:
        record_reading(application, user, detail="intake")
    return application


def _lead_on_when_sent(request: HttpRequest | Request, public_id: str) -> None:
    """Raises TypedInSent: the button was pressed twice, or a colleague was faster."""
    user = request.user
    if not (isinstance(user, User) and user.is_staff):
        return
    sent = visible_cases(user).filter(public_id=public_id, channel__in=TAKEN_DOWN).exclude(state__in=EDITABLE_STATES)
    if sent.exclude(applicant_kind=ApplicantKind.STAFF).exists():
        raise TypedInSent(public_id)


def _found_or_404(
    request: HttpRequest | Request,
    public_id: str,
    places: Callable[[User | AnonymousUser, Mapping[str, int]], Iterator[QuerySet[Application]]],
) -> Application:
    version = guests.held_version(request.session, PURPOSE, public_id)
    for rows in places(request.user, {} if version is None else {public_id: version}):
        found = rows.select_related("procedure", "department", "form_version").filter(public_id=public_id).first()
        if found is not None:
            return found
    ended = ended_draft(request, public_id)
    if ended is not None:
        raise DraftEnded(ended)
    answer = is_sent_answer(request.user, public_id)
    if answer is not None:
        raise AnswerSent(answer)
    raise Http404


def ended_draft(request: HttpRequest | Request, public_id: str) -> Application | None:
    """A draft of the person's own that they may delete and not read."""
    return ended_drafts(request.user).select_related("procedure").filter(public_id=public_id).first()


def is_closed_here(request: HttpRequest, public_id: str) -> bool:
    """Whether this browser ended its application already and can no longer open it: the button was pressed twice."""
    if not guests.was_forgotten(request.session, PURPOSE, public_id):
        return False
    try:
        own_or_404(request, public_id)
    except Http404:
        return True
    return False


def open_in_browser(request: HttpRequest, application: Application) -> None:
    """Let this browser open an application without an account: it was started here, or the secret was right."""
    guests.remember(request.session, PURPOSE, application.public_id, application.guest_secret_version)


def is_at_counter(request: HttpRequest, application: Application) -> bool:
    """Whether staff type this in for somebody: who applies has pages of their own."""
    return application.is_taken_down and request.user.is_authenticated and request.user.is_staff


def list_page(application: Application) -> str:
    """The URL name of the list where its applicant finds it again."""
    if application.is_survey_answer:
        return "applications:survey_list"
    return "applications:staff_filing" if application.is_staffs else "applications:my_applications"


def after_saving(request: HttpRequest, application: Application) -> HttpResponse:
    """Where 「保存して中断する」 leads: a guest first says where the link back to the work goes."""
    if application.is_practice:
        messages.info(request, _("体験の内容は、この端末でだけ、24時間に限って続きから入力できます。"))
        return redirect("applications:procedure_detail", key=application.procedure.key)
    if application.is_guests:
        path = reverse("applications:guest_contact", args=[application.public_id])
        return redirect(f"{path}?then=save")
    if is_at_counter(request, application):
        messages.success(request, _("入力内容を保存しました。続きは「申請の入力」から、同じ課の職員も入力できます。"))
        return redirect("applications:intake_list")
    if application.is_survey_answer:
        messages.success(request, _("入力内容を保存しました。同じ課の方も、「庁内照会」から続きを入力できます。"))
    elif application.is_staffs:
        messages.success(request, _("入力内容を保存しました。続きは「庁内の申請」からいつでも入力できます。"))
    else:
        messages.success(request, _("入力内容を保存しました。続きは「申請状況」からいつでも入力できます。"))
    return redirect(list_page(application))


def no_longer_editable(
    request: HttpRequest, application: Application, error: NotEditable | None = None
) -> HttpResponse:
    """To the page that shows how things stand now, with a sentence. Changes that were not sent are shown there."""
    if is_at_counter(request, application):
        return redirect("applications:intake_list" if not application.number else "applications:case_list")
    refusal = error or (TakenMeanwhile() if application.editing_since is not None else NotEditable())
    messages.info(request, str(refusal))
    return redirect("applications:application_detail", public_id=application.public_id)
