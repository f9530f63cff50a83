"""Pages of this app."""

from django.urls import URLPattern, URLResolver, path

from residents import views

app_name = "residents"

urlpatterns: list[URLPattern | URLResolver] = [
    path("my/profile/", views.profile_edit, name="profile_edit"),
]
