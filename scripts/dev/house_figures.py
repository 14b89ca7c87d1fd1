"""Count how the code is built: files, statements, docstrings, circles, folders, and the way of a key from YAML to use.

    python scripts/dev/house_figures.py
    python scripts/dev/house_figures.py --package ../before

Counted are myoassist/ and scripts/dev/ together, so that moving a file from one to the other changes nothing.
"""

import argparse
import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from key_ways import describe_ways

ROOT = Path(__file__).resolve().parents[2]
COUNTED = ("myoassist", "scripts/dev")
LARGEST_FOLDER = 15
Functions = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A source file.

    Attributes:
        name: Dotted name; a package is named like its folder.
        path: Path relative to the root of the checkout.
        text: Source.
        tree: Its syntax tree.
    """

    name: str
    path: Path
    text: str
    tree: ast.Module


def main() -> None:
    """Print the figures of a checkout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=ROOT, help="checkout to measure")
    root = parser.parse_args().package
    modules = list(read_modules(root))
    package = [module for module in modules if module.name.partition(".")[0] == "myoassist"]
    documented, public = count_docstrings(modules)
    late = [(module, node) for module in modules for node in find_late_imports(module.tree)]
    own = [item for item in late if "myoassist" in ast.dump(item[1])]
    print(f"files                          {len(modules)}")
    print(f"lines, blank ones included     {sum(len(module.text.splitlines()) for module in modules)}")
    print(f"lines of code                  {sum(count_code_lines(module) for module in modules)}")
    print(f"statements without docstrings  {sum(count_statements(module.tree) for module in modules)}")
    print(f"public docstrings              {documented} of {public} public modules, classes, functions and methods")
    print(f"imports inside functions       {len(late)}, {len(own)} of them of the package itself")
    _print_folders(modules)
    _print_circles("circles when modules load", find_circles(package, late=False))
    _print_circles("circles with imports inside functions counted", find_circles(package, late=True))
    print("\nways of a key from its schema to its use:")
    print(describe_ways({module.name: module.tree for module in package}))


def read_modules(root: Path) -> Iterator[Module]:
    """Read every Python file that is counted."""
    for folder in COUNTED:
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root)
            parts = relative.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            yield Module(name, relative, text, ast.parse(text))


def count_statements(tree: ast.AST) -> int:
    """Count statements; a docstring is none."""
    return sum(isinstance(node, ast.stmt) and not _is_text(node) for node in ast.walk(tree))


def count_code_lines(module: Module) -> int:
    """Count lines that hold more than a comment, a docstring or nothing."""
    texts = {
        line
        for node in ast.walk(module.tree)
        if isinstance(node, ast.stmt) and _is_text(node)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(module.text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and place not in texts for place, line in lines)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def count_docstrings(modules: Iterable[Module]) -> tuple[int, int]:
    """Count public modules, classes, functions and methods: with a docstring, and all."""
    found = [item for module in modules for item in _public(module.tree)]
    return sum(ast.get_docstring(item) is not None for item in found), len(found)


def _public(node: ast.Module | ast.ClassDef) -> Iterator[ast.Module | ast.ClassDef | Functions]:
    yield node
    for item in node.body:
        if isinstance(item, ast.ClassDef) and not item.name.startswith("_"):
            yield from _public(item)
        elif isinstance(item, Functions) and not item.name.startswith("_"):
            yield item


def find_late_imports(tree: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports inside functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, Functions)]
    nodes = [node for function in functions for node in ast.walk(function)]
    return list(dict.fromkeys(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)))


def find_circles(modules: list[Module], late: bool) -> list[list[str]]:
    """Return the groups of modules that import each other; what only a type checker imports does not count.

    Args:
        modules: All modules of the package.
        late: Count imports inside functions as well.
    """
    names = {module.name for module in modules}
    edges = {module.name: set(_imported(module, names, late)) - {module.name} for module in modules}
    return [sorted(group) for group in _strong_components(edges) if len(group) > 1]


def _imported(module: Module, names: set[str], late: bool) -> Iterator[str]:
    skipped = set() if late else {id(node) for node in find_late_imports(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {id(item) for item in ast.walk(node)}
    for node in ast.walk(module.tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names if item.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module in names:
            for item in node.names:
                inner = f"{node.module}.{item.name}"
                yield inner if inner in names else str(node.module)


def _strong_components(edges: dict[str, set[str]]) -> list[set[str]]:
    """Group nodes that reach each other."""
    reach = {name: _reachable(edges, name) for name in edges}
    groups: list[set[str]] = []
    for name in edges:
        if not any(name in group for group in groups):
            groups.append({name} | {other for other in reach[name] if name in reach[other]})
    return groups


def _reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _print_folders(modules: list[Module]) -> None:
    folders = Counter(module.path.parent.as_posix() for module in modules if module.path.name != "__init__.py")
    print(
        f"folders                        {len(folders)}, {sum(n > LARGEST_FOLDER for n in folders.values())} of them"
        f" with more than {LARGEST_FOLDER} files"
    )
    print("\n".join(f"  {count:3d} {folder}" for folder, count in sorted(folders.items(), key=lambda item: -item[1])))


def _print_circles(title: str, circles: list[list[str]]) -> None:
    print(f"{title}: {len(circles)}")
    for group in circles:
        print(f"  {', '.join(name.removeprefix('myoassist.') for name in group)}")


if __name__ == "__main__":
    main()
