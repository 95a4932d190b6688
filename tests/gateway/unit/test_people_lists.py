"""What a list of people would do: who is meant, what changes, and what is wrong with a line."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter

from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.gateway.people_lists.headers import places, role_of
from services.gateway.people_lists.planning import BAD, CREATED, INVITED, UNCHANGED, UPDATED, Known, Plan, plan
from services.gateway.people_lists.reading import MOST, Line, read

TEAMS = (
    b"sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\nMoses Frase,Dustin Brinkmann,East\n"
)


def known(name: str, email: str | None = None, **more: Any) -> Known:
    values = {"role": "sales", "team": "", "reports_to": None, "active": email is not None, "invited": None} | more
    return Known(id=new_id(), name=name, email=email, **values)


def line(number: int, name: str, **more: str) -> Line:
    return Line(number, name, **more)


def outcomes(made: Plan) -> list[str]:
    return [each.outcome for each in made.lines]


def reasons(made: Plan) -> list[tuple[str | None, str | None]]:
    return [(each.field, each.reason) for each in made.lines if each.outcome == BAD]


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return held.getvalue()


# -- reading


def test_columns_are_understood_by_their_names() -> None:
    assert places(["sales_agent", "manager", "regional_office"]) == {"name": 0, "manager": 1, "team": 2}
    assert places(["Vorname", "Nachname", "E-Mail-Adresse", "Rolle", "Abteilung", "Vorgesetzter"]) == {
        "first_name": 0, "last_name": 1, "email": 2, "role": 3, "team": 4, "manager": 5,
    }  # fmt: skip
    assert places(["Region", "Team", "Full Name", "Name"]) == {"name": 3, "team": 1}
    assert places(["account", "sector"]) == {} and places(["manager", "team"]) == {}
    assert [role_of(word) for word in ("Sales", "Vertrieb", "ADMIN", "CEO")] == ["sales", "sales", "admin", None]


def test_lines_of_a_file() -> None:
    found = read(io.BytesIO(TEAMS), "sales_teams.csv")
    assert found[0] == Line(2, "Anna Snelling", team="Central", manager="Dustin Brinkmann")
    named = "Vorname;Nachname;E-Mail\nJürgen;  Groß \n;;x@y.example\n".encode("cp1252")
    assert read(io.BytesIO(named), "x.csv") == [Line(2, "Jürgen Groß"), Line(3, "", email="x@y.example")]


def test_a_workbook_says_the_same() -> None:
    sheets = {"About": [["made by us"]], "People": [["Name", "Team"], ["Anna Snelling", "Central"]]}
    assert read(io.BytesIO(workbook(sheets)), "x.xlsx") == [Line(2, "Anna Snelling", team="Central")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n" + bytes(5000),
        b"PK\x03\x04" + bytes(500),
        b"account,sector\nAcme,medical\n",
        b"name,team\n",
        b"name\n" + b"x" * 6000 + b"\n",
        b"name\n" + b"Ann\n" * (MOST + 1),
        b"name\n" + b"x" * 5_100_000,
        b",".join(b"name" for _ in range(200)) + b"\n" + b"a,b\n",
    ],
    ids=["empty", "picture", "damaged", "companies", "header", "cell", "rows", "large", "wide"],
)
def test_what_is_no_list_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(io.BytesIO(content), "x.csv")
    assert refused.value.field == "file" and refused.value.detail


# -- planning


def test_managers_without_a_line_come_in_before_who_reports_to_them() -> None:
    made = plan(read(io.BytesIO(TEAMS), "x.csv"), [])
    assert outcomes(made) == [CREATED, CREATED]
    people = made.people()
    assert [(each.name, each.role) for each in people] == [
        ("Dustin Brinkmann", "manager"), ("Anna Snelling", "sales"), ("Moses Frase", "sales"),
    ]  # fmt: skip
    assert {each.manager for each in people[1:]} == {people[0]}


def test_who_is_here_is_found_by_address_then_by_name() -> None:
    ann, moses = known("Ann", "ann@x.example"), known("Moses Frase", team="East")
    lines = [
        line(2, "Ann Other", email="ANN@x.example", team="West"),
        line(3, "moses frase", team="East"),
        line(4, "ann", manager="Moses Frase"),
    ]
    made = plan(lines[:2], [ann, moses])
    assert outcomes(made) == [UPDATED, UNCHANGED]
    assert made.people()[0].changes() == {"team": "West"}
    assert outcomes(plan(lines[2:], [ann, moses])) == [UPDATED]


def test_an_address_invites_who_had_none() -> None:
    moses = known("Moses Frase")
    (planned,) = plan([line(2, "Moses Frase", email="moses@x.example")], [moses]).lines
    assert planned.outcome == INVITED and planned.person is not None and planned.person.known is moses
    assert outcomes(plan([line(2, "Nora", email="nora@x.example")], [moses])) == [INVITED]
    waits = known("Moses Frase", invited="moses@x.example")
    assert outcomes(plan([line(2, "Moses Frase", email="moses@x.example")], [waits])) == [UNCHANGED]
    assert outcomes(plan([line(2, "Nora", email="nora@x.example")], [], ["nora@x.example"])) == [CREATED]


def test_empty_cells_take_nothing_away() -> None:
    boss = known("Boss")
    moses = known("Moses", role="admin", team="East", reports_to=boss.id)
    assert outcomes(plan([line(2, "Moses")], [boss, moses])) == [UNCHANGED]


def test_the_same_person_twice() -> None:
    same = [line(2, "Ann", team="A"), line(3, "Ann", team="A")]
    assert outcomes(plan(same, [])) == [CREATED, UNCHANGED]
    other = plan([line(2, "Ann", team="A"), line(3, "Ann", team="B")], [])
    assert reasons(other) == [("name", "an earlier line says something else of the same person")]


def test_faults_name_their_field() -> None:
    made = plan(
        [
            line(2, "", email="a@x.example"),
            line(3, "Ann", email="no address"),
            line(4, "Ben", role="CEO"),
            line(5, "Cleo", manager="cleo"),
            line(6, "Dan", manager="nobody@x.example"),
            line(7, "Eve", manager="Ann"),
            line(8, "x" * 201),
        ],
        [],
    )
    assert [each.field for each in made.lines] == ["name", "email", "role", "manager", "manager", "manager", "name"]
    assert made.people() == []


def test_a_name_that_several_have_says_nothing() -> None:
    here = [known("Ann", "a1@x.example"), known("Ann", "a2@x.example")]
    made = plan([line(2, "Ann"), line(3, "Ben", manager="Ann"), line(4, "Cleo", manager="A2@x.example")], here)
    assert [each.field for each in made.lines] == ["email", "manager", None]
    left = [known("Ann", "a1@x.example"), known("Ann", "a2@x.example", active=False)]
    assert outcomes(plan([line(2, "Ann")], left)) == [UNCHANGED]


def test_circles_are_refused_with_all_who_hang_on_them() -> None:
    lines = [line(2, "A", manager="B"), line(3, "B", manager="C"), line(4, "C", manager="A"), line(5, "D", manager="A")]
    made = plan(lines, [])
    assert outcomes(made) == [BAD] * 4 and made.people() == []
    boss = known("Boss")
    agent = known("Agent", reports_to=boss.id)
    assert outcomes(plan([line(2, "Boss", manager="Agent")], [boss, agent])) == [BAD]


def test_a_long_line_of_managers_is_ordered() -> None:
    lines = [line(number + 2, f"P{number}", manager=f"P{number + 1}") for number in range(MOST - 1)]
    people = plan(lines, []).people()
    assert people[0].name == f"P{MOST - 1}" and people[-1].name == "P0"
