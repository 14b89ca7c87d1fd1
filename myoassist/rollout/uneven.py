"""Walk over uneven ground: planes that follow it below the feet, in a model of its own for every worker."""

import copy
from dataclasses import replace

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.model.build import build_walker
from myoassist.model.ground.footholds import Footholds, Profile, draw_profile
from myoassist.rollout.disturbance import Disturbance
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import Simulator, choose_loop, make_simulator


class UnevenWalks:
    """Simulators of walks over ground that is another one in every walk; none is compiled for it.

    Args:
        config: Run configuration.
        workers: Number of walks simulated at once.

    Attributes:
        simulators: One per worker, each with a model and a worker of its own.
    """

    def __init__(self, config: RunConfig, workers: int) -> None:
        walker = build_walker(config.model, config.env, exo=config.exo, seed=config.seed, footholds=True)
        level = draw_profile(0.0, config.env.slope_deg, np.random.default_rng(0))
        self.simulators: list[Simulator] = []
        self._footholds: list[Footholds] = []
        for _ in range(workers):
            own = replace(walker, model=copy.copy(walker.model))
            simulator = make_simulator(config, own)
            choose_loop(simulator)
            self.simulators.append(simulator)
            self._footholds.append(Footholds(own.model, simulator.first_worker.data, level))

    def simulate(
        self, vector: np.ndarray, profile: Profile, worker: int = 0, disturbance: Disturbance | None = None
    ) -> WalkLog:
        """Simulate one parameter vector on a ground until it falls or the time is over; see `Simulator.simulate`.

        Args:
            vector: Raw parameters, shape (D,).
            profile: The ground.
            worker: Worker number; concurrent calls need different ones.
            disturbance: Pushes and noise of this walk; None draws those of the configuration.
        """
        simulator, footholds = self.simulators[worker], self._footholds[worker]
        footholds.change(profile)
        disturbance = simulator.first_worker.undisturbed if disturbance is None else disturbance
        return simulator.simulate(vector, disturbance=disturbance._replace(footing=footholds.footing))
