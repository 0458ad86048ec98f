"""Django's settings, read from the environment alone. `primia up` and docker-compose.yml set the same variables."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_INLINE

from backend.common.tasks import QUEUES
from backend.config import environment

ROOT = Path(__file__).resolve().parents[2]

# -- where things are ---------------------------------------------------------------------------------------------
SECRET_KEY = environment.required("PRIMIA_SECRET_KEY")
DATABASE_URL = environment.required("DATABASE_URL")
REDIS_URL = environment.required("REDIS_URL")
PRIMIA_STORAGE = environment.folder("PRIMIA_STORAGE")
PRIMIA_HUB_IDENTITY = environment.folder("PRIMIA_HUB_IDENTITY")
FRONTEND_DIST = ROOT / "frontend" / "dist"

DEBUG = environment.flag("PRIMIA_DEBUG", default=False)
ALLOWED_HOSTS = environment.words("PRIMIA_ALLOWED_HOSTS", "127.0.0.1,localhost")
# Plain HTTP is for loopback; any other host means HTTPS unless the operator says otherwise.
HTTPS = environment.flag("PRIMIA_HTTPS", default=not environment.LOOPBACK.issuperset(ALLOWED_HOSTS))

# -- what runs ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "backend.apps.accounts",
    "backend.apps.federations",
    "backend.apps.datasets",
    "backend.apps.artifacts",
    "backend.apps.jobs",
    "backend.apps.registry",
    "backend.apps.events",
    "backend.apps.audit",
    "backend.apps.diagnosis",
    "backend.apps.evidence",
    "backend.apps.privacy",
    "backend.apps.readings",
    "backend.apps.link",
]
MIDDLEWARE = [
    "backend.common.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "backend.common.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "backend.config.urls"
ASGI_APPLICATION = "backend.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- rows, cache, bell --------------------------------------------------------------------------------------------
# Under ASGI every request has a thread of its own, so a kept connection would never be used again.
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0, conn_health_checks=True)}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "primia.cache",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2}], "prefix": "primia.bell."},
    }
}

# -- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_FAILURES_PER_USER, LOGIN_FAILURES_PER_ADDRESS, LOGIN_WINDOW_S = 10, 50, 300

# -- the browser --------------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"] if HTTPS else []
CSRF_FAILURE_VIEW = "backend.common.error_responses.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/v1/health$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # a preload list is for the owner of the whole domain to ask for
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The component library writes its design tokens into a style element; scripts stay files of our own.
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
MAX_BODY_BYTES = 16 * 2**20  # the largest is a request for a diagnosis: both shares, in base64

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8}\.\w+$"

# -- the API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.apps.accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "backend.apps.accounts.permissions.ScopeAllows",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "backend.common.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.common.error_responses.exception_handler",
    # uvicorn rewrites the client's address where it trusts the proxy, so a client cannot choose its own.
    "NUM_PROXIES": 0,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PriMIA",
    "VERSION": "1",
    "DESCRIPTION": "Federated training for medical imaging. Every error is {code, message, fields?}.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "JobStateEnum": "backend.apps.jobs.models.Job.State",
        "RoundStateEnum": "backend.apps.jobs.models.Round.State",
        "AttemptStateEnum": "backend.apps.jobs.models.Attempt.State",
        "SiteTaskStateEnum": "backend.apps.jobs.models.SiteTask.State",
        "JobKindEnum": "backend.apps.jobs.models.Job.Kind",
        "RoundKindEnum": "backend.apps.jobs.models.Round.Kind",
        "SiteTaskKindEnum": "backend.apps.jobs.models.SiteTask.Kind",
        "HealthStateEnum": "backend.common.health.PART_STATES",
        "ModelVersionStateEnum": "backend.apps.registry.models.ModelVersion.State",
        "CheckStatusEnum": "backend.apps.datasets.api.CHECK_STATUSES",
        "RoleEnum": "backend.apps.federations.models.Role",
        "ServiceStateEnum": "backend.apps.diagnosis.models.DiagnosisService.State",
        "ServicePolicyEnum": "backend.apps.diagnosis.models.DiagnosisService.Policy",
        "DiagnosisStateEnum": "backend.apps.diagnosis.models.Diagnosis.State",
        "NodeRoleEnum": "backend.apps.diagnosis.models.NodeRole",
        "DescriptorLogKindEnum": "backend.apps.diagnosis.models.DescriptorLog.Kind",
        "SignatureRoleEnum": "backend.apps.diagnosis.api.descriptors.SIGNERS",
        "PublishingStepEnum": "backend.apps.diagnosis.api.services.STEPS",
        "PublishingStateEnum": "backend.apps.diagnosis.api.services.STEP_STATES",
        "ReaderStudyStateEnum": "backend.apps.readings.models.ReaderStudy.State",
        "RaterKindEnum": "backend.apps.readings.models.Rater.Kind",
        "WebhookKindEnum": "backend.apps.diagnosis.webhook_message.WebhookKind",
    },
}

# -- the queue ----------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "global_keyprefix": "primia.queue.",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "coordinator"
CELERY_TASK_ROUTES = QUEUES
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
RECONCILE_EVERY_S = 2.0
CELERY_BEAT_SCHEDULE = {
    "reconcile": {"task": "reconcile", "schedule": RECONCILE_EVERY_S, "options": {"expires": 10}},
    "reconcile diagnoses": {
        "task": "diagnoses.reconcile",
        "schedule": RECONCILE_EVERY_S,
        "options": {"expires": 10},
    },
}

# -- the sites ----------------------------------------------------------------------------------------------------
# An agent at work is heard every 9 seconds at least, an idle one every 3; a site with a poor line needs more patience.
SILENT_AFTER_S = environment.seconds("PRIMIA_SILENT_AFTER_S", 30, least=10)

# -- diagnoses ----------------------------------------------------------------------------------------------------
# A request that waits longer has failed its requester; an answer that nobody collects is thrown away.
DIAGNOSIS_WAITS_S = environment.seconds("PRIMIA_DIAGNOSIS_WAITS_S", 3600, least=10)
ANSWER_KEPT_S = environment.seconds("PRIMIA_ANSWER_KEPT_S", 24 * 3600, least=10)

# -- programs that ask for diagnoses ------------------------------------------------------------------------------
DIAGNOSES_PER_MINUTE = 60
WEBHOOKS_PER_USER = 5
WEBHOOKS_TO_PRIVATE_ADDRESSES = environment.flag("PRIMIA_WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)

# -- logs ---------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "backend.common.json_log.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": environment.optional("PRIMIA_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": True, "level": "WARNING"},
    },
}
