"""Each rule, tried on a made-up tree that breaks it and on one that keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import permissions, shape, telling
from tests.architecture.test_rules import ROOT, lint_imports

Tree = Callable[..., Path]
ROOM = ("books",)
EVENTS = """
from typing import ClassVar
from libs.common.events import Event

class BookState(Event):
    title: str

class BookSold(BookState):
    event_type: ClassVar[str] = "book.sold"

class BookBurned(BookState):
    event_type: ClassVar[str] = "book.burned"
    has_subscribers: ClassVar[bool] = False
"""
HANDLERS = (
    "def sell(uow):\n    uow.outbox.add(BookSold(title='x'))\n\ndef burn(uow):\n    tell(uow, events.BookBurned)\n"
)
CONSUMER = """
from typing import ClassVar
from libs.common.events import Event

class BookSold(Event):
    event_type: ClassVar[str] = "book.sold"
"""
WORKER = "TABLE = WorkerTable(subscriptions=[Subscription(events.BookSold, handlers.on_book_sold)])\n"
ACCESS = (
    '_ALL = frozenset({"admin", "sales"})\nPERMISSIONS: dict = {"books.read": _ALL, "operate": frozenset({"admin"})}\n'
)
RPC = 'class BooksRpc(Operations, RpcService):\n    @method("books.read")\n    def list_books(self): ...\n'


@pytest.fixture
def made(tmp_path: Path) -> Tree:
    """``made({"services/books/rpc.py": "…"})``: a tree with these files; the root it stands in."""

    def build(files: dict[str, str]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path

    return build


def shop(**changes: str) -> dict[str, str]:
    """A service that tells and one that listens, both in order; keyword ``a__b`` replaces ``services/a/b.py``."""
    files = {f"services/{name}/__init__.py": "" for name in ("books", "readers")}
    files |= {
        "services/books/events.py": EVENTS,
        "services/books/handlers.py": HANDLERS,
        "services/readers/events.py": CONSUMER,
        "services/readers/worker.py": WORKER,
        "tests/contracts/samples/book.sold.json": "{}",
        "tests/contracts/samples/book.burned.json": "{}",
    }
    return files | {f"services/{name.replace('__', '/')}.py": text for name, text in changes.items()}


def room(**changes: str | None) -> dict[str, str]:
    """A service of the right shape; keyword ``name=None`` leaves that module out."""
    files = {f"services/books/{name}.py": "" for name in (*shape.MODULES, "__init__", "__main__", "adapters/__init__")}
    files |= {"services/books/migrations/env.py": "", "services/books/migrations/versions/0001_books.py": ""}
    files["services/books/README.md"] = "# books\n" + "".join(f"\n## {heading}\n" for heading in shape.CANVAS)
    return {name: text for name, text in files.items() if Path(name).stem not in changes}


def test_a_missing_file_breaks_the_shape(made: Tree) -> None:
    assert shape.rooms_of_one_shape(made(room()), ROOM) == []


@pytest.mark.parametrize("missing", [*shape.MODULES, "README", "env", "0001_books"])
def test_each_missing_file_is_named(made: Tree, missing: str) -> None:
    faults = shape.rooms_of_one_shape(made(room(**{missing: None})), ROOM)
    assert len(faults) == 1 and faults[0].startswith("books: no ")


def test_a_folder_counts_as_the_module(made: Tree) -> None:
    files = room(handlers=None) | {"services/books/handlers/__init__.py": "", "services/books/handlers/sales.py": ""}
    assert shape.rooms_of_one_shape(made(files), ROOM) == []


def test_a_canvas_without_a_heading_and_one_of_three_pages(made: Tree) -> None:
    root = made(room())
    assert shape.canvases_complete(root, ROOM) == []
    readme = root / "services/books/README.md"
    readme.write_text(readme.read_text().replace("## Tables", "Tables"))
    assert shape.canvases_complete(root, ROOM) == ["books/README.md: no heading 'Tables'"]
    readme.write_text(readme.read_text().replace("Tables", "## Tables") + "\n" * 200)
    assert len(shape.canvases_complete(root, ROOM)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy",
        "from sqlalchemy import select",
        "from libs.common.database import UnitOfWork",
        "from libs.common import money, database",
        "from services.books.models import books",
        "def late():\n    import requests",
        "import os",
        "from pathlib import Path",
        "from . import models",
    ],
)
def test_a_domain_that_reaches_outside(made: Tree, line: str) -> None:
    assert shape.domains_are_pure(made({"services/books/domain.py": line})) != []
    assert shape.domains_are_pure(made({"services/books/domain/books.py": line})) != []


def test_a_pure_domain(made: Tree) -> None:
    pure = "import re\nfrom datetime import date\nfrom libs.common.money import Money\n"
    pure += "from services.books.domain.prices import Price\n"
    assert shape.domains_are_pure(made({"services/books/domain.py": pure, "services/books/domain/a.py": pure})) == []


def test_a_long_file(made: Tree) -> None:
    root = made({"services/books/short.py": "x = 1\n" * shape.LONGEST, "libs/long.py": "x = 1\n" * (shape.LONGEST + 1)})
    assert shape.files_are_short(root) == [f"libs/long.py: {shape.LONGEST + 1} lines"]


@pytest.mark.parametrize(
    "name", ["services/books/utils.py", "libs/helpers/text.py", "tests/base.py", "stack/manager.py"]
)
def test_a_name_that_says_nothing(made: Tree, name: str) -> None:
    assert shape.names_say_something(made({name: "", "services/books/handlers.py": ""})) == [name]


@pytest.mark.parametrize("text", ["import time\ntime.sleep(1)", "from time import sleep"])
def test_a_test_that_sleeps(made: Tree, text: str) -> None:
    assert len(shape.tests_do_not_sleep(made({"tests/test_a.py": text, "libs/b.py": text}))) == 1


def test_something_left_undone(made: Tree) -> None:
    note = "# " + "TO" + "DO: later"
    assert len(shape.nothing_is_left_undone(made({"services/a.py": note, "libs/b.py": "# todo list of a person"}))) == 1


@pytest.mark.parametrize(
    ("comment", "allowed"),
    [
        ("# noqa: S311", False),
        ("# noqa", False),
        ("# type: ignore", False),
        ("# type: ignore[misc]", False),
        ("# noqa: S311  (spreads load, guards nothing)", True),
        ("# type: ignore[misc]  # nameko has no types", True),
        ("# noqa: S606 - no shell is wanted", True),
    ],
)
def test_an_opt_out_without_a_reason(made: Tree, comment: str, allowed: bool) -> None:
    assert (shape.opt_outs_have_reasons(made({"libs/a.py": f"x = 1  {comment}"})) == []) is allowed


@pytest.mark.parametrize(
    ("rpc", "fault"),
    [
        (RPC + "    def delete_all(self): ...\n", "declares no permission"),
        (RPC + "    @cached\n    def delete_all(self): ...\n", "declares no permission"),
        (RPC + "    @method(SECRET)\n    def delete_all(self): ...\n", "declares no permission"),
        (RPC + '    @method("books.burn")\n    def burn(self): ...\n', "'books.burn' does not stand"),
    ],
)
def test_a_method_without_a_permission(made: Tree, rpc: str, fault: str) -> None:
    keeps = made({"services/books/rpc.py": RPC, "services/books/access.py": ACCESS})
    assert permissions.methods_declare_permissions(keeps) == []
    faults = permissions.methods_declare_permissions(made({"services/books/rpc.py": rpc}))
    assert len(faults) == 1 and fault in faults[0]


def test_private_and_public_methods_need_nothing(made: Tree) -> None:
    rpc = RPC + "    def _own(self): ...\n    @method(PUBLIC)\n    def ping(self): ...\n"
    root = made({"services/books/rpc.py": rpc, "services/books/access.py": ACCESS})
    assert permissions.methods_declare_permissions(root) == permissions.permissions_are_complete(root) == []


@pytest.mark.parametrize(
    ("access", "fault"),
    [
        (ACCESS.replace('"operate"', '"operated"'), "'operate' is missing"),
        (ACCESS.replace('"admin", "sales"', '"admin", "boss"'), "is for ['boss']"),
        (ACCESS.replace("_ALL,", "frozenset(),"), "is for nobody"),
        (
            ACCESS.replace('"books.read": _ALL', '"books.read": _ALL, "books.burn": _ALL'),
            "no method needs 'books.burn'",
        ),
    ],
)
def test_permissions_that_do_not_fit(made: Tree, access: str, fault: str) -> None:
    root = made({"services/books/rpc.py": RPC, "services/books/access.py": access})
    assert any(fault in each for each in permissions.permissions_are_complete(root))


def test_events_in_order(made: Tree) -> None:
    root = made(shop())
    assert {each.type for each in telling.published(root)} == {"book.sold", "book.burned"}
    for rule in (
        telling.published_events_have_samples,
        telling.samples_are_published,
        telling.subscribers_are_declared,
        telling.subscriptions_are_published,
        telling.events_have_one_publisher,
        telling.event_classes_are_used,
    ):
        assert rule(root) == [], rule.__name__


def test_an_event_without_a_sample_and_a_sample_without_an_event(made: Tree) -> None:
    root = made(shop() | {"tests/contracts/samples/book.lent.json": "{}"})
    (root / "tests/contracts/samples/book.sold.json").unlink()
    assert telling.published_events_have_samples(root) == ["books: no sample of book.sold"]
    assert telling.samples_are_published(root) == ["book.lent.json: nobody tells this"]


def test_subscribers_that_are_wrongly_declared(made: Tree) -> None:
    unheard = made(shop(readers__worker="TABLE = WorkerTable()"))
    assert [fault.split(":")[0] for fault in telling.subscribers_are_declared(unheard)] == ["books.BookSold"]
    hidden = EVENTS.replace('"book.sold"', '"book.sold"\n    has_subscribers: ClassVar[bool] = False')
    lost = made(shop(books__events=hidden))
    assert [fault.split(":")[0] for fault in telling.subscribers_are_declared(lost)] == ["books.BookSold"]


def test_a_subscription_to_something_nobody_tells(made: Tree) -> None:
    root = made(shop(books__handlers="def burn(uow, event: BookSold) -> BookSold:\n    tell(uow, BookBurned)\n"))
    assert telling.subscriptions_are_published(root) == ["readers listens to book.sold, which nobody tells"]
    assert telling.event_classes_are_used(root) == ["books.BookSold is neither told nor heard"]


def test_an_event_of_two_services(made: Tree) -> None:
    copy = {
        "services/forgers/__init__.py": "",
        "services/forgers/events.py": CONSUMER,
        "services/forgers/handlers.py": HANDLERS,
    }
    assert telling.events_have_one_publisher(made(shop() | copy)) == ["book.sold is told by books, forgers"]


def test_events_taken_from_libs_count(made: Tree) -> None:
    events = "from libs.common.row_access import AccessChanged as BookLent\n"
    files = {
        "libs/common/row_access.py": CONSUMER.replace("BookSold", "AccessChanged").replace("book.sold", "book.lent")
    }
    root = made(shop(books__events=EVENTS + events, books__handlers=HANDLERS + "tell(BookLent)") | files)
    assert telling.published_events_have_samples(root) == ["books: no sample of book.lent"]


BROKEN_IMPORTS = {
    "No service imports another": ("services/books/rpc.py", "from services.readers import events"),
    "The mechanism knows no service": ("libs/common/clock.py", "def late():\n    import services.books"),
    "What reports say is plain Python": ("libs/reporting/tables.py", "def late():\n    import sqlalchemy"),
    "Services know neither": ("services/books/rpc.py", "import sandbox.mail"),
    "The stand-ins know nothing": ("sandbox/mail.py", "from libs.common import clock"),
    "Only libs.common talks to RabbitMQ": ("services/books/worker.py", "import pika"),
    "Only wiring picks adapters": ("services/books/handlers.py", "from services.books.adapters import printer"),
}


@pytest.mark.parametrize("contract", BROKEN_IMPORTS)
def test_an_import_that_is_not_allowed(made: Tree, contract: str) -> None:
    packages = ("services", "services/books", "services/books/adapters", "services/readers", "libs", "libs/common")
    files = {f"{name}/__init__.py": "" for name in (*packages, "libs/reporting", "stack", "sandbox")}
    files |= {"libs/reporting/tables.py": ""}
    files |= {"services/readers/events.py": "", "services/books/adapters/printer.py": "", "libs/common/clock.py": ""}
    files |= {"services/books/wiring.py": "from services.books.adapters import printer", "sandbox/mail.py": ""}
    files |= {"libs/common/bus.py": "import pika", "services/books/rpc.py": "from libs.common import bus"}
    text = (ROOT / "pyproject.toml").read_text()
    section = re.search(r"\[tool\.importlinter\].*?(?=\n\[tool\.(?!importlinter))", text, re.DOTALL)
    assert section is not None
    root = made(files | {"pyproject.toml": section.group()})
    assert lint_imports(root).returncode == 0
    name, line = BROKEN_IMPORTS[contract]
    ran = lint_imports(made({name: line}))
    broken = [each for each in ran.stdout.splitlines() if each.endswith("BROKEN")]
    assert ran.returncode == 1 and [each.startswith(contract) for each in broken] == [True], ran.stdout


def test_all_contracts_were_tried() -> None:
    names = re.findall(r'^name = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    contracts = [name for name in names if name != "amo-crm"]
    assert len(contracts) == len(BROKEN_IMPORTS)
    assert all(any(name.startswith(each) for each in BROKEN_IMPORTS) for name in contracts)
