"""What there is, as tables of pandas: experiments, models, devices, controllers, policies, terms, keys, parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from myoassist.api.config import Config


def list_experiments() -> "pd.DataFrame":
    """Return every experiment, what follows `exp=`, with its purpose and command."""
    from myoassist.config.schema.groups import list_experiments

    return _table([("experiment", "purpose", "command"), *((e.name, e.purpose, e.command) for e in list_experiments())])


def list_models() -> "pd.DataFrame":
    """Return the options of `model=`."""
    from myoassist.commands.lists import model_rows

    return _table([("model", "purpose"), *model_rows()])


def list_devices() -> "pd.DataFrame":
    """Return the worn devices, what follows `model.device=`, those of the user included."""
    from myoassist.api.start import start_mujoco
    from myoassist.commands.lists import device_rows

    start_mujoco()
    (_, *head), *rows = device_rows()
    return _table([("device", *head), *rows])


def list_controllers() -> "pd.DataFrame":
    """Return the controllers that come with the package, what follows `shipped:`."""
    from myoassist.config.sources.shipped import list_controllers

    return _table([("controller", "purpose"), *((item.name, item.purpose) for item in list_controllers())])


def list_policies() -> "pd.DataFrame":
    """Return the policies that come with the package, what follows `shipped:`."""
    from myoassist.config.sources.shipped import list_policies

    return _table([("policy", "file"), *((name, path.name) for name, path in list_policies().items())])


def list_references() -> "pd.DataFrame":
    """Return the reference motions that come with the package, what follows `shipped:`."""
    from myoassist.config.sources.shipped import list_references

    return _table([("reference", "file"), *((name, path.name) for name, path in list_references().items())])


def list_terms(*plugins: str) -> "pd.DataFrame":
    """Return the cost terms, built-in ones and those of plugin files, which are run.

    Raises:
        UserError: if a plugin is refused.
    """
    from myoassist.api.start import start_mujoco
    from myoassist.commands.lists import known_term_rows

    start_mujoco()
    return _table(known_term_rows(plugins))


def list_keys() -> "pd.DataFrame":
    """Return every configuration key with its default, what it can be, and what it means."""
    from myoassist.config.schema.keys import describe_range, format_value, run_keys

    rows = [
        (name, format_value(key.default), describe_range(key), str(key.metadata["doc"]))
        for name, key in run_keys().items()
    ]
    return _table([("key", "default", "range", "meaning"), *rows])


def list_parameters(config: "Config") -> "pd.DataFrame":
    """Return the parameters that a search of a configuration moves: start, lowest and highest value in `unit`.

    Raises:
        UserError: if the configuration is refused.
    """
    import pandas as pd

    from myoassist.api.config import require_config
    from myoassist.api.start import start_mujoco
    from myoassist.commands.lists import parameter_rows, parameter_table

    plain = require_config(config, "list_parameters").plain()
    start_mujoco()
    table = parameter_table(plain)
    columns = pd.DataFrame(parameter_rows(table), index=pd.Index(table.names, name="name"))
    return columns.assign(unit=[item.unit for item in table.parameters], group=table.groups, raw=table.initial)


def _table(rows: Sequence[Sequence[str]]) -> "pd.DataFrame":
    """Return rows below one of headings, the first column as index."""
    import pandas as pd

    head, *body = rows
    return pd.DataFrame(body, columns=list(head)).set_index(head[0])
