"""The API of nodes: who takes part in diagnosis, invitations, and the confirmation of fingerprints."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis.models import Node, NodeRole
from backend.apps.diagnosis.selectors import nodes as selectors
from backend.apps.diagnosis.services import nodes as services
from backend.apps.federations.api import ConfirmInput
from backend.apps.federations.selectors import federation_get
from backend.apps.registry.api import NamedOutput


class NodeOutput(serializers.ModelSerializer):
    """A node as every member of its federation sees it. Its keys are in the descriptors that name it."""

    federation = NamedOutput()
    online = serializers.SerializerMethodField()

    class Meta:
        model = Node
        fields = (
            "id", "federation", "role", "slug", "name", "fingerprint", "origin", "address", "confirmed",
            "confirmed_at", "online", "last_seen_at", "agent_version", "created_at",
        )  # fmt: skip

    def get_online(self, node: Node) -> bool:
        """Say whether it has been heard lately."""
        return selectors.is_online(node, now=timezone.now())


class NodeInvitationInput(serializers.Serializer):
    """Who is invited, and as what."""

    federation = serializers.UUIDField()
    role = serializers.ChoiceField(NodeRole.choices)
    name = serializers.CharField(max_length=120)


class NodeInvitationOutput(serializers.Serializer):
    """The invitation; ``token`` is shown this once."""

    id = serializers.UUIDField()
    federation = serializers.UUIDField(source="federation_id")
    role = serializers.ChoiceField(NodeRole.choices)
    name = serializers.CharField()
    expires_at = serializers.DateTimeField()
    token = serializers.CharField()


class NodeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Nodes of the caller's federations."""

    serializer_class = NodeOutput
    queryset = Node.objects.none()
    filterset_fields = ("federation", "role")
    write_scope = Scope.FEDERATIONS
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Node]:
        """Return what the caller may see."""
        return selectors.nodes_visible_to(self.request.user)

    @extend_schema(request=ConfirmInput, responses=NodeOutput)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: UUID) -> Response:
        """Record that a person compared the node's fingerprint with it, out of band."""
        given = ConfirmInput(data=request.data)
        given.is_valid(raise_exception=True)
        node = services.node_confirm(
            node_id=self.get_object().pk, by=request.user, now=timezone.now(), **given.validated_data
        )
        return Response(NodeOutput(node).data)


class NodeInvitationsView(APIView):
    """Invitations to become a node."""

    write_scope = Scope.FEDERATIONS

    @extend_schema(
        operation_id="node_invitations_create", request=NodeInvitationInput, responses={201: NodeInvitationOutput}
    )
    def post(self, request: Request) -> Response:
        """Invite a node. Whoever runs it types the token once."""
        given = NodeInvitationInput(data=request.data)
        given.is_valid(raise_exception=True)
        federation = federation_get(user=request.user, federation_id=given.validated_data["federation"])
        invitation, token = services.node_invite(
            federation_id=federation.pk,
            role=given.validated_data["role"],
            name=given.validated_data["name"],
            by=request.user,
            now=timezone.now(),
        )
        invitation.token = token
        return Response(NodeInvitationOutput(invitation).data, status=201)
