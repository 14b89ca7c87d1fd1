"""Make the tables of fibres and tendons of the package, and the audit on docs/body.md, from OpenSim models.

    python scripts/dev/body/muscle_parameters.py
    python scripts/dev/body/muscle_parameters.py --opensim-python <venv>/bin/python --models <folder> --curves <csv>

The second form first samples the OpenSim models anew, with `opensim_poses.py`; else the stored samples are read.

Method, after Modenese, Ceseracciu, Reggiani & Lloyd, J Biomech 49:141 (2016): the fibres of our muscles are to have the
normalized lengths that those of the source have over the stride of a person. Optimal length and an offset of the path
are fitted by least squares; the slack length is the source's, so that the tendon yields as much. The peak force
keeps the source's volume: where a moment arm of ours is larger, the fibre is longer and the force smaller by as much,
so that moment, mass and power stay. Muscles that ours lump together are sums, their lengths means weighted by force.
"""

import argparse
import subprocess
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import Walker, build_walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.curves import (
    TENDON_FOOT,
    active_force,
    passive_force,
    tendon_exponent,
    tendon_force,
)
from myoassist.model.plant.muscle_groups import GROUPS
from myoassist.rollout.sense import muscle_lengths

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "data" / "opensim"
TABLES = ROOT / "myoassist" / "model" / "plant"
PAGE = ROOT / "docs" / "body.md"
REFERENCE, SECOND = "Rajagopal2016", "gait10dof18musc"
DENSITY, SPECIFIC_TENSION = 1059.7, 0.60e6  # kg/m^3, Pa
STRAIN_AT_PEAK = 0.049
# How strongly an optimal length is held to the source where the stride hardly moves the fibre, and how far it may go.
HOLD, FARTHEST = 0.3, 1.35
# Passive force over that of the curve, by muscle of the 22: `passive_moments.py` over both models, rounded.
PASSIVE = {"vasti": 0.05, "rectfem": 0.05, "soleus": 0.05, "glutmax": 0.05, "hamstrings": 0.3, "gastroc": 0.5}
_ACTIVATION = 1  # of the samples: 0.3, as in walking
# Muscle of the 22 and 26 -> muscles of the reference; groups of the controller but for what acts at other joints too.
LUMPED = {
    "abd": GROUPS["HAB"],
    "add": GROUPS["HAD"],
    "hamstrings": GROUPS["HAM"],
    "bifemsh": ("bfsh",),
    "edl": GROUPS["EDL"],
    "fdl": GROUPS["FDL"],
    "glutmax": GROUPS["GLU"],
    "iliopsoas": GROUPS["HFL"],
    "rectfem": ("recfem",),
    "vasti": GROUPS["VAS"],
    "gastroc": GROUPS["GAS"],
    "soleus": ("soleus",),
    "tibant": ("tibant",),
}
RELAXED = {whole: LUMPED[whole] for whole in PASSIVE}
_SECOND_NAMES = {
    "hamstrings": "hamstrings",
    "bifemsh": "bifemsh",
    "glutmax": "glut_max",
    "iliopsoas": "iliopsoas",
    "rectfem": "rect_fem",
    "vasti": "vasti",
    "gastroc": "gastroc",
    "soleus": "soleus",
    "tibant": "tib_ant",
}


@dataclass(frozen=True)
class Fit:
    """One muscle of ours beside its source.

    Attributes:
        name: Actuator without its side.
        parts: Muscles of the source.
        optimal, slack, f_max, pennation, offset: What the table says, m, m, N, rad, m.
        source: Optimal length m, slack m, force N, pennation rad of the source, summed or averaged.
        fibre: Least and greatest fibre length over the stride, in optimal lengths.
        source_fibre: The same of the source.
        error: Root mean square of the difference of both, in optimal lengths.
    """

    name: str
    parts: tuple[str, ...]
    optimal: float
    slack: float
    f_max: float
    pennation: float
    offset: float
    source: tuple[float, float, float, float]
    fibre: tuple[float, float]
    source_fibre: tuple[float, float]
    error: float

    @property
    def mass(self) -> float:
        """Mass that force and length imply, kg."""
        return self.f_max * self.optimal * DENSITY / SPECIFIC_TENSION


def pose_walker(walker: Walker, data: mujoco.MjData, pose: np.ndarray) -> None:
    """Set hip, knee and ankle of the right leg (deg, flexion and dorsiflexion positive) and forward the positions."""
    model, layout = walker.model, walker.layout
    data.qpos[:] = model.key_qpos[layout.keyframe]
    radians = np.deg2rad(pose) * (1.0, -1.0, 1.0)
    data.qpos[layout.qpos_leg[0, :3]] = radians * layout.sign_leg[0, :3]
    if layout.qpos_leg[0, 3] >= 0:
        data.qpos[layout.qpos_leg[0, 3]] = 0.0
    for address in (layout.qpos_add[0], layout.qpos_rot[0]):
        if address >= 0:
            data.qpos[address] = 0.0
    follow_couplings(find_couplings(model), model.qpos0, data.qpos)
    data.qvel[:] = 0.0
    mujoco.mj_forward(model, data)


def model_lengths(musculature: int, poses: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the right muscles and their path lengths from MuJoCo's slack on, m, shape (P, n)."""
    walker = build_walker(ModelConfig(musculature=musculature), EnvConfig(init_pose="stand"))
    data = mujoco.MjData(walker.model)
    _, slack = muscle_lengths(walker.model, walker.layout.all_muscles)
    chosen = [i for i, name in enumerate(walker.layout.muscle_names) if name.endswith("_r")]
    lengths = np.zeros((len(poses), len(chosen)))
    for row, pose in zip(lengths, poses, strict=True):
        pose_walker(walker, data, pose)
        row[:] = (data.actuator_length[walker.layout.all_muscles] - slack)[chosen]
    return [walker.layout.muscle_names[i].removesuffix("_r") for i in chosen], lengths


def tendon_stretch(force: np.ndarray) -> np.ndarray:
    """Return the length in slack lengths of a tendon that carries a force in peak forces."""
    exponents = np.linspace(0.2, 2.6, 4000)
    found = np.interp(force, tendon_force(exponents), exponents)
    return found / tendon_exponent(STRAIN_AT_PEAK) + TENDON_FOOT


def fit_muscle(name: str, parts: tuple[str, ...], samples: dict[str, np.ndarray], path: np.ndarray) -> Fit:
    """Fit one muscle to the strides of its parts.

    Args:
        name: Actuator without its side.
        parts: Muscles of the source.
        samples: What `opensim_poses.py` has written.
        path: Lengths of our path over the stride, m, shape (51,).
    """
    gait = samples["sets"] == 0
    index = [list(samples["muscles"]).index(part) for part in parts]
    constants = samples["constants"][index]
    weight = constants[:, 2] / constants[:, 2].sum()
    optimal, slack, f_max, pennation = (
        constants[:, 0] @ weight,
        constants[:, 1] @ weight,
        constants[:, 2].sum(),
        constants[:, 3] @ weight,
    )
    along = samples["along"][_ACTIVATION][gait][:, index] @ weight
    width = np.sin(pennation)
    fibre = np.sqrt(along**2 + width**2)
    stretch = tendon_stretch((0.3 * active_force(fibre) + passive_force(fibre)) * along / fibre)
    # path + offset = optimal * along + slack * stretch, in optimal lengths of the source.
    target = (path - slack * stretch) / optimal
    rows = np.vstack([np.stack([along, -np.ones(len(along))], axis=1), [[np.sqrt(HOLD), 0.0]]])
    solution, *_ = np.linalg.lstsq(rows, np.append(target, np.sqrt(HOLD)), rcond=None)
    ratio = float(np.clip(solution[0], 1.0 / FARTHEST, FARTHEST))
    offset = float((ratio * along - target).mean()) * optimal
    own_along = np.maximum((path + offset - slack * stretch) / (ratio * optimal), 0.0)
    own = np.sqrt(own_along**2 + width**2)
    return Fit(
        name,
        parts,
        optimal * ratio,
        slack,
        f_max / ratio,
        pennation,
        offset,
        (optimal, slack, f_max, pennation),
        (own.min(), own.max()),
        (fibre.min(), fibre.max()),
        float(np.sqrt(((own - fibre) ** 2).mean())),
    )


def fit_table(musculature: int, samples: dict[str, np.ndarray]) -> list[Fit]:
    """Fit all muscles of a model of the library."""
    names, lengths = model_lengths(musculature, samples["poses"][samples["sets"] == 0])
    parts = {name: (name,) if musculature == 80 else tuple(LUMPED[name]) for name in names}
    return [fit_muscle(name, parts[name], samples, lengths[:, i]) for i, name in enumerate(names)]


def write_table(path: Path, fits: list[Fit]) -> None:
    """Write a table of the package."""
    lines = [
        "# Made by scripts/dev/body/muscle_parameters.py after Rajagopal et al. 2016; do not edit.",
        "name,optimal_m,slack_m,f_max_n,pennation_rad,offset_m,fastest_per_s,strain_at_peak,passive_share,pcsa_m2,"
        "source",
    ]
    for fit in fits:
        pcsa = fit.f_max / SPECIFIC_TENSION
        source = "+".join(fit.parts)
        share = next((PASSIVE[whole] for whole in PASSIVE if set(fit.parts) <= set(RELAXED[whole])), 1.0)
        lines.append(
            f"{fit.name},{fit.optimal:.5f},{fit.slack:.5f},{fit.f_max:.1f},{fit.pennation:.5f},{fit.offset:.5f},"
            f"10,{STRAIN_AT_PEAK:g},{share:g},{pcsa:.6f},Rajagopal2016:{source}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def audit(musculature: int, fits: list[Fit], samples: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> str:
    """Return the audit of a model as a table of Markdown."""
    head = (
        "| muscle | optimal length mm: ours, source, second | slack mm: source, second | "
        "peak force N: ours, source, second | pennation deg | fibre over a stride: ours, source | difference | "
        "mass kg |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    others = list(second["muscles"])
    for fit in fits:
        other = _SECOND_NAMES.get(fit.name)
        c = second["constants"][others.index(other)] if other else None
        extra = ["-"] * 3 if c is None else [f"{1000 * c[0]:.0f}", f"{1000 * c[1]:.0f}", f"{c[2]:.0f}"]
        lines.append(
            f"| {fit.name} | {1000 * fit.optimal:.0f}, {1000 * fit.source[0]:.0f}, {extra[0]} | "
            f"{1000 * fit.slack:.0f}, {extra[1]} | {fit.f_max:.0f}, {fit.source[2]:.0f}, {extra[2]} | "
            f"{np.rad2deg(fit.pennation):.0f} | {fit.fibre[0]:.2f}-{fit.fibre[1]:.2f}, "
            f"{fit.source_fibre[0]:.2f}-{fit.source_fibre[1]:.2f} | {fit.error:.2f} | {fit.mass:.3f} |"
        )
    constants = samples["constants"]
    whole = float((constants[:, 0] * constants[:, 2]).sum() * DENSITY / SPECIFIC_TENSION)
    meant = sum(fit.source[0] * fit.source[2] for fit in fits) * DENSITY / SPECIFIC_TENSION
    own = sum(fit.mass for fit in fits)
    # A mean of lengths weighted by force keeps the mass of a sum.
    lines += [
        "",
        f"Muscle mass of a leg at 0.60 MPa: {own:.2f} kg ({musculature} muscles in both legs), of the source's muscles "
        f"that they stand for {meant:.2f} kg, of all of the source's {whole:.2f} kg.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Fit, write tables, replace the audit on the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opensim-python", help="Python of an environment with the opensim package")
    parser.add_argument("--models", type=Path, help="folder of the .osim files")
    parser.add_argument("--curves", type=Path, help="schwartz2008_curves.csv")
    arguments = parser.parse_args()
    if arguments.opensim_python:
        script = Path(__file__).with_name("opensim_poses.py")
        for name in (REFERENCE, SECOND):
            command = [arguments.opensim_python, script, arguments.models / f"{name}.osim", arguments.curves]
            subprocess.run([*map(str, command), str(SAMPLES / f"{name}.npz")], check=True)
    samples, second = (dict(np.load(SAMPLES / f"{name}.npz")) for name in (REFERENCE, SECOND))
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    for musculature in (22, 26, 80):
        fits = fit_table(musculature, samples)
        write_table(TABLES / f"muscles_{musculature}.csv", fits)
        table = audit(musculature, fits, samples, second)
        begin, end = f"<!-- audit {musculature} -->", f"<!-- end {musculature} -->"
        if begin in page:
            page = page[: page.index(begin)] + f"{begin}\n{table}\n{end}" + page[page.index(end) + len(end) :]
        print(table)
    if page:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
