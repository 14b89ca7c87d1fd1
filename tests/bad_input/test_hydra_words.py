"""Flags, sweep functions and keys of Hydra itself: refused before anything is written, with the right cause."""

import shlex

import pytest

from myoassist import train
from myoassist.config.entries.launchers import check_launcher, list_launcher_keys
from myoassist.sweep.launch.slurm_settings import TolerantSlurmConfig

RUN = ["exp=exo_npoint", "task=fake"]
CASES = [
    # Flags.
    ("--config-name=other", ["--config-name=other", "exp=<name>", "myoassist list exps"]),
    ("-cn tutorial", ["--config-name=tutorial", "exp=tutorial"]),
    ("--config-path=/x", ["--config-path=/x", "--config-dir=/x"]),
    ("--config-dir=/nowhere", ["--config-dir=/nowhere does not exist"]),
    ("--experimental-rerun x", ["myoassist sweeps"]),
    ("--resolve", ["--cfg job --resolve"]),
    ("--package exo", ["--cfg job --package exo"]),
    ("--cfg job -p exoo", ["--package exoo", "--cfg job --package exo"]),
    ("-m --cfg job", ["--multirun and --cfg", "leave --multirun out"]),
    ("-m -r", ["--run and --multirun", "leave --run out"]),
    # What only a sweep reads, in a single run.
    ("hydra/launcher=slurm", ["hydra/launcher=slurm without --multirun", "hydra/launcher=slurm --multirun"]),
    ("-r hydra/launcher=slurm", ["without --multirun"]),
    ("hydra.launcher.timeout_min=60", ["without --multirun"]),
    ("hydra/sweeper=grid", ["without --multirun"]),
    ("hydra.sweep.dir=x", ["without --multirun"]),
    ("hydra.mode=MULTIRUN", ["hydra.mode=MULTIRUN", "--multirun"]),
    ("hydra.mode=XX -m", ["hydra.mode=XX", "--multirun"]),
    ("+exp/mutations=[exo_torque]", ["without an evolution", "evo=evo"]),
    ("+exp/mutations=[exo_torque] -m", ["exo.max_torque", "add evo=evo"]),
    ("evo.optimizer=OnePlusOne", ["evo.optimizer=OnePlusOne without an evolution", "evo=evo"]),
    ("evo.optimizer=OnePlusOne -m", ["no evolution", "add evo=evo"]),
    # Folders.
    ("hydra.run.dir=/x", ["hydra.run.dir=/x", "logs/<date>/<expname>", "logdir=/x"]),
    ("seed=0,1 -m 'hydra.sweep.subdir=${hydra.job.override_dirname}'", ["hydra.sweep.subdir", "overlays=sweep"]),
    ("seed=0,1 -m 'hydra.sweep.subdir=a/${hydra.job.num}'", ["hydra.sweep.subdir", "overlays=sweep"]),
    ("seed=0,1 -m 'hydra.sweep.dir=a/${hydra.job.num}'", ["hydra.sweep.dir", "inside of a run", "overlays=sweep"]),
    ("seed=0,1 -m hydra.job.chdir=true", ["hydra.job.chdir=false"]),
    ("hydra.job.chdir=true", ["hydra.job.chdir=false"]),
    ("evo=evo exo.max_torque=10,20 hydra.sweep.dir=x", ["hydra.sweep.dir=x", "logdir=x"]),
    # Unknown keys and groups.
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.partiton=x", ["account, additional_parameters", "partition=x"]),
    ("seed=0,1 -m +hydra.launcher.partiton=x", ["max_parallel, timeout_min", "leave"]),
    ("evo=evo hydra.sweeper.optim.num_wokers=3", ["hydra.sweeper.optim", "num_workers=3"]),
    ("evo=evo evo.population_size=x", ["num_workers=x", "an integer"]),
    ("-m hydra.swep.dir=x", ["a key of hydra:", "hydra.sweep.dir=x"]),
    ("-m hydra/nothing=x", ["hydra/launcher, hydra/sweeper"]),
    ("-m hydra.launcher.max_parallel=1,2", ["all runs of a sweep have the same", "max_parallel=1"]),
    # Values of the launcher, in the unit of the key.
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.timeout_min=24:00:00", ["minutes", "timeout_min=1440"]),
    ("seed=0,1 -m hydra.launcher.timeout_min=24:00:00", ["minutes", "timeout_min=1440"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.timeout_min=1.5", ["timeout_min=1.5", "timeout_min=2"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.timeout_min=null", ["timeout_min=null", "minutes"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.mem_gb=8G", ["gigabytes", "mem_gb=8"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.mem_per_cpu=6", ["unit", "mem_per_cpu=6G"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.setup=x", ["setup=x", "a list"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.additional_parameters=x", ["a mapping", "mail-type"]),
    ("seed=0,1 -m hydra/launcher=slurm hydra.launcher.mem_gb=8 hydra.launcher.mem_per_cpu=2G", ["mem_gb=8", "one of"]),
    ("seed=0,1 -m hydra.launcher.max_parallel=x", ["max_parallel=x", "a whole number of runs"]),
    # Values of a sweep.
    ("'model=glob(x*)' -m", ["model=glob(x*) stands for no value", "baseline", "'model=glob(*)'"]),
    ("'seed=glob(*)' -m", ["seed has no options"]),
    ("'cost=glob(v*,exclude=v*)' -m", ["no value", "kinematics"]),
    ("'seed=range(5,1)' -m", ["seed=range(5,1) stands for no value", "range(1,4)"]),
    ("'seed=shuffle(range(1,1))' -m", ["no value"]),
    ("'seed=range(0,1,0)' -m", ["step of 0"]),
    ("'seed=interval(1,2)' -m", ["interval", "evo=evo"]),
    ("'exo.max_torque=tag(log,interval(1,2))' -m", ["interval", "evo=evo"]),
    ("'seed=choice()' -m", ["empty choice"]),
    ("'seed=range(1,a)' -m", ["mismatch", "range(1,4)"]),
    ("'seed=nothing(1,2)' -m", ["no function nothing", "choice, extend_list"]),
    ("seed=1, -m", ["beside a comma", "seed=1"]),
    ("'seed=[1,2' -m", ["is not closed"]),
    ("evo=evo evo.optimizer=OnePlusOne 'exo=glob(q*)'", ["no value", "four_param"]),
    ("evo=evo evo.optimizer=OnePlusOne 'exo.max_torque=range(2,1)'", ["no value"]),
]


@pytest.mark.long
@pytest.mark.parametrize(("typed", "words"), CASES, ids=[typed for typed, _ in CASES])
def test_the_right_cause(typed, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main([*RUN, *shlex.split(typed)]) == 2
    said = capsys.readouterr().err
    assert not [word for word in words if word not in said], said
    assert "expected:" in said and "to fix:" in said and "Traceback" not in said
    assert "cannot be composed" not in said and "overrides that change keys that exist" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("flags", [["--config-dir", "."], ["--config-dir", ".", "evo=evo", "exo.max_torque=10,20"]])
def test_a_file_that_asks_for_a_sweep(flags, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exp").mkdir()
    mode = "# @package _global_\ndefaults: [exo_npoint, _self_]\ntask: fake\nhydra: {mode: MULTIRUN}\n"
    (tmp_path / "exp/multi.yaml").write_text(mode)
    small = ["evo.optimizer=OnePlusOne", "evo.num_generations=1", "evo.population_size=1"] if len(flags) > 2 else []
    code = train.main(["exp=multi", *flags, *small])
    said = capsys.readouterr()
    if small:
        # An evolution is a sweep, also with a flag beside it.
        assert code == 0 and "Evolution of 1 individuals done" in said.out
        return
    assert code == 2 and "a file sets hydra.mode" in said.err and "--multirun" in said.err
    assert train.main(["exp=multi", *flags, "--multirun"]) == 0


@pytest.mark.parametrize("where", ["run: {dir: elsewhere}", "sweep: {subdir: x}", "job: {chdir: true}"])
@pytest.mark.parametrize("many", [[], ["--multirun", "seed=1,2"]])
def test_folders_in_a_file(where, many, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp/mine.yaml").write_text(
        f"# @package _global_\ndefaults: [exo_npoint, _self_]\ntask: fake\nhydra: {{{where}}}\n"
    )
    assert train.main(["exp=mine", "--config-dir", ".", *many]) == 2
    said = capsys.readouterr().err
    assert f"hydra.{where.partition(':')[0]}." in said and "expected:" in said
    assert not (tmp_path / "logs").exists()


def test_hydra_help_and_the_root_that_is_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main([*RUN, "--hydra-help"]) == 0
    assert train.main([*RUN, "--config-name=config"]) == 0
    assert train.main([*RUN, "--cfg", "job", "-p", "exo.n_points"]) == 0
    assert "6" in capsys.readouterr().out
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp/mine.yaml").write_text("# @package _global_\ndefaults: [exo_npoint, _self_]\ntask: fake\n")
    for wrong, right in (
        ("--config-name=mine", "exp=mine --config-dir ."),
        ("--config-dir=exp/mine.yaml", "exp=mine --config-dir . task=fake"),
    ):
        assert train.main([*RUN, wrong]) == 2
        assert right in capsys.readouterr().err
        assert train.main(right.split()) == 0


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("24:00:00", 1440),
        ("1-12", 2160),
        ("2-00:30:00", 2910),
        ("1h30m", 90),
        ("2h", 120),
        ("2 days", 2880),
        ("90min", 90),
        ("30s", 1),
        ("00:00:30", 1),
        ("1.5h", 90),
        ("soon", 1440),
        (0, 1440),
        (-5, 1440),
    ],
)
def test_the_right_number_of_minutes_is_offered(typed, minutes):
    with pytest.raises(Exception, match=f"timeout_min={minutes}$"):
        check_launcher({"timeout_min": typed})


def test_two_numbers_can_mean_two_times():
    with pytest.raises(Exception, match=r"timeout_min=1440   \(or 24, "):
        check_launcher({"timeout_min": "24:00"})


@pytest.mark.parametrize(
    ("name", "value", "offered"),
    [
        ("mem_gb", "8000M", 8),
        ("mem_gb", "1T", 1024),
        ("mem_gb", 0, 1),
        ("mem_per_gpu", "24", "24G"),
        ("nodes", 0, 1),
        ("cpus_per_task", "4 cores", 4),
        ("array_parallelism", -1, 1),
        ("poll_s", -1, 0.01),
        ("watch_s", float("nan"), None),
        ("max_array_size", 0, 1),
        ("max_num_timeout", -1, 0),
        ("signal_delay_s", "2 minutes", 120),
    ],
)
def test_every_unit(name, value, offered):
    with pytest.raises(Exception, match=f"hydra.launcher.{name}=") as caught:
        check_launcher({name: value})
    if offered is not None:
        assert f"hydra.launcher.{name}={offered}" in caught.value.remedy


def test_every_setting_is_known_and_its_default_is_taken():
    defaults = {key: value for key, value in vars(TolerantSlurmConfig()).items() if not key.startswith("_")}
    assert defaults.keys() - {"submitit_folder"} <= set(list_launcher_keys())
    check_launcher(defaults)
    check_launcher({"mem_per_cpu": "100M", "mem_gb": 1, "timeout_min": 1, "max_parallel": 3, "nodes": "${x}"})
