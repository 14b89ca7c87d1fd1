"""What can be asked of an evaluation."""

from dataclasses import dataclass

from myoassist.commands.argument import CHANGES, argument

_STARTS = 10


@dataclass(frozen=True)
class Evaluate:
    """Simulate the best of a run as it is and write files into the folder of the run."""

    exp: str | None = argument(
        None,
        "the newest run of an experiment that has a best, finished or not (below logs/, or MYOASSIST_LOGS)",
        shown="NAME",
    )
    run: str | None = argument(
        None,
        "this run; also several between commas, or a pattern in quotes: run='logs/*/exo_*'. Each gets its own files; "
        "one that fails does not stop the others",
        shown="FOLDER",
        also={
            "newest:NAME": "the same as exp=NAME",
            "shipped:NAME": "a controller or policy that comes with the package; results go into "
            "logs/<date>/shipped_NAME",
            "RESULT": "a result folder of MyoAssist, with its preset and *_Best.txt; results go into "
            "logs/<date>/result_<folder>_Best, one folder per result. Without a preset: exp=NAME with the keys that "
            "differ, or preset=FILE",
            "FILE.json": "the result folders that an evaluation file of MyoAssist lists, into its output_dir",
        },
    )
    params: str | None = argument(
        None,
        "this parameter file (of a policy: this .zip, or newest) instead of the best of the run",
        shown="FILE",
        also={"bestlast": "the best of the last generation; params=best is what is taken otherwise"},
    )
    preset: str | None = argument(None, "preset of a result folder that holds none", shown="FILE")
    compare: str | None = argument(
        None,
        "put other runs beside it in the plots, tables and report: one, several between commas, or a pattern in "
        "quotes; the folders of the others are left alone",
        shown="FOLDER",
    )
    repeats: int = argument(
        0,
        "walk N times from perturbed starts: mean and SD of every metric and curve, share of survivors",
        shown="N",
        ge=1,
        le=10000,
    )
    angle_sd: float = argument(
        1.0,
        "standard deviation of every initial joint angle in these walks",
        shown="DEG",
        ge=0.0,
        le=100.0,
        unit="deg",
    )
    speed_sd: float = argument(
        0.02, "standard deviation of the initial speed in these walks", shown="V", ge=0.0, le=100.0, unit="m/s"
    )
    robustness: bool = argument(
        False,
        "walk about 80 times more: copies with noise on the parameters, 60 s, uneven ground, pushes; a minute or more. "
        "Always the same draws, which no search has seen",
    )
    starts: int | None = argument(
        None,
        f"of a policy: number of start phases that are tried, 0 for none, {_STARTS} where not given",
        shown="N",
        ge=0,
        le=1000,
    )
    viewer: str | None = argument(
        None,
        "show the walk in the MuJoCo viewer (needs a screen); the same as env.render_modes=[human]",
        choices=("window", "web"),
        shown="window",
        also={"web": "show the walk in a browser on this machine, until Ctrl-C"},
    )
    port: int = argument(8080, "port of viewer=web, the next free one if it is taken", shown="N", ge=1, le=65535)
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )
    overrides: list[str] = argument(
        [],
        "change the configuration: env.sim_time=10, env.slope_deg=5, seed=1 (draws of repeats), env.render_modes=[] "
        "(no video, which is most of the time)",
        given=CHANGES,
    )

    @property
    def tried_starts(self) -> int:
        """Number of start phases that a policy is tried from."""
        return _STARTS if self.starts is None else self.starts
