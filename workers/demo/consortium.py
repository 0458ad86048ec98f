"""Found the demonstration's consortium: a coordinator, three enrolled hospitals, fingerprints compared by 'telephone'.

It plays the people: what it types is what `primia site` and the hub's command line take from anybody.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from primia_core.client import Client
from primia_core.errors import PrimiaError
from primia_core.secagg import Identity
from workers.demo.hospitals import Hospital
from workers.site.approvals import Approvals
from workers.site.cohort import SiteCohort
from workers.site.database import Database
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy
from workers.site.setup import join, make_site
from workers.supervisor.secrets_file import write_private

CONSORTIUM, COORDINATOR = "Alpine consortium", "coordinator"
TASK = "chest-xray-pneumonia"
ONLINE_WITHIN_S = 90.0


class DemoError(PrimiaError):
    """The demonstration cannot go on."""

    code = "demo.error"


class Hub(Protocol):
    """A running platform, as far as these people use it: ``workers.supervisor.platform.Platform`` is one."""

    @property
    def url(self) -> str:
        """Return the dashboard's address."""

    @property
    def sites(self) -> Path:
        """Return the folder of the hospitals' folders."""

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run a management command as the hub and return what it printed."""


@dataclass(frozen=True)
class Access:
    """How to log in to the demonstration's hub."""

    federation: str
    username: str
    password: str
    token: str


def found_consortium(hub: Hub, folder: Path) -> Access:
    """Make the federation and its coordinator once; later calls return the same access.

    Args:
        hub: running.
        folder: where the log-in is kept, readable by its owner alone.
    """
    kept = folder / "access.json"
    if kept.exists():
        return Access(**json.loads(kept.read_text()))
    password = secrets.token_urlsafe(12)
    arguments = (
        "federation_create",
        CONSORTIUM,
        "--coordinator",
        COORDINATOR,
        "--token",
        f"demo-{secrets.token_hex(3)}",
    )
    made = json.loads(hub.manage(*arguments, PRIMIA_PASSWORD=password))
    access = Access(made["federation"], COORDINATOR, password, made["token"])
    write_private(kept, json.dumps(asdict(access)))
    return access


def enrol_hospitals(
    hub: Hub,
    client: Client,
    access: Access,
    hospitals: Iterable[Hospital],
    *,
    classes: tuple[str, ...],
    policy: SitePolicy,
) -> None:
    """Enrol every hospital that is not enrolled yet, and let each confirm the others' fingerprints."""
    folders = {h.slug: SiteFolder(hub.sites / h.slug) for h in hospitals}
    known = {site["slug"] for site in client.get(f"federations/{access.federation}/sites")}
    for hospital in hospitals:
        folder = folders[hospital.slug]
        if not folder.settings_file.exists():
            make_site(
                folder,
                site=hospital.slug,
                name=hospital.name,
                data=hospital.images / "cohort.csv",
                task=TASK,
                classes=classes,
                policy=policy,
            )
        if hospital.slug not in known:
            body = {"site_slug": hospital.slug, "site_name": hospital.name}
            invitation = client.post(f"federations/{access.federation}/enrolments", body)
            join(folder, hub=hub.url, token=invitation["token"], plain_http=True)
    _confirm(client, access, folders)


def _confirm(client: Client, access: Access, folders: dict[str, SiteFolder]) -> None:
    sites = client.get(f"federations/{access.federation}/sites")
    for site in sites:
        if not site["confirmed"]:
            path = f"federations/{access.federation}/sites/{site['id']}/confirm"
            client.post(path, {"fingerprint": site["fingerprint"]})
    for slug, folder in folders.items():
        others = [site["fingerprint"] for site in sites if site["slug"] != slug]
        _record_confirmations(folder, others)


def _record_confirmations(folder: SiteFolder, fingerprints: list[str]) -> None:
    settings, database = folder.settings(), Database(folder.database)
    try:
        identity = Identity.load(folder.identity)
        approvals = Approvals(database, settings, identity, lambda: SiteCohort.open(folder, settings.data).version)
        for fingerprint in sorted(set(fingerprints) - approvals.confirmed()):
            approvals.confirm(fingerprint, "compared by telephone (demonstration)")
    finally:
        database.close()


def wait_until_ready(client: Client, access: Access, slugs: set[str], *, say: Callable[[str], None]) -> None:
    """Wait until every hospital's agent has been heard and has reported a ready cohort.

    Raises:
        DemoError: one of them was not ready in time, named with what it lacks.
    """
    deadline, said = time.monotonic() + ONLINE_WITHIN_S, set[str]()
    while True:
        datasets = list(client.all("datasets", federation=access.federation))
        ready = {dataset["site_slug"] for dataset in datasets if dataset["ready"]}
        for slug in sorted((ready & slugs) - said):
            say(f"  [bold]{slug}[/] is online and its images are ready")
        said |= ready
        if slugs <= ready:
            return
        if time.monotonic() > deadline:
            missing = ", ".join(sorted(slugs - ready))
            raise DemoError(f"{missing} not ready after {ONLINE_WITHIN_S:.0f} s; see `primia logs site-{missing}`")
        time.sleep(0.3)
