"""Arguments in the spelling of other programs (`--seed 3`, `seed 3`, `+experiment=NAME`): say ours, all of it."""

import re
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from myoassist.config.nearest import fold_name, nearest_name
from myoassist.config.run_names import quote_value
from myoassist.config.schema.groups import group_names, group_options
from myoassist.config.schema.keys import closest, run_keys
from myoassist.files.command_words import COMPLETION_COMMAND, TRAIN_COMMAND
from myoassist.files.errors import ConfigError

# Flags of the train command, which are Hydra's, and whether a value follows.
TRAIN_FLAGS = {
    **dict.fromkeys(("-h", "--help", "--hydra-help", "--version", "-m", "--multirun", "-r", "--run"), False),
    **dict.fromkeys(("-sc", "--shell-completion", "--resolve", "-i", "--info"), False),
    **dict.fromkeys(("-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name"), True),
    **dict.fromkeys(("-cd", "--config-dir", "--experimental-rerun"), True),
}
# What other programs call ours.
_OTHER_NAMES = {
    "experiment": "exp",
    "experiments": "exp",
    "exps": "exp",
    "lr": "rl.ppo_params.learning_rate",
    # MyoAssist's, not our model.muscle_model.
    "musc_model": "model.musculature",
}
_SWEEPS = ("sweep", "multi", "multirun", "multi_run")
_TRUTH = ("true", "false", "yes", "no", "on", "off", "0", "1")
_NUMBER = re.compile(r"-\d.*")


def check_train_arguments(arguments: list[str]) -> None:
    """Refuse arguments of the train command that are spelled as those of other programs.

    Raises:
        ConfigError: as `refuse_foreign_spelling`, and for Hydra's completion, which knows no command of two words.
    """
    for argument in arguments:
        if argument.partition("=")[0] in ("-sc", "--shell-completion"):
            raise ConfigError(
                f"{argument}: Hydra's completion does not work for this command",
                "the completion of the `myoassist` command, which knows experiments, groups, keys and choices",
                COMPLETION_COMMAND,
            )
    refuse_foreign_spelling(arguments, TRAIN_COMMAND)


def refuse_foreign_spelling(
    arguments: list[str],
    command: str,
    options: Collection[str] = (),
    flags: Mapping[str, bool] = TRAIN_FLAGS,
    *,
    words: bool = False,
    place: str = "here",
) -> None:
    """Refuse flags that do not exist and words that are no `key=value`, with the whole command as it is spelled here.

    Args:
        arguments: Arguments as typed.
        command: The command they belong to, as messages write it.
        options: Names that the command itself takes before an equals sign, besides keys and groups.
        flags: Its flags, and whether a value follows each.
        words: Whether it takes words that are neither flags nor `key=value`.
        place: Where these are no arguments, in words.

    Raises:
        ConfigError: if any argument is spelled otherwise; with how all of them are spelled, as far as that is known.
    """
    ours: list[str] = []
    foreign: list[str] = []
    unknown = False
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if flags.get(word.partition("=")[0]) is not None:
            ours.append(word)
            if flags[word.partition("=")[0]] and "=" not in word and rest:
                ours.append(rest.pop(0))
            continue
        if words and "=" not in word and not word.startswith("-"):
            ours.append(word)
            continue
        spelled = _respell(word, rest, options, flags)
        if spelled is None:
            ours.append(word)
            continue
        typed, own = spelled
        foreign.append(typed)
        unknown |= own is None
        ours.append(own or f"<{typed}>")
    if not foreign:
        return
    own = ", ".join(["-h", *(flag for flag in flags if flag not in ("-h", "--help"))])
    shown = "--multirun, --cfg job, --info, --help" if "--multirun" in flags else own
    raise ConfigError(
        f"{', '.join(map(repr, foreign))} {'is no argument' if len(foreign) == 1 else 'are no arguments'} {place}",
        f"key=value or group=option; flags: {shown}",
        f"{command} -h shows what there is" if unknown else f"{command} {_join(ours)}",
    )


def _respell(
    word: str, rest: list[str], options: Collection[str], flags: Mapping[str, bool]
) -> tuple[str, str | None] | None:
    """Return what was typed and its own spelling (None: not known); None for what is spelled as here.

    Takes the value of the word off the front of `rest`.
    """
    name, sign, value = word.partition("=")
    bare = name.lstrip("-")
    if word.startswith("-"):
        flag = None if sign else _find_flag(bare, flags)
        return (word, flag) if flag else _with_value(word, _find_key(bare, options), sign, value, rest)
    if sign:
        # A misspelled key has an error of its own; a choice of the experiment is missed before that.
        exact = name.lstrip("+")
        if exact != "exp" and _find_key(exact, options) == "exp":
            return word, _assign("exp", value)
        return None
    if name.startswith("~"):
        return None
    if "run" in options and Path(word).exists():
        return word, f"run={word}"
    experiment = nearest_name(word, group_options("exp"))
    if word not in (*run_keys(), *group_names(), *options) and experiment and fold_name(experiment) == fold_name(word):
        return word, f"exp={experiment}"
    key, colon, value = word.partition(":")
    return _with_value(word, _find_key(key, options), colon, value, rest)


def _with_value(word: str, key: str | None, sign: str, value: str, rest: list[str]) -> tuple[str, str | None]:
    switch = key in run_keys() and run_keys()[key].base is bool
    if not sign and rest and _is_value(rest[0]) and (not switch or rest[0].casefold() in _TRUTH):
        sign, value = " ", rest.pop(0)
        word = f"{word} {value}"
    if key is None:
        return word, None
    if not sign:
        choices = run_keys()[key].metadata["choices"] if key in run_keys() else None
        return word, f"{key}=true" if switch else f"{key}=<{'|'.join(map(str, choices)) if choices else 'value'}>"
    return word, _assign(key, value)


def _is_value(word: str) -> bool:
    """Whether a word can be the value of the one before it."""
    return "=" not in word and (not word.startswith("-") or _NUMBER.fullmatch(word) is not None)


def _assign(key: str, value: str) -> str:
    """Return `key=value` in Hydra's grammar, a choice in its own case."""
    if key in group_names():
        return f"{key}={nearest_name(value, group_options(key)) or value}"
    if key not in run_keys():
        return f"{key}={value}"
    try:
        OverridesParser.create().parse_override(f"{key}={value}")
    except HydraException:
        return f"{key}={quote_value(value)}"
    return f"{key}={value}"


def _find_key(name: str, options: Collection[str]) -> str | None:
    folded = fold_name(name)
    if folded in _OTHER_NAMES:
        return _OTHER_NAMES[folded]
    for known in (options, group_names(), run_keys()):
        same = [item for item in known if fold_name(item) == folded]
        if same:
            return same[0]
    return closest(name, [*run_keys(), *group_names(), *options])


def _find_flag(name: str, flags: Mapping[str, bool]) -> str | None:
    """Return the flag that a misspelled one means, unless a key has that name."""
    if fold_name(name) in _SWEEPS and "--multirun" in flags:
        return "--multirun"
    near = nearest_name(name, [flag.removeprefix("--") for flag in flags if flag.startswith("--")])
    return f"--{near}" if near is not None and _find_key(name, ()) is None else None


def _join(arguments: list[str]) -> str:
    """Join words for the shell; what the user has to fill in stays readable."""
    return " ".join(
        word if re.fullmatch(r"[\w./:=+-]*(<[^<>]*>)?", word, re.ASCII) else shlex.quote(word) for word in arguments
    )
