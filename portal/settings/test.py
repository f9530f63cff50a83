"""The test run: fixed keys, cheap password hashing, files in a temporary folder."""

import os
import tempfile
from pathlib import Path

# an installation's own secrets are none of the tests' business
os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("SECRET_KEY", "test-only-" + "x" * 50)
os.environ.setdefault("AUDIT_KEY", "test-audit-key")
os.environ.setdefault("OUTBOX_KEY", "test-outbox-key")
os.environ.setdefault("LINK_KEY", "test-link-key")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="frontyard-test-"))

from portal.settings.base import *
from portal.settings.base import DATABASES, Q_CLUSTER, STORAGES, VAR_DIR

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
_database = DATABASES["default"]
_suffix = os.environ.get("TEST_DB_SUFFIX", "")
if "sqlite" in _database["ENGINE"]:
    # a file, as in real life: threads and the shared cache behave differently in memory
    _database["TEST"] = {"NAME": str(VAR_DIR / f"test{_suffix}.sqlite3")}
else:
    # a database that script/test has migrated already: copying it takes a second, migrating most of a minute
    _database["TEST"] = {
        "NAME": f"test_frontyard{_suffix}",
        "TEMPLATE": os.environ.get("TEST_TEMPLATE", "template0"),
    }
VENDOR_DIR = Path(os.environ.get("VENDOR_DIR", Path(__file__).resolve().parents[2] / "var" / "vendor"))
# WhiteNoise warns of a folder that is not there, and warnings are errors
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", VENDOR_DIR)]
Q_CLUSTER["sync"] = False
