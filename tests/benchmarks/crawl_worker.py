"""One crawler of the benchmark in a process of its own: `python -m tests.benchmarks.crawl_worker ROLE PORT DNS PAGES FOLDER`.

`bare`: a Scrapy spider that only reads bodies. `plain`: the same pages by our fetcher, each read into a capture with its proof.
`full`: the main job, from the frontier to the store. Prints what the pages after the warm-up cost.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.capture import capture_of
from crawler.context import SilentProgress
from crawler.fetch import Fetcher
from crawler.gate.proxy import Passage
from crawler.politeness import HomePoliteness, Pace, Paces
from crawler.settings import scrapy_settings
from crawler.sweep import run_sweep
from crawler.work import Visit, visit_item
from detectors.model import Profile
from pipelines.bootstrap import open_case
from pipelines.model import RunReport
from pipelines.settings import Settings

CONCURRENCY = 8


class Meter:
    """Counts pages; the first tenth is warm-up."""

    def __init__(self, pages: int) -> None:
        self._warm, self._pages, self._count = max(1, pages // 10), pages, 0
        self._began: tuple[float, float] = (0.0, 0.0)
        self._sizes: list[float] = []
        self.result: dict[str, float] = {}

    def count(self) -> None:
        """One more page is done."""
        self._count += 1
        if self._count % self._warm == 0:
            self._sizes.append(_resident_mb())
        elif self._count < self._pages:
            return
        now = _cpu_s(), time.perf_counter()
        if self._count == self._warm:
            self._began = now
        self.result = {
            "pages": self._count - self._warm, "cpu_s": round(now[0] - self._began[0], 3), "wall_s": round(now[1] - self._began[1], 3),
            "resident_mb": [round(one) for one in self._sizes],
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }  # fmt: skip


def _cpu_s() -> float:
    """Return the processor time of this process and of those it has begun and not yet ended."""
    pids = {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}
    ticks = 0
    for pid in pids:
        with suppress(OSError):  # ended meanwhile
            user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            ticks += int(user) + int(system)
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


class Bare(Spider):
    """Only reads bodies."""

    name = "bare"
    custom_settings: ClassVar[dict[str, Any]] = {
        "CONCURRENT_REQUESTS": CONCURRENCY, "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY, "LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
    }  # fmt: skip

    def __init__(self, meter: Meter, port: int, pages: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._meter, self._port, self._pages = meter, port, pages

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every page."""
        for number in range(self._pages):
            yield Request(f"http://127.0.0.1:{self._port}/{number}", callback=self.read, dont_filter=True)

    def read(self, response: Response) -> None:
        """Read one body."""
        assert len(response.body) > 1000
        self._meter.count()


class NoGate:
    """In place of the gate, which the plain capture is measured without."""

    def passage(self, url: str) -> Passage:
        """Know nothing."""
        return Passage()


class Plain(Spider):
    """Captures pages."""

    name = "plain"

    def __init__(self, meter: Meter, port: int, pages: int, folder: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._meter, self._numbers, self._port, self._folder = meter, iter(range(pages)), port, folder

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every page, as many at once as the other does."""
        politeness = HomePoliteness(self._folder, Paces(Pace(slots=CONCURRENCY, interval_s=0.0)))
        fetcher = Fetcher(self.crawler, NoGate(), Settings().crawl, politeness)  # type: ignore[arg-type]
        await asyncio.gather(*(self._lane(fetcher) for _ in range(CONCURRENCY)))
        for nothing in ():
            yield nothing

    async def _lane(self, fetcher: Fetcher) -> None:
        for number in self._numbers:
            answer = await fetcher.visit(f"http://127.0.0.1:{self._port}/{number}")
            capture, proof = capture_of(answer, Profile.DESKTOP, datetime.now(UTC))
            assert capture.page.title and proof
            self._meter.count()


class Counting(SilentProgress):
    """Tells the meter."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def advance(self, count: int = 1) -> None:
        """Count finished visits."""
        for _ in range(count):
            self._meter.count()


def crawl(role: str, port: int, dns: str, pages: int, folder: Path) -> dict[str, float]:
    """Do the role's work and return what it cost."""
    meter = Meter(pages)
    if role == "full":
        _sweep(meter, port, dns, pages, folder)
        return meter.result
    values = {**scrapy_settings(Settings()), "JIANWEI_MAX_BODY_BYTES": 4_000_000} if role == "plain" else {}
    if values:
        values["DOWNLOADER_MIDDLEWARES"] = {**values["DOWNLOADER_MIDDLEWARES"], "crawler.middleware.GateOnly": None}
        values["ITEM_PIPELINES"] = {}
    process = AsyncCrawlerProcess(values)
    extra = {"folder": folder} if role == "plain" else {}
    process.crawl(Plain if role == "plain" else Bare, meter=meter, port=port, pages=pages, **extra)
    process.start()
    return meter.result


def _sweep(meter: Meter, port: int, dns: str, pages: int, folder: Path) -> None:
    settings = Settings(
        home=folder,
        dns={"nameservers": (dns,)},
        egress={"allowed_networks": ("127.0.0.0/8",), "allowed_ports": (port,)},
        crawl={
            "concurrency": CONCURRENCY,
            "host_delay_s": 0.0,
            "host_slots": CONCURRENCY,
            "host_daily_budget": 0,
            "renders": False,
        },
        sweep={"sources": ("files",), "reads_pictures": False},
    )
    now = datetime.now(UTC)
    with open_case(settings) as case:
        report = RunReport(id="R1", started_at=now, sources=("files",), done={}, left={}, outcomes={})
        case.runs.put(report)
        for start in range(0, pages, 1000):
            numbers = range(start, min(start + 1000, pages))
            visits = [
                visit_item(Visit(url=f"http://w{n}.example.cn:{port}/{n}", source="benchmark", found_at=now))
                for n in numbers
            ]
            case.frontier.add("R1", visits)
        run_sweep(case, settings, Counting(meter), resume=True)


if __name__ == "__main__":
    role, port, dns, pages, folder = sys.argv[1:]
    sys.stdout.write(json.dumps(crawl(role, int(port), dns, int(pages), Path(folder))) + "\n")
