"""Bring the database's tables up to date, then leave a marker that the other processes wait for."""

import sys
from pathlib import Path


def main(marker: Path) -> None:
    """Migrate, and say so at ``marker``."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    marker.touch(mode=0o600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
