"""The demonstration's patient and clinician: users of the hub whose passwords are shown, because they are nobody's."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from primia_core.client import sign_in
from workers.demo.consortium import Hub
from workers.supervisor.secrets_file import write_private

ROLES = {"patient": "patient", "clinician": "clinician"}
SCOPES = ["read", "diagnoses"]


@dataclass(frozen=True)
class Person:
    """Somebody who may ask services, and how they log in."""

    username: str
    password: str
    token: str


def make_people(hub: Hub, federation: str, folder: Path) -> dict[str, Person]:
    """Make the users once; later calls return the same.

    Args:
        hub: running.
        federation: its slug.
        folder: where the log-ins are kept, readable by their owner alone.
    Returns:
        The people by role.
    """
    kept = folder / "people.json"
    if kept.exists():
        return {role: Person(**one) for role, one in json.loads(kept.read_text()).items()}
    people = {role: _make(hub, federation, username, role) for username, role in ROLES.items()}
    write_private(kept, json.dumps({role: asdict(person) for role, person in people.items()}))
    return people


def _make(hub: Hub, federation: str, username: str, role: str) -> Person:
    password = secrets.token_urlsafe(12)
    hub.manage("user_create", username, PRIMIA_PASSWORD=password)
    hub.manage("membership_grant", federation, username, role)
    name = f"demo-{secrets.token_hex(3)}"
    token = sign_in(hub.url, username, password, name=name, scopes=SCOPES)
    return Person(username, password, token)
