"""Pages of the letters; included by `urls` under the app's own name."""

from django.urls import URLPattern, URLResolver, path

from notices.views import letters, letters_print, letters_returned, letters_settings

_LETTERS = "staff/letters/"
_RUN = f"{_LETTERS}<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_LETTERS, letters.letter_runs, name="letter_runs"),
    path(f"{_LETTERS}create/", letters.letter_run_create, name="letter_run_create"),
    path(f"{_LETTERS}returns/", letters_returned.letter_returns, name="letter_returns"),
    path(f"{_LETTERS}settings/", letters_settings.letter_settings, name="letter_settings"),
    path(f"{_LETTERS}settings/window.pdf", letters_settings.letter_window_sample, name="letter_window_sample"),
    path(_RUN, letters.letter_run_detail, name="letter_run_detail"),
    path(f"{_RUN}letters.pdf", letters.letter_run_file, name="letter_run_file"),
    path(f"{_RUN}sheets/", letters_print.letter_run_sheets, name="letter_run_sheets"),
    path(f"{_RUN}letters.zip", letters_print.letter_run_archive, name="letter_run_archive"),
    path(f"{_RUN}posted/", letters.letter_run_posted, name="letter_run_posted"),
    path(f"{_RUN}items/<str:notice_id>/", letters.letter_settle, name="letter_settle"),
]
