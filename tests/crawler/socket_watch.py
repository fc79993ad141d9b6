"""Who of our child processes talks to whom: reads the kernel's own tables while something hostile runs."""

import contextlib
import ipaddress
import os
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.crawler.tiny_world import serving

PROC = Path("/proc")
TABLES = ("tcp", "tcp6", "udp", "udp6")


@contextlib.contextmanager
def watched(program: str, every_s: float = 0.02) -> Iterator[set[tuple[str, str, int]]]:
    """Yield the set of (`tcp` or `udp`, remote address, remote port) that children running `program` are seen connected to."""
    seen: set[tuple[str, str, int]] = set()
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            owned = _sockets_of(_children(program))
            for table in TABLES:
                seen.update((table[:3], address, port) for inode, address, port in _rows(table) if inode in owned)
            time.sleep(every_s)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _children(program: str) -> list[int]:
    parents, named = {}, set()
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if program.encode() in (entry / "cmdline").read_bytes().split(b"\0")[0]:
                named.add(int(entry.name))
    return [pid for pid in named if os.getpid() in _ancestors(pid, parents)]


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while (pid := parents.get(pid, 0)) > 1:
        yield pid


def _sockets_of(pids: list[int]) -> set[str]:
    inodes = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for descriptor in (PROC / str(pid) / "fd").iterdir():
                with contextlib.suppress(OSError):
                    link = str(descriptor.readlink())
                    if link.startswith("socket:["):
                        inodes.add(link[8:-1])
    return inodes


def _rows(table: str) -> Iterator[tuple[str, str, int]]:
    with contextlib.suppress(OSError):
        for line in (PROC / "net" / table).read_text().splitlines()[1:]:
            words = line.split()
            packed, _, port = words[2].partition(":")
            if int(port, 16):
                yield words[9], _address(packed), int(port, 16)


def _address(packed: str) -> str:
    """Read the kernel's form: words of 32 bits in this machine's byte order."""
    words = [int(packed[at : at + 8], 16) for at in range(0, len(packed), 8)]
    octets = struct.pack(f"={len(words)}I", *words)
    return str(ipaddress.ip_address(octets))


@contextlib.contextmanager
def udp_trap() -> Iterator[tuple[int, list[bytes]]]:
    """Yield (port, list of packets that came): nobody may send one."""
    came: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            came.append(self.request[0])

    with serving(socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, came
