"""Source code as the rules read it: parsed, never imported, so that a rule can be tried on a made-up tree."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("clients", "deals", "billing", "notifications", "ai")


def python_files(root: Path, *folders: str) -> list[Path]:
    """All Python files below the folders, those of hidden and generated folders left out."""
    found = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [path for path in found if not any(part.startswith((".", "__pycache__")) for part in path.parts)]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and text of every comment."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def module_files(folder: Path, name: str) -> list[Path]:
    """``handlers.py``, or every file of the folder ``handlers/``."""
    single = folder / f"{name}.py"
    return [single] if single.exists() else sorted((folder / name).rglob("*.py"))


def rooms(root: Path) -> list[Path]:
    """The folders of the services that exist below the root, the gateway left out."""
    return [folder for folder in sorted((root / "services").iterdir()) if module_files(folder, "rpc")]


def services(root: Path) -> list[Path]:
    """The folders of all services, the gateway among them."""
    return [folder for folder in sorted((root / "services").iterdir()) if (folder / "__init__.py").exists()]


def imported(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line number and dotted name of everything a module imports, also inside functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # "from x import y" may name a module y; the dot keeps relative imports recognisable.
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def texts_in(node: ast.AST) -> frozenset[str]:
    """Every string constant in an expression."""
    return frozenset(
        each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and type(each.value) is str
    )


def name_of(node: ast.AST) -> str:
    """``DealWon`` for ``DealWon`` and for ``events.DealWon``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
