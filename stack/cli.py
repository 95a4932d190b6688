"""The commands of `python3 -m stack`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from stack.application import Options, Stack, StackError
from stack.bootstrap import BootstrapError
from stack.bus_users import VHOST, users
from stack.credentials import PEOPLE
from stack.environment import settings_of_caller
from stack.health import problem_of
from stack.infrastructure import InfrastructureError
from stack.infrastructure.docker import compose_settings
from stack.jobs import JobFailed

STARTED = time.monotonic()


def say(line: str) -> None:
    """A progress line with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {line}", flush=True)


def up(arguments: argparse.Namespace) -> None:
    """Bring the CRM up and print where it is."""
    stack = Stack(options=Options(say=say))
    stack.up()
    print(table(stack))


def down(arguments: argparse.Namespace) -> None:
    """Stop what this checkout started."""
    Stack(options=Options(say=say)).down()
    say("stopped")


def reset(arguments: argparse.Namespace) -> None:
    """Stop, and forget all data."""
    Stack(options=Options(say=say)).reset()
    say("stopped, all data forgotten")


def status(arguments: argparse.Namespace) -> None:
    """One line per process; exit 1 when anything is not well."""
    stack = Stack()
    states, specifications = stack.supervisor.states(), stack.supervisor.specifications()
    if not states:
        raise StackError("the stack does not run (make up)")
    is_well = True
    print(f"{'process':<24}{'state':<10}{'pid':>8}{'up':>10}  health")
    for name, record in sorted(states.items()):
        problem = problem_of(specifications[name]["check"]) if name in specifications else ""
        is_well &= record["statename"] == "RUNNING" and not problem
        uptime = f"{record['now'] - record['start']} s" if record["pid"] else "-"
        print(f"{name:<24}{record['statename'].lower():<10}{record['pid']:>8}{uptime:>10}  {problem or 'ok'}")
    if not is_well:
        sys.exit(1)


def logs(arguments: argparse.Namespace) -> None:
    """Follow the log of one process, or of all."""
    folder = Stack().paths.logs
    files = sorted(folder.glob(f"{arguments.name or '*'}.log"))
    if not files:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
        raise StackError(f"no such log; there are: {known}")
    follow = ["-F"] if sys.stdout.isatty() else []
    subprocess.run(["tail", "-n", str(arguments.lines), *follow, *map(str, files)], check=False)


def url(arguments: argparse.Namespace) -> None:
    """The address people open."""
    print(Stack().info["base_url"])


def env(arguments: argparse.Namespace) -> None:
    """An `.env` for docker-compose.yml, with this checkout's secrets."""
    stack = Stack()
    for name, value in compose_settings(stack.credentials, stack.ports).items():
        print(f"{name}='{value}'")


def bus_definitions(arguments: argparse.Namespace) -> None:
    """The services' RabbitMQ users and rights, for `rabbitmqctl import_definitions` on a broker of your own."""
    vhost = unquote(urlsplit(settings_of_caller().get("CRM_AMQP_URL", f"/{VHOST}")).path[1:]) or "/"
    print(json.dumps(users(Stack().credentials, vhost), indent=1))


def venv(arguments: argparse.Namespace) -> None:
    """Only make the virtual environment ready, which has happened when this runs."""


def prepare(arguments: argparse.Namespace) -> None:
    """The virtual environment and the system packages; both are there when this runs."""


def table(stack: Stack) -> str:
    """URLs and log-ins of a running stack."""
    info = stack.info
    sandbox = info["sandbox"]
    rows = [
        ("CRM", info["base_url"]),
        ("API documentation", f"{info['base_url']}/docs"),
        ("Mail inbox", sandbox["mail_url"]),
        ("Stripe stand-in", sandbox["stripe_url"]),
        ("WhatsApp stand-in", sandbox["whatsapp_url"]),
        ("Gemini stand-in", sandbox["gemini_url"]),
        ("Everything for programs", str(stack.paths.info)),
    ]
    if not stack.infrastructure.urls.own_users:
        rows.append(("Message broker", "all services share the one user of CRM_AMQP_URL (docs/operations.md)"))
    lines = ["", *(f"  {name:<26}{address}" for name, address in rows), "", "  Log-ins"]
    for key, person in info["users"].items():
        name, role = PEOPLE[key]
        lines.append(f"  {role:<10}{name:<16}{person['email']:<30}{person['password']}")
    return "\n".join([*lines, ""])


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    command.__name__.replace("_", "-"): command
    for command in (up, down, reset, status, logs, url, env, bus_definitions, venv, prepare)
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python3 -m stack", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=(command.__doc__ or "").splitlines()[0])
        if name == "logs":
            sub.add_argument("name", nargs="?", help="a process as `status` names it")
            sub.add_argument("-n", "--lines", type=int, default=40)
    return top


def main() -> int:
    """Run a command; expected failures are one message and exit 1."""
    arguments = parser().parse_args()
    os.umask(0o077)
    try:
        COMMANDS[arguments.command](arguments)
    except (StackError, JobFailed, InfrastructureError, BootstrapError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"error: {error.filename} is missing: does the stack run? (make up)", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # `make status | head`: what is left to say goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
