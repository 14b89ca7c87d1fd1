"""Export the device's network of a policy for a hardware controller."""

import json
from pathlib import Path

from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.errors import ConfigError
from myoassist.rl.policy.file import PolicyFile
from myoassist.rl.policy.onnx_file import encode_network
from myoassist.rl.policy.plain import read_layers
from myoassist.rl.policy.policy import routing_of


def export_networks(policy: PolicyFile, folder: Path) -> list[Path]:
    """Write every device network of a policy as `<network>.onnx` with a JSON that names its channels.

    A policy of one network for everything is written as a whole.

    Args:
        policy: Policy file.
        folder: Where to; made if it is not there.

    Returns:
        The files.

    Raises:
        ConfigError: if all of the device's actions are constants, or it has no network.
    """
    n_observations, n_actions = policy.sizes()
    routing = routing_of(policy.params, n_observations, n_actions, policy.whole)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    begin = 0
    for net in routing.actors:
        places = [i for i, source in enumerate(routing.mapped) if begin <= source < begin + net.n_outputs]
        places = [i for i in places if routing.free[i]]
        order = routing.mapped[places] - begin
        begin += net.n_outputs
        if not places or (net.name == "human_actor" and not policy.whole):
            continue
        reads = [routing.observation_names[i] for i in net.inputs]
        drives = [routing.action_names[i] for i in places]
        about = {
            "observation": "the whole observation of the environment, shape (n, observations), in its units",
            "observation_names": json.dumps(list(routing.observation_names)),
            "reads": json.dumps(reads),
            "action": "-1 to 1, mapped linearly onto the control range of each actuator",
            "action_names": json.dumps(drives),
            "trained_steps": str(policy.num_timesteps),
        }
        data = encode_network(read_layers(policy.tensors, net, policy.whole), n_observations, net.inputs, order, about)
        path = folder / f"{net.name}.onnx"
        write_bytes_atomic(path, data)
        plain = about | {"observation_names": list(routing.observation_names), "reads": reads, "action_names": drives}
        write_text_atomic(path.with_suffix(".json"), json.dumps(plain, indent=1) + "\n")
        written += [path, path.with_suffix(".json")]
    if not written:
        raise ConfigError(
            f"{policy.source} has no network for a device", "a policy with exo_actor that is not constant"
        )
    return written
