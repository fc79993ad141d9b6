"""`jianwei keywords`: the terms and their sources, the folded form of a text, the next sweep's queries and what queries brought in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from deploy.cli.import_terms import terms as import_terms
from deploy.cli.sweep_words import plan, query_yield
from keywords.fold import fold
from keywords.loader import load_lexicon
from keywords.match import TermMatcher
from keywords.merge import key_of
from keywords.model import Term, TermKind, TermOrigin
from pipelines.errors import InputUnreadable, UsageError
from pipelines.imports.term_checks import standing_conflicts
from pipelines.terms import OwnTerms, term_lexicon

app = typer.Typer(no_args_is_help=True, help="关键词及其来源、文字的还原形式、下一次巡查的查询词和各查询词的收获。")
app.command("import")(import_terms)
app.command()(plan)
app.command("yield")(query_yield)


@app.command("list")
def list_terms(
    kind: Annotated[list[TermKind] | None, typer.Option(help="只列出这一类，可多次给出。")] = None,
    department: Annotated[str, typer.Option(help="提供部门（部分文字即可）或发证部门（应急、住建、市监…）。")] = "",
    source: Annotated[str, typer.Option(help="来源、文号中含有这段文字。")] = "",
    conflicts: Annotated[bool, typer.Option("--conflicts", help="只列出各清单之间有矛盾的词。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines.")] = False,
) -> None:
    """列出所有关键词的类别、写法、权重、日期和来源；各部门提供的在前。"""
    settings = session.current.settings()
    told = standing_conflicts(load_lexicon(), OwnTerms(settings.home).read())
    terms = [
        term
        for term in term_lexicon(settings).terms
        if (not kind or term.kind in kind)
        and _is_of(term, department)
        and _is_from(term, source)
        and (not conflicts or key_of(term.text) in told)
    ]
    for term in terms:
        said = told.get(key_of(term.text), ()) if term.departments else ()
        if output.is_for_people(as_json=as_json):
            typer.echo("\n    ".join((_line(term), *said)))
        else:
            output.write_record({**_term_record(term), "conflicts": said})
    output.note(session.current.say(f"共 {len(terms)} 个词条。", f"{len(terms)} terms."))


@app.command()
def normalise(
    text: Annotated[str, typer.Argument(help="一段文字；- 为标准输入，一行一条。")] = "-",
    file: Annotated[Path | None, typer.Option(help="文本文件，一行一条。")] = None,
) -> None:
    """还原文字，给出每个字在原文中的位置和命中的关键词。"""
    matcher = TermMatcher(term_lexicon(session.current.settings()))
    for line in _lines(text, file):
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


def _is_of(term: Term, department: str) -> bool:
    return not department or department == term.authority or any(department in one for one in term.departments)


def _is_from(term: Term, source: str) -> bool:
    return not source or any(source in one.source or source in one.notice for one in _origins(term))


def _origins(term: Term) -> tuple[TermOrigin, ...]:
    return term.origins or (TermOrigin(source=term.source, notice=term.notice, listed_on=term.added_on),)


def _term_record(term: Term) -> dict[str, object]:
    return {
        "text": term.text,
        "kind": term.kind.value,
        "sense": term.sense,
        "variants": term.variants,
        "weight": term.weight,
        "authority": term.authority,
        "is_ambiguous": term.is_ambiguous,
        "is_neighbour": term.is_neighbour,
        "source": term.source,
        "notice": term.notice,
        "added_on": term.added_on.isoformat() if term.added_on else None,
        "origins": [
            {
                "department": one.department,
                "source": one.source,
                "notice": one.notice,
                "listed_on": one.listed_on.isoformat() if one.listed_on else None,
            }
            for one in _origins(term)
        ],
    }


def _line(term: Term) -> str:
    listed = "；".join(" ".join(filter(None, (one.department, one.notice or one.source))) for one in _origins(term))
    marks = "".join((" 有歧义" if term.is_ambiguous else "", " 相邻证书" if term.is_neighbour else ""))
    return f"{term.text}  {term.kind.value}  权重{term.weight}{marks}  {term.authority}  写法{len(term.spellings)}种  {listed}"


def _lines(text: str, file: Path | None) -> list[str]:
    if file is None and text != "-":
        return [text]
    if file is not None and text != "-":
        raise UsageError("请只给出一段文字或 --file 之一。", "Give a text or --file, not both.")
    try:
        content = sys.stdin.buffer.read() if file is None else file.read_bytes()
    except OSError as error:
        raise InputUnreadable(str(file), "读不了这个文件", f"it cannot be read ({error.strerror})") from error
    return content.decode("utf-8-sig", errors="replace").removesuffix("\n").split("\n")
