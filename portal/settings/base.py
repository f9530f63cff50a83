"""What all installations share. Every setting of ours is listed in docs/settings.md."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from portal.settings import env

BASE_DIR = Path(__file__).resolve().parents[2]
env.load_env_file(Path(env.text("ENV_FILE", str(BASE_DIR / ".env"))))

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # after ours in the search order: the templates of Django's own widgets
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "django_q",
    "portal",
    "counter",
    "applications",
    "reservations",
    "notices",
    "residents",
    "cityhall",
]

MIDDLEWARE = [
    "cityhall.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # before the session is opened, which it does not need
    "reservations.middleware.FreshAvailabilityMiddleware",
    "portal.middleware.SessionRulesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # after those that the error page needs, before any view or kept form
    "cityhall.middleware.NulMiddleware",
    "portal.middleware.KeptPostMiddleware",
    "portal.middleware.StaffSecondFactorMiddleware",
    "applications.middleware.DraftEndedMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database(url: str) -> dict[str, Any]:
    """One DATABASES entry from `sqlite:///path` or `postgres://user:password@host:port/name`.

    A PostgreSQL host may also be a socket folder, given as `?host=/folder`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path.startswith("//") else parts.path[1:],
            "OPTIONS": {
                # IMMEDIATE: a deferred read that becomes a write fails under load whatever the timeout
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    host = parts.hostname or ""
    if parts.query.startswith("host="):
        host = unquote(parts.query.removeprefix("host="))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'frontyard.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        # shared between processes, because rate limits live here
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cityhall_cache",
        # a full cache throws out live counters and kept POSTs: a task deletes the expired long before
        "OPTIONS": {"MAX_ENTRIES": 1_000_000, "CULL_FREQUENCY": 10},
    }
}
if env.text("REDIS_URL", ""):
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.text("REDIS_URL"),
    }

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "cityhall.User"
AUTHENTICATION_BACKENDS = [
    "cityhall.auth.SignInBackend",
    "cityhall.auth.StaffRoleBackend",
]
PASSWORD_HASHERS = ["cityhall.auth.CityArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:my_page"
ACCOUNT_ADAPTER = "portal.adapters.AccountAdapter"
# the internal username is random and nobody's business: allauth works with the e-mail address alone
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
# a code typed into the page that asked for it: no mail of ours carries a link that opens something
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
# one address a person; a new one replaces the old one once it is proven
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
# mobile carriers put many people behind one address: per-address limits are generous, per-person ones are not
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
MFA_ADAPTER = "portal.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# a passkey alone signs in, so it must ask for the finger or the PIN
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
MFA_TOTP_ISSUER = "フロントヤード"
RESIDENT_IDLE_SECONDS = 30 * 60
STAFF_IDLE_SECONDS = 60 * 60
# a session row is written at most once in this time: pages must not cost a write each
SESSION_TOUCH_SECONDS = 5 * 60
# what a POST carried after its session had ended, encrypted, until its owner is signed in again
KEPT_POST_SECONDS = 30 * 60
KEPT_POST_MAX_BYTES = 1_000_000
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
# a language is listed when all its texts are there: a page half in another language helps nobody
LANGUAGES = [("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

# --- files ------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", VAR_DIR / "vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_MAX_FILES = 20
# may be raised (phones make photos of 40 MB): images are made anew at most IMAGE_MAX_SIDE pixels long
UPLOAD_IMAGE_MAX_BYTES = env.integer("UPLOAD_IMAGE_MAX_BYTES", UPLOAD_MAX_BYTES)
IMAGE_MAX_PIXELS = 64_000_000
IMAGE_MAX_SIDE = 4000
# what a filing taken in by hand costs the city, for the estimates of the inventory
MINUTES_PER_FILING = env.integer("MINUTES_PER_FILING", 15)
YEN_PER_MINUTE = env.integer("YEN_PER_MINUTE", 52)
# how long a file of extracted cases can be downloaded
EXTRACT_HOURS = env.integer("EXTRACT_HOURS", 24)
FONT_DIRS = env.words("FONT_DIRS")
CLAMAV_SOCKET = env.text("CLAMAV_SOCKET", "")
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX", "")
# a link from a place to a map, followed by people only; empty for none
MAP_URL = env.text("MAP_URL", "https://maps.gsi.go.jp/#17/{latitude}/{longitude}/")
# tiles of the map in forms that ask for a place; empty for no map. Pages load pictures from that origin
MAP_TILE_URL, MAP_TILE_ORIGINS = env.tiles("MAP_TILE_URL")
MAP_SOURCE = env.text("MAP_SOURCE", "")
MAP_CENTRE = env.position("MAP_CENTRE", "35.681236,139.767125")
# where reports from the street are taken from, and how long after the end of one its reporter, photos and words stay
REPORT_AREA = env.area("REPORT_AREA")
REPORTER_KEPT_DAYS = env.integer("REPORTER_KEPT_DAYS", 90)
REPORT_PHOTOS_KEPT_DAYS = env.integer("REPORT_PHOTOS_KEPT_DAYS", 365)
REPORT_WORDS_KEPT_DAYS = env.integer("REPORT_WORDS_KEPT_DAYS", 1095)
# where cases received at the counter are dropped for core systems and RPA; empty: they are fetched over the API only
HANDOVER_DIR = env.text("HANDOVER_DIR", "")
# how long after the day of a visit it is known who came, and how many times one address of guests may hold at once
# what a tablet of the desk keeps while there is no network, in hours; less when nobody touches it
DESK_KEPT_HOURS = env.integer("DESK_KEPT_HOURS", 4)
VISITOR_KEPT_DAYS = env.integer("VISITOR_KEPT_DAYS", 90)
GUEST_HOLDS_PER_ADDRESS = env.integer("GUEST_HOLDS_PER_ADDRESS", 20)
# the program on counter PCs that reads a card (docs/cardbridge.md), as their browsers reach it; empty: no card is read
CARD_BRIDGE_URL = env.loopback("CARD_BRIDGE_URL")

# --- mail -------------------------------------------------------------------------------------
EMAIL_BACKEND = "notices.mail.OutboxBackend"
# what the worker sends the outbox with
MAIL_TRANSPORT_BACKEND = env.text("MAIL_TRANSPORT_BACKEND", "notices.transport.SmtpBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"
# where mails that cannot be delivered go back to, and how that mailbox is read
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", "")
BOUNCE_MAILDIR = env.text("BOUNCE_MAILDIR", "")
BOUNCE_IMAP_HOST = env.text("BOUNCE_IMAP_HOST", "")
BOUNCE_IMAP_PORT = env.integer("BOUNCE_IMAP_PORT", 993)
BOUNCE_IMAP_TLS = env.boolean("BOUNCE_IMAP_TLS", True)
BOUNCE_IMAP_USER = env.text("BOUNCE_IMAP_USER", "")
BOUNCE_IMAP_PASSWORD = env.text("BOUNCE_IMAP_PASSWORD", "")
BOUNCE_IMAP_FOLDER = env.text("BOUNCE_IMAP_FOLDER", "INBOX")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "noreply@city.example.jp")

# a provider with an interface over HTTP: its keys as anymail names them, and who may tell us of bounces
ANYMAIL = env.json_object("ANYMAIL")
MAIL_WEBHOOK_PROVIDER = env.text("MAIL_WEBHOOK_PROVIDER", "")

# --- push, LINE, text messages ----------------------------------------------------------------
# without the file nobody is offered web push; another key ends every subscription
VAPID_KEY_PATH = Path(env.text("VAPID_KEY_PATH", str(VAR_DIR / "push" / "vapid.pem")))
# whom a push service writes to when something is wrong (mailto: or https:); empty for the sender of our mails
VAPID_CONTACT = env.text("VAPID_CONTACT", "")
# the worker posts to addresses that browsers give: only to hosts of these services
PUSH_SERVICES = env.words(
    "PUSH_SERVICES",
    "fcm.googleapis.com,push.services.mozilla.com,web.push.apple.com,notify.windows.com",
)
LINE_CHANNEL_SECRET = env.text("LINE_CHANNEL_SECRET", "")
LINE_CHANNEL_TOKEN = env.text("LINE_CHANNEL_TOKEN", "")
# the city's account as people find it (@city)
LINE_BASIC_ID = env.text("LINE_BASIC_ID", "")
LINE_API_URL = env.text("LINE_API_URL", "https://api.line.me").rstrip("/")
LINE_API_DATA_URL = env.text("LINE_API_DATA_URL", "https://api-data.line.me").rstrip("/")
# a class of notices.sms; empty for no text messages
SMS_PROVIDER = env.text("SMS_PROVIDER", "")
SMS_API_URL = env.text("SMS_API_URL", "https://api.twilio.com").rstrip("/")
SMS_ACCOUNT = env.text("SMS_ACCOUNT", "")
SMS_TOKEN = env.text("SMS_TOKEN", "")
# a number or a name the provider has approved
SMS_SENDER = env.text("SMS_SENDER", "")

# --- keys outside the database ----------------------------------------------------------------
AUDIT_KEY = env.text("AUDIT_KEY")
OUTBOX_KEY = env.text("OUTBOX_KEY")
LINK_KEY = env.text("LINK_KEY")
SIGNING_KEY_PATH = Path(env.text("SIGNING_KEY_PATH", str(VAR_DIR / "signing" / "city.p12")))
SIGNING_KEY_PASSWORD = env.text("SIGNING_KEY_PASSWORD", "")
SIGNING_CA_PATH = Path(env.text("SIGNING_CA_PATH", str(VAR_DIR / "signing" / "ca.pem")))
# a key in a token (PKCS#11) instead of the file; its certificate, and those above it, stand in a file (PEM)
SIGNING_PKCS11_MODULE = env.text("SIGNING_PKCS11_MODULE", "")
SIGNING_PKCS11_TOKEN = env.text("SIGNING_PKCS11_TOKEN", "")
SIGNING_PKCS11_PIN = env.text("SIGNING_PKCS11_PIN", "")
SIGNING_PKCS11_KEY = env.text("SIGNING_PKCS11_KEY", "")
SIGNING_CERTIFICATE_PATH = Path(env.text("SIGNING_CERTIFICATE_PATH", str(VAR_DIR / "signing" / "city.pem")))
# a time stamp in every signature; for the long term (lt, lta) also what proves the certificates' validity
SIGNING_TSA_URL = env.text("SIGNING_TSA_URL", "")
SIGNING_TSA_CA_PATH = env.text("SIGNING_TSA_CA_PATH", "")
SIGNING_LTV = env.text("SIGNING_LTV", "")

# --- background work --------------------------------------------------------------------------
Q_CLUSTER = {
    "name": "frontyard",
    "orm": "default",
    "workers": env.integer("WORKERS", 2),
    "timeout": 60,
    # retry must exceed the longest wait of a prefetched task, not just its run time
    "retry": 300,
    "max_attempts": 5,
    "queue_limit": 50,
    "bulk": 1,
    "poll": 0.2,
    "catch_up": False,
    "save_limit": 1000,
    # a worker that grew (thousands of letters, a print file of a thousand) makes room for a fresh one after its task
    "recycle": 500,
    "max_rss": 500_000,
    "label": "background work",
}

# --- safety -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *MAP_TILE_ORIGINS],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"

# --- JSON -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cityhall.api.CleanJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "cityhall.api.IdCursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "cityhall.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "フロントヤード API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStateEnum": "applications.enums.ApplicationState",
        "NoticeStateEnum": "notices.enums.NoticeState",
        "HandOverKindEnum": "counter.enums.HandOverKind",
        "KindEnum": "applications.enums.EventKind",
    },
    "PREPROCESSING_HOOKS": ["portal.schema.only_public_contract"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.schema.forget_database_limits",
        "portal.schema.describe_refusals",
    ],
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

DEMO = False
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "cityhall.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # django.db.backends at DEBUG would print personal data
        "django.db.backends": {"level": "INFO"},
        # a line for every page of every PDF
        "weasyprint.progress": {"level": "WARNING"},
    },
}
