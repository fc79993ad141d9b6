"""Indices as they were at one moment: a point in time, over one of them or over several at once.

One over several is opened by a single request: the moments of its indices lie no further apart than their last refresh. One that went with
its node begins anew, at another moment; whoever reads in order goes on behind what was read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import NotFoundError

from pipelines.stores.elastic.connection import Cluster

__all__ = ["Moment"]

_PAGE = 500
_KEPT = "5m"
"""Between one page and the next."""
_BEGUN_FOR = "1h"
"""Between the beginning and the first page, where several are read: the machine's own file is copied first."""


class Moment:
    """A point in time. `begin` may be left to the first page."""

    def __init__(
        self,
        cluster: Cluster,
        names: Sequence[str],
        *,
        preference: str | None = None,
        patience_s: float | None = None,
    ) -> None:
        """`names`: indices or aliases; `preference`: whom to ask; `patience_s`: see `Cluster.ask`."""
        self._cluster, self._names = cluster, tuple(names)
        self._preference, self._patience_s = preference, patience_s
        self._id = ""
        self._indices: Mapping[str, str] = {}
        self.begun_count = 0
        """More than 1: it was lost, and what was read is of several moments."""

    def begin(self) -> None:
        """Begin now, if it has not."""
        if self._id:
            return
        # An alias may move meanwhile; what was there when this began is read to the end.
        self._indices = self._behind() if len(self._names) > 1 else {name: name for name in self._names}
        answer = self._cluster.ask(
            lambda client: client.open_point_in_time(
                index=list(self._indices.values()),
                keep_alive=_KEPT if len(self._names) == 1 else _BEGUN_FOR,
                preference=self._preference,
            ),
            patience_s=self._patience_s,
        )
        self._id = str(answer["id"])
        self.begun_count += 1

    def pages(
        self, name: str, order: str, after: str | int, query: Mapping[str, Any], **body: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield what a search finds in one of the names, in the ascending order of a field, unique.

        `after`: begin behind this value, empty text for the beginning.
        """
        while True:
            behind: dict[str, Any] = {} if after == "" else {"search_after": [after]}
            found = {"sort": [{order: "asc"}], "size": _PAGE, **body, **behind}
            try:
                self.begin()
                hits = self._hits(name, query, found)
            except NotFoundError:
                self._id = ""
                self.begin()
                hits = self._hits(name, query, found)
            if hits:
                yield hits
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"][0]

    def close(self) -> None:
        """Let go of it; one that is lost ends by itself."""
        if not self._id:
            return
        try:
            self._cluster.client.close_point_in_time(id=self._id)
        except Exception:  # noqa: BLE001 - it ends by itself in a few minutes, and the reading is done
            return

    def _behind(self) -> Mapping[str, str]:
        answer = self._cluster.ask(lambda client: client.indices.get_alias(name=list(self._names)))
        found = {alias: index for index, known in answer.body.items() for alias in known["aliases"]}
        return {name: found[name] for name in self._names}

    def _hits(self, name: str, query: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
        if len(self._names) > 1:
            query = {"bool": {"filter": [query, {"term": {"_index": self._indices[name]}}]}}
        answer = self._cluster.ask(
            lambda client: client.search(
                pit={"id": self._id, "keep_alive": _KEPT},
                query=query,
                track_total_hits=False,
                allow_partial_search_results=False,
                **body,
            ),
            patience_s=self._patience_s,
        )
        return list(answer["hits"]["hits"])
