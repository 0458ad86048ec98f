"""A diagnosis: what a service promises, how a picture is shared and sealed for it, and how its answer is opened.

Knows no HTTP, no database and no clock; moments come in as ``now``. The bytes are in docs/diagnosis-protocol.md.
"""

from primia_core.diagnosis.answer import Answer, Opened, open_answers, seal_answer
from primia_core.diagnosis.descriptor import Accuracy, Descriptor, Input, Learns, Model, Output, Party, Price
from primia_core.diagnosis.fhir import diagnostic_report
from primia_core.diagnosis.identity import NodeIdentity, PublicNode
from primia_core.diagnosis.input import integers, tensor
from primia_core.diagnosis.log import LogEntry, verify_log
from primia_core.diagnosis.request import ReceivedShare, SealedRequest, most_sealed_bytes, split
from primia_core.diagnosis.results import NOTICE, Result
from primia_core.diagnosis.sealing import (
    AnswerKey,
    SealingKey,
    answer_info,
    mask_seed_info,
    model_share_info,
    seal,
    share_info,
)
from primia_core.diagnosis.vouching import Signature, SignedDescriptor, check, countersign, sign, verify

__all__ = [
    "NOTICE",
    "Accuracy",
    "Answer",
    "AnswerKey",
    "Descriptor",
    "Input",
    "Learns",
    "LogEntry",
    "Model",
    "NodeIdentity",
    "Opened",
    "Output",
    "Party",
    "Price",
    "PublicNode",
    "ReceivedShare",
    "Result",
    "SealedRequest",
    "SealingKey",
    "Signature",
    "SignedDescriptor",
    "answer_info",
    "check",
    "countersign",
    "diagnostic_report",
    "integers",
    "mask_seed_info",
    "model_share_info",
    "most_sealed_bytes",
    "open_answers",
    "seal",
    "seal_answer",
    "share_info",
    "sign",
    "split",
    "tensor",
    "verify",
    "verify_log",
]
