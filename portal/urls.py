"""All pages. Each app brings full paths of its own; nothing is mounted twice."""

from django.contrib import admin
from django.urls import include, path

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler429 = "portal.views.errors.too_many_requests"
handler500 = "portal.views.errors.server_error"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("portal.api_urls")),
    path("", include("portal.page_urls")),
    path("", include("counter.urls")),
    path("", include("applications.urls")),
    path("", include("notices.urls")),
    path("", include("reservations.urls")),
    path("", include("residents.urls")),
]
