"""Addresses in the pages of a guide: those of residents, or of a version that staff try out."""

from typing import Any

from django import template

from applications.views.guide.walk import Walk

register = template.Library()


@register.simple_tag
def walk_url(walk: Walk, name: str, *parts: Any) -> str:
    """The address of a page of this walk: {% walk_url walk "page" 2 %}."""
    return walk.url(name, *parts)
