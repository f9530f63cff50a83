"""Renders a panel of another app with its own values on top of the page's."""

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from portal.panels import FilledPanel

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context: Context, panel: FilledPanel) -> SafeString:
    """The panel's template; the page's own variables stay visible, as in an include."""
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**panel.context):
        return engine.get_template(panel.template).render(context)
