import pytest

from myoassist.config.cores import count_cores


@pytest.mark.parametrize(("given", "cores"), [("", 8), ("3", 3), ("64", 8), ("0", 8), ("x", 8)])
def test_a_cluster_job_takes_what_it_was_given(monkeypatch, given, cores):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", given)
    assert count_cores() == cores
