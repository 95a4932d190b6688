"""What a list of people would do to who is here: pure, so that a preview shows just what comes.

Who is meant: by address, else by name among those without one, else by a name that only one account has. Managers who
are named and have no line of their own become people, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from libs.common import fields
from libs.common.problems import Invalid
from services.gateway.accounts.teams import TEAM_LENGTH
from services.gateway.people_lists.headers import role_of
from services.gateway.people_lists.reading import Line

CREATED, INVITED, UPDATED, UNCHANGED, BAD = OUTCOMES = ("created", "invited", "updated", "unchanged", "bad")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is here. invited: the address of their open invitation, where their own is not known."""

    id: str
    name: str
    email: str | None
    role: str
    team: str
    reports_to: str | None
    active: bool
    invited: str | None = None


@dataclass(eq=False, slots=True)
class Person:
    """Somebody as the list has them. known: as they are here, None for who is new. line: the first that names them.

    address: one that the list gives to somebody who has none. waiting: that address was invited before, for nobody.
    """

    name: str
    role: str
    team: str = ""
    known: Known | None = None
    manager: Person | None = None
    line: Line | None = None
    address: str | None = None
    waiting: bool = False

    def changes(self) -> dict[str, object]:
        """What of role and team is to be another than it is."""
        if self.known is None:
            return {}
        wished = {"role": self.role, "team": self.team}
        return {name: value for name, value in wished.items() if value != getattr(self.known, name)}

    def moves(self) -> bool:
        """Whether they get another manager."""
        if self.manager is None or self.known is None:
            return False
        return self.manager.known is None or self.manager.known.id != self.known.reports_to


@dataclass(eq=False, slots=True)
class Planned:
    """One line and what it does; field and reason say what is wrong with a bad one."""

    line: Line
    person: Person | None = None
    outcome: str = UNCHANGED
    field: str | None = None
    reason: str | None = None

    def refuse(self, field: str, reason: str) -> None:
        self.outcome, self.field, self.reason = BAD, field, reason


@dataclass(slots=True)
class Plan:
    """lines: in the file's order, each with what it does; made: the managers who have no line of their own."""

    lines: list[Planned]
    made: list[Planned] = field(default_factory=list)

    def people(self) -> list[Person]:
        """Whoever comes in or changes, each after the person they report to."""
        planned = [*self.made, *self.lines]
        found = dict.fromkeys(each.person for each in planned if each.person is not None and each.outcome != BAD)
        return sorted(found, key=lambda person: sum(1 for _ in _above(person)))

    def everybody(self) -> list[Planned]:
        return sorted([*self.lines, *self.made], key=lambda each: each.line.number)

    def bad(self) -> list[Planned]:
        return [each for each in self.lines if each.outcome == BAD]


def plan(lines: Sequence[Line], known: Iterable[Known], waiting: Iterable[str] = ()) -> Plan:
    """What the lines do. waiting: addresses that were invited and belong to nobody here yet."""
    register = _Register(known, waiting)
    made = Plan([_settled(register, line) for line in lines])
    for each in made.lines:
        if each.outcome != BAD and each.line.manager:
            _give_manager(register, made, each)
    _break_circles(made)
    _follow_bad_managers(made)
    needed = {each.person.manager for each in made.lines if each.person and each.outcome != BAD}
    made.made = [each for each in made.made if each.person in needed]
    for each in made.lines:
        if each.outcome != BAD and each.person is not None and each.person.line is each.line:
            each.outcome = _outcome(each.person)
    return made


class _Register:
    """Who is here and who comes in, as they can be found."""

    def __init__(self, known: Iterable[Known], waiting: Iterable[str]) -> None:
        self.waiting = set(waiting)
        self._by_id: dict[str, Person] = {}
        self._by_email: dict[str, Person] = {}
        self._nameless: dict[str, Person] = {}
        self._named: dict[str, list[Person]] = {}
        # Where a name stands on a line that has a fault.
        self.bad_names: set[str] = set()
        for each in known:
            self._add_known(each)
        for person in self._by_id.values():
            manager = person.known.reports_to if person.known else None
            person.manager = self._by_id.get(manager) if manager else None

    def _add_known(self, each: Known) -> None:
        person = Person(each.name, each.role, each.team, each)
        self._by_id[each.id] = person
        self.add(person, each.email or each.invited or "", has_account=each.email is not None)

    def add(self, person: Person, email: str, *, has_account: bool = False) -> Person:
        if email:
            self._by_email[email.lower()] = person
        if has_account:
            self._named.setdefault(person.name.lower(), []).append(person)
        else:
            self._nameless[person.name.lower()] = person
        return person

    def of_email(self, email: str) -> Person | None:
        return self._by_email.get(email.lower())

    def without_address(self, name: str) -> Person | None:
        return self._nameless.get(name.lower())

    def named(self, name: str) -> list[Person]:
        """Who may be meant by a name alone; more than one where nobody can tell."""
        free = self.without_address(name)
        accounts = self._named.get(name.lower(), [])
        active = [each for each in accounts if each.known is not None and each.known.active]
        return [free] if free is not None else active or accounts


def _settled(register: _Register, line: Line) -> Planned:
    """The line with its person; later ones of the same person must say the same."""
    planned = Planned(line)
    try:
        checked = _checked(line)
        person = _found(register, checked) or _new(register, checked)
    except Invalid as fault:
        planned.refuse(fault.field or "name", fault.detail)
        register.bad_names.add(line.name.lower())
        return planned
    if person.line is not None:
        if replace(checked, number=0) != replace(_checked(person.line), number=0):
            planned.refuse("name", "an earlier line says something else of the same person")
        else:
            planned.person = person
        return planned
    planned.person, person.line = person, line
    person.role = role_of(checked.role) or person.role
    person.team = checked.team or person.team
    return planned


def _checked(line: Line) -> Line:
    name = fields.text(required=True)("name", line.name) or ""
    email = fields.email("email", line.email) or ""
    fields.text(TEAM_LENGTH)("team", line.team)
    fields.text()("manager", line.manager)
    if line.role and role_of(line.role) is None:
        raise Invalid("this is no role here: write admin, sales, finance or manager", field="role")
    return replace(line, name=name, email=email)


def _found(register: _Register, line: Line) -> Person | None:
    if not line.email:
        found = register.named(line.name)
        if len(found) > 1:
            raise Invalid("several people have this name; write the address of the one who is meant", field="email")
        return found[0] if found else None
    if (person := register.of_email(line.email)) is not None:
        return person
    person = register.without_address(line.name)
    if person is None:
        return None
    if person.known is not None and person.known.invited is not None:
        raise Invalid("this person is invited at another address; revoke that invitation first", field="email")
    if person.line is not None:
        raise Invalid("an earlier line has this name with another address or none", field="name")
    return _addressed(register, person, line)


def _new(register: _Register, line: Line) -> Person:
    person = register.add(Person(line.name, "sales"), "")
    return _addressed(register, person, line) if line.email else person


def _addressed(register: _Register, person: Person, line: Line) -> Person:
    person.address, person.waiting = line.email, line.email.lower() in register.waiting
    return register.add(person, line.email)


def _give_manager(register: _Register, made: Plan, planned: Planned) -> None:
    name, person = planned.line.manager, planned.person
    assert person is not None
    found = [register.of_email(name)] if "@" in name else register.named(name)
    managers = [each for each in found if each is not None]
    if not managers and name.lower() in register.bad_names:
        return planned.refuse("manager", "the manager's own line has a fault")
    if not managers and "@" in name:
        return planned.refuse("manager", "nobody has this address; give the manager a line of their own")
    if len(managers) > 1:
        return planned.refuse("manager", "several people have this name; write the address of the one who is meant")
    if not managers:
        managers = [register.add(Person(name, "manager"), "")]
        made.made.append(Planned(Line(planned.line.number, name), managers[0], CREATED))
    if managers[0] is person:
        return planned.refuse("manager", "nobody reports to themselves")
    person.manager = managers[0]
    return None


def _break_circles(made: Plan) -> None:
    """All of a circle are refused: nobody can tell which of them is wrong."""
    ours = [each for each in made.lines if each.outcome != BAD and each.line.manager]
    closed = [each for each in ours if each.person is not None and each.person in _above(each.person)]
    for each in closed:
        each.refuse("manager", "these people would report to each other in a circle")


def _follow_bad_managers(made: Plan) -> None:
    """Who is new and has a fault does not come in: nobody can report to them."""
    more = True
    while more:
        more = False
        absent = {each.person for each in made.lines if each.outcome == BAD and each.person and not each.person.known}
        for each in made.lines:
            if each.outcome != BAD and each.person and (each.person.manager in absent or each.person in absent):
                each.refuse("manager", "the manager's own line has a fault")
                more = True


def _above(person: Person) -> Iterator[Person]:
    """Their manager, whom that one reports to, and so on; a circle is walked once."""
    seen: set[Person] = set()
    above = person.manager
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = above.manager


def _outcome(person: Person) -> str:
    if person.address is not None and not person.waiting:
        return INVITED
    if person.known is None:
        return CREATED
    return UPDATED if person.address or person.changes() or person.moves() else UNCHANGED
