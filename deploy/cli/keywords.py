"""`jianwei keywords`: the terms and their sources, the folded form of a text, the next sweep's queries."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from keywords.fold import fold
from keywords.loader import load_lexicon, load_regions
from keywords.match import TermMatcher
from keywords.model import TermKind
from keywords.plan import plan_queries
from pipelines.errors import InputUnreadable

app = typer.Typer(no_args_is_help=True, help="关键词及其来源、文字的还原形式、下一次巡查的查询词。")

_HOME_LEVELS = ("county", "city")


@app.command("list")
def list_terms(
    kind: Annotated[list[TermKind] | None, typer.Option(help="只列出这一类，可多次给出。")] = None,
) -> None:
    """列出所有关键词的类别、写法、权重和来源。"""
    lexicon = load_lexicon()
    terms = lexicon.of_kind(*kind) if kind else lexicon.terms
    for term in terms:
        output.write_record(
            {
                "text": term.text,
                "kind": term.kind.value,
                "sense": term.sense,
                "variants": term.variants,
                "weight": term.weight,
                "authority": term.authority,
                "is_ambiguous": term.is_ambiguous,
                "is_neighbour": term.is_neighbour,
                "source": term.source,
            }
        )
    output.note(session.current.say(f"共 {len(terms)} 个词条。", f"{len(terms)} terms."))


@app.command()
def normalise(
    file: Annotated[Path, typer.Argument(help="文本文件，一行一条；- 为标准输入。")] = Path("-"),
) -> None:
    """还原每一行文字，给出每个字在原文中的位置和命中的关键词。"""
    matcher = TermMatcher(load_lexicon())
    for line in _read(file).removesuffix("\n").split("\n"):
        folded = fold(line)
        output.write_record(
            {
                "text": line,
                "folded": folded.text,
                "offsets": folded.offsets,
                "terms": [
                    {
                        "text": hit.term.text,
                        "kind": hit.term.kind.value,
                        "start": hit.start,
                        "end": hit.end,
                        "written": hit.written,
                        "is_disguised": hit.is_disguised,
                    }
                    for hit in matcher.find_in(folded)
                ],
            }
        )


@app.command()
def plan(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="查询词个数。")] = 30,
    region: Annotated[list[str] | None, typer.Option(help="加上这个地名，可多次给出。")] = None,
) -> None:
    """列出下一次巡查的查询词，最要紧的在前。不给 --region 时用本市各县区和本省各市。"""
    regions = region or [place.name for level in _HOME_LEVELS for place in load_regions() if place.level == level]
    for query in plan_queries(load_lexicon(), regions, limit):
        output.write_record({"text": query.text, "terms": query.terms, "priority": query.priority})


def _read(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputUnreadable(str(file), "读不了这个文件", f"it cannot be read ({error.strerror})") from error
    return content.decode("utf-8-sig", errors="replace")
