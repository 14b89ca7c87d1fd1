"""Networks of published RL sessions: places in observation and action become names."""

from collections.abc import Mapping, Sequence
from typing import Any

from myoassist.compat.draft import Draft
from myoassist.compat.session.model import Channels
from myoassist.config.schema.rl import EXO_ENV, NETWORKS_KEY
from myoassist.files.errors import ConfigError
from myoassist.rl.policy.routing import resolve_routing
from myoassist.rl.policy.routing_entries import as_entries, read_action_entry, read_observation_entry

_WHOLE = ("human_actor", "common_critic")


def map_networks(params: Mapping[str, Any], env_id: str, channels: Channels | None, draft: Draft) -> None:
    """Map `net_arch` and `net_indexing_info`.

    Args:
        params: The session's custom_policy_params.
        env_id: Environment; only that with an exo network routes.
        channels: Names by place; None where the model is unknown, then places stay.
        draft: Changed in place; routing that does not fit the channels makes the session stale.
    """
    wrong = [name for name in ("net_arch", "net_indexing_info") if not isinstance(params.get(name) or {}, Mapping)]
    if wrong:
        draft.stale.append(f"{wrong[0]} is no JSON object")
        return
    arch = {name: widths for name, widths in (params.get("net_arch") or {}).items() if name != "comment"}
    info = {name: entry for name, entry in (params.get("net_indexing_info") or {}).items() if name != "comment"}
    if env_id != EXO_ENV:
        dropped = [name for name in arch if name not in _WHOLE]
        arch = {name: widths for name, widths in arch.items() if name in _WHOLE}
        if info or dropped:
            draft.lack(
                "net_indexing_info", f"{env_id} has one actor that reads and drives everything; it had no effect"
            )
        info = {}
    if arch:
        draft.put(f"{NETWORKS_KEY}.net_arch", arch, "net_arch")
    if not info:
        return
    if channels is None:
        draft.put(f"{NETWORKS_KEY}.net_indexing_info", info, "net_indexing_info")
        draft.lack("net_indexing_info", "the channels of this model are not known by name: places are kept, check them")
        return
    try:
        resolve_routing(info, arch or None, channels.observations, channels.actions)
        named = {name: _name_entries(entry, channels, draft, name) for name, entry in info.items()}
    except ConfigError as error:
        draft.stale.append(
            f"{error.found} (of {len(channels.observations)} observations, {len(channels.actions)} actions)"
        )
        return
    draft.put(f"{NETWORKS_KEY}.net_indexing_info", named, "net_indexing_info")
    draft.remarks.append(
        "net_indexing_info: places are written as names; comments in such files call right muscles left and the "
        "reverse and are left out"
    )


def _name_entries(entry: Mapping[str, Any], channels: Channels, draft: Draft, net: str) -> dict[str, Any]:
    """Return what one network reads and writes, by name."""
    items = as_entries(entry["observation"], f"{net}.observation")
    if any(item.content.get("type") == "index" for item in items):
        draft.remarks.append(f"{net}: a list of places is read whole; the published program read one of them only")
    places = [place for item in items for place in read_observation_entry(item, channels.observations)]
    named: dict[str, Any] = {"observation": [{"type": "names", "names": _names(places, channels.observations)}]}
    if "action" in entry:
        named["action"] = _name_actions(entry["action"], channels.actions, net)
    return named


def _names(places: Sequence[int], names: Sequence[str]) -> list[str]:
    return ["*"] if list(places) == list(range(len(names))) else [names[place] for place in places]


def _name_actions(value: Any, names: Sequence[str], net: str) -> list[dict[str, Any]]:
    written: list[tuple[int, int]] = []
    constants: list[dict[str, Any]] = []
    for item in as_entries(value, f"{net}.action"):
        pairs, fixed = read_action_entry(item, names, len(written))
        written += pairs
        if fixed:
            listed = [names[place] for place, _ in fixed]
            constants.append({"type": "constant_names", "names": listed, "default_value": fixed[0][1]})
    return [{"type": "names", "names": [names[place] for _, place in sorted(written)]}, *constants]
