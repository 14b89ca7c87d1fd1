"""Find and read the policy that a run starts from, or that is evaluated or exported."""

from pathlib import Path

from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import POLICY_KEY
from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.rl.policy.file import PolicyFile, read_policy
from myoassist.runs.named_files import resolve_policy_path
from myoassist.runs.policy_files import BEST_NAME, MODELS_NAME, POLICY_NAME, newest_policy


def load_transfer(config: RunConfig) -> PolicyFile | None:
    """Read the policy that `env.prev_trained_policy_path` names; None without one.

    Raises:
        ConfigError: if there is none.
        UnsafeFileError: if it cannot be read, or another project wrote it and `rl.trust_checkpoint` is not set.
    """
    path = resolve_policy_path(config.env.prev_trained_policy_path)
    return None if path is None else load_policy(find_policy_file(path), config.rl.trust_checkpoint)


def load_policy(path: Path, trusted: bool) -> PolicyFile:
    """Read a policy file of ours, or a trusted one of another project.

    Raises:
        UnsafeFileError: if it cannot be read or is neither.
    """
    policy = read_policy(path)
    if policy.note is None and not trusted:
        raise UnsafeFileError(
            f"{path} was not written by this project",
            "a policy of this project; those of others are read as tensors alone, once they are trusted",
            "rl.trust_checkpoint=true",
        )
    return policy


def find_policy_file(path: Path) -> Path:
    """Return the policy of a run folder or of a shipped policy's folder; a file stays what it is.

    Raises:
        ConfigError: if the folder holds none.
    """
    if not path.is_dir():
        return path
    shipped = path / POLICY_NAME
    found = shipped if shipped.is_file() else newest_policy(path)
    if found is None:
        raise ConfigError(
            f"{path} holds no trained policy",
            f"a run folder with {BEST_NAME} or {MODELS_NAME}/model_<steps>.zip, or a folder with {POLICY_NAME}",
            f"{POLICY_KEY}=<run folder or .zip>",
        )
    return found
