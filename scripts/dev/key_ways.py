"""Find the shortest chain of calls from the start of a run to the functions that use a configuration key."""

import ast
from collections import defaultdict
from collections.abc import Iterator

START = ("myoassist.train", "train")
KEYS = ("optimizer.popsize", "exo.n_points", "env.slope_deg", "cost.tgt_vel", "rl.total_timesteps")
# Names that objects of other libraries have too, so that a call of them says nothing.
COMMON = {
    "new",
    "open",
    "close",
    "read",
    "write",
    "get",
    "set",
    "add",
    "log",
    "update",
    "copy",
    "reset",
    "path",
    "state",
}
MOST_METHODS = 8
# A definition: module and name within it, methods as Class.method.
Place = tuple[str, str]


def describe_ways(trees: dict[str, ast.Module]) -> str:
    """Return a paragraph per key: the files that name it, and the shortest chain of calls to a function that reads it.

    Args:
        trees: Syntax tree by name of the module.

    A call by name is followed through imports, also those inside functions; a call of a method where the package has
    few methods of that name. What checks, translates or shows a key (config, compat, analysis) is no use of it.
    """
    bodies = {(module, name): node for module, tree in trees.items() for name, node in _definitions(tree)}
    calls = _calls(trees, bodies)
    ways, lines = _shortest(calls), []
    for key in KEYS:
        word = key.rpartition(".")[2]
        files = sorted(module for module, tree in trees.items() if _names(tree, word))
        lines.append(f"{key}: named in {len(files)} files: {', '.join(_short(name) for name in files)}")
        readers = [place for place, node in bodies.items() if _reads(node, word) and place in ways]
        nearest: dict[str, list[Place]] = {}
        for place in sorted(readers, key=lambda item: len(ways[item])):
            if place[0].split(".")[1] not in ("config", "compat", "analysis"):
                nearest.setdefault(place[0], ways[place])
        for chain in nearest.values():
            rooms = dict.fromkeys(step[0] for step in chain)
            steps = " > ".join(_short(".".join(step)) for step in chain)
            lines.append(f"  {len(chain) - 1} calls through {len(rooms)} files: {steps}")
    return "\n".join(lines)


def _short(name: str) -> str:
    return name.removeprefix("myoassist.")


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    yield f"{node.name}.{item.name}", item


def _reads(node: ast.AST, word: str) -> bool:
    """Return whether a definition reads an attribute of that name, as in `config.popsize`."""
    nodes = ast.walk(node)
    return any(
        isinstance(item, ast.Attribute) and item.attr == word and isinstance(item.ctx, ast.Load) for item in nodes
    )


def _names(tree: ast.Module, word: str) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == word)
        or (isinstance(node, ast.Name) and node.id == word)
        or (isinstance(node, ast.arg | ast.keyword) and node.arg == word)
        for node in ast.walk(tree)
    )


def _calls(trees: dict[str, ast.Module], bodies: dict[Place, ast.AST]) -> dict[Place, list[Place]]:
    """Return for every definition those that its body names."""
    methods: dict[str, list[Place]] = defaultdict(list)
    for module, name in bodies:
        if "." in name:
            methods[name.partition(".")[2]].append((module, name))
    return {place: list(_named(place, node, trees, bodies, methods)) for place, node in bodies.items()}


def _named(
    place: Place,
    node: ast.AST,
    trees: dict[str, ast.Module],
    bodies: dict[Place, ast.AST],
    methods: dict[str, list[Place]],
) -> Iterator[Place]:
    module, own = place
    known = _imports(trees[module]) | _imports(node)
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            where, name = known.get(item.id, (module, item.id))
            yield from (found for found in ((where, name), (where, f"{name}.__init__")) if found in bodies)
            # Work that a class does when it is asked for, not when it is made.
            yield from (
                found for found in ((where, f"{name}.__enter__"), (where, f"{name}.__call__")) if found in bodies
            )
        elif isinstance(item, ast.Attribute):
            mine = (module, f"{own.partition('.')[0]}.{item.attr}")
            if mine in bodies and isinstance(item.value, ast.Name) and item.value.id == "self":
                yield mine
            elif item.attr not in COMMON and len(methods[item.attr]) <= MOST_METHODS:
                yield from methods[item.attr]


def _imports(tree: ast.AST) -> dict[str, Place]:
    return {
        item.asname or item.name: (str(node.module), item.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for item in node.names
    }


def _shortest(calls: dict[Place, list[Place]]) -> dict[Place, list[Place]]:
    """Return the shortest chain from the start to every definition that is reached."""
    ways = {START: [START]}
    waiting = [START]
    for place in waiting:
        for other in calls.get(place, []):
            if other not in ways:
                ways[other] = [*ways[place], other]
                waiting.append(other)
    return ways
