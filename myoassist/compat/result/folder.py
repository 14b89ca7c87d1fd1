"""Look into a result folder of MyoAssist: parameter vectors, the preset beside them, and what their names tell."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from myoassist.compat.preset.arguments import COST_FLAGS
from myoassist.compat.preset.file import SUFFIXES, Preset, read_preset
from myoassist.files.errors import UserError
from myoassist.optimize.names import TARGET_NAMES
from myoassist.optimize.start.vector_file import read_vector
from myoassist.rl.train.session import SESSION_NAME
from myoassist.runs.catalogue import CONFIG_NAME

# What `params=` asks for -> end of the name of a file, as the published program chooses them: BestLast first.
LABELS = {"bestlast": "BestLast", "best": "Best"}
_SCRIPTS = tuple(suffix for suffix in SUFFIXES if suffix != ".json")
_NAME = re.compile(r"myorfl_(?P<target>.+)_(?P<space>[23]D)_(?P<speed>-?\d+(?:_\d+)?)_\d{4}[A-Z][a-z]{2}\d{2}_\d{4}_")
_SLOPE = re.compile(r"(?P<sign>neg|-)?(?P<deg>\d+)deg(?![a-z])")
# Entries of the human part by dimensions.
_HUMAN = {"2D": 77, "3D": 97}
_TARGETS = {name.lower(): target for target, name in TARGET_NAMES.items()} | {
    name.lower(): target for name, target in COST_FLAGS.items() if name not in ("eff", "vel", "class", "kine")
}


@dataclass(frozen=True)
class ResultFile:
    """A parameter vector of a result.

    Attributes:
        path: The file.
        run: Name of the run that wrote it; of another file its stem.
        label: Best, BestLast, or empty for another file.
    """

    path: Path
    run: str
    label: str

    @property
    def costs(self) -> Path:
        """The file of its cost terms, whether it is there or not."""
        return self.path.with_name(f"{self.path.stem}_Cost.txt")

    @property
    def target(self) -> str | None:
        """The cost target that its name tells, in our words."""
        match = _NAME.match(self.path.name)
        return _TARGETS.get(match["target"].lower()) if match else None

    @property
    def speed(self) -> float | None:
        """The target speed that its name tells, m/s."""
        match = _NAME.match(self.path.name)
        return float(match["speed"].replace("_", ".")) if match else None


def is_result_folder(folder: Path) -> bool:
    """Say whether a folder holds a result of MyoAssist's controller optimization and is neither a run nor a session."""
    try:
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    except OSError:
        return False
    if CONFIG_NAME in names or SESSION_NAME in names:
        return False
    return any(name.endswith(("_Best.txt", "_BestLast.txt")) or name.lower().endswith(_SCRIPTS) for name in names)


def find_vectors(folder: Path, labels: tuple[str, ...]) -> list[ResultFile]:
    """Return the vectors of a result folder that carry one of some labels, sorted by run; several runs can lie there.

    Raises:
        UserError: if there is none.
    """
    found = [
        ResultFile(path, path.name.removesuffix(f"_{label}.txt"), label)
        for label in labels
        for path in folder.glob(f"*_{label}.txt")
        if path.is_file()
    ]
    if found:
        return sorted(found, key=lambda item: (item.run, item.label))
    wanted = " or ".join(f"*_{label}.txt" for label in labels)
    there = [word for word, label in LABELS.items() if any(folder.glob(f"*_{label}.txt"))]
    others = sorted(path.name for path in folder.glob("*.txt") if not path.name.endswith("_Cost.txt"))
    if there:
        remedy = f"params={there[0]}"
    elif others:
        remedy = f"params={shlex.quote((folder / others[0]).as_posix())}, if this is a parameter file"
    else:
        remedy = "copy the file that the run has written into the folder, or give the folder that holds it"
    raise UserError(
        f"{folder.as_posix()} holds no {wanted}" + (f"; it has {', '.join(others[:5])}" if others else ""),
        "the parameters of a run of MyoAssist's controller optimization",
        remedy,
    )


def find_preset(folder: Path) -> tuple[Preset | None, list[str]]:
    """Return the preset of a result folder, and why files that look like one are none.

    Of several that can be read, the one that is named as the folder is its own.

    Raises:
        UserError: if there are several and none is named as the folder.
    """
    presets: list[Preset] = []
    problems: list[str] = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.suffix.lower() not in SUFFIXES:
            continue
        try:
            presets.append(read_preset(path))
        except UserError as error:
            problems.append(error.found)
    own = [preset for preset in presets if preset.name == folder.resolve().name]
    chosen = presets if len(presets) == 1 else own[:1]
    if presets and not chosen:
        raise UserError(
            f"{folder.as_posix()} holds {len(presets)} presets: {', '.join(preset.path.name for preset in presets)}",
            "the one that its results come from",
            f"preset={shlex.quote(presets[0].path.as_posix())}",
        )
    return (chosen[0] if chosen else None), problems


def guess_options(file: ResultFile, folder: Path) -> list[str]:
    """Return the options that length and folder of a vector suggest, for a person to check."""
    match = _NAME.match(file.path.name)
    space = match["space"] if match else "2D"
    n_exo = len(read_vector(file.path).vector) - _HUMAN[space]
    device = ["model=tutorial", "exo.max_torque=100"]
    if n_exo == 4:
        options = ["exp=exo_4param", *device]
    elif n_exo > 0 and n_exo % 2 == 0:
        options = ["exp=exo_npoint", f"exo.n_points={n_exo // 2}", *device]
    else:
        options = ["exp=baseline"]
    if space == "3D":
        options.append("model.musculature=26")
    slope = _SLOPE.search(folder.resolve().name)
    if slope:
        options += [f"env.slope_deg={'-' if slope['sign'] else ''}{slope['deg']}", "env.slope_mode=compat"]
    return options
