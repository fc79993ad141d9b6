"""A person at the desk stops a sweep that another process runs: it ends after the work in hand and is gone on with later."""

import threading

from pipelines.bootstrap import open_case
from pipelines.model import Role
from review_ui.app import create_app
from tests.crawler.test_sweep import TEXT, base_tables, names_file, sweep, write_settings, zone
from tests.crawler.test_workers import start, wait_for
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world
from tests.review_ui.desk_client import DeskClient

HOSTS = [f"cx{number}-mem-gov.cn" for number in range(12)]
CALM = {"concurrency": 1, "timeout_s": 60.0}


def test_the_desk_stops_a_sweep_and_resume_goes_on(tmp_path):
    stopped = threading.Event()

    def answer(stream):
        # From the third site on, each takes longer than the run takes to hear of the request, so that it cannot end before.
        if len(world.hosts_seen()) >= 3:
            stopped.wait(3)
        stream.write(page(TEXT)[2])

    pages = {(host, "/"): (200, HTML, answer) for host in HOSTS}
    with tiny_world(pages) as world, name_server(zone(*HOSTS)) as dns:
        tables = base_tables(world, dns, crawl=CALM, files=names_file(tmp_path, *HOSTS))
        settings = write_settings(tmp_path, {**tables, "review_ui": {"practice_sign_in": True}})
        with (
            start(tmp_path, "sweep") as run,
            open_case(settings) as case,
            DeskClient(create_app(case, settings)) as desk,
        ):
            wait_for(lambda: len(world.hosts_seen()) >= 3, "three sites are seen", run)
            shown = desk.as_role(Role.ADMIN).get("/runs").text
            assert "停止巡查" in shown
            (report,) = case.runs.latest()
            assert desk.post("/runs/stop", {"run": report.id}).status_code == 303
            assert "正在停止" in desk.get("/runs").text
            _, told = run.communicate(timeout=120)
            assert run.returncode == 4, told
            assert "在审查台的要求停止" in told
            shown = desk.get("/runs").text
            assert "已停止" in shown
            assert "jianwei sweep --resume" in shown
            assert "停止巡查</button>" not in shown
            assert desk.get("/runs/live").text.startswith("event: end")
            (report,) = case.runs.latest()
            assert report.left["visit"] >= len(HOSTS) - 6, "the work in hand, no more"
            stopped.set()
        finished, _ = sweep(tmp_path, world, dns, resume=True, crawl=CALM, files=names_file(tmp_path, *HOSTS))
        visited = [host for host, path, agent in world.seen if path == "/" and "Windows" in agent]
    assert (finished.id, finished.left, finished.stop) == (report.id, {}, None)
    assert finished.finished_at
    assert sorted(visited) == sorted(HOSTS), "every site once, none lost, none repeated"
