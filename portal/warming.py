"""What a web process reads before its first request: otherwise each thread reads it by itself, under the first people.

On two cores the first visits at a desk took seconds, the later ones half of one.
"""

import gc
import logging
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.template import TemplateSyntaxError, engines
from django.urls import reverse

from applications.definition import form_of
from applications.models import Procedure
from cityhall.fonts import FAMILIES, GlyphMissing, plan
from notices.typesetting.compiler import FontsMissing, read_fonts

log = logging.getLogger(__name__)


def warm() -> None:
    """Read addresses, templates, published forms and the fonts of printed forms. About a second and a half.

    What cannot be read (no database yet, no fonts on this machine) is left to the request that needs it.
    """
    reverse("portal:healthz")
    read_templates()
    read_forms()
    read_letter_fonts()
    # what is here stays: searching it for garbage cost a quarter of a second each time
    gc.collect()
    gc.freeze()


def read_templates() -> None:
    """Every page of the product, compiled. One that cannot be does not keep the others from being served."""
    folder = Path(settings.BASE_DIR) / "templates"
    for path in sorted(folder.rglob("*.html")):
        try:
            engines["django"].get_template(str(path.relative_to(folder)))
        except TemplateSyntaxError:
            log.exception("a template is broken: %s", path.name)


def read_forms() -> None:
    """The forms people fill in today. Leaves no connection behind."""
    try:
        for procedure in Procedure.objects.exclude(current_version=None).select_related("current_version"):
            form_of(procedure.current_version)  # type: ignore[arg-type]
    except Error:
        log.warning("forms are not read yet: the database does not answer")
    finally:
        connection.close()


def read_letter_fonts() -> None:
    """The fonts that forms and letters are set in."""
    try:
        for style in FAMILIES:
            plan("市", style=style)
        read_fonts()
    except (GlyphMissing, FontsMissing):
        log.warning("the fonts of letters are not installed")
