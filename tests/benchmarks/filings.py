"""The filing registry and the numbers of pages: what ours costs beside the bare thing, in one run.

`ratio` is our look-up by domain against a bare `sqlite3` select by primary key in the same file. In `detail`: the whole of what intake asks
(domain, two numbers, edition, answer), a dictionary's look-up, extraction of numbers against one regular-expression pass over the same
pages, and the import's rows per second.
"""

import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from detectors.filings.numbers import filings_in
from detectors.filings.written import written_filings
from pipelines.filings.lookup import facts_about
from pipelines.imports.filings import import_filings
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.filings import SqliteFilings

ROWS = int(os.environ.get("BENCH_NAMES", "100000"))
ASKED = 20_000
GOAL = 6.0
"""Handing out a connection, the edition in use, and a value with nine fields; measured at about 2.5 when this was written."""
_PASS = re.compile(
    r"[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀黔滇藏陕陇青宁新]ICP备\d{8,10}号(?:-\d+)?|公网安备\s?\d{14}号"
)
_FOOTER = (
    "网站首页 | 关于我们 | 联系方式 | 法律声明 | 网站地图\n主办单位：某某县应急管理局　承办单位：某某县信息中心　地址：某某县人民路{n}号\n"
    "版权所有 © 2015-2026 某某科技有限公司 苏ICP备{n:08d}号-{m} 苏公网安备 3207230201{m:04d}号 技术支持：某某网络 电话：0518-8881{m:04d}\n"
)
_BODY = "\n".join(
    f"第{n}条 特种作业人员应当经专门的安全技术培训并考核合格，取得操作证后方可上岗。See index.html for item {n}."
    for n in range(70)
)
_PROVINCES = "京沪粤浙苏鲁蜀闽皖豫"


def run() -> dict:
    """Return one benchmark record; seconds are wall time, the fastest of three."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(folder / "case.sqlite")
        store = SqliteFilings(database)
        import_s = _imported(folder, store)
        domains = [f"site{n * 7919 % ROWS}.cn" for n in range(ASKED)]
        ours_s, found = _best(store.of_domain, domains)
        if not all(found):
            raise AssertionError("a record that was imported is not found")
        absent_s, _ = _best(store.of_domain, [f"no-{domain}" for domain in domains])
        by_number_s, _ = _best(store.of_number, [f"苏ICP备{10**7 + n:08d}" for n in range(4, ASKED, 10)])
        facts_s, _ = _best(
            lambda domain: facts_about(f"www.{domain}", ("苏ICP备10000004", "粤ICP备10000002"), store), domains
        )
        bare = sqlite3.connect(folder / "case.sqlite")
        bare_s, _ = _best(lambda domain: bare.execute(_SELECT, (domain,)).fetchall(), domains)
        bare.close()
        table = dict(zip(domains, found, strict=True))
        table_s, _ = _best(table.get, domains)
        database.close()
    footers = [_BODY + _FOOTER.format(n=12_000_000 + n, m=n % 9_000 + 1) for n in range(500)]
    numbers_s, seen = _best(filings_in, footers, clear=written_filings.cache_clear)
    if any(len(one) != 2 for one in seen):
        raise AssertionError("a number of a footer was missed")
    pass_s, _ = _best(_PASS.findall, footers)
    ratio = round(ours_s / bare_s, 2)
    detail = {
        "rows": ROWS,
        "import_rows_per_s": int(ROWS / import_s),
        "of_domain_us": _each_us(ours_s, ASKED),
        "absent_domain_us": _each_us(absent_s, ASKED),
        "of_number_us": _each_us(by_number_s, len(range(4, ASKED, 10))),
        "facts_of_a_page_us": _each_us(facts_s, ASKED),
        "bare_select_us": _each_us(bare_s, ASKED),
        "dictionary_us": _each_us(table_s, ASKED),
        "numbers_us_per_page": _each_us(numbers_s, len(footers)),
        "page_characters": len(footers[0]),
        "numbers_to_one_regex_pass": round(numbers_s / pass_s, 1),
    }
    return {"benchmark": "filings", "ratio": ratio, "goal": GOAL, "holds": ratio <= GOAL, "detail": detail}


_SELECT = "SELECT domain, number, holder, holder_kind, site_name, approved_on, status, is_cancelled FROM filing_records WHERE edition = 1 AND domain = ?"


class _Quiet:
    def stage(self, title: str, total: int) -> None: ...

    def at(self, position: int) -> None: ...


def _imported(folder: Path, store: SqliteFilings) -> float:
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("域名,主办单位名称,单位性质,网站备案/许可证号,网站名称,审核时间,状态\n")
        for n in range(ROWS):
            number = f"{_PROVINCES[n % 10]}ICP备{10**7 + n:08d}号-1"
            stream.write(f"site{n}.cn,某某{n}科技有限公司,企业,{number},某某网,2020-05-12,正常\n")
    start = time.perf_counter()
    import_filings(
        [path], store, at=datetime.now(UTC), by="bench", rejects_folder=folder / "rejected", progress=_Quiet()
    )
    return time.perf_counter() - start


def _best(work: Callable, asked: Sequence, repeats: int = 3, clear: Callable = int) -> tuple[float, list]:
    seconds, answers = [], []
    for _ in range(repeats):
        clear()
        start = time.perf_counter()
        answers = [work(one) for one in asked]
        seconds.append(time.perf_counter() - start)
    return min(seconds), answers


def _each_us(seconds: float, count: int) -> float:
    return round(seconds / count * 1e6, 1)
