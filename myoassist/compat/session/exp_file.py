"""Turn a session of MyoAssist's RL training into an experiment and check that it composes."""

import shlex
from collections.abc import Collection

from myoassist.check.run import check
from myoassist.compat.draft import Draft
from myoassist.compat.exp_file import compose_experiment, format_experiment
from myoassist.compat.paths import locate
from myoassist.compat.session.model import map_model, model_arguments
from myoassist.compat.session.motion import map_motion
from myoassist.compat.session.networks import map_networks
from myoassist.compat.session.policies import session_policy
from myoassist.compat.session.rewards import map_rewards
from myoassist.compat.session.values import map_evaluations, map_values
from myoassist.compat.session_file import Session
from myoassist.config.run_names import quote_value
from myoassist.config.schema.rl import ENV_IDS
from myoassist.config.schema.run import RunConfig
from myoassist.files.command_words import EVALUATE_COMMAND, localize_command
from myoassist.files.errors import UserError


def draft_session(session: Session, reward: str | None = None) -> Draft:
    """Return what a session becomes here, checked as a whole; arguments and errors as in `map_session`.

    A configuration that this version would refuse at the start keeps its values; the reason is among what is unmapped.
    """
    draft = map_session(session, reward)
    try:
        check(compose_session(session, draft))
    except UserError as error:
        draft.lack("the whole", f"it will be refused: {error.found}; expected {error.expected}")
    return draft


def map_session(session: Session, reward: str | None = None, given: Collection[str] = ()) -> Draft:
    """Return what a session becomes here, each value checked against the schema.

    Args:
        session: The session.
        reward: Version of the reward; None takes what the session or its log says.
        given: Keys that the caller sets itself; nothing is said about what they replace.

    Raises:
        UserError: if the session cannot be run anywhere: it names ground, models or places that do not exist.
    """
    draft = Draft(groups={"env": "flat", "rl": "none", "exo": "none"})
    draft.put("task", "rl", "task")
    draft.put("rl.algorithm", "ppo", "algorithm")
    content = session.content
    env_id = content["env_params"].get("env_id")
    if env_id not in ENV_IDS:
        draft.stale.append(f"env_id {env_id} is none of {', '.join(ENV_IDS)}")
    try:
        _map_parts(session, reward, str(env_id), given, draft)
    except (TypeError, AttributeError, KeyError, ArithmeticError) as error:
        # Keys that the published program reads without a check may hold anything here.
        raise UserError(
            f"{session.path} holds a value of another type than its key takes ({error})",
            "a session as MyoAssist writes it: numbers, texts, lists and objects where they belong",
            "correct the value in a copy of the file",
        ) from error
    if draft.stale:
        raise UserError(
            f"{session.path} is out of date: " + "; ".join(draft.stale),
            "a session that its own version of MyoAssist runs",
            "correct these values in a copy of the file",
        )
    if "model" not in content:
        _note_differences(session, draft)
    return draft


def _map_parts(session: Session, reward: str | None, env_id: str, given: Collection[str], draft: Draft) -> None:
    """Map everything in a session, in the order in which parts need each other."""
    content = session.content
    channels = map_model(session, draft, "model.path" in given)
    map_values(content, draft)
    map_rewards(session, reward, draft)
    map_motion(session, draft, "env.reference_data_path" in given)
    params = content.get("policy_params", {}).get("custom_policy_params") or {}
    if not isinstance(params, dict):
        raise UserError(f"{session.path}: custom_policy_params is no JSON object", "an object", "correct it in a copy")
    map_networks(params, env_id, channels, draft)
    map_evaluations(content, draft)
    if "env.prev_trained_policy_path" not in given:
        _map_policy(session, draft)


def compose_session(session: Session, draft: Draft) -> RunConfig:
    """Return the configuration of a session.

    Raises:
        ConfigError: if it does not fit the schema.
    """
    return compose_experiment(format_experiment(session, draft, session.name), session.name)


def _map_policy(session: Session, draft: Draft) -> None:
    """Map the policy that the session went on from, and name the one that it ended with."""
    path = session.content["env_params"].get("prev_trained_policy_path")
    if path:
        found = locate(str(path), session.path) or locate(f"{path}.zip", session.path)
        given = f"prev_trained_policy_path {path}"
        if found is None:
            draft.lack(
                given, "there is no such policy here; env.prev_trained_policy_path=<file> rl.trust_checkpoint=true"
            )
        elif draft.put("env.prev_trained_policy_path", found, given):
            draft.remarks.append(f"{given}: add rl.trust_checkpoint=true if you know where it comes from")
    newest = session_policy(session.folder)
    if newest is not None:
        words = [EVALUATE_COMMAND, shlex.quote(f"run={session.folder.as_posix()}"), model_arguments(session)]
        walk = " ".join(word for word in words if word)
        start = shlex.quote(f"env.prev_trained_policy_path={quote_value(newest.as_posix())}")
        draft.remarks.append(
            localize_command(f"its policy {newest.name} walks with: {walk} rl.trust_checkpoint=true")
            + f" ; training goes on from it with {start} rl.trust_checkpoint=true"
        )


def _note_differences(session: Session, draft: Draft) -> None:
    """Write down what the published program does without a key."""
    draft.put("env.reference_activations", False, "activations at the start")
    draft.put("rl.policy_params.custom_policy_params.initial_excitation", None, "half excitation at the start")
    version = session.content.get("code_version")
    if isinstance(version, dict) and version.get("version"):
        draft.comments.append(f"code_version: {version.get('version')} {version.get('commit') or ''}".rstrip())
    if draft.values.get("env.lumbar_joint_fixed_angle"):
        draft.remarks.append(
            "lumbar_joint_fixed_angle: as published, a torso without a joint leans by about twice the angle"
        )
    draft.remarks.append(
        "target speeds: version 0.3.0 and older draw them wrongly, up to 6 m/s; here they stay in the range of the file"
    )
