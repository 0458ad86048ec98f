"""The API of the registry: read model versions, take weights home, publish and retire."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.accounts.models import Scope
from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.federations.policies import require_role
from backend.apps.registry import policies, selectors, services
from backend.apps.registry.models import ModelVersion
from backend.common.errors import NotFound
from backend.common.file_response import file_response


class NamedOutput(serializers.Serializer):
    """Something else, by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class JobRefOutput(serializers.Serializer):
    """The job that made a model."""

    id = serializers.UUIDField()
    title = serializers.CharField()


class TestOutput(serializers.Serializer):
    """How the model did on the test images of all sites together; ``low`` and ``high`` bound the MCC."""

    round = serializers.IntegerField()
    n = serializers.IntegerField()
    accuracy = serializers.FloatField()
    mcc = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    mean_loss = serializers.FloatField()
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ModelVersionOutput(serializers.ModelSerializer):
    """A model version; ``sha256`` and ``size_bytes`` are those of its weights file."""

    federation = NamedOutput()
    job = JobRefOutput()
    architecture = serializers.CharField(source="card.model.name", default="")
    parameters = serializers.IntegerField(source="card.parameters", default=None, allow_null=True)
    sha256 = serializers.CharField(source="artifact.sha256")
    size_bytes = serializers.IntegerField(source="artifact.size_bytes")
    test = TestOutput(source="evaluation.test", default=None, allow_null=True)

    class Meta:
        model = ModelVersion
        fields = (
            "id", "federation", "job", "name", "number", "state", "architecture", "parameters", "sha256",
            "size_bytes", "test", "created_at",
        )  # fmt: skip


class ModelDetailOutput(ModelVersionOutput):
    """A model version with everything that is known of it."""

    card = serializers.DictField(help_text="task, classes, image size, normalisation, intended use")
    lineage = serializers.DictField(help_text="plan hash, sites with their signatures, rounds with their survivors")
    evaluation = serializers.DictField(help_text="aggregated validation and test results")

    class Meta(ModelVersionOutput.Meta):
        fields = (*ModelVersionOutput.Meta.fields, "card", "lineage", "evaluation")


class ModelVersionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Model versions of the caller's federations."""

    queryset = ModelVersion.objects.none()
    filterset_fields = ("federation", "job", "name", "state")
    lookup_value_converter = "uuid"

    @property
    def read_scope(self) -> Scope:
        """Weights need their own scope; whatever else can be read, needs only that."""
        return Scope.MODELS if self.action == "weights" else Scope.READ

    def get_serializer_class(self) -> type[ModelVersionOutput]:
        """Lists are short; one version is told in full."""
        return ModelVersionOutput if self.action == "list" else ModelDetailOutput

    def get_queryset(self) -> QuerySet[ModelVersion]:
        """Return what the caller may see."""
        return selectors.visible_to(self.request.user).select_related("artifact", "job", "federation")

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, pagination_class=None)
    def weights(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Download the weights, whole or from an offset (``Range``)."""
        version = self.get_object()
        require_role(user=request.user, federation_id=version.federation_id, roles=policies.DOWNLOAD)
        artifact = version.artifact
        if artifact.state != Artifact.State.COMPLETE:
            raise NotFound("The weights of this version are no longer kept.")
        return file_response(
            request._request,
            store.path_of(artifact.sha256),
            size_bytes=artifact.size_bytes,
            filename=f"{version.federation.slug}-v{version.number}.safetensors",
            etag=artifact.sha256,
        )

    @extend_schema(request=None, responses=ModelDetailOutput)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: UUID) -> Response:
        """Release a draft."""
        version = services.model_publish(version_id=self.get_object().pk, by=request.user, now=timezone.now())
        return Response(ModelDetailOutput(version).data)

    @extend_schema(request=None, responses=ModelDetailOutput)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: UUID) -> Response:
        """Withdraw a published version."""
        version = services.model_retire(version_id=self.get_object().pk, by=request.user, now=timezone.now())
        return Response(ModelDetailOutput(version).data)
