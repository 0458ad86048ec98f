"""The web process's entry: HTTP to the link or to Django, websockets to the live consumers."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
http_application = get_asgi_application()  # before any import that needs the app registry

from backend.apps.accounts.websocket import AuthenticatedSocket  # noqa: E402
from backend.apps.events.routing import websocket_urls  # noqa: E402
from backend.apps.link.asgi import Link  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": Link(http_application),
        "websocket": AuthenticatedSocket(URLRouter(websocket_urls)),
    }
)
