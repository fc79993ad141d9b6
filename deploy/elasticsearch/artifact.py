"""The pinned server: fetched with Maven from wherever Maven is told to look, checked against its digest, unpacked once per machine."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import Unreachable, UsageError

__all__ = ["VERSION", "cache_folder", "held", "java_home", "server_home"]

VERSION = "8.19.21"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_JAVA = 17
_FETCH_S = 900.0

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Return where unpacked servers are kept: of the machine for root, else of the person. Every user may read the former."""
    if os.geteuid() == 0:
        return Path("/var/cache/jianwei/elasticsearch")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jianwei" / "elasticsearch"


def server_home(say: Say) -> Path:
    """Return the unpacked server, fetched where it is missing. Raises `Unreachable` when it cannot be had."""
    cache = cache_folder()
    home = cache / f"elasticsearch-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with held(cache / "lock"):
        if not (home / "bin" / "elasticsearch").is_file():
            _fetch(cache, home, say)
    return home


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file against other processes."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(cache: Path, home: Path, say: Say) -> None:
    maven = _maven(say)
    java = java_home(say)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        say(f"fetching Elasticsearch {VERSION} (107 MB) with Maven")
        done = subprocess.run(  # noqa: S603 - our own words only
            [maven, "-q", "-B", _COPY, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={scratch}"],
            env={**os.environ, "JAVA_HOME": str(java)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_FETCH_S,
        )
        archive = Path(scratch) / f"elasticsearch-{VERSION}.zip"
        if done.returncode or not archive.is_file():
            last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["-"]
            raise Unreachable(
                f"Maven 未能取得 Elasticsearch {VERSION}（{last[0]}）：请检查网络和 Maven 的镜像设置后重试。",
                f"Maven could not fetch Elasticsearch {VERSION} ({last[0]}): check the network and Maven's mirrors and try again.",
            )
        if _sha256(archive) != _SHA256:
            raise Unreachable(
                f"取得的 Elasticsearch {VERSION} 与登记的校验值不符，没有使用：请检查 Maven 的镜像。",
                f"What Maven fetched as Elasticsearch {VERSION} has another digest than the pinned one and is not used: check the mirror.",
            )
        say(f"unpacking it into {home}")
        _unpack(archive, Path(scratch))
        shutil.rmtree(home, ignore_errors=True)
        (Path(scratch) / home.name).rename(home)


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    unpacked = folder / f"elasticsearch-{VERSION}"
    for folder_, _, names in os.walk(unpacked):
        Path(folder_).chmod(0o755)
        for name in names:
            Path(folder_, name).chmod(0o755 if Path(folder_).name == "bin" else 0o644)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _maven(say: Say) -> str:
    found = shutil.which("mvn") or (_installed("maven", say) and shutil.which("mvn"))
    if not found:
        raise UsageError(
            "没有找到 Maven（mvn），也无法自动安装：请以管理员身份运行 apt-get install maven 后重试。",
            "There is no Maven (mvn) and it could not be installed: as root, apt-get install maven, then try again.",
        )
    return found


def java_home(say: Say) -> Path:
    """Return the home of a Java 17 or newer, installed where missing and possible. Raises `UsageError`."""
    found = _java() or (_installed("openjdk-17-jre-headless", say) and _java())
    if not found:
        raise UsageError(
            f"没有找到 Java {_JAVA} 或更新版本，也无法自动安装：请以管理员身份运行 apt-get install openjdk-17-jre-headless 后重试。",
            f"There is no Java {_JAVA} or newer and it could not be installed: as root, apt-get install openjdk-17-jre-headless.",
        )
    return found


def _java() -> Path | None:
    named = [Path(os.environ[name]) / "bin" / "java" for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = shutil.which("java")
    places = [*named, *([Path(on_path)] if on_path else []), *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]
    return next((place.resolve().parent.parent for place in places if _release(place) >= _JAVA), None)


def _release(java: Path) -> int:
    """Return the release of a Java, 0 where there is none."""
    try:
        said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False, timeout=60).stderr  # noqa: S603
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _installed(package: str, say: Say) -> bool:
    """Install a Debian package where we may; say so."""
    if not shutil.which("apt-get"):
        return False
    prefix: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not (shutil.which("sudo") and _works([*prefix, "true"])):
        return False
    say(f"installing the system package {package}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return _works([*apt, "update", "-qq"]) and _works(
        [*apt, "install", "-y", "-qq", "--no-install-recommends", package]
    )


def _works(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own words only
