"""Everything that failed or of which nobody knows whether it arrived: staff try again, or say how it ended."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.models import User
from notices.failures import failures, retry_failure, settle_failure


@staff_only("notices.view_failures")
@require_safe
def failure_list(request: HttpRequest) -> HttpResponse:
    """Every alert, document, letter run and check that failed: age, reason, what may be done."""
    return render(request, "notices/failures.html", {"failures": failures(_staff(request))})


@staff_only("notices.retry_failures")
@require_POST
def failure_retry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Try one again now."""
    try:
        retry_failure(kind, pk, by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    except (KeyError, ObjectDoesNotExist):
        raise Http404 from None
    else:
        messages.success(request, _("もう一度実行します。しばらくしてから一覧を確認してください。"))
    return redirect("notices:failures")


@staff_only("notices.retry_failures")
@require_POST
def failure_settle(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take an uncertain one as arrived."""
    try:
        settle_failure(kind, pk, by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    except (KeyError, ObjectDoesNotExist):
        raise Http404 from None
    else:
        messages.success(request, _("届いていたものとして記録しました。"))
    return redirect("notices:failures")


def _staff(request: HttpRequest) -> User:
    # staff_only let nobody else through
    return request.user  # type: ignore[return-value]
