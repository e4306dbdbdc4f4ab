"""How much is thrown: the same in every run, so that a run that fails here fails everywhere."""

from hypothesis import HealthCheck, Phase, settings

BOUNDED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
