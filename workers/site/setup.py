"""Making a hospital's folder: identity, cohort table, settings; and joining a federation. No images are copied."""

import re
from dataclasses import dataclass
from pathlib import Path

from primia_core.errors import PrimiaError
from primia_core.imaging import Cohort, cohort_from_csv, cohort_from_folders, split_by_patient, write_csv
from primia_core.imaging.people import from_headers
from primia_core.secagg import Identity, PublicIdentity
from workers.link import enrol, hub_url
from workers.link.errors import FolderError
from workers.site.database import Database
from workers.site.errors import DataError
from workers.site.folder import SHORT_NAME, DataSettings, SiteFolder, SiteHubSettings, SiteSettings
from workers.site.journal import Journal
from workers.site.policy import SitePolicy

SPLIT_SEED = 2020


@dataclass(frozen=True)
class Made:
    """What ``make_site`` did."""

    settings: SiteSettings
    fingerprint: str
    cohort: Cohort
    split_here: bool


def make_site(
    folder: SiteFolder,
    *,
    site: str,
    name: str,
    data: Path,
    task: str,
    classes: tuple[str, ...] | None,
    policy: SitePolicy,
) -> Made:
    """Make a hospital's folder. The images stay where they are.

    Args:
        folder: where; it may exist, but hold no site yet.
        site: short name, as the federation's coordinator gave it.
        name: as people call the hospital.
        data: a CSV (path, label, patient_id, split) or a folder with one folder a class.
        task: what the cohort is about.
        classes: class names in the order of their indices; by default those that occur, ``normal`` first.
        policy: what this site allows.
    Raises:
        FolderError: the folder holds a site already, or the short name is none.
        DataError: the cohort cannot be used.
    """
    if not re.fullmatch(SHORT_NAME, site):
        raise FolderError(
            f"a site's short name has 1 to 64 small letters, digits and dashes, got {site!r}; take the coordinator's"
        )
    if folder.settings_file.exists():
        raise FolderError(f"{folder.settings_file} exists already; edit it, or choose another folder")
    cohort = _read(data, classes)
    cohort = from_headers(cohort)
    split_here = any(record.split is None for record in cohort.records)
    if split_here:
        cohort = split_by_patient(cohort, seed=SPLIT_SEED)
    table = folder.path / "data" / "cohort.csv"
    table.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_csv(cohort, table)
    settings = SiteSettings(
        site=site,
        name=name,
        data=DataSettings(root=str(cohort.root.absolute()), task=task, classes=cohort.classes),
        policy=policy,
    )
    if not (folder.identity / "keys.json").exists():
        Identity.create(folder.identity, name)
    folder.write_settings(settings)
    return Made(settings, Identity.load(folder.identity).public.fingerprint, cohort, split_here)


def join(folder: SiteFolder, *, hub: str, token: str, plain_http: bool) -> PublicIdentity:
    """Exchange a one-time token for a credential and pin the coordinator's identity; return that identity.

    Raises:
        HubRefused: the token was used or is not for this site.
        FolderError: the hub knows this site by another short name.
    """
    settings = folder.settings()
    identity = Identity.load(folder.identity)
    base_url = hub_url(hub, plain=plain_http)
    database = Database(folder.database)
    try:
        body = {"identity": identity.public.to_json(), "name": settings.name}
        Journal(database).message("enrol", body)
        enrolled = enrol(base_url, token=token, identity=identity.public.to_json(), name=settings.name)
    finally:
        database.close()
    coordinator = PublicIdentity.from_json(enrolled.coordinator_identity)
    joined = SiteHubSettings(
        url=base_url, federation=enrolled.federation, plain_http=plain_http, coordinator=coordinator.to_json()
    )
    folder.write_settings(settings.model_copy(update={"hub": joined, "site": enrolled.site}))
    folder.write_credential(enrolled.credential)  # last: a supervisor starts a site that has one
    return coordinator


def _read(data: Path, classes: tuple[str, ...] | None) -> Cohort:
    try:
        return cohort_from_folders(data, classes=classes) if data.is_dir() else cohort_from_csv(data, classes=classes)
    except PrimiaError as error:
        raise DataError(f"{data} cannot be used: {error.message}") from error
