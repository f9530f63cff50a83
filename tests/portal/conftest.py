import pytest


@pytest.fixture(autouse=True)
def _city(request):
    """Every page shows the city; mails of the sign-in go to `mail.outbox`."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("municipality")
        request.getfixturevalue("settings").EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
