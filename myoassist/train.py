"""Entry: compose one run, check it, and hand it to its trainer."""

import math
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.console import say, show_plain_warnings
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from myoassist.config.compose.run import ComposedRun
    from myoassist.config.schema.run import RunConfig
    from myoassist.optimize.loop.progress import Progress
    from myoassist.rl.train.listener import Listener
    from myoassist.runs.writer import RunFolder

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
        return run_words(arguments)
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


def run_words(arguments: list[str]) -> int:
    """Do what the words of the training command ask for: one run, or with flags what Hydra's command line does.

    Returns:
        Exit code.

    Raises:
        UserError: when anything is refused, or at the end of a grid of which a run failed.
        Stopped: after a stop signal.
    """
    from myoassist.config.compose.foreign_spelling import check_train_arguments
    from myoassist.config.compose.hydra_command import is_hydra_command, run_hydra_command
    from myoassist.config.compose.run import compose_run, require_experiment
    from myoassist.sweep.evolution.arguments import complete_evolution

    check_train_arguments(arguments)
    arguments = complete_evolution(arguments)
    if is_hydra_command(arguments):
        _refuse_pages(arguments)
        from myoassist.sweep.registration import register_sweep_plugins

        # By its name, because workers cannot import what belongs to the main program.
        from myoassist.train import run_job as task

        register_sweep_plugins()
        return run_hydra_command(arguments, task)
    require_experiment(arguments)
    train(compose_run(arguments))
    return 0


def _refuse_pages(arguments: list[str]) -> None:
    """Refuse a live page for every run of a grid; one that a file asks for is left out.

    Raises:
        ConfigError: naming what shows a run of it.
    """
    from myoassist.files.errors import ConfigError

    given = [text for text in arguments if text.lstrip("+").startswith("watch=")]
    if given and given[-1].partition("=")[2].strip().lower() not in ("false", "no", "off"):
        raise ConfigError(
            f"{given[-1]} with several runs: each would open a page",
            "watch=true with a single run; of a grid, the page of one run by its folder",
            "watch=false, and myoassist watch <folder of a run> in a second terminal",
        )


def train(
    composed: "ComposedRun",
    show: "Callable[[], Progress] | None" = None,
    opened: "Callable[[RunFolder], None] | None" = None,
    watched: bool = True,
    listener: "Listener | None" = None,
) -> float:
    """Check a composed run and train it.

    Args:
        composed: The run.
        show: Makes the display of every search of the run; None chooses by standard output.
        opened: Told the folder of the run, once it is open.
        watched: Whether `watch=true` opens a page; runs of a grid open none.
        listener: Told how the training of a policy gets on.

    Returns:
        Fitness of the run, which sweepers maximize: minus its best total; also when it had been finished before.

    Raises:
        UserError: when the run is refused; nothing was loaded or written then.
    """
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.sources.shipped import describe_other_body
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.catalogue import read_fitness
    from myoassist.runs.folder import open_run
    from myoassist.runs.plugin_trust import remember_plugins
    from myoassist.runs.storage import explain_storage
    from myoassist.tracking.follow import track_run
    from myoassist.watch.beside import page_beside

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
        if opened is not None:
            opened(folder)
        if folder.state == "finished":
            _choose(config, folder.path)
            _say_next_steps(folder.path)
            return read_fitness(folder.details)
        stack.enter_context(track_run(config, folder))
        if config.watch and watched:
            stack.enter_context(page_beside(folder.path, config.watch_host))
        if config.task == "fake":
            from myoassist.sweep.fake_task import train_fake

            return -train_fake(config, folder)
        note = describe_other_body(config) if config.task == "search" and folder.state == "new" else None
        if note is not None:
            say(note)
        _announce_compilation(config)
        # Late: everything above answers without loading MuJoCo or compiling kernels.
        load_mujoco()
        if config.task == "rl":
            from myoassist.rl.train.train import train_rl

            if not config.rl.flag_rendering:
                fitness = train_rl(config, folder, listener=listener)
            else:
                from myoassist.analysis.policy.live import watch_training

                fitness = train_rl(config, folder, watch_training, listener)
        else:
            from myoassist.optimize.task import train_reflex

            fitness = -(train_reflex(config, folder, show) if show else train_reflex(config, folder))
            _choose(config, folder.path)
        _say_next_steps(folder.path)
        return fitness


def _choose(config: "RunConfig", folder: Path) -> None:
    """Judge the finalists of a finished search, where that is asked for and has not been done."""
    if config.task == "search" and config.optimizer.finalists:
        from myoassist.analysis.walk.finalists import choose_at_end

        choose_at_end(config, folder)


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
        return train(composed_job(composed), watched=False)
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
