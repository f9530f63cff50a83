"""What can go wrong with the supply, in the words of who edits it."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class HoursOverlap(DomainError):
    """Two rules would offer the same time."""

    code = "hours_overlap"
    message = _(
        "同じ日の同じ時間に、別の受付時間があります。時間が重ならないようにするか、先にもう一方を終了してください。"
    )


class DayIsClosed(DomainError):
    """Hours on a day that is closed."""

    code = "day_is_closed"
    message = _("この日は休みになっています。先に休みを取り消してから、臨時の受付を追加してください。")


class WavesMissing(DomainError):
    """Release in waves without a wave."""

    code = "waves_missing"
    message = _("何回かに分けて開くときは、開く回を1つ以上入力してください。")
