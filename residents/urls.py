"""Pages of this app."""

from django.urls import URLPattern, URLResolver, path

from residents.views import businesses, members, profile

app_name = "residents"

_BUSINESS = "my/businesses/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("my/profile/", profile.profile_edit, name="profile_edit"),
    path("my/businesses/", businesses.business_list, name="business_list"),
    path("my/businesses/new/", businesses.business_register, name="business_register"),
    path(_BUSINESS, businesses.business_detail, name="business_detail"),
    path(f"{_BUSINESS}edit/", businesses.business_edit, name="business_edit"),
    path(f"{_BUSINESS}invite/", members.member_invite, name="member_invite"),
    path("my/members/<str:public_id>/end/", members.member_end, name="member_end"),
    path("my/invitations/<str:public_id>/answer/", members.invitation_answer, name="invitation_answer"),
    path("my/invitations/<str:public_id>/cancel/", members.invitation_cancel, name="invitation_cancel"),
]
