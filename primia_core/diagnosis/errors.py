"""Everything that a diagnosis refuses, as one tree. No message names a pixel, a weight or a logit.

DiagnosisError
├── NodeError                 keys of a node cannot be read, or are not signed by itself
├── Unsealable                sealed bytes do not open for this key and purpose
├── DescriptorError           a descriptor contradicts itself, or is not in its canonical form
│   ├── UnsignedDescriptor    a compute party has not signed it
│   ├── ForgedDescriptor      a signature beside it is not by who it says
│   ├── UntrustedParty        a party is nobody whose fingerprint the requester has compared
│   ├── DescriptorExpired     the service is no longer offered
│   └── LogError              the descriptor log has a gap or was changed
├── RequestError              a party refuses a share
│   ├── WrongParty, WrongService, WrongModel, WrongDescriptor, WrongPolicy, WrongRequest    it was made for another
│   ├── RequestExpired        its service is no longer offered
│   ├── ShareCorrupt          its content is not what it says
│   ├── WrongSize             it is longer or shorter than the input's share
│   ├── WeakAnswerKey         its answer key is no point of the curve
│   └── RequestMismatch       the two parties hold halves of two requests
├── AnswerError               a requester refuses an answer
│   ├── AnswerIncomplete      not one answer of each party
│   ├── AnswerForged          a party has not signed it
│   ├── AnswerToAnother       it belongs to another request or service
│   ├── AnswersDiffer         the halves are of two computations
│   └── AnswerCorrupt         it does not hold what the descriptor promises
└── InputError                a file is not the picture that the service takes
    ├── NotAnImage, DamagedImage, SeveralFrames, ColourPhoto, TooSmall, TooLarge, BeyondRange
"""

from primia_core.errors import PrimiaError


class DiagnosisError(PrimiaError):
    """A diagnosis cannot go on."""

    code = "diagnosis.error"


class NodeError(DiagnosisError):
    """Keys of a node cannot be read, or are not signed by itself."""

    code = "node.identity"


class Unsealable(DiagnosisError):
    """Sealed bytes do not open for this key and purpose."""

    code = "diagnosis.unsealable"


class DescriptorError(DiagnosisError):
    """A descriptor contradicts itself, or is not in its canonical form."""

    code = "descriptor.invalid"


class UnsignedDescriptor(DescriptorError):
    """A compute party has not signed the descriptor."""

    code = "descriptor.unsigned"


class ForgedDescriptor(DescriptorError):
    """A signature beside the descriptor is not by who it says."""

    code = "descriptor.forged"


class UntrustedParty(DescriptorError):
    """A party is nobody whose fingerprint the requester has compared."""

    code = "descriptor.untrusted"


class DescriptorExpired(DescriptorError):
    """The service is no longer offered."""

    code = "service.expired"


class LogError(DescriptorError):
    """The descriptor log has a gap or was changed."""

    code = "descriptor.log"


class RequestError(DiagnosisError):
    """A party refuses a share."""

    code = "diagnosis.request"


class WrongParty(RequestError):
    """The share is the other party's."""

    code = "diagnosis.wrong_party"


class WrongService(RequestError):
    """The share was made for another service."""

    code = "diagnosis.wrong_service"


class WrongModel(RequestError):
    """The share was made for another model version."""

    code = "diagnosis.wrong_model"


class WrongDescriptor(RequestError):
    """The requester has read another descriptor of the service."""

    code = "diagnosis.wrong_descriptor"


class WrongPolicy(RequestError):
    """The request asks for more or less than the service gives."""

    code = "diagnosis.wrong_policy"


class WrongRequest(RequestError):
    """The share belongs to another request."""

    code = "diagnosis.wrong_request"


class RequestExpired(RequestError):
    """The service of the request is no longer offered."""

    code = "diagnosis.expired"


class ShareCorrupt(RequestError):
    """The content of a share is not what it says."""

    code = "diagnosis.share_corrupt"


class WrongSize(RequestError):
    """A share is longer or shorter than the input's share."""

    code = "diagnosis.wrong_size"


class WeakAnswerKey(RequestError):
    """The answer key of a request is no point of the curve."""

    code = "diagnosis.answer_key"


class RequestMismatch(RequestError):
    """The two parties hold halves of two requests."""

    code = "diagnosis.mismatch"


class AnswerError(DiagnosisError):
    """A requester refuses an answer."""

    code = "answer.error"


class AnswerIncomplete(AnswerError):
    """There is not one answer of each party."""

    code = "answer.incomplete"


class AnswerForged(AnswerError):
    """A party has not signed its answer."""

    code = "answer.forged"


class AnswerToAnother(AnswerError):
    """An answer belongs to another request or service."""

    code = "answer.wrong_request"


class AnswersDiffer(AnswerError):
    """The halves of an answer are of two computations."""

    code = "answer.mismatch"


class AnswerCorrupt(AnswerError):
    """An answer does not hold what the descriptor promises."""

    code = "answer.corrupt"


class InputError(DiagnosisError):
    """A file is not the picture that the service takes."""

    code = "input.error"


class NotAnImage(InputError):
    """The file is no JPEG, PNG or DICOM picture."""

    code = "input.not_an_image"


class DamagedImage(InputError):
    """The file is missing, empty, cut short or corrupt."""

    code = "input.damaged"


class SeveralFrames(InputError):
    """The file holds several frames, and nobody chose one."""

    code = "input.several_frames"


class ColourPhoto(InputError):
    """The picture has colours, which no X-ray has."""

    code = "input.colour"


class TooSmall(InputError):
    """The picture has too few pixels for the network."""

    code = "input.too_small"


class TooLarge(InputError):
    """The file or the picture is larger than a diagnosis takes."""

    code = "input.too_large"


class BeyondRange(InputError):
    """A pixel lies beyond what calibration has seen."""

    code = "input.out_of_range"
