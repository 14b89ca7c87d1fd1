"""Settings of the tolerant Slurm launcher: those of the stock plugin and a few more."""

from dataclasses import dataclass

from hydra_plugins.hydra_submitit_launcher.config import SlurmQueueConf


@dataclass
class TolerantSlurmConfig(SlurmQueueConf):
    """Workers as jobs of a Slurm cluster.

    Attributes:
        max_num_timeout: How often a run that reaches `timeout_min` is requeued; it continues from its checkpoint.
        poll_s: Time between two looks for results, s.
        watch_s: Time between two questions to Slurm about jobs without a result, s.
        grace_s: How long a job has to look over before it counts as lost, s.
        max_array_size: Longest job array that is submitted at once.
    """

    _target_: str = "myoassist.sweep.launch.slurm.TolerantSlurmLauncher"
    max_num_timeout: int = 3
    poll_s: float = 1.0
    watch_s: float = 10.0
    grace_s: float = 15.0
    max_array_size: int = 1000
