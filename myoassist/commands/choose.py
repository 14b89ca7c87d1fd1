"""`myoassist choose`: judge the last candidates of a search by walks that it has not drawn, and keep the firmest."""

from dataclasses import dataclass

from myoassist.commands.argument import KEY_OR_WORD, argument
from myoassist.commands.command import Command


@dataclass(frozen=True)
class Choose:
    """Let the finalists of a search walk over uneven ground, pushed and with noise, and keep the one that is best.

    Bounds missed come first, then how many walks last, then the distance from people. `eval` and `optimizer.param_path`
    take the chosen from then on; choice.json in the folder of the run says how each of them walked.
    """

    run: str | None = argument(None, "folder of a search, of a pool or of a chain", given=KEY_OR_WORD, shown="RUN")
    exp: str | None = argument(None, "the newest run of an experiment that has a best", shown="NAME")
    finalists: int = argument(12, "last generations whose best is judged", shown="N", ge=1, le=1000)
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )


def run(request: Choose) -> int:
    """Judge and choose.

    Raises:
        UserError: if the run is refused.
    """
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.choice import choose_run
    from myoassist.runs.plugin_trust import check_stored_code
    from myoassist.runs.record import read_run_config

    folder = choose_run(request.exp, request.run)
    config = read_run_config(folder)
    check_stored_code(config, folder.as_posix(), trust=request.trust_plugins)
    check(config, starts=False)
    load_mujoco()
    import_code(config, starts=False)
    from myoassist.analysis.walk.finalists import choose_in

    choose_in(folder, request.finalists)
    return 0


COMMAND = Command(
    "myoassist choose",
    Choose,
    run,
    "the firmest of the last candidates of a search, by walks that it has not drawn",
    lead="RUN | exp=NAME",
    title="a choice",
)
