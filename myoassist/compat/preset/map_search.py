"""Map cost, optimizer, start point and names of a preset to our groups and keys."""

import re
from pathlib import PurePosixPath
from typing import Any

from myoassist.compat.draft import Draft
from myoassist.compat.paths import locate
from myoassist.compat.preset.arguments import COST_FLAGS
from myoassist.compat.preset.file import Preset
from myoassist.config.entries.cma_options import check_cma_options
from myoassist.config.schema.groups import group_options
from myoassist.files.errors import ConfigError

# Arguments whose value goes into a key as it is.
PLAIN = {
    "sim_time": "env.sim_time",
    "delayed": "control.delayed",
    "num_strides": "cost.num_strides",
    "tgt_vel": "cost.tgt_vel",
    "tgt_sym_th": "cost.tgt_sym_th",
    "tgt_grf_th": "cost.tgt_grf_th",
    "trunk_err_type": "cost.trunk_err_type",
    "cost_mode": "cost.mode",
    "l1_weight": "cost.l1_weight",
    "popsize": "optimizer.popsize",
    "maxiter": "optimizer.maxiter",
    "sigma_gain": "optimizer.sigma_gain",
    "checkpoint_every": "optimizer.checkpoint_every",
    "cost_print": "optimizer.cost_print",
    "seed": "seed",
}
_MULTI_MODES = ("multispeed", "multislope")


def map_cost(preset: Preset, draft: Draft) -> None:
    """Map the cost flag; without one the published default is velocity."""
    chosen = [name for name in COST_FLAGS.values() if name in preset.values]
    if len(chosen) > 1:
        draft.lack(", ".join(chosen), f"cost flags exclude one another; {chosen[0]} counts")
    target = chosen[0] if chosen else "velocity"
    if not chosen:
        draft.remarks.append("no cost flag: velocity is optimized, as there")
    if target in group_options("cost"):
        draft.groups["cost"] = target
    elif not draft.put("cost.target", target, target):
        draft.remarks.append("cost: velocity stands in until you choose a target")
    if "cost_mode" not in preset.values:
        draft.remarks.append("cost.mode is clean; cost.mode=compat reproduces the totals of the public implementation")


def map_plain(preset: Preset, draft: Draft) -> None:
    """Map what has the same meaning under another name."""
    values = preset.values
    pose = values.get("pose_key")
    if pose is not None:
        draft.put("env.init_pose", "walk_left" if pose == "walk" else pose, f"pose_key {pose}")
    for name, key in PLAIN.items():
        if name in values:
            draft.put(key, values[name], f"{name} {values[name]}")
    if values.get("seed") == 0:
        draft.remarks.append("seed 0: a seed like any other here, not the time")
    reflex_mode = values.get("reflex_mode")
    if reflex_mode == "ind" and draft.values.get("model.musculature") == 80:
        draft.put("control.reflex_mode", "ind", "reflex_mode ind")
    elif reflex_mode == "ind":
        draft.remarks.append("reflex_mode ind: without effect on 22 and 26 muscles")
    elif reflex_mode not in (None, "uni"):
        draft.lack(
            f"reflex_mode {reflex_mode}", "not known here; gains of their own for each leg are control.legs=bilateral"
        )


def map_mode(preset: Preset, draft: Draft) -> None:
    """Map the mode and the conditions of the multi modes."""
    values = preset.values
    mode = values.get("optim_mode", "single")
    conditions = values.get("optim_params")
    weights = values.get("optim_weights")
    draft.groups["optimizer"] = "evaluate" if mode == "evaluate" else "cma"
    if mode in _MULTI_MODES and not conditions:
        draft.lack(f"optim_mode {mode}", "optim_params are missing; one condition is optimized")
        return
    if mode not in ("single", "evaluate"):
        shown = f"optim_mode {mode}" + (f" with optim_params {_show(conditions)}" if conditions else "")
        if mode in group_options("optimizer"):
            draft.groups["optimizer"] = mode
        elif not draft.put("optimizer.mode", mode, shown):
            return
        if conditions:
            draft.put("optimizer.optim_params", conditions, f"optim_params {_show(conditions)}")
        if weights:
            draft.put("optimizer.optim_weights", weights, f"optim_weights {_show(weights)}")
    else:
        for name, given in (("optim_params", conditions), ("optim_weights", weights)):
            if given:
                draft.remarks.append(f"{name} {_show(given)}: without effect with optim_mode {mode}")


def map_optimizer(preset: Preset, draft: Draft) -> None:
    """Map threads, options of the library, start point and names."""
    values = preset.values
    threads = values.get("threads")
    if threads is not None:
        if threads < 1:
            draft.remarks.append(f"threads {threads}: one at a time")
        draft.put("optimizer.threads", max(threads, 1), f"threads {threads}")
    _map_library_options(values.get("cma_options", []), draft)
    _map_start(preset, draft)
    suffix = values.get("runSuffix")
    if suffix not in (None, "None"):
        draft.put("optimizer.run_suffix", suffix, f"runSuffix {suffix}")
    if "cluster" in values:
        draft.remarks.append("cluster: no flag is needed, a run without a terminal prints plain lines")
    name = _save_name(values.get("save_path"))
    if name and name != preset.name:
        draft.put("expname", name, f"save_path {values['save_path']}")


def _map_start(preset: Preset, draft: Draft) -> None:
    values = preset.values
    both = "param_path" in values and "pickle_path" in values
    if both:
        draft.remarks.append(f"param_path {values['param_path']}: without effect beside pickle_path")
    for name in ("pickle_path",) if both else ("param_path", "pickle_path"):
        if name not in values:
            continue
        path = values[name]
        found = locate(path, preset.path)
        if found is None:
            base = re.sub(r"_\d{4}_\d{4}$", "", _save_name(path))
            ours = f"newest:{base}" if name == "param_path" and base in group_options("exp") else "<file or folder>"
            draft.lack(
                f"{name} {path}", f"there is no such folder here, so the run starts fresh; add optimizer.{name}={ours}"
            )
        elif draft.put(f"optimizer.{name}", found, f"{name} {path}") and name == "pickle_path":
            draft.remarks.append(
                f"pickle_path {path}: a pickle of others is read with optimizer.trust_pickle=true only; set it if you "
                "know where the file comes from"
            )


def _map_library_options(texts: list[str], draft: Draft) -> None:
    """Map `key:value,key:value` texts; each option is accepted or refused as in our configuration."""
    accepted: dict[str, Any] = {}
    for pair in (pair for text in texts for pair in text.split(",") if pair.strip()):
        name, separator, text = (part.strip() for part in pair.partition(":"))
        try:
            if not separator:
                raise ConfigError(f"{pair.strip()} is no pair", "key:value")
            option = check_cma_options({name: _plain_value(text)})
        except ConfigError as error:
            draft.lack(f"cma_options {pair.strip()}", f"{error.found}; expected {error.expected}")
        else:
            accepted.update(option)
    if accepted:
        draft.put("optimizer.cma_options", accepted, "cma_options")


def _plain_value(text: str) -> Any:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _save_name(path: str | None) -> str:
    """Return the last component of a path with either kind of separator, as one that names a folder."""
    name = PurePosixPath((path or "").replace("\\", "/")).name
    return re.sub(r"[^A-Za-z0-9_.+=,@-]+", "_", name).strip("._-")


def _show(numbers: list[float]) -> str:
    return " ".join(f"{number:g}" for number in numbers)
