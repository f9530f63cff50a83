"""A box to sign in."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.models import Attachment
from applications.widgets.base import PartsWidget, text_box


class SignatureWidget(PartsWidget):
    """The name is typed; static/js/signature.js puts a box to draw in before it, and the drawing counts."""

    template_name = "applications/widgets/signature.html"
    labels = {"typed": _("お名前（署名の代わりに入力できます）")}

    def __init__(self, *, attached: Sequence[Attachment]) -> None:
        super().__init__({"typed": text_box(autocomplete="name")})
        self.attached = attached

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"attached": self.attached, "path": name.partition("-")[2]}
        return context
