"""The API of descriptors: what both parties signed of a service, and the log of all that was ever published."""

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis.models import DescriptorLog, DiagnosisService
from backend.apps.diagnosis.selectors.services import services_visible_to
from backend.common.pagination import CursorPages

READERS = frozenset({Scope.READ, Scope.DIAGNOSES, Scope.SERVICES})
"""Whoever asks for a diagnosis must be able to read whom they ask."""


SIGNERS = [(role, role) for role in ("p0", "p1", "owner", "site")]


class PublicIdentityOutput(serializers.Serializer):
    """A signing key as its owner published it."""

    name = serializers.CharField()
    document = serializers.CharField()


class PublicNodeOutput(serializers.Serializer):
    """A node's three keys, signed by itself."""

    name = serializers.CharField()
    identity = PublicIdentityOutput()
    sealing_key = serializers.CharField(help_text="base64 of an uncompressed P-256 point")
    certificate = serializers.CharField(help_text="PEM")
    signature = serializers.CharField(help_text="base64, Ed25519")


class PartyOutput(PublicNodeOutput):
    """A compute party, and where it serves the same keys itself."""

    origin = serializers.CharField()


class DescriptorModelOutput(serializers.Serializer):
    """Which model answers, without a hash of its weights."""

    name = serializers.CharField()
    number = serializers.IntegerField()
    version = serializers.UUIDField()
    commitment = serializers.CharField()


class DescriptorInputOutput(serializers.Serializer):
    """integer = rint((grey / 255 - mean) / std * scale). Real numbers are decimal strings, so that hashes agree."""

    size = serializers.IntegerField()
    channels = serializers.IntegerField()
    mean = serializers.CharField()
    std = serializers.CharField()
    scale = serializers.CharField()
    limit = serializers.CharField()
    ring_bits = serializers.IntegerField()


class DescriptorOutputOutput(serializers.Serializer):
    """What the requester is given."""

    policy = serializers.ChoiceField(DiagnosisService.Policy.choices)
    scale = serializers.CharField()
    limit = serializers.CharField()
    words = serializers.IntegerField()
    ring_bits = serializers.IntegerField()
    temperature = serializers.CharField()


class LearnsOutput(serializers.Serializer):
    """What each of those involved learns, in plain sentences."""

    p0 = serializers.ListField(child=serializers.CharField())
    p1 = serializers.ListField(child=serializers.CharField())
    dealer = serializers.ListField(child=serializers.CharField())
    hub = serializers.ListField(child=serializers.CharField())
    requester = serializers.ListField(child=serializers.CharField())


class DescriptorPriceOutput(serializers.Serializer):
    """What privacy costs, for one diagnosis."""

    bytes_each_way = serializers.IntegerField()
    rounds = serializers.IntegerField()
    online_seconds = serializers.CharField()
    stock_bytes = serializers.IntegerField()
    learns = LearnsOutput()


class DescriptorAccuracyOutput(serializers.Serializer):
    """How the encrypted model compares with the plain one, on the calibration images."""

    images = serializers.IntegerField()
    labels_agree = serializers.IntegerField()
    largest_logit_error = serializers.CharField()


class DescriptorOutput(serializers.Serializer):
    """A service as both parties promise it. Its digest is the SHA-256 of its canonical JSON."""

    version = serializers.IntegerField()
    service = serializers.UUIDField()
    name = serializers.CharField()
    federation = serializers.CharField()
    model = DescriptorModelOutput()
    classes = serializers.ListField(child=serializers.CharField())
    intended_use = serializers.CharField()
    input = DescriptorInputOutput()
    output = DescriptorOutputOutput()
    program = serializers.CharField()
    protocol = serializers.CharField()
    profile = serializers.CharField()
    mask = serializers.CharField()
    epoch = serializers.IntegerField()
    parties = serializers.ListField(child=PartyOutput(), min_length=2, max_length=2)
    dealer = PublicNodeOutput()
    owner = PublicNodeOutput()
    price = DescriptorPriceOutput()
    accuracy = DescriptorAccuracyOutput()
    created = serializers.DateTimeField()
    expires = serializers.DateTimeField()


class DescriptorSignatureOutput(serializers.Serializer):
    """Somebody vouches for a descriptor."""

    signer = serializers.CharField(help_text="fingerprint")
    role = serializers.ChoiceField(SIGNERS)
    name = serializers.CharField()
    signature = serializers.CharField(help_text="base64, Ed25519")
    identity = PublicIdentityOutput(allow_null=True, help_text="a site's; whoever else signs stands in the descriptor")


class SignedDescriptorOutput(serializers.Serializer):
    """A descriptor and who vouches for it; verify it before use."""

    descriptor = DescriptorOutput()
    signatures = DescriptorSignatureOutput(many=True)


class LogEntryOutput(serializers.ModelSerializer):
    """One entry: ``entry`` is the SHA-256 of the others, ``previous`` the entry before."""

    service = serializers.UUIDField(source="service_id")

    class Meta:
        model = DescriptorLog
        fields = ("seq", "kind", "service", "digest", "previous", "detail", "at", "entry")


class LogPages(CursorPages):
    """Entries in their order."""

    page_size = 200
    ordering = "id"


class DescriptorLogViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """What was published, countersigned and closed, of the services that the caller may see. Nothing is taken out."""

    serializer_class = LogEntryOutput
    queryset = DescriptorLog.objects.none()
    pagination_class = LogPages
    filterset_fields = ("service",)
    read_scope = READERS

    def get_queryset(self) -> QuerySet[DescriptorLog]:
        """Return what the caller may see."""
        return DescriptorLog.objects.filter(service__in=services_visible_to(self.request.user))
