"""Entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

application = get_wsgi_application()
# reads every address of the product before the first request: each thread did it by itself, half a second of the
# processor for each of eight, when a server started again at the moment the reservations opened
reverse("portal:healthz")
