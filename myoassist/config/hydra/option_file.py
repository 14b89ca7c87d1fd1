"""Find the file of a configuration option, and say what is wrong with the file as a whole."""

import re
from collections.abc import Iterator
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from myoassist.config.hydra.flags import config_folders, split_flags
from myoassist.config.schema.groups import config_folder
from myoassist.files.content import is_file
from myoassist.files.errors import ConfigError

# Files of these groups set keys of the whole run, not of a group, and have to say so.
_GLOBAL_GROUPS = ("exp", "exp/mutations", "exp/constraints", "overlays", "evo")
_PACKAGE = "# @package _global_"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def find_option_file(name: str, arguments: list[str]) -> Path | None:
    """Return the file of an option such as `exp/tutorial`; None where no folder that is searched has it.

    Args:
        name: Group and option.
        arguments: Those of the command, whose `--config-dir` and `hydra.searchpath` add folders.
    """
    for folder in (config_folder(), *config_folders(arguments)):
        if is_file(file := folder / f"{name}.yaml"):
            return file
    return None


def show_option_file(name: str, arguments: list[str]) -> str:
    """Return the path of an option's file as people know it: `configs/...` in the package, else as it was named."""
    file = find_option_file(name, arguments)
    return f"configs/{name}.yaml" if file is None or file.is_relative_to(config_folder()) else file.as_posix()


def explain_option_file(error: BaseException, arguments: list[str]) -> ConfigError | None:
    """Return why a file cannot be what it is chosen for: its encoding, or a missing package line.

    Hydra's own message is about what follows from that, an unknown key `exp`.

    Args:
        error: What the composition raised.
        arguments: Those of the command.

    Returns:
        The error to show, None where the files are sound as a whole.
    """
    where = re.search(r"In '(.+?)'", str(error))
    if isinstance(error, UnicodeDecodeError):
        return _explain_encoding(arguments)
    if header := _explain_header(error, arguments):
        return header
    if where is None or (file := find_option_file(where[1], arguments)) is None:
        return None
    shown = show_option_file(where[1], arguments)
    if file.read_bytes().startswith(_UTF8_MARK):
        return ConfigError(
            f"{shown} begins with a byte-order mark, which hides its first line",
            "UTF-8 without a byte-order mark",
            _convert(shown, "utf-8-sig"),
        )
    group = where[1].rpartition("/")[0]
    package = _read_package(file)
    if group in _GLOBAL_GROUPS and package != "_global_":
        found = f"begins with `# @package {package}`" if package else f"lacks the line `{_PACKAGE}`"
        if not package and re.search(
            r"^\s*#\s*@package", file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE
        ):
            found = "has its package line below others, where it is not read"
        return ConfigError(
            f"{shown} {found}, so that its keys would lie below {package or group}",
            f"`{_PACKAGE}` as its first line",
            f"{'replace that line' if package else 'put that line at the top'}: {_PACKAGE}",
        )
    return None


def _explain_encoding(arguments: list[str]) -> ConfigError | None:
    """Return the refusal of the first file that is not UTF-8."""
    for file in _list_files(arguments):
        content = file.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            utf16 = content.startswith(_UTF16_MARKS)
            line = content[: error.start].count(b"\n") + 1
            return ConfigError(
                f"{file.as_posix()} is no text in UTF-8: " + ("it is UTF-16" if utf16 else f"see line {line}"),
                "a YAML file in UTF-8",
                _convert(file.as_posix(), "utf-16" if utf16 else "cp1252"),
            )
    return None


def _explain_header(error: BaseException, arguments: list[str]) -> ConfigError | None:
    """Return the refusal of the first file whose header is no key and value."""
    named = re.search(r"'(@.*)'$", str(error))
    if not isinstance(error, ValueError) or named is None:
        return None
    for file in _list_files(arguments):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip().lstrip("#").strip() == named[1]:
                return ConfigError(
                    f"{file.as_posix()} has the line `{line.strip()}`", f"`{_PACKAGE}`", "correct that line"
                )
    return None


def _list_files(arguments: list[str]) -> Iterator[Path]:
    """Yield the files that the arguments choose, then the others of the folders that they add."""
    for text in split_flags(arguments)[1]:
        try:
            override = OverridesParser.create().parse_override(text)
        except HydraException:
            continue
        values = [] if override.is_sweep_override() or override.is_delete() else override.value()
        for value in values if isinstance(values, list) else [values]:
            file = find_option_file(f"{override.key_or_group}/{value}", arguments)
            if file is not None:
                yield file
    for folder in config_folders(arguments):
        yield from sorted(folder.rglob("*.yaml"))


def _read_package(file: Path) -> str:
    """Return what the header of an option file says of its package, an empty text where it says nothing."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        # As Hydra reads it: up to the first line that is no header.
        if line.strip() and not re.match(r"\s*#\s*@", line):
            break
        named = re.match(r"\s*#\s*@package\s+(\S+)\s*$", line)
        if named:
            return named[1]
    return ""


def _convert(path: str, encoding: str) -> str:
    """Return a command that stores a file as UTF-8."""
    return (
        f'python -c "from pathlib import Path; file = Path({path!r}); '
        f"file.write_text(file.read_text('{encoding}'), 'utf-8')\""
    )
