"""Which weights an owner may take: those of a service that waits for it to prepare or to share them."""

from uuid import UUID

from backend.apps.artifacts.models import Artifact
from backend.apps.diagnosis.models import Node, NodeTask
from backend.common.errors import NotFound

WITH_WEIGHTS = (NodeTask.Kind.PREPARE, NodeTask.Kind.SHARE)


def weights_for(node: Node, *, version_id: UUID) -> Artifact:
    """Return the weights file of a model version.

    Raises:
        NotFound: the node holds no task that needs it, or the file is no longer kept.
    """
    task = (
        NodeTask.objects.filter(node=node, kind__in=WITH_WEIGHTS, state=NodeTask.State.LEASED)
        .filter(service__model_version=version_id)
        .select_related("service__model_version__artifact")
        .first()
    )
    if task is None:
        raise NotFound("this node holds no task that needs these weights")
    artifact: Artifact = task.service.model_version.artifact
    if artifact.state != Artifact.State.COMPLETE:
        raise NotFound("the weights of this version are no longer kept")
    return artifact
