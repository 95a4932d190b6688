"""A private PostgreSQL cluster: made once, run in the foreground by the supervisor."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from stack.credentials import Credentials
from stack.infrastructure import InfrastructureError
from stack.packages import postgres_programs
from stack.paths import StatePaths
from stack.ports import LOOPBACK
from stack.processes import MARKER
from stack.programs import Program

# PostgreSQL refuses to run as root.
SYSTEM_USER = "postgres"
CONFIG = """\
# Written at every start; changes are lost.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
max_connections = 400
shared_buffers = {shared_buffers}
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
logging_collector = off
max_wal_senders = 0
# A change of tens of thousands of clients writes every index of theirs: it waits for the log's buffers otherwise.
wal_buffers = 16MB
wal_level = minimal
{durability}
"""
# A crash of the machine may cost the data, a crash of PostgreSQL may not: commits still reach the kernel.
FAST = "fsync = off\nfull_page_writes = off\nautovacuum_naptime = 20s"


class PostgresCluster:
    """The cluster in a state folder's data directory."""

    def __init__(self, paths: StatePaths, port: int, credentials: Credentials, fast: bool) -> None:
        self.data = paths.postgres
        self._paths, self._port, self._credentials, self._fast = paths, port, credentials, fast
        self._user = SYSTEM_USER if os.geteuid() == 0 else None

    def prepare(self) -> None:
        """Create the cluster if it is not there, and write its configuration."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        durability = FAST if self._fast else ""
        text = CONFIG.format(
            host=LOOPBACK,
            port=self._port,
            shared_buffers="64MB" if self._fast else "256MB",
            durability=durability,
        )
        self._write("amo-crm.conf", text)

    def program(self) -> Program:
        """The postmaster. SIGINT is its fast shutdown: clients are cut off, data is checkpointed. SIGQUIT leaves that
        to a recovery at the next start, and data of tests has none."""
        return Program(
            name="postgres",
            argv=(str(self._binaries() / "postgres"), "-D", str(self.data)),
            env={MARKER: str(self._paths.state), "LC_ALL": "C.UTF-8", "PATH": os.defpath},
            cwd=self.data,
            user=self._user,
            data_folder=self.data,
            death_signal="INT",
            stop_signal="QUIT" if self._fast else "INT",
            code=(self.data / "amo-crm.conf").read_text(),
            is_infrastructure=True,
        )

    def forget(self) -> None:
        """Remove the data."""
        shutil.rmtree(self.data, ignore_errors=True)
        if self._user:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        if self._user:
            self.data.parent.chmod(0o755)
            self.data.parent.parent.chmod(0o755)
            (self.data.parent / "belongs-to").write_text(f"{self._paths.state}\n")
            shutil.chown(self.data, self._user, self._user)
        self.data.chmod(0o700)
        password = self._write("password", self._credentials.postgres_password)
        # ICU's root collation sorts names as people expect, the same on every machine.
        options = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und", "--encoding=UTF8"]
        # initdb wants an empty folder, so that its password lies beside the data until it is done.
        password = password.rename(self.data.parent / "password")
        command = [str(self._binaries() / "initdb"), "-D", str(self.data), "-U", "postgres", f"--pwfile={password}"]
        try:
            self._run([*command, "--auth=scram-sha-256", "--no-sync", *options])
        finally:
            password.unlink(missing_ok=True)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("include = 'amo-crm.conf'\n")
        self._write("pg_hba.conf", f"host all all {LOOPBACK}/32 scram-sha-256\n")

    def _run(self, command: list[str]) -> None:
        answer = subprocess.run(
            command,
            cwd=self.data,
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise InfrastructureError(f"initdb failed: {answer.stderr.strip()}")

    def _write(self, name: str, text: str) -> Path:
        path = self.data / name
        path.write_text(text)
        path.chmod(0o600)
        if self._user:
            shutil.chown(path, self._user, self._user)
        return path

    def _binaries(self) -> Path:
        folder = postgres_programs()
        if folder is None:
            raise InfrastructureError("PostgreSQL's server programs are not installed (Debian's package: postgresql)")
        return folder
