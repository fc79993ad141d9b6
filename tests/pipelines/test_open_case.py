"""The whole case on disk: opened, used by the commands, verified."""

import json

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import evidence, status
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.evidence.verify import verify
from pipelines.model import RunReport
from pipelines.settings import Settings
from tests.builders import AT, a_listing, a_sighting, a_site, an_attachment, an_evidence_item


@pytest.fixture
def case(tmp_path, clock):
    with open_case(Settings(home=tmp_path), clock) as opened:
        yield opened


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    app.command("status")(status.status)
    app.add_typer(evidence.app, name="evidence")

    def invoke(*words):
        done = CliRunner().invoke(app, words, env={"JIANWEI_HOME": str(tmp_path)}, catch_exceptions=False)
        return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return invoke


def with_evidence(case, *contents):
    items = []
    for content in contents:
        case.evidence.put(content)
        items.append(an_evidence_item(content))
    case.leads.merge_many([a_sighting(evidence=items)])
    return items


def test_an_opened_case_takes_observations_in(case):
    accepted = case.intake.accept(a_site(text="普通页面", attachments=(an_attachment(),)))
    assert accepted.assessment.ruleset_version
    assert len(list(case.evidence.stored())) == 1


def test_reopening_finds_everything_again(case, tmp_path, clock):
    case.leads.merge_many([a_sighting(a_listing())])
    with open_case(Settings(home=tmp_path), clock) as again:
        assert again.leads.get(a_sighting(a_listing()).lead_id)


def test_a_sound_case_verifies(case, run):
    with_evidence(case, b"1", b"2")
    case.audit.append(AT, "wang", "lead.confirm", "L1")
    found = verify(leads=case.leads, evidence=case.evidence, audit=case.audit)
    assert (found.checked, found.is_sound) == (2, True)
    code, records, _ = run("evidence", "verify", "--json")
    assert code == 0
    assert records == [{"checked": 2, "damaged": 0, "missing": 0, "chain_broken_at": None, "is_sound": True}]


def test_changed_and_missing_evidence_are_named_with_their_leads(case, run, tmp_path):
    changed, gone = with_evidence(case, b"1", b"2")
    for item in (changed, gone):
        path = tmp_path / "evidence" / item.sha256[:2] / item.sha256[2:4] / item.sha256
        path.chmod(0o644)
        path.write_bytes(b"forged") if item is changed else path.unlink()
    code, records, words = run("evidence", "verify", "--json")
    assert code == 1
    lead_id = a_sighting().lead_id
    assert [(r["sha256"], r["state"], r["leads"]) for r in records[:-1]] == [
        (changed.sha256, "damaged", [lead_id]),
        (gone.sha256, "missing", [lead_id]),
    ]
    assert records[-1]["is_sound"] is False
    assert words


def test_status_says_what_ran_and_what_waits(case, run):
    case.runs.put(
        RunReport(
            id="r1",
            started_at=AT,
            done={"visit": 3},
            left={"visit": 2},
            outcomes={},
            failures=("代理连接失败",),
            not_run=("engine:baidu",),
        )
    )
    case.leads.merge_many([a_sighting(a_site(), 800), a_sighting(a_listing(), 450)])
    lead = case.leads.get(a_sighting(a_listing()).lead_id)
    case.leads.put(lifecycle.start_screening(lead.document, "wang", AT), lead.version)
    code, (record,), _ = run("status", "--json")
    assert code == 0
    assert record["runs"][0]["finished_at"] is None
    assert record["runs"][0]["failures"] == ["代理连接失败"]
    assert record["waiting"]["new"] == {"leads": 1, "high": 1, "medium": 0, "low": 0}
    assert record["waiting"]["screening"]["medium"] == 1
    assert record["leads"]["closed"] == 0


def test_detectors_are_built_anew_when_asked(case):
    before = case.detectors
    case.refresh_detectors()
    assert [one.name for one in case.detectors] == [one.name for one in before]
    assert case.detectors is case.detectors
    assert case.detectors is not before
