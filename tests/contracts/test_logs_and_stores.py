"""What every other port must do: observation log, evidence, audit log, accounts, snapshots, runs."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from pipelines.errors import EvidenceDamaged
from pipelines.model import Account, Role, RunReport, StopRequest
from pipelines.ports import SNAPSHOT_VERSIONS
from tests.builders import AT, a_listing, a_site, a_snapshot, an_attachment


def test_an_observation_is_kept_once_without_attachments_and_markup(stores):
    seen = a_site(html="<p>x</p>", attachments=(an_attachment(),))
    assert stores.observations.add(seen, "L1")
    assert not stores.observations.add(seen, "L1")
    (kept,) = stores.observations.of_lead("L1")
    assert kept.attachments == ()
    assert kept.captures[0].html == ""
    assert kept.captures[0].body_sha256 == seen.captures[0].body_sha256
    assert kept.candidate == seen.candidate


def test_observations_come_oldest_first_and_by_lead(stores):
    late, early = a_site(text="b", at=AT + timedelta(days=1)), a_site(text="a")
    for one in (late, early):
        stores.observations.add(one, "L1")
    stores.observations.add(a_listing(), "")
    assert [one.observed_at for one in stores.observations.of_lead("L1")] == [early.observed_at, late.observed_at]
    assert stores.observations.of_lead("L2") == ()


@pytest.mark.parametrize("content", [b"", b"x", "证".encode() * 100_000, bytes(range(256))])
def test_evidence_comes_back_by_its_digest(stores, content):
    sha256 = stores.evidence.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert stores.evidence.put(content) == sha256
    assert stores.evidence.get(sha256) == content
    assert list(stores.evidence.stored()) == [sha256]


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64])
def test_evidence_that_is_not_there_is_said_so(stores, name):
    with pytest.raises(EvidenceDamaged):
        stores.evidence.get(name)


def test_the_audit_log_numbers_and_chains_its_entries(stores):
    for number in range(1, 6):
        entry = stores.audit.append(AT, "wang", "lead.confirm", f"L{number % 2}", f"第 {number} 条")
        assert entry.number == number
    newest = stores.audit.entries()
    assert [one.number for one in newest] == [5, 4, 3, 2, 1]
    assert all(one.previous_sha256 == before.sha256 for one, before in pairwise(newest))
    assert newest[-1].previous_sha256 == "0" * 64
    assert [one.number for one in stores.audit.entries(about="L1")] == [5, 3, 1]
    assert [one.number for one in stores.audit.entries(limit=2)] == [5, 4]
    assert stores.audit.first_broken() is None


def test_an_empty_audit_log_is_whole(stores):
    assert stores.audit.entries() == ()
    assert stores.audit.first_broken() is None


def test_accounts_are_replaced_and_listed_by_name(stores):
    assert stores.accounts.get("wang") is None
    wang = Account(name="wang", display_name="王某", role=Role.CYBERSPACE)
    stores.accounts.put(wang)
    stores.accounts.put(Account(name="admin", display_name="管理员", role=Role.ADMIN, password_hash="x"))
    stores.accounts.put(replace(wang, is_disabled=True))
    assert stores.accounts.get("wang").is_disabled
    assert [one.name for one in stores.accounts.all()] == ["admin", "wang"]


def test_the_newest_snapshot_of_a_page_counts_and_older_ones_stay(stores):
    stores.snapshots.put(a_snapshot("https://zlaqsc.mohurd.gov.cn/"))
    stores.snapshots.put(a_snapshot(html="新", at=AT + timedelta(days=1)))
    stores.snapshots.put(a_snapshot(html="旧"))
    assert [one.html for one in stores.snapshots.all()] == ["新", "<title>查询</title>"]
    assert [one.html for one in stores.snapshots.versions("https://cx.mem.gov.cn/")] == ["新", "旧"]
    assert stores.snapshots.versions("https://never.gov.cn/") == ()


def test_the_same_snapshot_twice_is_one_version(stores):
    stores.snapshots.put(a_snapshot(html="一"))
    stores.snapshots.put(a_snapshot(html="一"))
    assert len(stores.snapshots.versions("https://cx.mem.gov.cn/")) == 1


def test_only_so_many_versions_are_kept_and_the_newest_of_them(stores):
    for day in range(SNAPSHOT_VERSIONS + 3):
        stores.snapshots.put(a_snapshot(html=str(day), at=AT + timedelta(days=day)))
    kept = [int(one.html) for one in stores.snapshots.versions("https://cx.mem.gov.cn/")]
    assert kept == list(range(SNAPSHOT_VERSIONS + 2, 2, -1))


def test_run_reports_are_replaced_and_come_newest_first(stores):
    def report(name: str, hours: int, **more) -> RunReport:
        return RunReport(
            id=name, started_at=AT + timedelta(hours=hours), done={}, left={"visit": 3}, outcomes={}, **more
        )

    stores.runs.put(report("b", 1))
    stores.runs.put(report("a", 2))
    stores.runs.put(report("b", 1, finished_at=AT, failures=("名称服务器超时",)))
    assert [one.id for one in stores.runs.latest()] == ["a", "b"]
    assert stores.runs.latest()[1].failures == ("名称服务器超时",)
    assert [one.id for one in stores.runs.latest(1)] == ["a"]


def test_a_request_to_stop_a_run_stands_whatever_the_run_writes_until_it_is_withdrawn(stores):
    report = RunReport(id="R1", started_at=AT, done={}, left={"visit": 3}, outcomes={})
    first, second = StopRequest(by="管理员", at=AT), StopRequest(by="应急", at=AT + timedelta(minutes=1))
    assert stores.runs.ask_to_stop("R1", first) is None, "there is no such run"
    assert stores.runs.stop_request("R1") is None
    stores.runs.put(report)
    assert stores.runs.stop_request("R1") is None
    assert stores.runs.ask_to_stop("R1", first) == first
    assert stores.runs.ask_to_stop("R1", second) == first, "the first stands"
    stores.runs.put(replace(report, left={"visit": 2}))
    (kept,) = stores.runs.latest()
    assert (kept.stop, kept.left) == (first, {"visit": 2})
    assert stores.runs.stop_request("R1") == first
    stores.runs.withdraw_stop("R1")
    stores.runs.withdraw_stop("R0")
    stores.runs.put(replace(report, stop=first))
    assert stores.runs.stop_request("R1") is None, "a run that still knows the old request does not bring it back"
    stores.runs.put(replace(report, finished_at=AT))
    assert stores.runs.ask_to_stop("R1", second) is None, "it has ended"
