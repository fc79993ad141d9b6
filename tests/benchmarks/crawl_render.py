"""Pages drawn per minute by our browser, through the gate with a fresh context each, against bare Playwright with reused contexts.

Same Chromium, same pages, same number at once, in turns. Both load, read the document and take a full-page picture. What counts is the
clock on the wall: most of the work is done by Chromium's own processes. BENCH_RENDERS sets the number of pages of one turn.
"""

import asyncio
import ipaddress
import os
import time
from statistics import median

from playwright.async_api import async_playwright

from crawler.browser import Browser
from crawler.browser_path import find_chromium
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from detectors.model import Profile
from pipelines.settings import CrawlSettings
from tests.benchmarks.crawl import farm

GOAL = 0.8
_AT_ONCE = 6
_ROUNDS = 3


def run() -> dict:
    """Return one benchmark record; `ratio` is our pages per minute by those of bare Playwright."""
    pages = int(os.environ.get("BENCH_RENDERS", "18"))
    with farm() as where:
        rounds = asyncio.run(_compare(where["port"], pages))
    ratio = round(median(bare / ours for bare, ours in rounds), 3)
    detail = {
        "pages": pages, "at_once": _AT_ONCE, "rounds": len(rounds),
        "bare_per_min": round(60 * pages / median(bare for bare, _ in rounds)),
        "ours_per_min": round(60 * pages / median(ours for _, ours in rounds)),
    }  # fmt: skip
    return {"benchmark": "crawl_render", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


async def _compare(port: int, pages: int) -> list[tuple[float, float]]:
    """Return (seconds of bare, seconds of ours) of each round, both browsers warm."""

    async def resolve(host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    policy = GatePolicy(allowed_ports=(port,), allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),))
    is_root = os.geteuid() == 0
    async with EgressGate(policy, resolve) as gate, async_playwright() as playwright:
        bare = await playwright.chromium.launch(executable_path=find_chromium(), chromium_sandbox=not is_root)
        contexts = [await bare.new_context(viewport={"width": 1366, "height": 900}) for _ in range(_AT_ONCE)]
        shown = [await context.new_page() for context in contexts]
        ours = Browser(CrawlSettings(timeout_s=60.0), gate.url)

        async def look_barely(numbers, page):
            for number in numbers:
                await page.goto(f"http://127.0.0.1:{port}/{number}")
                assert len(await page.content()) > 1000
                await page.screenshot(full_page=True)

        async def look(numbers):
            for number in numbers:
                seen = await ours.render(f"http://w{number}.example.cn:{port}/{number}", Profile.RENDERED)
                assert len(seen.answer.body) > 1000
                assert seen.screenshot

        rounds = []
        try:
            for turn in range(_ROUNDS + 1):
                count = pages if turn else _AT_ONCE
                first, second = iter(range(1, count + 1)), iter(range(1, count + 1))
                began = time.perf_counter()
                await asyncio.gather(*(look_barely(first, page) for page in shown))
                between = time.perf_counter()
                await asyncio.gather(*(look(second) for _ in shown))
                rounds.append((between - began, time.perf_counter() - between))
        finally:
            await ours.close()
            await bare.close()
        return rounds[1:]
