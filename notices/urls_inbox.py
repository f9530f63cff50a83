"""Pages of a person's own notices."""

from django.urls import URLPattern, URLResolver, path

from notices.views import mine, mine_acts, mine_consent, mine_files

_MINE = "my/notices/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("my/notices/", mine.my_notices, name="my_notices"),
    path("my/notices/archive/", mine.my_archive, name="my_archive"),
    path(_MINE, mine.notice_detail, name="notice_detail"),
    path(f"{_MINE}open/", mine_acts.notice_open, name="notice_open"),
    path(f"{_MINE}confirm/", mine_acts.notice_confirm, name="notice_confirm"),
    path(f"{_MINE}code/", mine_acts.notice_code, name="notice_code"),
    path(f"{_MINE}archive/", mine_acts.notice_archive, name="notice_archive"),
    path(f"{_MINE}reply/", mine_acts.notice_reply, name="notice_reply"),
    path(f"{_MINE}document.pdf", mine_files.notice_document, name="notice_document"),
    path(f"{_MINE}files/<str:file_id>/", mine_files.notice_file, name="notice_file"),
    path("my/consent/", mine_consent.consent, name="consent"),
]
