"""`myoassist pack`: put a result into one file that can be walked again elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import FLAG, KEY_OR_WORD, argument
from myoassist.commands.command import Command
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import check_stored_code

_FILES = """What is in it (a .zip, a few hundred kB):
  pack.json                    configuration without paths of this machine, versions, where the result comes from
  best_parameters.json         the vector with names and units; of a policy policy.zip
  proof.npz                    digests of every 10 control steps, samples, mean strides of the walk
  score.json                   distance from people, bounds, energy; what it withstands where that was tried
`myoassist verify FILE` walks it again. Own models and plugins are named in it, not contained.
"""


@dataclass(frozen=True)
class PackRun:
    """Walk the best of a run once more as it is, and put everything into one file in the folder of the run."""

    run: str | None = argument(
        None,
        "folder of the run",
        given=KEY_OR_WORD,
        shown="RUN",
        also={"shipped:NAME": "a controller or a policy that comes with the package, into logs/<date>/shipped_NAME"},
    )
    exp: str | None = argument(None, "the newest run of an experiment that has a best", shown="NAME")
    params: str | None = argument(None, "this parameter file instead of the best of the run", shown="FILE")
    out: str | None = argument(
        None, "the file, <name>.walk in the folder of the run where not given", given=FLAG, shown="FILE", ending=".walk"
    )
    robustness: bool = argument(False, "try what the walk withstands too: about 80 walks, a minute or more")
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )


def run(request: PackRun) -> int:
    """Pack a result; what can be refused without MuJoCo is refused first.

    Raises:
        UserError: if the run, its parameters or the file is refused.
    """
    from myoassist.analysis.proof.walked import find_run, find_shipped, make_pack
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.catalogue import day_folder
    from myoassist.runs.choice import choose_run
    from myoassist.runs.pack import ENDING, write_pack

    if request.exp is None and (request.run or "").startswith(SHIPPED_PREFIX):
        if request.params is not None:
            raise UserError("params= with a shipped result", "a run folder", "leave params out")
        result = find_shipped(str(request.run).removeprefix(SHIPPED_PREFIX))
        folder = day_folder() / f"shipped_{result.name}"
    else:
        folder = choose_run(request.exp, request.run)
        result = find_run(folder, request.params)
        check_stored_code(result.config, folder.as_posix(), trust=request.trust_plugins)
    check(result.config, starts=False)
    out = Path(request.out).expanduser() if request.out else folder / f"{result.name}{ENDING}"
    if out.is_dir():
        raise UserError(f"--out {out} is a folder", "a file", f"--out {quote_path(out / (result.name + ENDING))}")
    load_mujoco()
    import_code(result.config, starts=False)
    pack, evaluation = make_pack(result, request.robustness)
    write_pack(out, pack)
    print(f"{out.as_posix()}: {evaluation.verdict}, walked {evaluation.log.n_steps * evaluation.log.dt:g} s")
    print(f"to walk it again: myoassist verify {quote_path(out)}")
    return 0


COMMAND = Command(
    "myoassist pack",
    PackRun,
    run,
    "a result in one file that others can walk again",
    text=_FILES,
    lead="RUN | exp=NAME",
    title="a pack",
)
