"""The API of the audit log: it can be read, by those whose role it is."""

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets

from backend.apps.audit import selectors
from backend.apps.audit.models import AuditEntry
from backend.common.pagination import CursorPages


class AuditEntryOutput(serializers.ModelSerializer):
    """One entry with the hashes that bind it to its neighbours."""

    class Meta:
        model = AuditEntry
        fields = (
            "number", "time", "actor", "action", "subject", "federation", "detail", "previous_hash", "hash",
        )  # fmt: skip


class NewestEntryFirst(CursorPages):
    """Pages by number, which no two entries share."""

    ordering = ("-number",)


class AuditViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Who did what."""

    serializer_class = AuditEntryOutput
    queryset = AuditEntry.objects.none()
    pagination_class = NewestEntryFirst
    filterset_fields = ("federation", "actor", "action", "subject")

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """Return what the caller may see."""
        return selectors.visible_to(self.request.user)
