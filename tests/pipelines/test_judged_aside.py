"""Judging in a process of its own: the same judgement and marks as here, and none at all is lost with the process."""

import io
import pickle
from contextlib import suppress

import pytest

from detectors.model import EvidenceKind
from detectors.ruleset import LEAD_FROM
from pipelines.bootstrap import open_case
from pipelines.judged_aside import JudgedAside, send
from pipelines.judging_process import judge_all
from pipelines.settings import Settings
from tests.builders import a_listing, a_site, an_attachment

SEEN = (
    a_site(text="特种作业操作证查询 包过 微信 dgz8866 电话 13812345678", attachments=(an_attachment(),)),
    a_site("www.mem-gov-cn.com", text="应急管理部 特种作业操作证查询"),
    a_site("training.example.cn", text="培训通知，联系电话 010-88886666"),
    a_listing(),
)


@pytest.fixture
def case(tmp_path):
    with open_case(Settings(home=tmp_path)) as opened:
        yield opened


def kept(case):
    """Return all that was written down of the observations, pseudonyms of marks included."""
    accepted = case.intake.accept_many(SEEN)
    leads = [case.leads.get(one.lead_id).document.assessment for one in accepted if one.lead_id]
    with case.marks.reading() as ledger:
        worn = [len(ledger.worn(f"L{one.candidate.identity}")) for one in SEEN]
    return [one.assessment for one in accepted], leads, worn


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_sent_arrives_whole(seen):
    pipe = io.BytesIO()
    send(seen, pipe)
    arrived = pickle.loads(pipe.getvalue())
    assert arrived == seen
    assert arrived.identity == seen.identity


def test_it_judges_as_is_judged_here(tmp_path):
    with open_case(Settings(home=tmp_path / "here")) as case:
        here = kept(case)
    with open_case(Settings(home=tmp_path / "aside")) as case, case.judged_aside():
        aside = kept(case)
    assert aside == here
    assert any(one.score_permille >= LEAD_FROM for one in here[0])
    assert sum(here[2]) > 0


def test_whoever_asks_judges_here_once_the_process_is_gone(case):
    expected = case.intake.judge(SEEN[0])
    with case.judged_aside():
        assert case.intake.judge(SEEN[0]) == expected
        aside = case.intake._aside
        aside._process.kill()
        assert case.intake.judge(SEEN[0]) == expected
        assert aside.examine(SEEN[0]) is None
        assert case.intake.accept(SEEN[0]).assessment == expected
    assert case.intake.accept(SEEN[1]).lead_id


def test_a_process_that_cannot_begin_is_none_at_all(case, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with case.judged_aside():
        assert case.intake.accept(SEEN[0]).lead_id


def test_pictures_count_there_too(case):
    icon = an_attachment(b"ICON", EvidenceKind.BODY, media_type="image/png", label="favicon")
    seen = a_site(text="包过", attachments=(icon,))
    with JudgedAside(case._bench.knowledge, case.intake._weights) as aside:
        examined = aside.examine(seen)
    assert examined and "favicon" in {one.kind.value for one in examined.marks}


def test_it_ends_with_whoever_asked(case):
    asked, answers = io.BytesIO(), io.BytesIO()
    asked.write(pickle.dumps((case._bench.knowledge, case.intake._weights)) + pickle.dumps(SEEN[0]))
    asked.seek(0)
    judge_all(asked, answers)  # comes back at the end of what is asked
    answers.seek(0)
    assert pickle.load(answers).assessment == case.intake.judge(SEEN[0])
    with suppress(EOFError):
        pickle.load(answers)
        raise AssertionError("one question, one answer")
