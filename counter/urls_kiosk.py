"""Pages of the tablet on which people fill in forms at the hall; its cookie goes nowhere else."""

from django.urls import URLPattern, URLResolver, path

from counter.views.kiosk import answering, choosing, ending

kiosk_urlpatterns: list[URLPattern | URLResolver] = [
    path("kiosk/entry/", choosing.entry_start, name="entry_start"),
    path("kiosk/entry/begin/", choosing.entry_begin, name="entry_begin"),
    path("kiosk/entry/wipe/", choosing.entry_wipe, name="entry_wipe"),
    path("kiosk/entry/choose/", choosing.entry_choose, name="entry_choose"),
    path("kiosk/entry/questions/<int:number>/", answering.entry_page, name="entry_page"),
    path("kiosk/entry/check/", answering.entry_check, name="entry_check"),
    path("kiosk/entry/finish/", ending.entry_finish, name="entry_finish"),
    path("kiosk/entry/done/", ending.entry_done, name="entry_done"),
    path("kiosk/entry/ticket/", ending.entry_ticket, name="entry_ticket"),
]
