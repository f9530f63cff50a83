"""Pages of a prefill at home, all under /prefill/: the cookie with the token goes nowhere else."""

from django.urls import URLPattern, URLResolver, path

from counter.views.home import answering, checking, choosing, ending, linking, showing, starting

home_urlpatterns: list[URLPattern | URLResolver] = [
    path("prefill/", starting.home_start, name="home_start"),
    path("prefill/open/<str:sealed>/", linking.home_open, name="home_open"),
    path("prefill/new/", starting.home_new, name="home_new"),
    path("prefill/leave/", starting.home_leave, name="home_leave"),
    path("prefill/choose/", choosing.home_choose, name="home_choose"),
    path("prefill/remove/", choosing.home_remove, name="home_remove"),
    path("prefill/questions/<int:number>/", answering.home_page, name="home_page"),
    path("prefill/check/", checking.home_check, name="home_check"),
    path("prefill/keep/", checking.home_keep, name="home_keep"),
    path("prefill/code/", showing.home_code, name="home_code"),
    path("prefill/code.pdf", showing.home_sheet, name="home_sheet"),
    path("prefill/card.pdf", showing.home_card, name="home_card"),
    path("prefill/mail/", showing.home_mail, name="home_mail"),
    path("prefill/delete/", ending.home_delete, name="home_delete"),
]
