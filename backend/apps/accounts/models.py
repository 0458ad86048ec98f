"""Users and the hashes of their tokens. It does not know what a role permits."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class Scope(models.TextChoices):
    """What a token may be used for; a session may do whatever its user may."""

    READ = "read", "read what the user may see"
    JOBS = "jobs", "create and control jobs"
    FEDERATIONS = "federations", "enrol and confirm sites"
    MODELS = "models", "download weights"
    DIAGNOSES = "diagnoses", "ask for diagnoses and collect their answers"
    SERVICES = "services", "publish and close diagnosis services"


class User(AbstractUser):
    """A person, or a program's account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class ApiToken(models.Model):
    """A bearer token; only its SHA-256 is kept, and it has 256 bits of randomness, so no slow hash is needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    diagnoses_per_day = models.PositiveIntegerField(null=True, help_text="its own quota; null: only its user's budgets")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="token_name_unique_per_user"),
            models.CheckConstraint(condition=models.Q(hash__regex="^[0-9a-f]{64}$"), name="token_hash_is_sha256"),
            models.CheckConstraint(
                condition=models.Q(diagnoses_per_day=None) | models.Q(diagnoses_per_day__gte=1), name="token_quota"
            ),
        ]
