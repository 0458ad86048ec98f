"""Record what a site reports of its cohorts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.audit.services import audit_append
from backend.apps.datasets.models import Dataset
from backend.apps.datasets.readiness import readiness_read
from backend.apps.federations.models import Site


@transaction.atomic
def dataset_report(
    *, site_id: UUID, name: str, task: str, classes: list[str], version: str, readiness: object, now: datetime
) -> Dataset:
    """Keep the site's latest word on one cohort. The same report again only moves its time.

    Raises:
        ReadinessTellsTooMuch: the report holds more than verdicts.
    """
    verdicts = readiness_read(readiness, version=version)
    site = Site.objects.select_for_update().get(pk=site_id)
    before = Dataset.objects.filter(site=site, name=name).values_list("version", flat=True).first()
    values = {
        "task": task,
        "classes": classes,
        "version": version,
        "ready": verdicts["ready"],
        "readiness": verdicts,
        "reported_at": now,
    }
    dataset, _ = Dataset.objects.update_or_create(
        site=site, name=name, defaults=values, create_defaults={**values, "created_at": now}
    )
    if before != version:
        detail = {"name": name, "version": version, "ready": dataset.ready}
        audit_append(
            actor=f"site:{site.slug}",
            action="dataset.reported",
            subject=str(dataset.pk),
            detail=detail,
            now=now,
            federation_id=site.federation_id,
        )
    return dataset
