"""Parse what stands in files of others: JSON and YAML without depth bombs, archives of a sensible size."""

import json
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import yaml

# What a damaged .zip or .npz raises, one way or the other.
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
LARGEST_ARCHIVE = 512 * 2**20  # bytes, unpacked
_LARGEST_TREE = 10**6  # values, with every alias written out


def is_file(path: Path) -> bool:
    """Return whether a file is there; none is under a name that is too long for one."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Return whether a folder is there; none is under a name that is too long for one."""
    try:
        return path.is_dir()
    except OSError:
        return False


def parse_json(text: str | bytes) -> Any:
    """Return the content of a JSON text.

    Raises:
        ValueError: if it is no JSON, or nested more deeply than anything that is meant.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse_yaml(text: str) -> Any:
    """Return the content of a YAML text; tags that would make Python objects are refused.

    Raises:
        yaml.YAMLError: if it is no YAML, nested too deeply, or grows too large when its aliases are written out.
    """
    try:
        content = yaml.safe_load(text)
        size = _written_out(content, {})
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    except (ValueError, TypeError) as error:
        # A date such as 2026-13-45, or a mapping as a key.
        raise yaml.YAMLError(str(error)) from None
    if size > _LARGEST_TREE:
        raise yaml.YAMLError(f"its aliases stand for more than {_LARGEST_TREE} values")
    return content


class _TextDumper(yaml.SafeDumper):
    """Puts texts in quotes that only Hydra's reader takes for numbers, such as 1e3."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Return the node of a text."""
        try:
            float(data)
        except ValueError:
            return super().represent_str(data)
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="'")


_TextDumper.add_representer(str, _TextDumper.represent_str)


def dump_yaml(content: Any, width: int = 80) -> str:
    """Return a YAML text in which Hydra finds what is in `content`, keys in their order."""
    return yaml.dump(content, Dumper=_TextDumper, sort_keys=False, allow_unicode=True, width=width)


def _written_out(node: Any, known: dict[int, int | None]) -> int:
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in known:
        known[id(node)] = None
        items = node.values() if isinstance(node, dict) else node
        known[id(node)] = 1 + sum(_written_out(item, known) for item in items)
    size = known[id(node)]
    if size is None:
        raise yaml.YAMLError("it contains itself")
    return size


def open_archive(file: Path | IO[bytes]) -> zipfile.ZipFile:
    """Open a .zip or .npz for reading; nothing of it is unpacked to the disk, so names in it place no file.

    Raises:
        ValueError: if its members are larger than LARGEST_ARCHIVE together; others of ARCHIVE_ERRORS if it is damaged.
        OSError: if it cannot be read.
    """
    archive = zipfile.ZipFile(file)
    size = sum(item.file_size for item in archive.infolist())
    if size > LARGEST_ARCHIVE:
        archive.close()
        raise ValueError(f"it would unpack to {size} bytes, more than {LARGEST_ARCHIVE}")
    return archive
