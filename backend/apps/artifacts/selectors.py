"""Which blobs a site may read or write. It opens no file."""

from django.db.models import Q

from backend.apps.artifacts.models import Artifact
from backend.apps.federations.models import Site
from backend.common.errors import NotFound


def artifact_readable_by(site: Site, sha256: str) -> Artifact:
    """Return a complete blob that ``site`` may read.

    A site may not read back even its own upload: nobody at the hospital needs it, and a stolen credential must not
    fetch it.

    Raises:
        NotFound: there is none, or it is not for this site.
    """
    found = (
        Artifact.objects.filter(sha256=sha256, state=Artifact.State.COMPLETE)
        .filter(Q(readers=site) | Q(federations=site.federation_id))
        .distinct()
        .first()
    )
    if found is None:
        raise NotFound(f"there is no blob {sha256[:12]}… that this site may read")
    return found


def upload_of(site: Site, sha256: str) -> Artifact:
    """Return the upload that ``site`` has declared.

    Raises:
        NotFound: it has declared none.
    """
    found = Artifact.objects.filter(sha256=sha256, owner=site).exclude(state=Artifact.State.DISCARDED).first()
    if found is None:
        raise NotFound(f"no upload of {sha256[:12]}… was declared; declare it first")
    return found
