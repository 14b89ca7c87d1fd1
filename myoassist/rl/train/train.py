"""The RL trainer: rollouts and updates, saved so that the same command continues a killed run."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import torch as th

from myoassist.config.cores import count_cores
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import RunError
from myoassist.files.signals import Stopped, StopRequest
from myoassist.rl.algorithms.registry import new_learner
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.vec_measure import make_vec_env
from myoassist.rl.policy.design import policy_params, route_batch, start_action
from myoassist.rl.policy.source import load_transfer
from myoassist.rl.train.background import BackgroundEvaluation
from myoassist.rl.train.evaluate_best import Evaluator
from myoassist.rl.train.listener import Listener
from myoassist.rl.train.session import write_session
from myoassist.rl.train.trainer import Trainer
from myoassist.runs.writer import RunFolder


class EnvironmentLostError(RunError):
    """End a training whose environments live in processes, one of which has died."""


def train_rl(
    config: RunConfig,
    folder: RunFolder,
    watch: Callable[[WalkBatch], AbstractContextManager[None]] | None = None,
    listener: Listener | None = None,
) -> float:
    """Run the RL trainer in an opened run folder.

    A folder with a checkpoint is continued; a larger `rl.total_timesteps` extends a finished run. SIGINT and SIGTERM
    save the last complete rollout and its update, and end the run.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        watch: Shows the environments as long as it is entered; None for not at all.
        listener: Told of every rollout and every evaluation; what it raises ends the training.

    Returns:
        Score of the best evaluation, 0 to 1.

    Raises:
        UserError: before training, for what the user can change.
        EnvironmentLostError: if the process of an environment dies; the last checkpoint stands.
        Stopped: after a stop signal; everything is saved.
    """
    with ExitStack() as stack:
        stop = stack.enter_context(StopRequest())
        threads = config.rl.threads or count_cores()
        # Networks this small gain nothing from more, and OpenMP threads wait for each other by spinning: on a busy
        # machine two of them all but stop.
        th.set_num_threads(1)
        transfer = load_transfer(config)
        venv, batch = make_vec_env(config, threads)
        stack.callback(venv.close)
        routing = route_batch(config, batch)
        given = config.rl.policy_params.custom_policy_params.initial_excitation
        start = None if given is None else start_action(batch.walker.model, batch.action_names, given)
        params = policy_params(config, routing, start)
        learner = new_learner(config, venv, params)
        evaluation = BackgroundEvaluation(Evaluator(config))
        stack.callback(evaluation.close)
        trainer = Trainer(config, folder, learner, venv, evaluation, stop, listener)
        stack.callback(trainer.close)
        write_session(config, folder.path, params)
        if watch is not None:
            stack.enter_context(watch(batch))
        try:
            trainer.open(transfer)
            trainer.run()
            score = None if stop.requested else trainer.finish()
        except (EOFError, ConnectionError) as error:
            if not (dead := venv.find_dead()):
                raise
            raise EnvironmentLostError(
                f"{', '.join(dead)} ended after step {trainer.saved_steps}",
                "processes of environments that live as long as the training; memory that runs out kills them",
                "the same command continues with new processes; rl.vec_env=batched needs none",
            ) from error
        if score is not None:
            return score
        assert stop.signal_number is not None
        trainer.save(final=True)
        folder.write_status("interrupted", **trainer.status())
        raise Stopped(
            stop.signal_number,
            f"stopped after step {trainer.saved_steps}, which is saved in {folder.path}; the same command continues",
        )
