"""`jianwei store reindex`: a new mapping or number of shards for the cluster's indices, while everybody goes on working."""

from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.progress import shown_progress
from deploy.cli.session import current
from pipelines.errors import Interrupted, UsageError
from pipelines.moves.copy import Progress
from pipelines.moves.shelf import Kind
from pipelines.stores.shared import opened_cluster

__all__ = ["reindex_store"]


def reindex_store(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="只重建这些，如 leads、observations；默认全部。 Only these kinds."),
    ] = None,
    shards: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="线索和观测记录的新分片数；默认用配置中的。 Shards of leads and observations."
        ),
    ] = None,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="完成后删除旧索引。 Delete the old index afterwards.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    """重建集群索引：不停机，可中断后续做。 Rebuild the cluster's indices without downtime; run it again to go on."""
    settings = current.settings()
    if settings.store.kind != "elasticsearch":
        raise UsageError(
            "当前数据存储是 SQLite，没有需要重建的索引。", "The store is SQLite; there are no indices to rebuild."
        )
    kinds = _kinds(only or [])
    with opened_cluster(settings) as cluster, shown_progress() as progress:
        from pipelines.stores.elastic.reindex import reindex

        for kind in kinds:
            told = _Told(progress, kind)
            try:
                done = reindex(cluster, kind, shards=shards, drops_old=drop_old, told=told)
            except KeyboardInterrupt:
                raise Interrupted("jianwei store reindex") from None
            if done is None:
                continue
            if is_for_people(as_json=as_json):
                typer.echo(f"{kind}\t{done.source} → {done.target}\t{done.documents}")
            else:
                write_record(
                    {
                        "kind": kind,
                        "from": done.source,
                        "to": done.target,
                        "documents": done.documents,
                        "copied": done.copied,
                    }
                )
    note(current.say("索引已重建。", "The indices are rebuilt."))


class _Told:
    """Passes progress on."""

    def __init__(self, shown: Progress, kind: Kind) -> None:
        self._shown = shown
        self._kind = kind
        self._so_far: int | None = None

    def __call__(self, _: Kind, copied: int, total: int) -> None:
        if self._so_far is None:
            self._shown.stage(current.say(f"重建 {self._kind}", f"rebuild {self._kind}"), total)
        self._shown.advance(copied - (self._so_far or 0))
        self._so_far = copied


def _kinds(only: list[str]) -> list[Kind]:
    from pipelines.stores.elastic.layouts import LAYOUTS

    unknown = [name for name in only if name not in set(LAYOUTS)]
    if unknown:
        known = "、".join(LAYOUTS)
        raise UsageError(
            f"集群中没有名为 {unknown[0]} 的内容，可用的有：{known}。",
            f"The cluster holds no {unknown[0]}; there are {', '.join(LAYOUTS)}.",
        )
    return [kind for kind in LAYOUTS if not only or kind in only]
