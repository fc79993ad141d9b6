"""`jianwei gangs`: who belongs together, why, and which marks count for nobody."""

from collections.abc import Iterator
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.progress import shown_progress
from deploy.cli.session import current
from detectors.marks.kinds import rule_of
from detectors.model import CandidateKind
from keywords.hosts import defang
from pipelines.bootstrap import Case, open_case
from pipelines.errors import UsageError
from pipelines.marks.record import GangSize, MarkRow, Wearer, gang_id, gang_number, mark_id, mark_number
from pipelines.marks.refresh import refresh_marks
from pipelines.marks.report import (
    Bond,
    Gang,
    bond_sentence,
    discount_sentence,
    gang_of_lead,
    gang_sentence,
    owner_name,
    owner_sentence,
    read_gang,
    wearers_of_mark,
)
from pipelines.model import LeadQuery
from pipelines.ports import MarkLedger

__all__ = ["app"]

app = typer.Typer(help="团伙：哪些网站、商品信息出自同一伙人，凭什么标志。 Gangs: who belongs together, and why.")
_SHOWN_BONDS = 3
_COUNTED = {
    CandidateKind.SITE.value: "sites",
    CandidateKind.LISTING.value: "listings",
    CandidateKind.ADVERT.value: "adverts",
}
_AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")]


@app.callback(invoke_without_command=True)
def gangs(
    context: typer.Context,
    as_json: _AsJson = False,
    limit: Annotated[int, typer.Option(min=1, help="最多列出几个。 At most so many.")] = 50,
) -> None:
    """列出团伙，线索多的在前。 List the gangs, most leads first."""
    if context.invoked_subcommand:
        return
    with open_case(current.settings()) as case, case.marks.reading() as ledger:
        sizes = ledger.gangs()
        for size in sizes[:limit]:
            gang = read_gang(ledger, size)
            if is_for_people(as_json=as_json):
                _print_short(gang)
            else:
                write_record(_record(gang))
    left = len(sizes) - limit
    if left > 0:
        note(current.say(f"另有 {left} 个团伙未列出（--limit）。", f"{left} more gangs not listed (--limit)."))
    if not sizes:
        note(current.say("没有发现团伙。", "No gangs were found."))


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="团伙编号（G3）或线索编号。 A gang (G3) or a lead.")],
    as_json: _AsJson = False,
) -> None:
    """逐条说明一个团伙靠什么连在一起。 Explain a gang edge by edge."""
    with open_case(current.settings()) as case, case.marks.reading() as ledger:
        gang = read_gang(ledger, _find(ledger, name))
        if not is_for_people(as_json=as_json):
            write_record({**_record(gang), "members": list(_members(case, gang))})
            return
        _say(_headline(gang))
        for member in _members(case, gang):
            _say(f"  {member['lead']}  {defang(str(member['url']))}  {member['title']}  {member['owner']}")
        _say(current.say("凭什么：", "Why:"))
        for sentence in _reasons(gang):
            _say(f"  - {sentence}")
        if gang.discounted:
            _say(current.say("相同但未全计的标志：", "Shared, but not counted in full:"))
        for row in gang.discounted:
            _say(f"  - {discount_sentence(row)}")


@app.command("common")
def common(
    name: Annotated[str, typer.Argument(metavar="MARK", help="标志编号，如 M12。 A mark, e.g. M12.")] = "",
    reason: Annotated[str, typer.Option(help="理由，记入审计日志。 Why; goes into the audit log.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="重新计入。 Let it count again.")] = False,
    as_json: _AsJson = False,
) -> None:
    """把人人都有的标志列为公用，不再据以并案；不带参数则列出。 Declare a mark common; without one, list them."""
    with open_case(current.settings()) as case:
        if not name:
            with case.marks.reading() as ledger:
                rows = ledger.declared_common()
            for row in rows:
                _show_mark(row, as_json=as_json)
            return
        if not reason.strip():
            raise UsageError("请用 --reason 写明理由。", "Say why with --reason.")
        row_after = case.mark_books.declare_common(mark_number(name), is_common=not undo)
        if row_after is None:
            raise UsageError(
                f"没有编号为 {name} 的标志；编号见 jianwei gangs show。",
                f"There is no mark {name!r}; jianwei gangs show names them.",
            )
        act = "mark.count_again" if undo else "mark.declare_common"
        about = mark_id(row_after.number)
        case.audit.append(case.clock.now(), "system", act, about, f"{row_after.kind.value}: {reason.strip()[:500]}")
        _show_mark(row_after, as_json=as_json)


@app.command("marks")
def marks(
    name: Annotated[str, typer.Argument(metavar="ID", help="线索编号，或标志编号（M12）。 A lead, or a mark (M12).")],
    as_json: _AsJson = False,
) -> None:
    """一条线索带有哪些标志，或一个标志出现在哪些线索上。 The marks of a lead, or the leads of a mark."""
    with open_case(current.settings()) as case, case.marks.reading() as ledger:
        if row := ledger.mark(mark_number(name)):
            _show_mark(row, as_json=as_json)
            for wearer in wearers_of_mark(ledger, row.number):
                _show_wearer(ledger, wearer, as_json=as_json)
            return
        if ledger.wearer(name) is None:
            raise UsageError(f"没有编号为 {name} 的线索或标志。", f"There is no lead and no mark {name!r}.")
        for number in ledger.worn(name):
            if row := ledger.mark(number):
                _show_mark(row, as_json=as_json)


@app.command("refresh")
def refresh() -> None:
    """把现有线索的标志补录一遍，可重复运行。 Note the marks of all leads again; may be run any time."""
    with open_case(current.settings()) as case, shown_progress() as progress:
        case.refresh_detectors()
        total = case.leads.find(LeadQuery(limit=1)).total
        progress.stage(current.say("补录标志", "noting marks"), total)
        count = refresh_marks(case.mark_books, case.leads, case.observations, case.evidence, progress.advance)
        with case.marks.reading() as ledger:
            found = len(ledger.gangs())
    note(
        current.say(
            f"已补录 {count} 条线索的标志，现有 {found} 个团伙。", f"Marks of {count} leads noted; {found} gangs now."
        )
    )


def _say(line: str) -> None:
    """Print a line; what suspects wrote may hold signs that move a terminal's cursor."""
    typer.echo("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line))


def _find(ledger: MarkLedger, name: str) -> GangSize:
    number = gang_of_lead(ledger, name) or gang_number(name)
    into = ledger.merged_into(number) if number else None
    if into is None:
        raise UsageError(
            f"没有编号为 {name} 的团伙，该线索也不属于任何团伙。", f"There is no gang {name!r}, and no lead of one."
        )
    while into:
        note(
            current.say(
                f"{gang_id(number)} 已并入 {gang_id(into)}。", f"{gang_id(number)} was merged into {gang_id(into)}."
            )
        )
        number, into = into, ledger.merged_into(into)
    size = next(iter(ledger.gangs(number)), None)
    if size is None:
        raise UsageError(
            f"{gang_id(number)} 已不成团伙：把它连起来的线索或标志已被排除。",
            f"{gang_id(number)} is no gang any more: the leads or marks that joined it were ruled out.",
        )
    return size


def _print_short(gang: Gang) -> None:
    _say(_headline(gang))
    reasons = _reasons(gang)
    for sentence in reasons[:_SHOWN_BONDS]:
        _say(f"  - {sentence}")
    left = len(reasons) - _SHOWN_BONDS
    if left > 0:
        more = f"jianwei gangs show {gang_id(gang.size.number)}"
        _say(current.say(f"  - 另有 {left} 处相连，见 {more}", f"  - {left} more, see {more}"))


def _reasons(gang: Gang) -> list[str]:
    return [*map(bond_sentence, gang.bonds), *filter(None, (owner_sentence(gang, owner) for owner in gang.owners))]


def _headline(gang: Gang) -> str:
    return f"{gang_id(gang.size.number)}  {gang_sentence(gang.size)}"


def _members(case: Case, gang: Gang) -> Iterator[dict[str, object]]:
    owners = {owner.number: owner for owner in gang.owners}
    for wearer in gang.wearers:
        stored = case.leads.get(wearer.id)
        if stored is None:
            continue
        observation = stored.document.observation
        page = next((capture.page.title for capture in observation.captures if capture.page.title), "")
        shown = observation.listing or observation.advert or observation
        yield {
            "lead": wearer.id,
            "kind": wearer.kind,
            "url": observation.candidate.url,
            "title": (shown.title or page)[:80],
            "status": stored.document.status.value,
            "owner": owner_name(owners[wearer.owner]),
        }


def _record(gang: Gang) -> dict[str, object]:
    by_kind = gang.size.by_kind
    return {
        "id": gang_id(gang.size.number),
        "sentence": gang_sentence(gang.size),
        "leads": gang.size.leads,
        **{field: by_kind.get(kind, 0) for kind, field in _COUNTED.items()},
        "others": sum(count for kind, count in by_kind.items() if kind not in _COUNTED),
        "lead_ids": [wearer.id for wearer in gang.wearers],
        "owners": [owner_name(owner) for owner in gang.owners],
        "edges": [_edge(bond) for bond in gang.bonds],
        "same_owner": [sentence for owner in gang.owners if (sentence := owner_sentence(gang, owner))],
        "not_counted": [{**_mark(row), "sentence": discount_sentence(row)} for row in gang.discounted],
    }


def _edge(bond: Bond) -> dict[str, object]:
    return {
        "between": [owner_name(bond.one), owner_name(bond.other)],
        "strength_permille": bond.strength,
        "marks": [_mark(row) for row in bond.marks],
        "sentence": bond_sentence(bond),
    }


def _mark(row: MarkRow) -> dict[str, object]:
    return {
        "mark": mark_id(row.number),
        "kind": row.kind.value,
        "label": rule_of(row.kind).label,
        "shown": row.shown,
        "worth_permille": row.worth,
    }


def _show_wearer(ledger: MarkLedger, wearer: Wearer, *, as_json: bool) -> None:
    owner = owner_name(ledger.owner(wearer.owner))
    if is_for_people(as_json=as_json):
        _say(f"  {wearer.id}  {defang(owner)}")
    else:
        write_record({"lead": wearer.id, "owner": owner, "kind": wearer.kind})


def _show_mark(row: MarkRow, *, as_json: bool) -> None:
    if not is_for_people(as_json=as_json):
        write_record({**_mark(row), "is_common": row.is_common, "suspects": row.tally.suspects})
        return
    standing = row.caveat or current.say("计入", "counts")
    _say(f"{mark_id(row.number)}  {rule_of(row.kind).label} {row.shown}  {standing}")
