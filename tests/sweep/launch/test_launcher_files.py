import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from myoassist.config.compose.run import register_schemas
from myoassist.config.schema.groups import config_folder
from myoassist.sweep.launch.local import default_parallel
from myoassist.sweep.launch.resources import count_cpus, if_cuda
from myoassist.sweep.registration import register_sweep_plugins

CLUSTERS = {
    "slurm": (None, None, None, None),
    "supercloud": ("xeon-g6-volta", None, "xeon-g6", None),
    "openmind": ("normal", "normal", None, None),
    "euler": ("research", None, None, "euler[01-05,07-09,11-12,14]"),
}


def launcher(*overrides):
    register_schemas()
    register_sweep_plugins()
    with initialize_config_dir(str(config_folder())):
        composed = compose("config", ["exp=tutorial", *overrides], return_hydra_config=True)
    return OmegaConf.to_container(composed.hydra.launcher, resolve=False) | {
        key: composed.hydra.launcher[key] for key in composed.hydra.launcher if key != "submitit_folder"
    }


@pytest.mark.parametrize("name", CLUSTERS)
def test_workers_of_a_cluster(name):
    settings = launcher(f"hydra/launcher={name}")
    assert tuple(settings[key] for key in ("partition", "qos", "constraint", "exclude")) == CLUSTERS[name]
    assert (settings["timeout_min"], settings["nodes"], settings["tasks_per_node"]) == (1440, 1, 1)
    assert (settings["mem_per_cpu"], settings["array_parallelism"]) == ("6G", 16)
    assert settings["setup"][0] == "source /etc/profile"
    assert {line.partition("=")[0] for line in settings["setup"][1:]} == {
        f"export {key}"
        for key in ("TF_CPP_MIN_LOG_LEVEL", "OPENBLAS_NUM_THREADS", "PMIX_MCA_gds", "SRUN_CPUS_PER_TASK")
    }
    # A reflex run needs no graphics card.
    assert settings["gres"] is None


def test_processors_follow_the_threads_of_a_run():
    assert launcher("hydra/launcher=euler")["cpus_per_task"] == 4
    assert launcher("hydra/launcher=euler", "optimizer.threads=7")["cpus_per_task"] == 7
    changed = launcher("hydra/launcher=euler", "hydra.launcher.cpus_per_task=3", "hydra.launcher.partition=sbel")
    assert (changed["cpus_per_task"], changed["partition"]) == (3, "sbel")


@pytest.mark.parametrize(
    ("config", "cpus", "gres"),
    [
        ({"task": "rl", "rl": {"threads": 8, "device": "cuda"}, "optimizer": {"threads": 2}}, 8, "gpu:1"),
        ({"task": "rl", "rl": {"threads": 8, "device": "cuda:1"}}, 8, "gpu:1"),
        ({"task": "rl", "rl": {"device": "cpu"}}, 4, None),
        # The keys of RL need not exist.
        ({"task": "rl", "rl": {}}, 4, None),
        ({"task": "search", "rl": {"threads": 8, "device": "cuda"}, "optimizer": {"threads": 2}}, 2, None),
        ({"task": "search", "optimizer": {"threads": None}}, 4, None),
    ],
)
def test_resources_by_task(config, cpus, gres):
    root = OmegaConf.create(config)
    assert count_cpus(4, _root_=root) == cpus
    assert if_cuda("gpu:1", _root_=root) == gres


def test_parallel_runs_share_the_cores(monkeypatch):
    monkeypatch.delenv("SLURM_CPUS_PER_TASK", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    config = OmegaConf.create({"task": "search", "optimizer": {"threads": None}})
    assert default_parallel(config, [["seed=1"]]) == 1
    assert default_parallel(config, [["optimizer.threads=2"], ["optimizer.threads=3"]]) == 2
    assert default_parallel(config, [["task=fake"]]) == 8
    config.optimizer.threads = 16
    assert default_parallel(config, [["seed=1"]]) == 1
    # RL has threads of its own.
    assert default_parallel(config, [["task=rl", "rl.threads=4"]]) == 2
