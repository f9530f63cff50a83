"""The demo on PostgreSQL, with the yardstick pages beside the product's own."""

from portal.settings import env
from portal.settings.demo import *
from portal.settings.demo import ALLOWED_HOSTS, BASE_DIR, LOGGING, TEMPLATES

# the test client, which counts queries and fills forms
ALLOWED_HOSTS += ["testserver"]
ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "benchmarks" / "templates"]
LOGGING["root"]["level"] = "WARNING"
# `benchmarks.outage` names the real one, with an address where nobody listens
MAIL_TRANSPORT_BACKEND = env.text("BENCH_MAIL_TRANSPORT", "django.core.mail.backends.dummy.EmailBackend")
# all clients sit behind one address
GUEST_HOLDS_PER_ADDRESS = 0
