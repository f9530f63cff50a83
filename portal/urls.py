"""All pages. Each app brings full paths of its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("applications.urls")),
    path("", include("notices.urls")),
    path("", include("residents.urls")),
]
