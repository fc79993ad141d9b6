"""Configuration, certificates and key store of each node."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import trustme

from deploy.elasticsearch.plan import Plan

__all__ = ["command_as_user", "environment", "write_files"]

_KEY_STORE = "elasticsearch.keystore"


def write_files(plan: Plan, home: Path, java: Path) -> None:
    """Write what the nodes need before their first start; a node that has it is left alone. `home` is the unpacked server."""
    if not plan.ca_file.exists():
        _write_certificates(plan)
    for number in range(plan.nodes):
        if not (plan.node_folder(number) / "config" / _KEY_STORE).exists():
            _write_node(plan, number, home, java)


def environment(plan: Plan, number: int, java: Path) -> dict[str, str]:
    """Return the environment a node's programs run in: nothing of ours but the path."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(plan.node_folder(number) / "config"),
        "ES_JAVA_OPTS": f"-Xms{plan.heap} -Xmx{plan.heap} {plan.java_options}".strip(),
        "ES_TMPDIR": str(plan.node_folder(number) / "tmp"),
    }


def command_as_user(plan: Plan, words: list[str], env: dict[str, str]) -> list[str]:
    """Return the command line that runs these words as the plan's user."""
    bare = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), *words]
    return ["runuser", "-u", plan.user, "--", *bare] if os.geteuid() == 0 else bare


def _write_certificates(plan: Plan) -> None:
    authority = trustme.CA()
    served = authority.issue_cert("localhost", "127.0.0.1", "::1")
    served.private_key_pem.write_to_path(plan.folder / "key.pem")
    (plan.folder / "key.pem").chmod(0o600)
    (plan.folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in served.cert_chain_pems))
    # Last, because it says that the others are there.
    authority.cert_pem.write_to_path(plan.ca_file)


def _write_node(plan: Plan, number: int, home: Path, java: Path) -> None:
    folder = plan.node_folder(number)
    config = folder / "config"
    shutil.rmtree(config, ignore_errors=True)
    for one in (config, folder / "data", folder / "logs", folder / "tmp"):
        one.mkdir(parents=True, exist_ok=True)
    for name in ("log4j2.properties", "roles.yml", "role_mapping.yml", "users", "users_roles"):
        shutil.copyfile(home / "config" / name, config / name)
    options = (home / "config" / "jvm.options").read_text("utf-8")
    # The shipped file writes its logs into the working folder; each node has its own.
    options = re.sub(r"(?<==)(hs_err|gc\.log)", rf"{folder}/logs/\1", options)
    (config / "jvm.options").write_text(options, "utf-8")
    for name in ("ca.pem", "cert.pem", "key.pem"):
        shutil.copyfile(plan.folder / name, config / name)
        (config / name).chmod(0o600)
    lines = [f"{key}: {value}" for key, value in {**_settings(plan, number), **plan.settings}.items()]
    (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", "utf-8")
    _give_to_user(plan, folder)
    _make_key_store(plan, number, home, java)


def _settings(plan: Plan, number: int) -> dict[str, str]:
    folder = plan.node_folder(number)
    names = [f"node{one}" for one in range(plan.nodes)]
    tls = {
        f"xpack.security.{layer}.ssl.{key}": value
        for layer in ("http", "transport")
        for key, value in (
            ("enabled", "true"),
            ("key", "key.pem"),
            ("certificate", "cert.pem"),
            ("certificate_authorities", "ca.pem"),
        )
    }
    return {
        "cluster.name": f"jianwei-{plan.port}",
        "node.name": f"node{number}",
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "network.host": "127.0.0.1",
        "http.port": str(plan.port + number),
        "transport.port": str(plan.port + 100 + number),
        "discovery.seed_hosts": f"[{', '.join(f'127.0.0.1:{plan.port + 100 + one}' for one in range(plan.nodes))}]",
        "cluster.initial_master_nodes": f"[{', '.join(names)}]",
        "xpack.security.enabled": "true",
        "xpack.security.transport.ssl.verification_mode": "certificate",
        # An index is only ever made by name: a write to a missing one must fail, not invent its mapping.
        "action.auto_create_index": "false",
        **tls,
    }


def _give_to_user(plan: Plan, folder: Path) -> None:
    if os.geteuid() == 0:
        for one in (folder, *folder.rglob("*")):
            shutil.chown(one, plan.user, plan.user)


def _make_key_store(plan: Plan, number: int, home: Path, java: Path) -> None:
    kept = plan.node_folder(number) / "config" / _KEY_STORE
    if number:
        # The same password on every node, and each call of the tool starts a Java machine.
        shutil.copy2(plan.node_folder(0) / "config" / _KEY_STORE, kept)
        _give_to_user(plan, kept)
        return
    env = environment(plan, number, java)
    tool = str(home / "bin" / "elasticsearch-keystore")
    for words, fed in ((["create"], ""), (["add", "-x", "bootstrap.password"], plan.password())):
        subprocess.run(  # noqa: S603 - our own words only
            command_as_user(plan, [tool, *words], env), input=fed, text=True, check=True, capture_output=True, cwd="/"
        )
