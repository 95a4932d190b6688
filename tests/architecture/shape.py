"""Rules of form: rooms of one shape, short files, honest comments. Each returns its violations in plain words."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from tests.architecture.reading import ROOMS, comments, imported, module_files, python_files, tree

CODE = ("services", "libs", "sandbox", "stack")
MODULES = (
    "domain",
    "events",
    "ports",
    "access",
    "audit",
    "handlers",
    "queries",
    "rpc",
    "worker",
    "models",
    "settings",
    "wiring",
)
CANVAS = ("Owns", "RPC methods", "Events out", "Events in", "Tables", "Settings", "Scaling")
VAGUE = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "base", "misc", "common_utils"})
# About 300 is where a module should become a folder; nothing is longer than this.
LONGEST = 350
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
OPT_OUT = re.compile(r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w\-, ]+\])?)(?P<rest>.*)")


def rooms_of_one_shape(root: Path, rooms: tuple[str, ...] = ROOMS) -> list[str]:
    """Every service has the same files, so that who knows one room finds everything in the next."""
    faults = []
    for name in rooms:
        room = root / "services" / name
        faults += [f"{name}: no {each}" for each in MODULES if not module_files(room, each)]
        faults += [
            f"{name}: no {each}" for each in ("README.md", "__init__.py", "__main__.py") if not (room / each).exists()
        ]
        if not (room / "adapters" / "__init__.py").exists():
            faults.append(f"{name}: no adapters/")
        if not (room / "migrations" / "env.py").exists() or not list(
            (room / "migrations" / "versions").glob("0001_*.py")
        ):
            faults.append(f"{name}: no migrations/ with env.py and versions/0001_*.py")
    return faults


def canvases_complete(root: Path, rooms: tuple[str, ...] = ROOMS) -> list[str]:
    """A service's README says on one page what the service is."""
    faults = []
    for name in rooms:
        path = root / "services" / name / "README.md"
        lines = path.read_text().splitlines() if path.exists() else []
        headings = {line.lstrip("#").strip().casefold() for line in lines if line.startswith("#")}
        faults += [f"{name}/README.md: no heading {each!r}" for each in CANVAS if each.casefold() not in headings]
        if len(lines) > 120:
            faults.append(f"{name}/README.md: {len(lines)} lines are more than a page")
    return faults


def domains_are_pure(root: Path) -> list[str]:
    """A domain imports the standard library, libs.common.money and itself; no clock, file or network of the former."""
    faults = []
    for path in sorted((root / "services").glob("*/domain.py")) + sorted((root / "services").glob("*/domain/**/*.py")):
        service = path.relative_to(root / "services").parts[0]
        own = (f"services.{service}.domain.", "libs.common.money.")
        for line, name in imported(tree(path)):
            outside = name.split(".")[0] not in sys.stdlib_module_names or name.split(".")[0] in _DOING
            if outside and not f"{name}.".startswith(own):
                faults.append(f"{path.relative_to(root)}:{line}: imports {name}")
    return faults


_DOING = frozenset(
    "os io pathlib shutil tempfile subprocess socket ssl http urllib smtplib ftplib asyncio threading multiprocessing "
    "sqlite3 logging time random secrets select selectors signal".split()
)


def files_are_short(root: Path) -> list[str]:
    """No file is longer than a person reads at once."""
    counted = [(path, len(path.read_text().splitlines())) for path in python_files(root, *CODE)]
    return [f"{path.relative_to(root)}: {lines} lines" for path, lines in counted if lines > LONGEST]


def names_say_something(root: Path) -> list[str]:
    """No module has a name under which anything could stand."""
    paths = python_files(root, *CODE, "tests", "bench")
    return [f"{path.relative_to(root)}" for path in paths if {path.stem, path.parent.name} & VAGUE]


def tests_do_not_sleep(root: Path) -> list[str]:
    """A test waits for what it waits for, with an end; a fixed pause is too long and too short."""
    faults = []
    for path in python_files(root, "tests"):
        module = tree(path)
        sleeps = [node.lineno for node in ast.walk(module) if _is_sleep(node)]
        sleeps += [line for line, name in imported(module) if name == "time.sleep"]
        faults += [f"{path.relative_to(root)}:{line}: sleeps" for line in sleeps]
    return faults


def _is_sleep(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "sleep" and getattr(called.value, "id", "") == "time"


def nothing_is_left_undone(root: Path) -> list[str]:
    """What is not finished is not in the code as a note to somebody."""
    return [
        f"{path.relative_to(root)}:{line}: {text}"
        for path in python_files(root, *CODE, "tests", "bench")
        for line, text in comments(path)
        if UNFINISHED.search(text)
    ]


def opt_outs_have_reasons(root: Path) -> list[str]:
    """Who switches a check off says what it checks and why it is wrong there."""
    faults = []
    for path in python_files(root, *CODE, "bench"):
        for line, text in comments(path):
            found = OPT_OUT.search(text)
            if found and not re.search(r"[A-Za-z]{4,}", found["rest"]):
                faults.append(f"{path.relative_to(root)}:{line}: {text}")
    return faults
