"""Entry: compose one run, check it, and hand it to its trainer."""

import math
import os
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.console import say, show_plain_warnings
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from myoassist.config.compose.run import ComposedRun
    from myoassist.config.schema.run import RunConfig

INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run the training command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done, 2 refused with a message, 130 or 143 stopped by a signal, 1 ended by something outside of the
        run, with a message, or an unexpected error.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    show_plain_warnings()
    try:
        return _dispatch(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        if getattr(error, "abandons", False):
            sys.stdout.flush()
            os._exit(error.exit_code)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        # A trainer that was told to stop says how (130 after Ctrl-C, 143 after SIGTERM); anything else is a bug.
        if isinstance(code := getattr(error, "exit_code", None), int):
            print(error, file=sys.stderr)
            return code
        traceback.print_exc()
        return 1


def _dispatch(arguments: list[str]) -> int:
    from myoassist.config.compose.foreign_spelling import check_train_arguments
    from myoassist.config.compose.hydra_command import is_hydra_command, run_hydra_command
    from myoassist.config.compose.run import compose_run, require_experiment
    from myoassist.sweep.evolution.arguments import complete_evolution

    check_train_arguments(arguments)
    arguments = complete_evolution(arguments)
    if is_hydra_command(arguments):
        from myoassist.sweep.registration import register_sweep_plugins

        # By its name, because workers cannot import what belongs to the main program.
        from myoassist.train import run_job as task

        register_sweep_plugins()
        return run_hydra_command(arguments, task)
    require_experiment(arguments)
    train(compose_run(arguments))
    return 0


def train(composed: "ComposedRun") -> float:
    """Check a composed run and train it.

    Returns:
        Fitness of the run, which sweepers maximize: minus its best total; also when it had been finished before.

    Raises:
        UserError: when the run is refused; nothing was loaded or written then.
    """
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.catalogue import read_fitness
    from myoassist.runs.folder import open_run
    from myoassist.runs.plugin_trust import remember_plugins
    from myoassist.runs.storage import explain_storage

    config = composed.config
    check(config)
    # What is named by who trains may run again when the run is evaluated.
    remember_plugins(import_code(config))
    if config.task == "rl" and config.rl.realtime_evaluate:
        load_mujoco()
        from myoassist.analysis.policy.live import watch_configured

        watch_configured(config)
        return math.nan
    with ExitStack() as stack:
        folder = open_run(config, composed.exp, composed.all_overrides)
        # Around the folder, whose own last words may fail in the same way.
        stack.enter_context(explain_storage(folder.path))
        stack.enter_context(folder)
        say(folder.notice)
        if folder.state == "finished":
            _say_next_steps(folder.path)
            return read_fitness(folder.details)
        if config.task == "fake":
            from myoassist.sweep.fake_task import train_fake

            return -train_fake(config, folder)
        _announce_compilation(config)
        # Late: everything above answers without loading MuJoCo or compiling kernels.
        load_mujoco()
        if config.task == "rl":
            from myoassist.rl.train.train import train_rl

            if not config.rl.flag_rendering:
                fitness = train_rl(config, folder)
            else:
                from myoassist.analysis.policy.live import watch_training

                fitness = train_rl(config, folder, watch_training)
        else:
            from myoassist.optimize.task import train_reflex

            fitness = -train_reflex(config, folder)
        _say_next_steps(folder.path)
        return fitness


def _announce_compilation(config: "RunConfig") -> None:
    """Say that the first start is slow, before it is: nothing else is heard of it for half a minute."""
    from myoassist.config.cache import has_kernels
    from myoassist.config.schema.own_code import loop_name

    name = ("rl/kernels",) if config.task == "rl" else ("rollout", f"walk_{loop_name(config)}")
    if not has_kernels(*name):
        say("The simulation loop is being compiled to machine code: half a minute or so, at the first start only.")


def _say_next_steps(folder: Path) -> None:
    """Say where the results are and what shows them."""
    from myoassist.files.command_words import describe_next_steps

    say(describe_next_steps(folder))


def run_job(composed: "DictConfig") -> float:
    """Train one job of a sweep and return its fitness; called by Hydra's launchers."""
    from myoassist.config.compose.hydra_command import composed_job

    try:
        return train(composed_job(composed))
    except UserError:
        raise
    except Exception as error:
        # Hydra would go on to the next job; a signal is meant for the whole sweep.
        if isinstance(code := getattr(error, "exit_code", None), int):
            print(error, file=sys.stderr)
            raise SystemExit(code) from error
        raise


if __name__ == "__main__":
    sys.exit(main())
