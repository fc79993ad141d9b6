"""What `jianwei status` says of re-checks and of stopped browser sessions, and what `jianwei session` says without a screen."""

import json

import pytest
import typer
from typer.testing import CliRunner

from crawler.session_state import folder_of, note_opened, note_stopped
from deploy.cli import staff_session, status
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.rechecks.record import RecheckState
from pipelines.settings import Settings
from tests.builders import AT, a_lead, a_site, rechecked


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    app.command("status")(status.status)
    app.add_typer(staff_session.app, name="session")

    def invoke(*words):
        done = CliRunner().invoke(app, words, env={"JIANWEI_HOME": str(tmp_path)}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    return invoke


def test_what_is_due_and_what_became_of_leads_is_counted(run, tmp_path):
    with open_case(Settings(home=tmp_path)) as case:
        for number, state in enumerate((None, RecheckState.GONE, RecheckState.ALIVE)):
            lead = lifecycle.start_screening(a_lead(a_site(f"mem{number}.cn")), "wang", AT)
            lead = lifecycle.note_export(lifecycle.confirm(lead, "wang", "冒用名称", AT), "wang", "处置清单", AT)
            lead = rechecked(lead, state, case.clock.now()) if number else lead
            case.leads.put(lead, 0)
    told = run("status", "--json")[0]["rechecks"]
    assert (told["due"], told["alive"], told["gone"]) == (1, 1, 0), "one look ends nothing"
    assert told["next_at"] is not None, "the others have their turn"


def test_a_stopped_session_is_named_until_a_person_comes(run, tmp_path):
    folder_of(tmp_path, "taobao").mkdir(parents=True)
    note_opened(tmp_path, "taobao")
    note_stopped(tmp_path, "taobao", "登录页面")
    assert run("status", "--json")[0]["sessions_stopped"] == [{"platform": "taobao", "said": "登录页面"}]
    assert [one["said"] for one in run("session", "list")] == ["登录页面"]
    note_opened(tmp_path, "taobao")
    assert run("status", "--json")[0]["sessions_stopped"] == []
    CliRunner().invoke(staff_session.app, ["forget", "taobao"], env={"JIANWEI_HOME": str(tmp_path)})
    assert run("session", "list") == []


def test_without_a_screen_nobody_can_log_in(run, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(UsageError):
        run("session", "open", "taobao")
    with pytest.raises(UsageError):
        run("session", "open", "nosuch")
