"""The arguments of MyoAssist's training program: names, older spellings, and what follows them."""

from dataclasses import dataclass

from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError, UserError

# Cost flags: short form without its dash -> name, which is also the name of the cost target.
COST_FLAGS = {
    "eff": "effort",
    "eff_knee": "effort_knee",
    "vel": "velocity",
    "vel_grf": "velocity_grf",
    "class": "classic",
    "kine": "kinematics",
    "kine_grf": "kinematics_grf",
    "kine_grf_musc": "kinematics_grf_musc",
    "combined": "combined",
    "vel_musc": "vel_musc",
    "vel_musc_grf": "vel_musc_grf",
}
# Kinds of values.
TEXT, NUMBER, COUNT, SWITCH, FLAG, NUMBERS, TEXTS = "text", "number", "count", "switch", "flag", "numbers", "texts"
_EXPECTED = {
    TEXT: "a text",
    NUMBER: "a number",
    COUNT: "a whole number",
    SWITCH: "1, 0, true or false",
    FLAG: "no value (true or false in JSON)",
    NUMBERS: "numbers",
    TEXTS: "key:value pairs",
}


@dataclass(frozen=True)
class Argument:
    """One argument.

    Attributes:
        name: Name without dashes.
        kind: What follows it: TEXT, NUMBER, COUNT, SWITCH (1 or 0), FLAG (nothing), NUMBERS, or TEXTS.
    """

    name: str
    kind: str


def _table() -> dict[str, Argument]:
    kinds = {
        TEXT: (
            "config musc_model model model_path pose_key optim_mode reflex_mode trunk_err_type runSuffix param_path "
            "pickle_path save_path cost_mode msk device terrain env_spec"
        ),
        NUMBER: ("sim_time tgt_vel tgt_slope tgt_sym_th tgt_grf_th max_torque sigma_gain l1_weight"),
        COUNT: "num_strides n_points popsize maxiter threads seed checkpoint_every move_dim",
        SWITCH: "delayed ExoOn",
        FLAG: "use_4param_spline fixed_exo cluster cost_print optimize_stiffness " + " ".join(COST_FLAGS.values()),
        NUMBERS: "optim_params optim_weights ankle_range",
        TEXTS: "cma_options",
    }
    return {name: Argument(name, kind) for kind, names in kinds.items() for name in names.split()}


ARGUMENTS = _table()
# Older or other spelling -> name.
ALIASES = {
    "exo_bool": "ExoOn",
    "exo_on": "ExoOn",
    "init_pose": "pose_key",
    "slope_deg": "tgt_slope",
    "sigma": "sigma_gain",
    "run_suffix": "runSuffix",
    "env-spec": "env_spec",
    "clu": "cluster",
    **COST_FLAGS,
}


def find_argument(word: str, source: str) -> Argument:
    """Return the argument that a word of a preset means.

    Args:
        word: With dashes as on a command line, or without as in JSON. As in the original program, the beginning of a
            long name is enough where it is unique.
        source: Name of the file for messages.

    Raises:
        UnknownArgumentError: if there is none.
    """
    bare = word.lstrip("-")
    name = ALIASES.get(bare, bare)
    if name in ARGUMENTS:
        return ARGUMENTS[name]
    longer = {ALIASES.get(known, known) for known in (*ARGUMENTS, *ALIASES) if word.startswith("--") and bare}
    fitting = sorted(known for known in longer if known.startswith(bare))
    if len(fitting) == 1:
        return ARGUMENTS[fitting[0]]
    near = nearest_name(bare, [*ARGUMENTS, *ALIASES])
    raise UnknownArgumentError(
        f"{source}: {word} is no argument of MyoAssist's training program",
        "arguments like --model or -kine",
        f"perhaps {near} was meant" if near else "remove it",
    )


class UnknownArgumentError(ConfigError):
    """Say that a word is no argument; the rest of the preset may still be read."""


class ArgumentValueError(UserError):
    """Refuse a value that does not fit its argument."""


def convert_value(argument: Argument, values: list[object], source: str) -> object:
    """Return what an argument was given as a Python value of its kind.

    Args:
        argument: The argument.
        values: What follows it: texts of a command line, or values of JSON.
        source: Name of the file for messages.

    Returns:
        str, float, int, bool, list of float, or list of str, as its kind says.

    Raises:
        ArgumentValueError: if the values are of another number or kind.
    """
    many = argument.kind in (NUMBERS, TEXTS)
    if argument.kind == FLAG and not values:
        return True
    if len(values) != 1 and not (many and values):
        raise _wrong(argument, values, source)
    try:
        if argument.kind == NUMBERS:
            return [_number(value) for value in values]
        if argument.kind == TEXTS:
            return [str(value) for value in values]
        value = values[0]
        if argument.kind == NUMBER:
            return _number(value)
        if argument.kind == COUNT:
            number = _number(value)
            if not number.is_integer():
                raise ValueError
            return int(number)
        if argument.kind in (SWITCH, FLAG):
            return _switch(value)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        raise ValueError
    except ValueError:
        raise _wrong(argument, values, source) from None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _switch(value: object) -> bool:
    words = {"1": True, "true": True, "0": False, "false": False}
    text = str(value).lower().removesuffix(".0")
    if text not in words:
        raise ValueError
    return words[text]


def _wrong(argument: Argument, values: list[object], source: str) -> ArgumentValueError:
    shown = " ".join(str(value) for value in values) or "nothing"
    return ArgumentValueError(
        f"{source}: {argument.name} is given {shown}", f"{argument.name} with {_EXPECTED[argument.kind]}"
    )
