"""`myoassist subject`: a person's body and gait out of recordings."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import FLAG, WORDS, argument
from myoassist.commands.command import Command
from myoassist.files.command_words import quote_path
from myoassist.files.errors import ConfigError


@dataclass(frozen=True)
class Subject:
    """Make a person's body, gait and page out of OpenSim files and recordings; then `model=NAME` walks it.

    Read are a scaled .osim or a ScaleSet, and walks as .mot, .sto, .trc or .c3d with the forces of the ground, by name
    or in a folder, exports of AddBiomechanics as they are.
    """

    files: list[str] = argument([], "files of one person, or folders of them", given=WORDS, shown="FILE", needed=True)
    name: str | None = argument(
        None, "what follows model=; the name of the folder where not given", given=FLAG, shown="NAME"
    )
    mass: float | None = argument(
        None, "mass; that of the .osim where not given", given=FLAG, shown="KG", gt=0.0, unit="kg"
    )
    height: float | None = argument(
        None, "height; that of a marker on the head where not given", given=FLAG, shown="M", gt=0.0, unit="m"
    )
    sex: str | None = argument(
        None,
        "whose shares of mass the segments have; the mean of both where not given",
        given=FLAG,
        choices=("female", "male"),
    )
    speed: float | None = argument(
        None, "speed of the walks; what the motion tells where not given", given=FLAG, shown="V", gt=0.0, unit="m/s"
    )
    strength: str | None = argument(
        None,
        "factors of muscles besides those of the body, e.g. soleus=0.8,vasti_l=0.6",
        given=FLAG,
        shown="MUSCLE=FACTOR",
    )
    out: str | None = argument(
        None,
        "folder that is written, models/subjects where not given; another one is found with --config-dir",
        given=FLAG,
        shown="FOLDER",
    )
    force: bool = argument(False, "replace a person of this name", given=FLAG)


def run(request: Subject) -> int:
    """Make the person and say where it is.

    Raises:
        UserError: naming the file or figure and what to do.
    """
    strength = _factors(request.strength)
    paths = [Path(text).expanduser() for text in request.files]
    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()

    from myoassist.config.schema.subjects import FOLDER
    from myoassist.subject.make import Wishes, make_person, write_person
    from myoassist.subject.page import write_subject_page

    out = None if request.out is None else Path(request.out).expanduser()
    wishes = Wishes(
        request.name, request.mass, request.height, request.sex, request.speed, strength, out, request.force
    )
    person = make_person(paths, wishes)
    write_person(person, wishes)
    page = write_subject_page(person, out or FOLDER)
    for note in person.notes:
        print(f"  {note}")
    where = "" if out is None else f" --config-dir {quote_path(out)}"
    print(f"{page}\nmodel={person.name}{where}")
    return 0


def _factors(text: str | None) -> dict[str, float]:
    found = {}
    for part in text.split(",") if text else []:
        name, sign, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign or not 0.0 <= found[name.strip()] <= 100.0:
            raise ConfigError(f"--strength {text}: {part!r}", "muscle=factor, 0 to 100", "--strength soleus=0.8")
    return found


COMMAND = Command(
    "myoassist subject",
    Subject,
    run,
    "one's own patient: body and gait out of recordings",
    text="Everything is looked at before anything is written; the page says what could not be used.",
    bare_help=True,
)
