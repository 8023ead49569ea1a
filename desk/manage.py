"""Django's command line for the desk: `python -m desk.manage COMMAND`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a management command with the desk's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
