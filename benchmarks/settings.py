"""The demo on PostgreSQL, with the yardstick pages beside the product's own."""

from portal.settings.demo import *
from portal.settings.demo import LOGGING

ROOT_URLCONF = "benchmarks.urls"
LOGGING["root"]["level"] = "WARNING"
MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
