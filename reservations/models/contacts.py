"""Who a booking is for: a resident of ours, or what a guest typed."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """Base of what a person without an account may also have. The folded keys find people at the desk."""

    resident = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("住民"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)s_set",
    )
    name = models.CharField(_("お名前"), max_length=80, blank=True)
    kana = models.CharField(_("フリガナ"), max_length=80, blank=True)
    search_kana = models.CharField(_("検索用のフリガナ"), max_length=80, blank=True, editable=False)
    email = models.EmailField(_("メールアドレス"), blank=True)
    # E.164, as everywhere
    phone = models.CharField(_("電話番号"), max_length=20, blank=True)
    language = models.CharField(_("言語"), max_length=10, default="ja")
    # the link of a mail is derived from it; raising it ends every earlier link
    secret_version = models.PositiveSmallIntegerField(_("リンクの版"), default=1, editable=False)
    # nobody is known any more from then on: `services.retention`
    wiped_at = models.DateTimeField(_("個人情報の消去日時"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def shown_name(self) -> str:
        """The name as lists and files show it, when it is gone as well."""
        return gettext("（消去済み）") if self.wiped_at else self.name
