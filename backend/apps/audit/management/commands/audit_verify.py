"""``manage.py audit_verify``: check the whole audit chain, exit 1 where it is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.apps.audit.errors import ChainBroken
from backend.apps.audit.services import verify_chain


class Command(BaseCommand):
    """Verify every number, link and hash of the audit log."""

    help = "Check that no entry of the audit log was changed, removed or inserted."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many entries stand, or name the first that does not."""
        try:
            number = verify_chain()
        except ChainBroken as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{number} audit entries, every one as it was written")
