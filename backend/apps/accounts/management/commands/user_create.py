"""Make a user, from the hub's own command line."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.apps.accounts.services import user_create

PASSWORD_VARIABLE = "PRIMIA_PASSWORD"  # noqa: S105  the name of a variable, not a password


class Command(BaseCommand):
    """``manage.py user_create nils``: an existing user stays as they are."""

    help = f"Make a user. The password is asked for, or read from the environment variable {PASSWORD_VARIABLE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("username")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the user, or say why the password will not do."""
        password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password of {options['username']}: ")
        try:
            user = user_create(
                username=options["username"], password=password, email=options["email"], now=timezone.now()
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{user.username} can log in")
