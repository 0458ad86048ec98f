#!/usr/bin/env python3
"""Django's command line for PriMIA."""

import os
import sys

from django.core.management import execute_from_command_line

from primia_core.errors import PrimiaError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    try:
        execute_from_command_line(sys.argv)
    except PrimiaError as error:
        sys.exit(f"manage.py: {error.message} [{error.code}]")
