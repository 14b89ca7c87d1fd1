"""Look into an MJCF file before MuJoCo does: which other files it names, and whether they lie where they may."""

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

from myoassist.files.errors import ModelError, UnsafeFileError

TRUST_KEY = "model.trust_path"
_LARGEST = 64 * 2**20
# Elements whose files lie below a folder that the compiler element names; those of others below the file itself.
_FOLDERS = {
    "mesh": ("meshdir", "assetdir"),
    "skin": ("meshdir", "assetdir"),
    "hfield": ("meshdir", "assetdir"),
    "flexcomp": ("meshdir", "assetdir"),
    "texture": ("texturedir", "assetdir"),
}
# A file that includes many others is no walker.
_MOST_FILES = 1000


def check_model_file(path: Path, key: str, trusted: bool | None = None) -> None:
    """Refuse an MJCF file that cannot be read or that names files outside of where it may.

    Files may lie below the folder of the MJCF file and in the installed model library. Included files are looked into
    as well. Nothing is compiled.

    Args:
        path: The file.
        key: How messages call it, e.g. `model.path=own.xml`.
        trusted: Value of `model.trust_path`: whether files may lie anywhere; None where no key says so.

    Raises:
        ModelError: if the file is no XML that MuJoCo could read.
        UnsafeFileError: if it declares entities, or names a file outside.
    """
    folder = path.resolve().parent
    roots = (folder, *_library())
    trees = _read_all(path, folder, key, roots, trusted)
    if trusted:
        return
    compilers = [compiler for tree in trees for compiler in tree.iter("compiler")]
    for tree in trees:
        for element in tree.iter():
            names = [value for name, value in element.attrib.items() if name.startswith("file") and value]
            keys = _FOLDERS.get(element.tag, ())
            below = {compiler.attrib[item] for compiler in compilers for item in keys if compiler.attrib.get(item)}
            for name in names:
                for place in below or {""}:
                    _check_place(folder / place / name, f"<{element.tag}> names {name}", key, roots, trusted)


def _library() -> tuple[Path, ...]:
    """Return the folders of the installed model library."""
    found = (importlib.util.find_spec(name) for name in ("myo_sim", "assist_sim"))
    return tuple(Path(place).resolve() for spec in found if spec for place in spec.submodule_search_locations or ())


def _check_place(path: Path, found: str, key: str, roots: tuple[Path, ...], trusted: bool | None) -> None:
    if trusted:
        return
    try:
        real = path.resolve()
        inside = any(real.is_relative_to(root) for root in roots)
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        raise UnsafeFileError(
            f"{key}: {found}, which lies outside of its folder",
            "files below the folder of the model",
            "copy them there"
            + ("" if trusted is None else f", or set {TRUST_KEY}=true if you know where the file comes from"),
        )


def _read_all(
    path: Path, folder: Path, key: str, roots: tuple[Path, ...], trusted: bool | None
) -> list[ElementTree.Element]:
    """Return the content of a file and of everything that it includes."""
    trees: list[ElementTree.Element] = []
    waiting, seen = [path], {path.resolve()}
    while waiting and len(trees) < _MOST_FILES:
        current = waiting.pop()
        tree = _parse(current, key)
        trees.append(tree)
        for element in tree.iter("include"):
            name = element.get("file", "")
            # Below the outermost file, else beside the one that includes.
            for place in dict.fromkeys((folder, current.resolve().parent)):
                _check_place(place / name, f"<include> names {name}", key, roots, trusted)
                included = place / name
                if included.is_file() and included.resolve() not in seen:
                    seen.add(included.resolve())
                    waiting.append(included)
    return trees


def _parse(path: Path, key: str) -> ElementTree.Element:
    expected = "an MJCF file that MuJoCo compiles: XML in UTF-8"
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelError(f"{key}: {path} has more than {_LARGEST} bytes", expected, "use another file")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{key}: {path} cannot be read ({error})", expected, "use another file") from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UnsafeFileError(f"{key}: {path} declares a document type or entities", expected, "take the lines out")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise ModelError(f"{key}: {path} is no XML ({error})", expected, "correct that place of the file") from None
