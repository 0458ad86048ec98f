"""One request from a picture to its result, in stages that can each be taken up again by another process.

A request is made and kept before its first byte leaves. Sending it twice is harmless, and so is collecting it twice
with the same receipt; once the arrival is acknowledged, the platform has deleted the answer.
"""

import hashlib
import secrets
from pathlib import Path
from uuid import UUID, uuid4

from primia_core.client.conversation import Conversation, Json, Progress, get, post
from primia_core.client.errors import ApiError, ClientError
from primia_core.client.patience import patiently
from primia_core.client.pending import Pending, PendingRequests
from primia_core.client.trust import Service
from primia_core.diagnosis.answer import open_answers
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.errors import DamagedImage
from primia_core.diagnosis.framing import encode64
from primia_core.diagnosis.input import integers
from primia_core.diagnosis.request import split
from primia_core.diagnosis.results import Result
from primia_core.diagnosis.sealing import AnswerKey

RECEIPT_BYTES = 32


def picture_hash(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        DamagedImage: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DamagedImage(f"{path} cannot be read ({error.strerror}); give a JPEG, PNG or DICOM file") from error


def make(path: Path, service: Service, *, batch: str | None = None) -> Pending:
    """Decode, normalise, split and seal a picture, with an answer key of its own.

    Raises:
        InputError: the file is not the picture that the service takes.
    """
    descriptor, key, diagnosis = service.descriptor, AnswerKey.create(), uuid4()
    sealed = split(descriptor, integers(path, descriptor), key.public, diagnosis_id=diagnosis)
    first, second = (encode64(share) for share in sealed.shares)
    return Pending(
        diagnosis=str(diagnosis),
        platform=service.platform,
        service=service.id,
        batch=batch,
        picture=picture_hash(path),
        path=str(path),
        descriptor=descriptor.to_json(),
        request_digest=sealed.digest.hex(),
        answer_key=key.to_pem().decode(),
        shares=(first, second),
        receipt=encode64(secrets.token_bytes(RECEIPT_BYTES)),
    )


def send(request: Pending) -> Conversation[Json]:
    """Send a request, or find that it was sent already; return its row."""
    body: dict[str, object] = {
        "id": request.diagnosis,
        "service": request.service,
        "descriptor": Descriptor.from_json(request.descriptor).digest,
        "shares": list(request.shares),
    }
    if request.batch:
        body["batch"] = request.batch
    row: Json = yield from patiently(lambda: post("diagnoses", body))
    return row


def resend(request: Pending) -> Conversation[None]:
    """Send a request that an earlier process left, unless it has arrived."""
    try:
        yield from get(f"diagnoses/{request.diagnosis}")
    except ApiError as error:
        if error.status != 404:
            raise
        yield from send(request)


def collect(request: Pending, kept: PendingRequests) -> Conversation[Pending]:
    """Collect the sealed answers, and keep them."""
    if request.answers is not None:
        return request
    yield Progress("collecting", request.diagnosis)
    answers = yield from patiently(lambda: post(f"diagnoses/{request.diagnosis}/collect", {"receipt": request.receipt}))
    collected = request.collected(answers["answers"])
    kept.keep(collected)
    return collected


def acknowledge(request: Pending) -> Conversation[None]:
    """Have the platform delete an answer that has arrived. If that fails it is told; its expiry deletes it too."""
    try:
        yield from post(f"diagnoses/{request.diagnosis}/acknowledge", {"receipt": request.receipt})
    except ClientError as error:
        yield Progress("unacknowledged", request.diagnosis, {"code": error.code, "message": error.message})


def opened(request: Pending) -> Result:
    """Open the answers with the key that never left this machine.

    Raises:
        AnswerError: they are not both parties' answers to this request.
    """
    descriptor, key = Descriptor.from_json(request.descriptor), AnswerKey.from_pem(request.answer_key.encode())
    digest = bytes.fromhex(request.request_digest)
    answers, diagnosis = request.answers or (), UUID(request.diagnosis)
    answer = open_answers(descriptor, diagnosis, key, answers, request_digest=digest)
    return Result.of(answer, descriptor)
