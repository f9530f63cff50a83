"""One machine, SQLite, a fictional city, mail into a folder. Never for real people's data."""

from portal.settings.base import *
from portal.settings.base import BASE_DIR, VAR_DIR, env

DEMO = True
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
MAIL_TRANSPORT_BACKEND = env.text("MAIL_TRANSPORT_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
