"""The API of descriptors: what both parties signed of a service, and the log of all that was ever published."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis.models import DescriptorLog
from backend.apps.diagnosis.selectors import descriptors as selectors
from backend.common.pagination import CursorPages

READERS = frozenset({Scope.READ, Scope.DIAGNOSES, Scope.SERVICES})
"""Whoever asks for a diagnosis must be able to read whom they ask."""


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

    policy = serializers.ChoiceField([("logits", "logits"), ("label", "label")])
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
    role = serializers.ChoiceField([("p0", "p0"), ("p1", "p1"), ("owner", "owner"), ("site", "site")])
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
    ordering = ("service_id", "seq")


class DescriptorLogViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The logs of the services that the caller may see, each from its first entry on."""

    serializer_class = LogEntryOutput
    queryset = DescriptorLog.objects.none()
    pagination_class = LogPages
    filterset_fields = ("service",)
    read_scope = READERS

    def get_queryset(self) -> object:
        """Return what the caller may see."""
        return selectors.log_visible_to(self.request.user)

    @extend_schema(operation_id="descriptor_log_list")
    def list(self, request: object, *args: object, **kwargs: object) -> object:
        """List what was published, countersigned and closed. Nothing is ever taken out."""
        return super().list(request, *args, **kwargs)
