"""The client: which nodes, how to sign in, how long to be patient; and the server's errors made into sentences.

Reads and writes are tried again while a node is lost or the cluster chooses a new primary, for as long as the settings say. That is
safe because every write names what it replaces: a second arrival of the same write changes nothing (see `index`).
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, AuthenticationException, AuthorizationException, Elasticsearch

from pipelines.documents import decode
from pipelines.errors import StoreUnavailable
from pipelines.stores.elastic.dialect import InEight

__all__ = [
    "CAN_PASS",
    "DISK_FULL",
    "RECOVERING",
    "Cluster",
    "Credentials",
    "IndexMoved",
    "is_disk_block",
    "is_write_block",
]

Answer = TypeVar("Answer")
Document = TypeVar("Document")

_SERVER_MAJORS = (8, 9)
"""They understand `dialect`."""
_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
CAN_PASS = frozenset({429, 502, 503, 504})


class IndexMoved(Exception):
    """The index we read from takes no more writes: a reindex is about to put another in its place. Read again, then write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How we sign in; all empty: not at all."""

    username: str = ""
    password: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class _Cause:
    zh: str
    en: str
    passes: bool
    """It may be gone in a moment."""


DISK_FULL = (
    "服务器磁盘空间不足，已停止写入，请清理后重试",
    "a server's disk is full and it takes no more writes; make room and try again",
)
RECOVERING = ("集群正在恢复或过于繁忙，请稍后重试", "the cluster is recovering or too busy; try again in a moment")
REBUILDING = (
    "索引正在重建，请稍后重试；若重建已中断，请重新运行 jianwei store reindex",
    "an index is being rebuilt; try again in a moment, or run jianwei store reindex again if that was cut short",
)
_RECOVERING = _Cause(*RECOVERING, passes=True)


class Cluster:
    """One cluster; may be used from any thread."""

    def __init__(  # noqa: PLR0913 - one argument per setting
        self,
        nodes: tuple[str, ...],
        credentials: Credentials,
        *,
        ca_file: str | None = None,
        prefix: str = "jianwei",
        shards: int = 1,
        replicas: int = 1,
        refresh_ms: int = 250,
        timeout_s: float = 15.0,
        patience_s: float = 20.0,
    ) -> None:
        """Connect to nothing yet; `check` asks."""
        self.prefix = prefix
        self.shards, self.replicas, self.refresh_ms = shards, replicas, refresh_ms
        self.patience_s = patience_s
        self.where = ", ".join(nodes)
        self.ready: set[str] = set()
        """Aliases whose index is there and of our layout."""
        self.unseen: set[str] = set()
        """Aliases behind which this program wrote what searches may not see yet."""
        more: dict[str, Any] = {"ca_certs": ca_file} if ca_file else {}
        if credentials.api_key:
            more["api_key"] = credentials.api_key
        elif credentials.username:
            more["basic_auth"] = (credentials.username, credentials.password)
        self.client = Elasticsearch(
            list(nodes),
            transport_class=InEight,
            request_timeout=timeout_s,
            # With one node a second try is `ask`'s, after a pause; with several it is another node's, at once.
            max_retries=max(len(nodes) - 1, 1),
            retry_on_timeout=len(nodes) > 1,
            **more,
        )

    def check(self) -> None:
        """Ask every node's version. Raises `StoreUnavailable` when none answers or one is of a version we do not speak."""
        answer = self.ask(lambda client: client.nodes.info(metric="http", filter_path="nodes.*.version"), patience_s=0)
        for version in sorted({str(node["version"]) for node in answer["nodes"].values()}):
            if int(version.split(".")[0]) not in _SERVER_MAJORS:
                raise self.unavailable(
                    f"服务器是 Elasticsearch {version}，本程序需要 8.x 或 9.x，请升级服务器或改用 store.elasticsearch.nodes 中的其他集群",
                    f"the server is Elasticsearch {version}, and this program needs 8.x or 9.x; upgrade it, or name another cluster in store.elasticsearch.nodes",
                )

    def ask(
        self,
        what: Callable[[Elasticsearch], Answer],
        *,
        patience_s: float | None = None,
        moves: bool = False,
    ) -> Answer:
        """Return what the cluster answers, asked again while trouble may pass.

        Answers about documents (404, 409) are the caller's. With `moves`, an index that takes no more writes raises `IndexMoved`.
        Raises `StoreUnavailable`.
        """
        give_up_at = time.monotonic() + (self.patience_s / 4 if patience_s is None else patience_s)
        pause_s = _PAUSE_S
        while True:
            try:
                return what(self.client)
            except (ApiError, TransportError) as error:
                if moves and isinstance(error, ApiError) and is_write_block(error.body):
                    raise IndexMoved from error
                cause = _cause(error)
                if cause is None:
                    raise
                if not cause.passes or time.monotonic() + pause_s > give_up_at:
                    raise self.unavailable(cause.zh, cause.en) from error
            time.sleep(pause_s * random.uniform(0.5, 1))
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def patience(self) -> "Patience":
        """Return what to wait with where a write lost against another, or its index is being replaced."""
        return Patience(self)

    def document(self, kind: type[Document], content: str) -> Document:
        """Return a stored document. Raises `StoreUnavailable` when it is damaged."""
        try:
            return decode(kind, content)
        except ValueError as error:
            raise self.unavailable(
                f"有一条 {kind.__name__} 记录无法读取，请从备份恢复",
                f"one {kind.__name__} cannot be read; restore it from a backup",
            ) from error

    def unavailable(self, problem_zh: str, problem_en: str) -> StoreUnavailable:
        """Return the error that names this cluster."""
        return StoreUnavailable(f"Elasticsearch（{self.where}）", problem_zh, problem_en)

    def close(self) -> None:
        """Let go of all connections."""
        self.client.close()


class Patience:
    """Waits a little longer each time, and for no longer than the settings allow in all."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._give_up_at = time.monotonic() + cluster.patience_s
        self._pause_s = _PAUSE_S / 5

    def wait(self) -> None:
        """Pause before reading and writing again. Raises `StoreUnavailable`."""
        if time.monotonic() > self._give_up_at:
            raise self._cluster.unavailable(*REBUILDING)
        time.sleep(self._pause_s * random.uniform(0.5, 1))
        self._pause_s = min(self._pause_s * 1.5, _LONGEST_PAUSE_S)


def is_write_block(said: object) -> bool:
    """Say whether an index refused a write because it is being replaced."""
    return "FORBIDDEN/8/" in str(said)


def is_disk_block(said: object) -> bool:
    """Say whether an index refused a write because its node's disk is full."""
    return "/12/" in str(said)


def _cause(error: ApiError | TransportError) -> _Cause | None:
    """Return what is the matter; None: the request itself was wrong, or it is the caller's to judge."""
    if isinstance(error, TlsError):
        return _Cause(
            "证书不被信任，请检查 store.elasticsearch.ca_file",
            "its certificate is not trusted; check store.elasticsearch.ca_file",
            passes=False,
        )
    if isinstance(error, ConnectionTimeout):
        return _Cause("没有及时应答，请稍后重试", "it did not answer in time; try again later", passes=True)
    if isinstance(error, NoConnection):
        return _Cause(
            "无法连接，请检查网络和服务是否已启动",
            "it cannot be reached; check the network and whether it runs",
            passes=True,
        )
    return _answered(error) if isinstance(error, ApiError) else None


def _answered(error: ApiError) -> _Cause | None:
    if isinstance(error, AuthenticationException):
        return _Cause(
            "用户名、密码或 API 密钥不被接受，请检查 store.elasticsearch 的设置",
            "it does not accept our user name, password or API key; check store.elasticsearch",
            passes=False,
        )
    if "cluster_block_exception" in str(error.body):
        return _blocked(error)
    if isinstance(error, AuthorizationException):
        return _Cause(
            f"账号的权限不够（{_reason(error)}）", f"our account may not do this ({_reason(error)})", passes=False
        )
    if error.status_code in CAN_PASS:
        return _RECOVERING
    return _not_possible(error)


def _not_possible(error: ApiError) -> _Cause | None:
    if "media_type_header_exception" in str(error.body):
        return _Cause(
            f"服务器不接受 8 版接口（{_reason(error)}），本程序需要 Elasticsearch 8.x 或 9.x，请升级服务器",
            f"it does not speak version 8 of the interface ({_reason(error)}); this program needs Elasticsearch 8.x or 9.x",
            passes=False,
        )
    if "index_not_found_exception" in str(error.body):
        return _Cause("索引不存在，请从备份恢复", "an index is gone; restore it from a backup", passes=False)
    return None


def _blocked(error: ApiError) -> _Cause:
    if is_disk_block(error.body):
        return _Cause(*DISK_FULL, passes=False)
    if is_write_block(error.body):
        return _Cause(*REBUILDING, passes=True)
    return _RECOVERING


def _reason(error: ApiError) -> str:
    body = error.body
    if not isinstance(body, dict) or "error" not in body:
        return "-"
    told = body["error"]
    if isinstance(told, dict):
        told = (told.get("caused_by") or told).get("reason", "-")
    return str(told)[:200]
