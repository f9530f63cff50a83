"""That nothing is put to a case, or taken from it, while it is being disposed of."""

from django.utils.translation import gettext_lazy as _

from applications.models import Application
from cityhall.errors import StaleState


class CaseDisposed(StaleState):
    """The case was disposed of while somebody wrote."""

    code = "case_disposed"
    message = _("この申請は、保存期間が終わり廃棄されました。追加や変更はできません。")


def need_kept(application: Application) -> None:
    """Hold the row of a case that is still kept, until the caller's transaction ends. Raises CaseDisposed."""
    rows = Application.objects.select_for_update(no_key=True).filter(pk=application.pk, disposed_at=None)
    if not rows.values_list("pk", flat=True).first():
        raise CaseDisposed
