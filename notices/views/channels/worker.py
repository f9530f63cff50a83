"""What a browser loads to take pushes: the service worker, which must lie at the root, and the manifest."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.access import public
from cityhall.queries.city import municipality


@public
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script from the root: a worker sees the addresses below its own, and pushes are for the whole site."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the site on its home screen; on iPhone only such a site gets pushes."""
    name = _("%(city)s オンライン窓口") % {"city": municipality().name}
    document = {
        "name": name,
        "short_name": municipality().name,
        "start_url": "/my/",
        "scope": "/",
        "display": "standalone",
        "lang": "ja",
        "theme_color": "#115a36",
        "background_color": "#ffffff",
        "icons": [{"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(document, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@lru_cache(maxsize=1)
def _script() -> str:
    path = settings.BASE_DIR / "static" / "js" / "service-worker.js"
    return str(path.read_text(encoding="utf-8"))
