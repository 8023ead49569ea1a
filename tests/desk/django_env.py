"""Sets Django up for tests in this process: own data, SQLite, or PostgreSQL where DATABASE_URL is set."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("DATA_DIR_OF_TESTS", tempfile.mkdtemp(prefix="desk-test-"))
os.environ["DATA_DIR"] = os.environ["DATA_DIR_OF_TESTS"]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
# Nothing in a test may reach an engine by accident.
os.environ.setdefault("ENGINE_URL", "http://127.0.0.1:9")

import django

django.setup()
