"""For all tests: hypothesis counts examples, not seconds; a fresh clone on a busy machine is slow at its first draw."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
