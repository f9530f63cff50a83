"""How people are told: their own page, city news, and what others tell us."""

from django.urls import URLPattern, URLResolver, path

from notices.views.channels import line, page, worker
from notices.views.hooks import line as line_hooks
from notices.views.hooks import mail as mail_hooks
from notices.views.topics import public, staff

_CHANNELS = "my/channels/"
_NEWS = "staff/topics/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_CHANNELS, page.my_channels, name="my_channels"),
    path(f"{_CHANNELS}choices/", page.choices_save, name="choices_save"),
    path(f"{_CHANNELS}push/", page.push_add, name="push_add"),
    path(f"{_CHANNELS}push/<str:public_id>/end/", page.push_end, name="push_end"),
    path(f"{_CHANNELS}line/", line.line_link, name="line_link"),
    path(f"{_CHANNELS}line/unlink/", page.line_unlink, name="line_unlink"),
    path(f"{_CHANNELS}sms/", page.number_start, name="number_start"),
    path(f"{_CHANNELS}sms/code/", page.number_prove, name="number_prove"),
    path(f"{_CHANNELS}sms/end/", page.number_end, name="number_end"),
    path(f"{_CHANNELS}address/lift/", page.address_lift, name="address_lift"),
    path("sw.js", worker.service_worker, name="service_worker"),
    path("site.webmanifest", worker.manifest, name="manifest"),
    path("topics/", public.topic_list, name="topic_list"),
    path("topics/push/", public.topic_push, name="topic_push"),
    path("topics/confirm/<str:public_id>/<str:secret>/", public.topic_confirm, name="topic_confirm"),
    path("topics/stop/<str:public_id>/<str:secret>/", public.topic_stop, name="topic_stop"),
    path("topics/news/<str:public_id>/", public.news_read, name="news_read"),
    path("staff/topics/", staff.news_list, name="news_list"),
    path("staff/topics/new/", staff.news_new, name="news_new"),
    path(_NEWS, staff.news_detail, name="news_detail"),
    path(f"{_NEWS}edit/", staff.news_edit, name="news_edit"),
    path(f"{_NEWS}send/", staff.news_send, name="news_send"),
    path("hooks/line/", line_hooks.line_hook, name="line_hook"),
    path("hooks/mail/", mail_hooks.mail_hook, name="mail_hook"),
]
