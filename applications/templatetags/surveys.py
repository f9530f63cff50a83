"""What the pages of surveys look up."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def name_of(files: Mapping[str, str], public_id: str) -> str:
    """The name of a file by its public id."""
    return files.get(public_id, _("添付ファイル"))
