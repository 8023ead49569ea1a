"""For all tests, on slow and busy machines: numpy keeps to one core, and hypothesis counts examples, not seconds."""

import os

from hypothesis import HealthCheck, settings

# As the engine does (bot/server.py): where cores are busy, threads that wait for each other double the work.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
