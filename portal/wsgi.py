"""Entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

application = get_wsgi_application()
# before the first request: at the moment the reservations opened, each of eight threads did it by itself
from portal.warming import warm  # noqa: E402 - it needs the apps

warm()
