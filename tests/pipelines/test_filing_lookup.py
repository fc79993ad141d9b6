"""The registry's facts reach observations before they are judged; what nobody can answer is queued, answered, and reaches the leads."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest

from detectors.filings.filing_registry import FilingRegistryDetector
from detectors.model import FilingRecord, HostFacts, PageContent, Unknown
from keywords.roster import load_roster
from pipelines import lifecycle
from pipelines.bootstrap import open_case, open_filings
from pipelines.errors import InputUnreadable, TransitionNotAllowed
from pipelines.filings.lookup import facts_about, with_filings
from pipelines.filings.queue import names_to_look_up, queue_csv, queue_xlsx
from pipelines.filings.registry import Edition
from pipelines.imports.filings_answers import import_answers
from pipelines.settings import Settings
from pipelines.stores.memory_filings import MemoryFilings
from tests.builders import AT, a_lead, a_sighting, a_site

OWN = FilingRecord(domain="a-b.cn", number="苏ICP备12001234号-1", holder="甲科技有限公司", holder_kind="企业")
OTHER = FilingRecord(domain="c.cn", number="京ICP备05000001号-2", holder="乙有限公司")
ROSTER = load_roster()
TODAY = AT.date()


def registry(*records, on=date(2026, 11, 1)):
    store = MemoryFilings()
    fill(store, *records, on=on)
    return store


def fill(store, *records, on=date(2026, 11, 1)):
    staged = store.begin("f")
    store.stage(staged.token, records, (), len(records))
    edition = Edition(
        number=0, source="a.csv", sha256="f", registry_on=on, imported_at=AT, imported_by="x", records=0, domains=0,
        provinces="",
    )  # fmt: skip
    store.publish(staged.token, edition)


def a_page(footer):
    return PageContent(text=f"特种作业操作证查询平台\n{footer}", footer=footer)


def test_an_observation_learns_of_its_domain_and_of_the_numbers_it_prints():
    observation = a_site("www.a-b.cn", page=a_page("京ICP备05000001号"))
    facts = with_filings(observation, registry(OWN, OTHER)).facts
    assert (facts.filings.domain, facts.filings.own, facts.filings.registry_on) == ("a-b.cn", (OWN,), date(2026, 11, 1))
    assert facts.filings.of_numbers == (("京ICP备05000001", (OTHER,)),)
    assert facts.filing == "苏ICP备12001234号-1"


def test_without_a_registry_the_fact_is_unknown_and_the_answer_of_a_person_is_known():
    store = MemoryFilings()
    assert facts_about("a-b.cn", (), store) == Unknown("备案库未导入")
    store.put_answers((replace(OWN, number="", holder="", looked_on=TODAY),))
    facts = with_filings(a_site("a-b.cn"), store).facts
    assert (facts.filings.registry_on, facts.filing) == (None, "")


def test_the_newer_of_answer_and_registry_counts():
    store = registry(OWN)
    store.put_answers((replace(OWN, number="", looked_on=date(2026, 10, 1)),))
    assert facts_about("a-b.cn", (), store).own == (OWN,)
    store.put_answers((replace(OWN, number="", looked_on=date(2026, 11, 2)),))
    assert facts_about("a-b.cn", (), store).own[0].number == ""


def test_names_below_a_hosting_service_have_no_filing_of_their_own():
    facts = with_filings(a_site("fake.github.io"), registry(OWN)).facts
    assert facts.filings.is_shared_domain
    assert isinstance(facts.filing, Unknown)


def test_addresses_are_looked_up_as_they_are():
    store = registry(replace(OWN, domain="203.0.113.9"))
    assert facts_about("203.0.113.9", (), store).own
    assert facts_about("", (), store).domain == ""


def test_the_queue_holds_what_nobody_can_answer_most_suspicious_first():
    observations = {
        host: a_site(host, page=a_page("苏ICP备19999999号")) for host in ("x-y.cn", "www.a-b.cn", "m.x-y.cn", "z.top")
    }
    leads = [a_lead(one, score) for one, score in zip(observations.values(), (500, 900, 700, 600), strict=True)]
    store = registry(OWN)
    names = names_to_look_up(leads, store, ROSTER, TODAY)
    assert [(one.domain, one.score_permille, len(one.lead_ids)) for one in names] == [
        ("x-y.cn", 700, 2),
        ("z.top", 600, 1),
    ]
    assert names[0].printed == ("苏ICP备19999999",)
    assert "2026-11-01 的备案库中没有" in names[0].why
    assert len(names_to_look_up(leads, MemoryFilings(), ROSTER, TODAY)) == 3
    old = names_to_look_up(leads, registry(OWN, on=date(2026, 1, 1)), ROSTER, TODAY)
    assert "已过" in old[0].why and old[0].domain == "a-b.cn"
    store.put_answers((FilingRecord(domain="x-y.cn", number="", looked_on=TODAY),))
    assert [one.domain for one in names_to_look_up(leads, store, ROSTER, TODAY)] == ["z.top"]
    later = TODAY + timedelta(days=100)
    assert "人工查询" in {one.domain: one.why for one in names_to_look_up(leads, store, ROSTER, later)}["x-y.cn"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_sheet_comes_back_filled_in(tmp_path, suffix):
    store = registry(OWN)
    leads = [a_lead(a_site(host), 500) for host in ("x-y.cn", "z.top", "later.top", "wrong.top")]
    names = names_to_look_up(leads, store, ROSTER, TODAY)
    path = tmp_path / f"queue.{suffix}"
    path.write_bytes(queue_xlsx(names) if suffix == "xlsx" else queue_csv(names))
    fill_in(
        path,
        {
            "x-y.cn": {"有无备案": "无", "查询日期": "2026-11-20"},
            "z.top": {"备案号": "浙ICP备12001234号-1", "主办单位名称": "丙有限公司", "有无备案": "有"},
            "wrong.top": {"有无备案": "有"},
        },
    )
    report = import_answers(path, store, at=AT, rejects_folder=tmp_path / "rejected")
    assert (report.answered, report.changed, report.empty) == (2, 2, 1)
    assert [one.reason for one in report.rejections] == ["写了有备案，但没有填写备案号"]
    assert report.rejects_path and report.rejects_path.exists()
    assert store.answer("x-y.cn") == FilingRecord(domain="x-y.cn", number="", looked_on=date(2026, 11, 20))
    assert (store.answer("z.top").holder, store.answer("z.top").looked_on) == ("丙有限公司", TODAY)
    assert import_answers(path, store, at=AT, rejects_folder=tmp_path / "rejected").changed == 0


def fill_in(path, answers):
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book.active
        names = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            for name, value in answers.get(row[0].value, {}).items():
                row[names.index(name)].value = value
        book.save(path)
        return
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    with path.open("w", encoding="gbk", newline="") as stream:  # as office programs save it
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(row | answers.get(row["域名"], {}) for row in rows)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("无,苏ICP备12001234号,", "又填了备案号"),
        (",胡写,", "不符合规定格式"),
        ("无,,2026-12-31", "在今天之后"),
        ("无,,去年", "无法读取"),
    ],
)
def test_answers_that_cannot_be_right_are_sent_back(tmp_path, cells, said):
    path = tmp_path / "a.csv"
    path.write_text(f"域名,有无备案,备案号,查询日期\na.cn,{cells}\nb.cn,无,,\n", "utf-8")
    report = import_answers(path, MemoryFilings(), at=AT, rejects_folder=tmp_path)
    assert said in report.rejections[0].reason
    assert report.answered == 1


@pytest.mark.parametrize("cells", ["无,", "否,", ",无", ",未备案", "无,无"])
def test_ways_to_say_that_there_is_no_filing(tmp_path, cells):
    (tmp_path / "a.csv").write_text(f"域名,有无备案,备案号\na.cn,{cells}\n", "utf-8")
    store = MemoryFilings()
    assert import_answers(tmp_path / "a.csv", store, at=AT, rejects_folder=tmp_path).answered == 1
    assert store.answer("a.cn").number == ""


def test_a_sheet_without_its_columns_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("名称,电话\n甲,1\n", "utf-8")
    with pytest.raises(InputUnreadable):
        import_answers(tmp_path / "a.csv", MemoryFilings(), at=AT, rejects_folder=tmp_path)


# --- the whole case ---------------------------------------------------------------------------------------------------


@pytest.fixture
def case(tmp_path, clock):
    with open_case(Settings(home=tmp_path), clock) as opened:
        yield opened


def accepted(case):
    footer = "主办单位：应急管理部 京ICP备05000001号"
    html = f"<title>特种作业操作证查询平台</title><form><input placeholder=证件号码><input placeholder=姓名><button>查询</button></form><footer>{footer}</footer>"
    return case.intake.accept(a_site("www.x-y.cn", page=a_page(footer), html=html))


def test_intake_judges_with_the_registry(case):
    fill(case.filings, OWN, OTHER)
    codes = {one.code for one in accepted(case).assessment.signals}
    assert {"filing.registry_other_host", "filing.holder_mismatch"} <= codes


def test_without_a_registry_intake_says_so(case):
    skips = {one.detector: one.cause for one in accepted(case).assessment.skips}
    assert skips[FilingRegistryDetector.name] == "备案库未导入，备案号未核对"


def test_a_lead_keeps_its_facts_when_it_is_stored(case):
    fill(case.filings, OWN, OTHER)
    lead = case.leads.get(accepted(case).lead_id).document
    assert lead.observation.facts.filings.of_numbers[0][1] == (OTHER,)
    assert lead.observation.facts.filing == ""


def test_new_knowledge_reaches_open_leads_and_no_decided_ones(case):
    from pipelines.filings.refresh import refresh_leads

    lead_id = accepted(case).lead_id
    other_id = case.intake.accept(a_site("cx-mem-gov.cn", page=a_page("京ICP备05000001号"))).lead_id
    decided = case.leads.get(other_id)
    dismissed = lifecycle.dismiss(lifecycle.start_screening(decided.document, "wang", AT), "wang", "不是", AT)
    case.leads.put(dismissed, decided.version)
    before = case.leads.get(lead_id).document
    fill(case.filings, OWN, OTHER)
    wanted = [before, dismissed]
    done = refresh_leads(case.leads, wanted, case.filings, case.roster, case.clock)
    assert (done.looked_at, done.changed) == (2, 1)
    lead = case.leads.get(lead_id).document
    assert {one.code for one in lead.assessment.signals} >= {"filing.registry_other_host", "filing.holder_mismatch"}
    assert FilingRegistryDetector.name not in {one.detector for one in lead.assessment.skips}
    added = sum(one.strength_permille for one in lead.assessment.signals) - sum(
        one.strength_permille for one in before.assessment.signals
    )
    assert lead.assessment.score_permille == min(1000, before.assessment.score_permille + added)
    assert "备案信息更新" in lead.history[-1].note
    assert case.leads.get(other_id).document == dismissed
    assert refresh_leads(case.leads, wanted, case.filings, case.roster, case.clock).changed == 0
    assert refresh_leads(case.leads, wanted, case.filings, case.roster, case.clock, frozenset({"z.cn"})).looked_at == 0


def test_a_decided_lead_cannot_be_reassessed():
    lead = a_lead(a_site())
    closed = lifecycle.dismiss(lifecycle.start_screening(lead, "wang", AT), "wang", "不是", AT)
    with pytest.raises(TransitionNotAllowed):
        lifecycle.reassess(closed, closed.observation, closed.assessment, AT, "x")


def test_the_registry_alone_can_be_opened_and_makes_no_store(tmp_path):
    with open_filings(Settings(home=tmp_path)) as none:
        assert none is None
    assert not list(tmp_path.iterdir())
    with open_case(Settings(home=tmp_path)) as case:
        fill(case.filings, OWN)
    with open_filings(Settings(home=tmp_path)) as opened:
        assert opened.of_domain("a-b.cn") == (OWN,)


def test_sightings_without_facts_are_still_read(case):
    lead = a_sighting(a_site(facts=HostFacts()))
    case.leads.merge_many([lead])
    assert isinstance(case.leads.get(lead.lead_id).document.observation.facts.filings, Unknown)
