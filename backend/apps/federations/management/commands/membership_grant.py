"""Give a user a role in a federation, from the hub's own command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.apps.accounts.models import User
from backend.apps.federations.models import Federation, Role, Site
from backend.apps.federations.services import membership_grant


class Command(BaseCommand):
    """``manage.py membership_grant alpine nils site_admin --site north``: granting again changes nothing."""

    help = "Give an existing user a role in a federation; a site_admin belongs to one site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("federation", help="its slug")
        parser.add_argument("user", help="user name")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--site", help="the site's slug, for a site_admin and for nobody else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant the role, or say what is missing."""
        role = Role(options["role"])
        if (role == Role.SITE_ADMIN) != bool(options["site"]):
            raise CommandError(f"a {Role.SITE_ADMIN.value} needs --site, and no other role has one; got {role.value}")
        try:
            federation = Federation.objects.get(slug=options["federation"])
            user = User.objects.get(username=options["user"])
            site = Site.objects.get(federation=federation, slug=options["site"]) if options["site"] else None
        except (Federation.DoesNotExist, User.DoesNotExist, Site.DoesNotExist) as error:
            raise CommandError(f"{error} Check the names.") from error
        membership_grant(user=user, federation=federation, role=role, site=site, by="system", now=timezone.now())
        self.stdout.write(f"{user.username} is {role.value} of {federation.slug}{f' for {site}' if site else ''}")
