"""What one server folder holds: how many nodes, on which ports, with how much memory, run by whom. Written down at the first start."""

import json
import os
import pwd
import secrets
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.errors import UsageError

__all__ = ["Plan", "made_plan", "read_plan"]

_USER = "jianwei-search"
_FILE = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One cluster on this machine; node numbers count from 0."""

    folder: Path
    nodes: int
    port: int
    """HTTP port of node 0; node n listens on `port + n`, and between themselves nodes speak on `port + 100 + n`."""
    heap: str
    """Java heap of each node, e.g. `512m`."""
    user: str
    """Who runs the servers; never root."""
    settings: dict[str, str]
    """Further lines of `elasticsearch.yml`, e.g. how soon a silent node counts as gone; empty: Elasticsearch's own."""
    java_options: str = ""
    """Further options of each Java machine; empty: Elasticsearch's own."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the HTTPS address of every node."""
        return tuple(f"https://127.0.0.1:{self.port + number}" for number in range(self.nodes))

    @property
    def password_file(self) -> Path:
        """Return where the password of the user `elastic` stands."""
        return self.folder / "password"

    @property
    def ca_file(self) -> Path:
        """Return the certificate authority (PEM) the nodes' certificates are signed by."""
        return self.folder / "ca.pem"

    def password(self) -> str:
        """Return the password of the user `elastic`."""
        return self.password_file.read_text("ascii").strip()

    def node_folder(self, number: int) -> Path:
        """Return the folder of one node: `config`, `data`, `logs`, `pid`."""
        return self.folder / f"node{number}"


def read_plan(folder: Path) -> Plan | None:
    """Return the plan of a folder, or None: nothing was ever started there."""
    try:
        written = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Plan(**{**written, "folder": folder})


def made_plan(
    folder: Path,
    *,
    nodes: int,
    port: int,
    heap: str,
    settings: dict[str, str],
    java_options: str = "",
    say: Callable[[str], None],
) -> Plan:
    """Return the plan of a folder: the one written there, else a new one with these numbers, its user and its password.

    Raises `UsageError` for a folder that was set up with another number of nodes, and where the user cannot be made.
    """
    folder = folder.absolute()
    known = read_plan(folder)
    if known:
        if known.nodes != nodes:
            raise UsageError(
                f"{folder} 是按 {known.nodes} 个节点建立的，不能改为 {nodes} 个：请换一个文件夹，或先 stop 后删除它。",
                f"{folder} was set up with {known.nodes} nodes, not {nodes}: choose another folder, or stop it and delete the folder.",
            )
        return known
    user = _user(say)
    plan = Plan(
        folder=folder, nodes=nodes, port=port, heap=heap, user=user, settings=settings, java_options=java_options
    )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    _check_reachable(folder, user)
    descriptor = os.open(plan.password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(24))
    (folder / _FILE).write_text(json.dumps({**asdict(plan), "folder": str(folder)}, indent=1), "utf-8")
    return plan


def _user(say: Callable[[str], None]) -> str:
    """Return who will run the servers: ourselves, or for root a system user of its own (Elasticsearch refuses root)."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    try:
        pwd.getpwnam(_USER)
    except KeyError:
        say(f"adding the system user {_USER}: Elasticsearch refuses to run as root")
        made = ["useradd", "--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", _USER]
        if subprocess.run(made, check=False).returncode:  # noqa: S603 - our own words only
            raise UsageError(
                f"无法创建系统用户 {_USER}：请以管理员身份创建，或以普通用户运行本命令。",
                f"The system user {_USER} could not be added: add it as root, or run this command as an ordinary user.",
            ) from None
    return _USER


def _check_reachable(folder: Path, user: str) -> None:
    if os.geteuid() != 0:
        return
    tried = ["runuser", "-u", user, "--", "test", "-x", str(folder)]
    if subprocess.run(tried, check=False).returncode:  # noqa: S603 - our own words only
        raise UsageError(
            f"系统用户 {user} 无法进入 {folder}（上级文件夹没有开放权限）：请用 --folder 换一个文件夹，例如 /var/lib/jianwei/elasticsearch。",
            f"The user {user} cannot enter {folder} (a folder above is closed): choose another with --folder, e.g. /var/lib/jianwei/elasticsearch.",
        )
