"""Found a federation with its first coordinator, from the hub's own command line. Nobody can do it over the network."""

import getpass
import json
import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.text import slugify

from backend.apps.accounts.models import Scope
from backend.apps.accounts.services import token_create, user_create
from backend.apps.federations.services import federation_create

PASSWORD_VARIABLE = "PRIMIA_PASSWORD"  # noqa: S105  the name of a variable, not a password


class Command(BaseCommand):
    """``manage.py federation_create "Alpine consortium" --coordinator ada``; repeating it changes nothing."""

    help = (
        "Found a federation and its first coordinator. The password is asked for, or read from the environment "
        f"variable {PASSWORD_VARIABLE}; an existing user keeps the password that they have."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("name", help="what people call it, such as 'Alpine consortium'")
        parser.add_argument("--coordinator", required=True, metavar="USER", help="user name; made when it is new")
        parser.add_argument("--slug", help="short name in addresses; made from the name otherwise")
        parser.add_argument("--min-survivors", type=int, default=3, help="least number of sites in an opened sum")
        parser.add_argument("--token", metavar="NAME", help="also make an API token with all scopes, and print it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and print it as one JSON object."""
        now, slug = timezone.now(), options["slug"] or slugify(options["name"])
        if not slug or not 2 <= options["min_survivors"] <= 255:
            survivors = options["min_survivors"]
            raise CommandError(f"need a name with letters and 2 to 255 survivors, got {slug!r} and {survivors}")
        password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password of {options['coordinator']}: ")
        try:
            user = user_create(username=options["coordinator"], password=password, now=now)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        federation = federation_create(
            slug=slug, name=options["name"], min_survivors=options["min_survivors"], coordinator=user, now=now
        )
        answer = {"federation": str(federation.pk), "slug": federation.slug, "coordinator": user.username}
        if options["token"]:
            _, answer["token"] = token_create(user=user, name=options["token"], scopes=Scope.values, now=now)
        self.stdout.write(json.dumps(answer))
