"""Notices of moving in, imported from the national portal's file."""

from django.urls import URLPattern, URLResolver, path

from counter.views import move_ins
from counter.views import move_ins_waiting as waiting

_ONE = "staff/move-ins/<str:public_id>/"

move_in_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/move-ins/", move_ins.move_in_list, name="move_ins"),
    path(_ONE, move_ins.move_in_import, name="move_in_import"),
    path(f"{_ONE}apply/", move_ins.move_in_apply, name="move_in_apply"),
    path(f"{_ONE}discard/", move_ins.move_in_discard, name="move_in_discard"),
    path(f"{_ONE}rows/<int:number>/retry/", move_ins.move_in_retry, name="move_in_retry"),
    path(f"{_ONE}sheet/", move_ins.move_in_sheet, name="move_in_sheet"),
    path(f"{_ONE}next/", waiting.move_in_next, name="move_in_next"),
]
