"""The environment of the hub's processes: the operator's variables where there are some, else the state folder's."""

from collections.abc import Mapping
from pathlib import Path

from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.state_folder import StateFolder

CODE = Path(__file__).resolve().parents[2]
PASSED_ON = (
    "PRIMIA_ALLOWED_HOSTS",
    "PRIMIA_ANSWER_KEPT_S",
    "PRIMIA_DEBUG",
    "PRIMIA_DIAGNOSIS_WAITS_S",
    "PRIMIA_HTTPS",
    "PRIMIA_HUB_THREADS",
    "PRIMIA_LOG_LEVEL",
    "PRIMIA_SILENT_AFTER_S",
    "PRIMIA_WEBHOOKS_TO_PRIVATE_ADDRESSES",
)


def hub_variables(state: StateFolder, services: EmbeddedServices, operator: Mapping[str, str]) -> dict[str, str]:
    """Return what backend.config.settings reads. It holds every secret of the hub: no site ever gets it."""
    addresses = services.addresses
    own = {
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "PRIMIA_STORAGE": str(state.storage),
        "PRIMIA_HUB_IDENTITY": str(state.identity),
        "PRIMIA_SECRET_KEY": services.secrets.secret_key,
    }
    chosen = {name: operator[name] for name in (*own, *PASSED_ON) if operator.get(name)}
    return {**own, **chosen, "DJANGO_SETTINGS_MODULE": "backend.config.settings", **code_variables()}


def code_variables() -> dict[str, str]:
    """Return what lets a process find the project's code wherever it is started."""
    return {"PYTHONPATH": str(CODE), "PYTHONUNBUFFERED": "1"}
