"""Settings of the desk. Everything a site changes comes from the environment; see docs/operate.md."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from bot import doors
from desk import environment
from desk.logs import is_news

ROOT = environment.ROOT
DATA_DIR = environment.data_dir()
BASE_DIR = ROOT / "desk"

# --- Who and where we are -------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = environment.secret("DESK_SECRET_KEY")
PORT = environment.number("PORT", 8000)
#: The address people see, e.g. https://desk.example.jp; empty on a first try.
PUBLIC_URL = environment.text("PUBLIC_URL").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
if _public.hostname and _public.hostname not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_public.hostname)
#: Sites that may embed the widget, e.g. https://www.example.jp. The desk's own is always allowed.
WIDGET_ORIGINS = [origin.rstrip("/") for origin in environment.words("WIDGET_ORIGINS")]
#: Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
CSRF_FAILURE_VIEW = "desk.site.expired"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# --- Applications ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "desk.accounts",
    "desk.conversations",
    "desk.channels.web",
    "desk.channels.line",
    "desk.handoff",
    "desk.privacy",
    "desk.self_analysis",
    "desk.console",
    "desk.insights",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "auditlog",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "desk.middleware.RequestLog",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "desk.accounts.middleware.RequireSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "desk.urls"
ASGI_APPLICATION = "desk.asgi.application"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
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
            ],
        },
    }
]

# --- Database, language, time ---------------------------------------------------------------------------------
DATABASE_URL = environment.text("DATABASE_URL")
DATABASES = {
    "default": environment.database(DATABASE_URL) if DATABASE_URL else environment.sqlite(DATA_DIR / "desk.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "ja"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# --- Static files ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
#: The built widget; served as /widget.js.
WIDGET_FILE = Path(environment.text("WIDGET_FILE", str(ROOT / "widget" / "dist" / "widget.js")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Security -------------------------------------------------------------------------------------------------
_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_SSL_REDIRECT = False  # the proxy that ends TLS does this
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Chromium applies this to the redirects after a form too: to the provider of the organisation's accounts.
        "form-action": [SELF, *environment.origins("OIDC_SERVER_URL", "OIDC_ORIGINS")],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
#: Bodies of the chat API: 2,000 characters are at most 8,000 bytes, escaped as JSON at most 24,000.
CHAT_BODY_BYTES = 32_768

# --- The engine -----------------------------------------------------------------------------------------------
#: One or several, separated by commas; a conversation always goes to the same one of them (`bot/doors.py`).
ENGINE_URLS = [
    url.strip().rstrip("/")
    for url in environment.text(
        "ENGINE_URL",
        ",".join(
            f"http://127.0.0.1:{port}"
            for port in doors.ports(environment.number("ENGINE_PORT", 5005), environment.number("WORKERS", 1))
        ),
    ).split(",")
    if url.strip()
]
ENGINE_TOKEN = environment.text("ENGINE_TOKEN")
#: Seconds that one try may take. Longer than any honest turn, short enough for three tries.
ENGINE_TRY_SECONDS = environment.number("ENGINE_TRY_SECONDS", 10)
#: Seconds from acceptance until the apology takes the place of the answer.
ANSWER_SECONDS = environment.number("ANSWER_SECONDS", 30)
#: A message that the rule list finds to be a crisis does not wait that long for a dead engine.
CRISIS_ANSWER_SECONDS = 5
#: Turns asked of the engine at once by one desk process.
ENGINE_PARALLEL = environment.number("ENGINE_PARALLEL", 16)

# --- The chat -------------------------------------------------------------------------------------------------
MESSAGE_CHARACTERS = 2000
#: Idle days after which a visitor's session is void.
SESSION_DAYS = environment.number("CHAT_SESSION_DAYS", 30)
#: (calls, seconds): sustained rate; all calls of a period may come at once. Addresses are shared by offices and
#: phones behind one gateway, so theirs are generous.
RATE_LIMITS = {
    "message": (environment.number("LIMIT_MESSAGES", 30), 60),
    "session-address": (environment.number("LIMIT_SESSIONS_PER_ADDRESS", 60), 600),
    "message-address": (environment.number("LIMIT_MESSAGES_PER_ADDRESS", 600), 60),
    "typing": (environment.number("LIMIT_TYPING", 60), 60),
    "data": (environment.number("LIMIT_DATA", 20), 60),
    "link": (10, 600),
}
#: Event streams: of one session, and of one process.
STREAMS_PER_SESSION = 8
STREAMS_PER_PROCESS = environment.number("STREAMS_PER_PROCESS", 5000)
HEARTBEAT_SECONDS = 15
#: Threads that run Django's views, and threads that read for streams and turns; each keeps one connection.
VIEW_THREADS = environment.number("DESK_VIEW_THREADS", 8)
WORK_THREADS = environment.number("DESK_WORK_THREADS", 4)
#: Modules that describe more of the APIs at /api/openapi.json.
OPENAPI_PARTS: list[str] = [f"desk.{app}.openapi" for app in ("console",) if (BASE_DIR / app / "openapi.py").exists()]
#: /metrics answers loopback, and whoever brings this token.
METRICS_TOKEN = environment.text("METRICS_TOKEN")

# --- Logs: one JSON object a line, never the text of a message ------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "desk.logs.JsonFormatter"}},
    "filters": {"news": {"()": "django.utils.log.CallbackFilter", "callback": is_news}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["news"]},
        "axes": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

# --- Accounts and the console (desk/accounts, desk/handoff, desk/console, desk/privacy) -------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "desk.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "desk.accounts.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if environment.flag("DESK_EMAIL_CONFIRMATION") else "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/desk/login/"
#: Guessing is stopped by axes, by name and address; offices share an address.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None}
SESSION_COOKIE_AGE = environment.number("DESK_SESSION_HOURS", 12) * 3600
SESSION_SAVE_EVERY_REQUEST = False
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "desk@localhost")

#: 1: whoever has no second factor must add one before anything else.
DESK_REQUIRE_MFA = environment.flag("DESK_REQUIRE_MFA")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "道しるべ"
# Browsers allow passkeys without TLS on localhost only, for a first try.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https

#: An OpenID Connect provider of the organisation; its accounts are matched by verified address.
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": environment.text("OIDC_NAME", "組織のアカウント"),
                    "client_id": environment.text("OIDC_CLIENT_ID"),
                    "secret": environment.text("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": environment.text("OIDC_SERVER_URL")},
                }
            ]
        }
    }
    if environment.text("OIDC_SERVER_URL")
    else {}
)

AXES_FAILURE_LIMIT = environment.number("LOGIN_FAILURES", 10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=environment.number("LOGIN_LOCK_MINUTES", 15))
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False
AUDITLOG_DISABLE_REMOTE_ADDR = False

#: 1: opening hours are ignored.
DESK_ALWAYS_OPEN = environment.flag("DESK_ALWAYS_OPEN")

# --- LINE (desk/channels/line; docs/line.md) --------------------------------------------------------------------
#: One secret, or two with a comma while it is changed: LINE voids the old one at once, we do not.
LINE_CHANNEL_SECRETS = environment.words("LINE_CHANNEL_SECRET")
LINE_CHANNEL_ID = environment.text("LINE_CHANNEL_ID")
#: Long-lived token; without one, stateless tokens are made of the id and the first secret.
LINE_CHANNEL_ACCESS_TOKEN = environment.text("LINE_CHANNEL_ACCESS_TOKEN")
LINE_API_BASE = environment.text("LINE_API_BASE", "https://api.line.me").rstrip("/")
LINE_DATA_API_BASE = environment.text("LINE_DATA_API_BASE", "https://api-data.line.me").rstrip("/")
#: Where LINE asks an account's holder whether to link it.
LINE_LINK_BASE = environment.text("LINE_LINK_BASE", "https://access.line.me").rstrip("/")
#: The account's own name for addresses, @ and a few characters: with it the widget offers to go on in LINE.
LINE_BASIC_ID = environment.text("LINE_BASIC_ID")
#: Seconds that a call of LINE's API may take.
LINE_TIMEOUT = environment.number("LINE_TIMEOUT", 10)
LINE_WEBHOOK_BYTES = 1_000_000
LINE_MEDIA_BYTES = environment.number("LINE_MEDIA_BYTES", 10_000_000)
