"""One machine, SQLite, a fictional city, mail into a folder. Never for real people's data."""

from typing import Any, cast

from portal.settings import env
from portal.settings.base import *
from portal.settings.base import LOGGING, STORAGES

DEMO = True
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
MAIL_TRANSPORT_BACKEND = env.text("MAIL_TRANSPORT_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
SMS_PROVIDER = env.text("SMS_PROVIDER", "notices.sms.ConsoleProvider")
# somebody watches; that a task was put into the queue is no news to them
_logging = cast("dict[str, Any]", LOGGING)
_logging["formatters"]["console"] = {"()": "cityhall.logs.console_formatter"}
_logging["handlers"]["console"]["formatter"] = "console"
_logging["loggers"]["django-q"] = {"level": "WARNING"}
# the fictional city lies in the west of Tokyo
MAP_CENTRE = env.position("MAP_CENTRE", "35.788,139.276")
# served from where they lie: no collectstatic before the first start
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
