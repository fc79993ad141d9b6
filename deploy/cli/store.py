"""`jianwei store`: copy a store onto another, back a case up, restore it, check it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.progress import shown_progress
from deploy.cli.session import current
from deploy.cli.store_reindex import reindex_store
from pipelines.bootstrap import backup_of, checked_store, open_shelf, restore_of
from pipelines.clock import SystemClock
from pipelines.errors import ExitCode, Interrupted
from pipelines.moves.backup import BackupReport
from pipelines.moves.copy import Copier, CopyReport, KindReport, Progress
from pipelines.moves.manifest import Manifest

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="数据存储：copy | backup | restore | check | reindex。 The store as a whole."
)
app.command("reindex")(reindex_store)
_JSON = Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")]


@app.callback()
def store() -> None:
    """数据存储的复制、备份、恢复与检查。 Copy, back up, restore and check the store."""


@app.command("copy")
def copy_store(
    source: Annotated[str, typer.Option("--from", help="源：sqlite、sqlite:路径或 elasticsearch。 Where from.")],
    target: Annotated[str, typer.Option("--to", help="目标，须为空。 Where to; must be empty.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="继续上次中断的复制。 Go on with a copy that was cut short.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """把整个数据存储复制到另一个，可中断续做，最后逐条核对。 Copy a whole store onto another; resumable, compared row by row at the end."""  # fmt: skip
    settings = current.settings()
    with (
        _resumable(f"jianwei store copy --from {source} --to {target} --resume"),
        open_shelf(settings, source) as ours,
        open_shelf(settings, target, may_be_made=True) as theirs,
        shown_progress() as progress,
    ):
        told = _Told(progress)
        report = Copier(ours, theirs, settings.home, SystemClock(), told).copy(resumes=resume)
    if is_for_people(as_json=as_json):
        for one in report.kinds:
            typer.echo(_line(one))
    else:
        for record in _records(report):
            write_record(record)
    note(_verdict(report))
    if not report.is_verified:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("backup")
def backup_store(
    folder: Annotated[
        Path, typer.Argument(help="备份文件夹，最好在另一块磁盘上。 Where backups are kept; best on another disk.")
    ],
    as_json: _JSON = False,
) -> None:
    """在线备份整个数据文件夹：数据存储、证据、设置、名录和密钥。 Back up the whole home folder while it is used."""
    settings = current.settings()
    with _resumable(f"jianwei store backup {folder}"), shown_progress() as progress:
        report = backup_of(settings, SystemClock(), _Told(progress)).make(folder)
    if not is_for_people(as_json=as_json):
        write_record(_backup_record(report))
    for sentence in _backup_sentences(report):
        note(sentence)
    if current.config or settings.store.path.is_absolute():
        note(
            current.say(
                "注意：配置文件或数据存储不在数据文件夹内，恢复后请核对 jianwei.toml 中的 store.path，并另行备份该配置文件。",
                "Note: the settings file or the store is outside of the home folder; back that file up too, and check store.path after a restore.",
            )
        )
    if not report.is_sound:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("restore")
def restore_store(
    backup: Annotated[
        Path, typer.Argument(help="备份文件夹（取最近一份），或其中某一份。 Where backups are kept, or one of them.")
    ],
    as_json: _JSON = False,
) -> None:
    """把备份恢复到空的数据文件夹（JIANWEI_HOME）。 Restore a backup into an empty home folder."""
    with _resumable(f"jianwei store restore {backup}"), shown_progress() as progress:
        report = restore_of(current.settings(), backup, _Told(progress)).restore()
    manifest = report.manifest
    if not is_for_people(as_json=as_json):
        write_record(
            {
                "backup": str(report.backup),
                "home": str(report.home),
                "made_at": manifest.made_at,
                "counts": manifest.counts,
                "evidence": manifest.evidence_count,
                "missing_evidence": list(manifest.missing_evidence),
                "damaged_evidence": list(manifest.damaged_evidence),
                "chain_broken_at": report.chain_broken_at,
                "is_sound": report.is_sound,
            }
        )
    count = sum(manifest.counts.values())
    note(
        current.say(
            f"已从 {report.backup} 恢复到 {report.home}：记录 {count} 条，证据 {manifest.evidence_count} 件，全部核对一致。"
            f"内容截至 {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC。",
            f"Restored {report.backup} to {report.home}: {count} documents and {manifest.evidence_count} pieces of evidence,"
            f" all as the manifest says, as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.",
        )
    )
    for sentence in _faults(manifest, report.chain_broken_at):
        note(sentence)
    if not report.is_sound:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("check")
def check_store(
    quick: Annotated[
        bool, typer.Option("--quick", help="不逐字节读证据，不核对检索索引。 Skip evidence bytes and the search index.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """检查数据存储是否完好：文件、每条记录、检索列与索引、审计日志、证据；有问题时逐项列出并以 1 退出。 Check the store; exit 1 and the items if anything is off."""  # fmt: skip
    found = 0
    with shown_progress() as progress:
        for fault in checked_store(current.settings(), _Told(progress), is_quick=quick):
            found += 1
            if is_for_people(as_json=as_json):
                typer.echo(current.say(fault.zh, fault.en))
            else:
                problem = current.say(fault.zh, fault.en)
                write_record({"about": fault.about, "key": fault.key, "problem": problem})
    if not is_for_people(as_json=as_json):
        write_record({"faults": found, "is_sound": not found})
    note(
        current.say(
            f"检查完成：{f'发现 {found} 处问题，见上' if found else '全部完好'}。",
            f"Checked: {f'{found} things are off, see above' if found else 'all is sound'}.",
        )
    )
    if found:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@contextmanager
def _resumable(command: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(command) from None


_STEPS = {"copy": "复制", "compare": "核对", "check": "检查", "restore": "恢复"}


class _Told:
    """Passes progress on in the invocation's language."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown

    def stage(self, title: str, total: int) -> None:
        step, _, what = title.partition(" ")
        self._shown.stage(current.say(f"{_STEPS.get(step, step)} {what}", title), total)

    def advance(self, count: int = 1) -> None:
        self._shown.advance(count)


def _line(one: KindReport) -> str:
    state = current.say("一致", "same") if one.is_same else current.say("不一致", "differs")
    line = f"{one.kind}\t{one.source.count}\t{one.target.count}\t{state}"
    for keys, said in (
        (one.differing, current.say("无法复制", "not copied")),
        (one.extra, current.say("仅目标中有", "only in the target")),
    ):
        if keys:
            shown = ", ".join(key.replace("\x1f", " / ") for key in keys)
            line += f"\n\t{said}: {shown}"
    return line


def _records(report: CopyReport) -> Iterator[dict[str, object]]:
    for one in report.kinds:
        yield {
            "kind": one.kind,
            "source": {"count": one.source.count, "sha256": one.source.sha256},
            "target": {"count": one.target.count, "sha256": one.target.sha256},
            "is_same": one.is_same,
            "differing": list(one.differing),
            "extra": list(one.extra),
        }
    yield {
        "source": report.source,
        "target": report.target,
        "written": report.written,
        "caught_up": report.caught_up,
        "not_held": list(report.not_held),
        "chain_broken_at": report.chain_broken_at,
        "is_verified": report.is_verified,
    }


def _verdict(report: CopyReport) -> str:
    count = sum(one.target.count for one in report.kinds)
    if report.is_verified:
        late = f"（其中 {report.caught_up} 条在复制期间写入，已补上）" if report.caught_up else ""
        late_en = f" ({report.caught_up} written meanwhile and caught up with)" if report.caught_up else ""
        return current.say(
            f"已复制并核对 {count} 条记录{late}，两边一致。证据库、团伙台账、备案库和缓存仍在原文件夹中，不随此命令复制。",
            f"{count} documents copied and compared{late_en}: both sides are the same."
            " Evidence, gangs, filings and caches stay in the home folder; this command does not copy them.",
        )
    return current.say(
        "两边尚不一致（见上）。若复制期间仍有人写入，请停止写入后加 --resume 再运行一次。",
        "The two sides still differ (see above). If somebody was writing meanwhile, stop them and run again with --resume.",
    )


def _backup_record(report: BackupReport) -> dict[str, object]:
    manifest = report.manifest
    return {
        "path": str(report.path),
        "made_at": manifest.made_at,
        "is_one_moment": manifest.is_one_moment,
        "counts": manifest.counts,
        "audit_count": manifest.audit_count,
        "audit_sha256": manifest.audit_sha256,
        "evidence": manifest.evidence_count,
        "new_evidence": report.new_evidence,
        "files": [one.path for one in manifest.files],
        "not_included": list(manifest.not_included),
        "missing_evidence": list(manifest.missing_evidence),
        "damaged_evidence": list(manifest.damaged_evidence),
        "chain_broken_at": report.chain_broken_at,
        "is_sound": report.is_sound,
    }


def _backup_sentences(report: BackupReport) -> Iterator[str]:
    manifest = report.manifest
    count = sum(manifest.counts.values())
    yield current.say(
        f"备份完成：{report.path}。记录 {count} 条，证据 {manifest.evidence_count} 件（新增 {report.new_evidence} 件），"
        f"审计日志最后一条校验值 {manifest.audit_sha256 or '无'}。",
        f"Backed up to {report.path}: {count} documents, {manifest.evidence_count} pieces of evidence ({report.new_evidence} new);"
        f" the last audit entry's digest is {manifest.audit_sha256 or 'none'}.",
    )
    if not manifest.is_one_moment:
        yield current.say(
            "备份期间集群有节点丢失，各类记录的时刻可能相差几分钟；如需同一时刻的备份，请稍后再备份一次。",
            "A node of the cluster was lost meanwhile: kinds of documents may be of moments some minutes apart; back up again for one moment.",
        )
    if any(one.path == "home/secret.key" for one in manifest.files):
        yield current.say(
            "备份中含本单位密钥 secret.key、账号的密码校验值和个人信息，仅本用户可读；请按涉密资料保管。",
            "The backup holds the key file secret.key, password hashes and personal data, readable by this user only; keep it as safe as the case itself.",
        )
    if manifest.not_included:
        shown = "、".join(manifest.not_included[:20])
        yield current.say(f"未备份：{shown}。", f"Left out: {shown}.")
    yield from _faults(manifest, report.chain_broken_at)


def _faults(manifest: Manifest, chain_broken_at: int | None) -> Iterator[str]:
    for keys, zh, en in (
        (manifest.missing_evidence, "证据缺失", "evidence is missing"),
        (manifest.damaged_evidence, "证据文件已被改动，没有备份", "evidence was changed and is not in the backup"),
    ):
        for sha256 in keys:
            yield current.say(f"{zh}：{sha256}", f"{en}: {sha256}")
    if chain_broken_at is not None:
        yield current.say(
            f"审计日志第 {chain_broken_at} 条与前后不符，日志可能被改动。",
            f"Audit entry {chain_broken_at} does not fit the chain; the log may have been changed.",
        )
