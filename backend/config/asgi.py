"""The web process's entry: HTTP to the link or to Django, websockets to the live consumers."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
http_application = get_asgi_application()  # before any import that needs the app registry

from backend.apps.accounts.websocket import AuthenticatedSocket  # noqa: E402
from backend.apps.diagnosis.routing import websocket_urls as diagnosis_streams  # noqa: E402
from backend.apps.events.routing import websocket_urls as job_streams  # noqa: E402
from backend.apps.link.asgi import Link  # noqa: E402
from backend.common.body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": Link(BodyLimit(http_application)),
        "websocket": AuthenticatedSocket(URLRouter([*job_streams, *diagnosis_streams])),
    }
)
