"""The order in which rows are held: a service's row before anything of that service, a diagnosis's before its own."""

from uuid import UUID

from django.db import connection

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService
from backend.common.errors import NotFound

ORDER_LOCK = 0x7072696D6961  # "primia"


def hold_service(service_id: UUID) -> DiagnosisService:
    """Lock and return a service; call it inside a transaction, before any other row of the service is locked."""
    service = DiagnosisService.objects.select_for_update(no_key=True).filter(pk=service_id).first()
    if service is None:
        raise NotFound("there is no such service")
    return service


def hold_diagnosis(diagnosis_id: UUID) -> Diagnosis:
    """Lock a diagnosis's service and the diagnosis, and return it as it is now."""
    service_id = Diagnosis.objects.filter(pk=diagnosis_id).values_list("service_id", flat=True).first()
    if service_id is None:
        raise NotFound("there is no such diagnosis")
    service = hold_service(service_id)
    diagnosis = Diagnosis.objects.select_for_update(no_key=True).get(pk=diagnosis_id)
    diagnosis.service = service
    return diagnosis


def next_order() -> int:
    """Return the next place in the nodes' queues.

    Whoever takes a place holds the queue until its transaction ends, so that places become visible in their order and
    two parties meet the same tasks in the same sequence. Lock nothing more after it, and end soon.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ORDER_LOCK])
        cursor.execute("SELECT nextval('diagnosis_order')")
        return int(cursor.fetchone()[0])
