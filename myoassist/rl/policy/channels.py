"""Tables of what a policy observes and drives, and which network does."""

from myoassist.config.schema.run import RunConfig
from myoassist.model.build import build_walker
from myoassist.rl.env.observation import action_names, resolve_observation
from myoassist.rl.policy.design import device_joints
from myoassist.rl.policy.routing import Routing
from myoassist.rl.policy.routing_default import route_config

Rows = list[tuple[str, ...]]


def route_model(config: RunConfig) -> Routing:
    """Build the model of a run and return its routing.

    Raises:
        UserError: naming what does not fit the model.
    """
    walker = build_walker(config.model, config.env, exo=config.exo)
    model = walker.model
    names = resolve_observation(config.env, walker).names
    actions = action_names(model)
    if config.rl.human == "reflex":
        actions = tuple(name for name in actions if model.actuator_actadr[model.actuator(name).id] < 0)
    return route_config(config, names, actions, device_joints(model))


def list_observation(routing: Routing) -> Rows:
    """Return place, name and reading networks of every observation entry, with a header row."""
    rows: Rows = [("place", "observation", "read by")]
    for place, name in enumerate(routing.observation_names):
        rows.append((str(place), name, ", ".join(routing.readers(place)) or "nobody"))
    return rows


def list_actions(routing: Routing) -> Rows:
    """Return place, actuator and what decides each action, with a header row."""
    rows: Rows = [("place", "actuator", "written by")]
    for place, name in enumerate(routing.action_names):
        rows.append((str(place), name, routing.writer(place)))
    return rows
