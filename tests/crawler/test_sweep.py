"""Whole sweeps of a tiny loopback world: from a name in a file to a lead in the store, and what happens when things break."""

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from detectors.model import Candidate, CandidateKind, Discovery, EvidenceKind, Profile
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, Interrupted, SettingInvalid, SourceUnreachable, UsageError
from pipelines.settings import load_settings
from tests.conftest import NOW
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world, trap

FAKE = "cx-mem-gov.cn"
TEXT = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台，请输入姓名和身份证号查询证书真伪。" * 3


class Watcher(SilentProgress):
    """Remembers what it was told and calls back at every finished piece."""

    def __init__(self, on_advance=lambda: None):
        self.notes, self.stages, self._on_advance = [], [], on_advance

    def stage(self, title, total):
        self.stages.append((title, total))

    def advance(self, count=1):
        self._on_advance()

    def note(self, sentence):
        self.notes.append(sentence)


def write_settings(home, tables):
    home.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, values in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in values.items()]
    (home / "jianwei.toml").write_text("\n".join(lines), "utf-8")
    return load_settings({"JIANWEI_HOME": str(home)}, home / "jianwei.toml")


def base_tables(world, dns, **changes):
    tables = {
        "dns": {"nameservers": [dns], "timeout_s": 2.0, "attempts": 2},
        "egress": {"proxy": world.proxy, "allowed_networks": ["203.0.113.0/24"]},
        "crawl": {"host_delay_s": 0.0, "timeout_s": 4.0, "max_body_bytes": 50_000, "renders": False},
        "sweep": {"sources": ["files"], "engine_delay_s": 0.0},
    }
    for name, values in changes.items():
        tables.setdefault(name, {}).update(values)
    return tables


def zone(*names, address="203.0.113.5"):
    return {name: [("A", address)] for name in names}


def names_file(home, *names):
    home.mkdir(parents=True, exist_ok=True)
    path = home / "names.txt"
    path.write_text("\n".join(names), "utf-8")
    return {"names": [str(path)]}


def sweep(home, world, dns, progress=None, *, resume=False, **changes):
    settings = write_settings(home, base_tables(world, dns, **changes))
    with open_case(settings) as case:
        report = run_sweep(case, settings, progress or Watcher(), resume=resume)
        return report, observed(case, FAKE)


def observed(case, host):
    site = Candidate(
        kind=CandidateKind.SITE, url=f"http://{host}/", host=host, discovery=Discovery(source="x", found_at=NOW)
    )
    return case.observations.of_lead(f"L{site.identity}"), case.leads.get(f"L{site.identity}")


def test_a_name_in_a_file_becomes_a_lead_with_its_proof(tmp_path):
    pages = {(FAKE, "/"): (302, {"Location": "/cx/"}, b""), (FAKE, "/cx/"): page(TEXT, "证书查询")}
    with tiny_world(pages) as world, name_server(zone(FAKE)) as dns:
        report, (observations, lead) = sweep(
            tmp_path, world, dns, files=names_file(tmp_path, FAKE, "baidu.com", "free-mem.cn")
        )
        assert report.finished_at
        assert report.left == {}
        assert report.failures == ()
        [observation] = observations
        desk = observation.captures[0]
        assert (desk.profile, desk.status, desk.page.title) == (Profile.DESKTOP, 200, "证书查询")
        assert desk.final_url == f"http://{FAKE}/cx/"
        assert [hop.status for hop in desk.redirects] == [302]
        assert observation.facts.addresses == ("203.0.113.5",)
        assert observation.candidate.discovery.source == "file:names.txt"
        kinds = {item.kind for item in lead.document.evidence}
        assert kinds == {EvidenceKind.BODY, EvidenceKind.RESPONSE}
        assert world.hosts_seen() == {FAKE}, "names that imitate nothing are not visited"
        again, (_, unchanged) = sweep(tmp_path, world, dns, files=names_file(tmp_path, FAKE))
    assert again.id != report.id
    assert unchanged.document.sighting_count == lead.document.sighting_count


def drip(stream):
    while True:
        stream.write(b"<p>\xe6\x85\xa2</p>")
        stream.flush()
        time.sleep(0.2)


def endless(stream):
    while True:
        stream.write(b"<p>more</p>" * 1000)


BOMB = gzip.compress(b"<html><title>bomb</title>" + b"0" * 50_000_000)
HARM = {
    "endless": (200, HTML, endless),
    "drip": (200, HTML, drip),
    "bomb": (200, {**HTML, "Content-Encoding": "gzip"}, BOMB),
    "broken_gzip": (200, {**HTML, "Content-Encoding": "gzip"}, b"\x1f\x8b\x08nonsense"),
    "long_header": (200, {**HTML, "X-Long": "x" * 60_000}, b"<p>x"),
    "bad_location": (302, {"Location": "http://[::1"}, b"moved"),
    "loop": (302, {"Location": "/"}, b""),
    "file_location": (302, {"Location": "file:///etc/passwd"}, b""),
}


@pytest.mark.parametrize("harm", HARM)
def test_hostile_answers_cost_a_bounded_time_and_are_kept(tmp_path, harm):
    # What is endless here never ends by itself: that the sweep does is the proof, however busy the machine.
    with tiny_world({(FAKE, "/"): HARM[harm]}) as world, name_server(zone(FAKE)) as dns:
        report, (observations, _) = sweep(tmp_path, world, dns, files=names_file(tmp_path, FAKE))
    assert report.left == {}
    [observation] = observations
    assert observation.captures or observation.failure
    for capture in observation.captures:
        assert capture.body_bytes <= 50_000
    if harm in {"endless", "drip", "bomb", "broken_gzip"}:
        assert observation.captures[0].is_truncated
        assert observation.captures[0].body_bytes


def test_redirects_inside_are_refused_and_the_trap_stays_empty(tmp_path):
    with trap() as (port, came):
        pages = {(FAKE, "/"): (302, {"Location": f"http://127.0.0.1:{port}/"}, b"")}
        with tiny_world(pages) as world, name_server(zone(FAKE)) as dns:
            _, (observations, _) = sweep(
                tmp_path, world, dns, files=names_file(tmp_path, FAKE), egress={"allowed_ports": [80, 443, port]}
            )
        assert came == []
    [observation] = observations
    assert "127.0.0.1" in observation.failure
    assert observation.captures[0].status == 302


def test_a_name_that_leads_inside_is_never_asked(tmp_path):
    with tiny_world({(FAKE, "/"): page(TEXT)}) as world, name_server(zone(FAKE, address="10.0.0.1")) as dns:
        _, (observations, _) = sweep(tmp_path, world, dns, files=names_file(tmp_path, FAKE))
        assert world.seen == []
    assert "10.0.0.1" in observations[0].failure


def test_a_cloaked_page_is_seen_as_from_wechat(tmp_path):
    class Cloaked(dict):
        def get(self, key, default=None):
            agent = world.seen[-1][2]
            return page(TEXT, "证书查询") if "MicroMessenger" in agent else page("", "")

    with tiny_world({}) as world, name_server(zone(FAKE)) as dns:
        world.pages = Cloaked()
        _, (observations, _) = sweep(tmp_path, world, dns, files=names_file(tmp_path, FAKE))
    profiles = {capture.profile: capture.page.title for capture in observations[0].captures}
    assert profiles[Profile.WECHAT] == "证书查询"
    assert Profile.PHONE not in profiles


def test_dead_name_server_and_dead_proxy_are_named_and_lose_nothing(tmp_path):
    files = names_file(tmp_path, FAKE)
    with tiny_world({(FAKE, "/"): page(TEXT)}) as world:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            dead = f"127.0.0.1:{nobody.getsockname()[1]}"
            with pytest.raises(SourceUnreachable) as failed:
                sweep(tmp_path, world, dead, files=files)
            assert dead in failed.value.zh
        with name_server(zone(FAKE)) as dns:
            with pytest.raises(SourceUnreachable) as failed:
                sweep(tmp_path, world, dns, files=files, egress={"proxy": "http://127.0.0.1:1"}, resume=True)
            assert "127.0.0.1:1" in failed.value.zh
            report, (observations, _) = sweep(tmp_path, world, dns, files=files, resume=True)
    assert report.finished_at
    assert len(observations) == 1
    assert observations[0].captures


def test_wrong_names_in_the_configuration_are_refused_before_anything_is_asked(tmp_path):
    with tiny_world({}) as world, name_server({}) as dns:
        with pytest.raises(InputUnreadable):
            sweep(tmp_path, world, dns, files={"names": [str(tmp_path / "absent.txt")]})
        with pytest.raises(SettingInvalid):
            sweep(tmp_path, world, dns, sweep={"sources": ["engines"], "engines": ["altavista"]})
        with pytest.raises(SettingInvalid):
            sweep(tmp_path, world, dns, sweep={"sources": ["lookalikes"], "sites": ["not-official.example.cn"]})
        with pytest.raises(UsageError):
            sweep(tmp_path, world, dns, sweep={"sources": ["platforms"], "platforms": ["nosuch"]})
        assert world.seen == []


def test_an_engine_that_wants_a_person_is_left_alone_and_named(tmp_path):
    captcha = (302, {"Location": "https://wappass.baidu.com/static/captcha/"}, b"")

    class Engine(dict):
        def get(self, key, default=None):
            return page("") if key[1] == "/" else captcha if key[1].startswith("/s?") else default

    # The tiny world speaks no TLS, so the engine cannot even be reached: three tries, then it is named.
    with tiny_world(Engine()) as world, name_server(zone("www.baidu.com")) as dns:
        progress = Watcher()
        report, _ = sweep(
            tmp_path, world, dns, progress, sweep={"sources": ["engines"], "engines": ["baidu"], "engine_budget": 10}
        )
    assert any("百度" in sentence for sentence in report.failures)
    assert progress.notes
    assert report.left["query"] == 5


def test_ctrl_c_finishes_cleanly_and_resume_goes_on(tmp_path):
    hosts = [f"cx{number}-mem-gov.cn" for number in range(12)]
    status, headers, body = page(TEXT)
    pressed = threading.Event()

    def answer(stream):
        # The sixth site is not answered before the key is pressed, so that the run cannot end before.
        if len({host for host, _, _ in world.seen}) >= 6:
            pressed.wait(60)
        stream.write(body)

    pages = {(host, "/"): (status, headers, answer) for host in hosts}

    def press():
        if len(world.seen) >= 3 and not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with tiny_world(pages) as world, name_server(zone(*hosts)) as dns:
        files = names_file(tmp_path, *hosts)
        with pytest.raises(Interrupted):
            sweep(tmp_path, world, dns, Watcher(press), files=files, crawl={"concurrency": 1})
        before = len(world.seen)
        assert 0 < before < 2 * len(hosts)
        report, _ = sweep(tmp_path, world, dns, resume=True, files=files)
        visited = [host for host, path, agent in world.seen if path == "/" and "Windows" in agent]
    assert report.finished_at
    assert sorted(visited) == sorted(hosts), "every name once, none lost, none repeated"


CHILD = """
import sys
from pathlib import Path
from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from pipelines.bootstrap import open_case
from pipelines.settings import load_settings
home = Path(sys.argv[1])
settings = load_settings({"JIANWEI_HOME": str(home)}, home / "jianwei.toml")
with open_case(settings) as case:
    run_sweep(case, settings, SilentProgress(), resume=False)
"""


def test_kill_9_loses_nothing_acknowledged_and_repeats_only_what_was_under_way(tmp_path):
    hosts = [f"cx{number}-mem-gov.cn" for number in range(30)]
    status, headers, body = page(TEXT)
    is_over = threading.Event()

    def answer(stream):
        # From the twelfth request on nobody is answered until the child is dead, so that it cannot end before.
        if len(world.seen) >= 12:
            is_over.wait(60)
        stream.write(body)

    pages = {(host, "/"): (status, headers, answer) for host in hosts}
    with tiny_world(pages) as world, name_server(zone(*hosts)) as dns:
        files = names_file(tmp_path, *hosts)
        settings = write_settings(tmp_path, base_tables(world, dns, files=files, crawl={"concurrency": 2}))
        root = Path(__file__).parents[2]
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=root)
        deadline = time.monotonic() + 60
        while len(world.seen) < 12 and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        is_over.set()
        with open_case(settings) as case:
            run_id = case.runs.latest()[0].id
            acknowledged = case.frontier.counts(run_id)[0].get("visit", 0)
        first = [host for host, path, agent in world.seen if "Windows" in agent and path == "/"]
        report, _ = sweep(tmp_path, world, dns, resume=True, files=files)
        assert report.id == run_id
        visited = [host for host, path, agent in world.seen if "Windows" in agent and path == "/"]
    assert report.finished_at
    assert report.done["visit"] == len(hosts)
    assert set(visited) == set(hosts)
    assert len(first) < len(hosts)
    repeated = len(visited) - len(hosts)
    assert repeated <= len(first) - acknowledged, "only unacknowledged visits are repeated"
