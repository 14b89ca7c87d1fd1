"""Find where full and fast physics part: muscle moments in the same poses, and walks with firmer couplings.

`python scripts/dev/physics/compare_physics.py` prints two tables (a minute); docs/fast-physics.md quotes them.
"""

import argparse
import copy
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import mujoco
import numpy as np
from walks_on_both import stored_config

from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import ShippedController, list_controllers
from myoassist.model.build import Walker, build_walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.optimize.start.vector import load_start
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import make_simulator

WALKS = ("tutorial_4param_fast", "walk_22", "walk_26")
BODIES = ("published", "human_1", "human_2")
# Time constant in s and armature in kg of the coupled coordinates; None keeps the model's.
EDITS: tuple[tuple[float | None, float | None], ...] = (
    (None, None),
    (0.01, None),
    (0.004, None),
    (None, 0.01),
    (None, 0.1),
    (0.004, 0.1),
)
_JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
_COMPARED = 0.4  # s, over which two walks are still comparable
_EVERY = 5  # control steps between compared poses


@dataclass(frozen=True)
class Walk:
    """A simulated walk with its joint positions, shape (T, nq), and the time it took, CPU s per simulated s."""

    log: WalkLog
    poses: np.ndarray
    cost: float

    @property
    def seconds(self) -> float:
        """Time until it fell or was over, s."""
        return self.log.n_steps * self.log.dt


def build(controller: ShippedController, body: str, physics: str) -> tuple[RunConfig, Walker]:
    """Return the configuration and model of a shipped controller on another body and physics."""
    config = stored_config(controller)
    config.model.plant, config.model.physics = body, physics
    config.optimizer.param_path = str(controller.parameters)
    return config, build_walker(config.model, config.env, exo=config.exo)


def walk(config: RunConfig, walker: Walker) -> Walk:
    """Simulate the walk of a configuration on a model."""
    simulator = make_simulator(config, walker)
    poses = np.zeros((simulator.step_limit, walker.model.nq))
    vector = load_start(config, simulator.table, clamp=False)
    started = time.thread_time()
    log = simulator.simulate(vector, poses=poses)
    cost = (time.thread_time() - started) / max(log.n_steps * log.dt, log.dt)
    return Walk(log, poses[: log.n_steps], cost)


def edit(walker: Walker, time_constant: float | None, armature: float | None) -> Walker:
    """Return a walker with other couplings."""
    model = copy.copy(walker.model)
    if armature is not None:
        for joint in model.eq_obj1id:
            model.dof_armature[model.jnt_dofadr[joint]] = armature
        mujoco.mj_setConst(model, mujoco.MjData(model))
    if time_constant is not None:
        model.eq_solref[:, 0] = time_constant
    return replace(walker, model=model)


def largest_deviation(model: mujoco.MjModel, poses: np.ndarray) -> float:
    """Return how far a coupled coordinate was from its polynomial, mm; 0 without any."""
    found = [0.0]
    for dependent, independent, polynomial in find_couplings(model):
        expected = model.qpos0[dependent] + np.polyval(polynomial, poses[:, independent] - model.qpos0[independent])
        found.append(float(np.abs(poses[:, dependent] - expected).max()))
    return 1000.0 * max(found)


def leg_angles(model: mujoco.MjModel, poses: np.ndarray) -> np.ndarray:
    """Return hip, knee and ankle of both legs in deg, shape (T, 6)."""
    addresses = [int(model.joint(f"{joint}_{side}").qposadr[0]) for side in "rl" for joint in _JOINTS]
    return np.rad2deg(poses[:, addresses])


def moments(model: mujoco.MjModel, qpos: np.ndarray, force: np.ndarray) -> np.ndarray:
    """Return muscle moments about hip, knee and ankle of both legs, N·m, those of coupled coordinates included.

    Args:
        model: Full or fast model.
        qpos: Joint positions, shape (nq,).
        force: Tension of the first actuators, N.
    """
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_fwdPosition(model, data)
    arms = np.zeros((model.nu, model.nv))
    rows = data.moment_rownnz, data.moment_rowadr, data.moment_colind
    mujoco.mju_sparse2dense(arms, data.actuator_moment.ravel(), *rows)
    total = -force @ arms[: len(force)]
    for i, (_, independent, polynomial) in enumerate(find_couplings(model)):
        slope = np.polyval(np.polyder(polynomial), qpos[independent] - model.qpos0[independent])
        total[model.jnt_dofadr[model.eq_obj2id[i]]] += slope * total[model.jnt_dofadr[model.eq_obj1id[i]]]
    return np.array([total[model.joint(f"{joint}_{side}").dofadr[0]] for side in "rl" for joint in _JOINTS])


def compare_moments(full: Walker, fast: Walker, walked: Walk) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return root mean squares by joint, N·m: moments of a walk, what yielding changes, and what fast geometry changes.

    The same poses and tensions are looked at as walked, with every coupled coordinate put onto its polynomial, and on
    the fast model.
    """
    model = full.model
    kept = [int(model.joint(fast.model.joint(j).name).qposadr[0]) for j in range(fast.model.njnt)]
    rows = []
    for sample in range(0, len(walked.poses), _EVERY):
        qpos = walked.poses[sample]
        placed = qpos.copy()
        follow_couplings(find_couplings(model), model.qpos0, placed)
        force = np.zeros(model.nu)
        force[full.layout.all_muscles] = walked.log.muscle_force[sample]
        rows.append([moments(model, qpos, force), moments(model, placed, force)])
        rows[-1].append(moments(fast.model, qpos[kept], force))
    as_walked, placed, fixed = np.array(rows).swapaxes(0, 1).reshape(3, -1, 2, len(_JOINTS))
    pairs = (as_walked, as_walked - placed, placed - fixed)
    return tuple(np.sqrt((values**2).mean(axis=(0, 1))) for values in pairs)  # type: ignore[return-value]


def moment_rows(controllers: dict[str, ShippedController]) -> Iterator[str]:
    """Yield a line per walk and joint of the table of moments."""
    yield "| walk, body | joint | muscle moment N·m | changed by yielding | by fast geometry |"
    yield "|---|---|---|---|---|"
    for name, body in (("walk_22", "published"), ("walk_22", "human_1"), ("walk_22", "human_2")):
        config, full = build(controllers[name], body, "full")
        found = compare_moments(full, build(controllers[name], body, "fast")[1], walk(config, full))
        for joint, *values in zip(_JOINTS, *found, strict=True):
            yield f"| `{name}`, {body} | {joint} | {' | '.join(f'{value:.2f}' for value in values)} |"


def walk_rows(controllers: dict[str, ShippedController]) -> Iterator[str]:
    """Yield a line per walk on fast physics and on full physics with each edit."""
    yield "| walk, body | couplings | walked s | farthest off, mm | angles off fast after 0.4 s, deg | CPU s per s |"
    yield "|---|---|---|---|---|---|"
    for name in WALKS:
        for body in BODIES:
            config, walker = build(controllers[name], body, "fast")
            fast = walk(config, walker)
            fixed = leg_angles(walker.model, fast.poses)
            yield f"| `{name}`, {body} | fast | {fast.seconds:.2f} | | | {fast.cost:.4f} |"
            config, full = build(controllers[name], body, "full")
            for time_constant, armature in EDITS if body == "published" else EDITS[:1]:
                edited = edit(full, time_constant, armature)
                walked = walk(config, edited)
                n = min(round(_COMPARED / walked.log.dt), len(walked.poses), len(fixed))
                off = np.sqrt(np.mean((leg_angles(edited.model, walked.poses)[:n] - fixed[:n]) ** 2))
                label = ", ".join(
                    text
                    for text, value in ((f"{time_constant} s", time_constant), (f"{armature} kg", armature))
                    if value is not None
                )
                far = largest_deviation(edited.model, walked.poses)
                cells = (label or "full", f"{walked.seconds:.2f}", f"{far:.1f}", f"{off:.2f}", f"{walked.cost:.4f}")
                yield f"| `{name}`, {body} | {' | '.join(cells)} |"


def main() -> int:
    """Print both tables."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    controllers = {controller.name: controller for controller in list_controllers()}
    for rows in (moment_rows(controllers), walk_rows(controllers)):
        for row in rows:
            print(row, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
