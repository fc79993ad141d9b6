"""Listings as a platform exports them → observations. Column names of the common platforms are understood as they are."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from detectors.model import Attachment, Candidate, CandidateKind, Discovery, EvidenceKind, Listing, Observation
from keywords.hosts import canonical_url, registrable_domain
from pipelines.clock import CHINA
from pipelines.imports.model import Rejection, Row
from pipelines.imports.tables import read_rows

__all__ = ["read_listings"]

Pseudonym = Callable[[str], str]


_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "item_id": ("商品id", "商品编号", "商品编码", "宝贝id", "宝贝编号", "信息编号", "信息id", "帖子id", "笔记id", "作品id", "条目编号", "包名", "应用包名", "编号", "itemid", "skuid", "goodsid", "numiid", "offerid", "package", "packagename", "pkgname", "id"),
    "title": ("标题", "应用名称", "app名称", "商品标题", "商品名称", "商品名", "宝贝标题", "宝贝名称", "信息标题", "帖子标题", "名称", "title", "name", "subject", "goodsname"),
    "text": ("描述", "商品描述", "详情", "商品详情", "正文", "内容", "简介", "信息内容", "description", "desc", "text", "content", "body"),
    "price": ("价格", "售价", "单价", "现价", "商品价格", "标价", "价格(元)", "价格（元）", "售价(元)", "售价（元）", "price", "pricetext", "saleprice"),
    "seller": ("卖家", "卖家昵称", "卖家id", "店铺", "店铺名称", "店铺名", "商家", "商家名称", "掌柜", "发布人", "发布者", "用户昵称", "用户名", "作者", "开发者", "运营者", "developer", "seller", "sellernick", "shop", "shopname", "nick", "username", "user", "author"),
    "area": ("地区", "所在地", "发货地", "宝贝所在地", "城市", "省份", "区域", "地址", "area", "location", "city", "region"),
    "url": ("链接", "商品链接", "宝贝链接", "商品url", "网址", "地址链接", "详情链接", "信息链接", "帖子链接", "url", "link", "itemurl", "href"),
    "published_at": ("发布时间", "上架时间", "创建时间", "发布日期", "时间", "publishedat", "publishtime", "createtime", "createdat", "pubtime", "date"),
    "platform": ("平台", "平台名称", "来源平台", "platform", "site"),
    "images": ("图片", "主图", "图片链接", "商品图片", "images", "image", "picurl", "pics"),
    "filing": ("app备案号", "备案号", "备案编号", "icp备案号", "filing", "filingno"),
    "status": ("状态", "商品状态", "上下架状态", "status"),
}  # fmt: skip
_FIELDS = frozenset(_COLUMNS)
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_NO_COLUMNS: Mapping[str, str] = {}
_MIN_NAMED_COLUMNS = 2
_SUMS = frozenset({"合计", "总计", "小计", "共计", "汇总"})
_DELISTED = re.compile(r"下架|删除|失效|已售|off|delisted|removed", re.IGNORECASE)
_PRICE = re.compile(r"(\d+(?:[,，]\d{3})*(?:\.\d+)?)\s*(万|千|k|w)?", re.IGNORECASE)
_DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%Y%m%d",
)  # fmt: skip
_EARLIEST_YEAR = 2000


def read_listings(
    path: Path, *, at: datetime, pseudonym: Pseudonym, platform: str = "", columns: Mapping[str, str] = _NO_COLUMNS
) -> Iterator[Observation | Rejection]:
    """Yield one observation per usable row and one rejection per broken one, in file order.

    `at` is the instant of the import; `pseudonym` turns a seller's name into a keyed pseudonym; `platform` names the platform where no
    column and no address does; `columns` says what further columns mean (name → field), before those understood of every table.
    Raises `InputUnreadable` when the file is no table.
    """
    own = {_plain(name): field for name, field in columns.items() if field in _FIELDS}
    for row in read_rows(path, lambda cells: _is_header(cells, own)):
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            yield _observation(path, row, own, at=at, pseudonym=pseudonym, platform=platform)
        except _RowUnusableError as problem:
            yield row.rejected(str(problem))


class _RowUnusableError(Exception):
    """Why a row cannot be used, in Chinese."""


def _is_header(cells: Sequence[str], own: Mapping[str, str]) -> bool:
    named = {own.get(_plain(cell)) or _FIELD_OF.get(_plain(cell)) for cell in cells}
    return len(named - {None}) >= _MIN_NAMED_COLUMNS


def _plain(column: str) -> str:
    return re.sub(r"[\s_\-*:：]+", "", column).lower()


def _fields(row: Row, own: Mapping[str, str]) -> dict[str, str]:
    """Return our field → text; where two columns name one field, the platform's own wins, then the one listed first in `_COLUMNS`."""
    found: dict[str, tuple[int, str]] = {}
    for column, text in row.cells.items():
        plain = _plain(column)
        field = own.get(plain) or _FIELD_OF.get(plain)
        if field and text:
            place = -1 if plain in own else _COLUMNS[field].index(plain)
            if field not in found or place < found[field][0]:
                found[field] = (place, text)
    return {field: text for field, (_, text) in found.items()}


def _observation(
    path: Path, row: Row, own: Mapping[str, str], *, at: datetime, pseudonym: Pseudonym, platform: str
) -> Observation:
    fields = _fields(row, own)
    title = fields.get("title", "")
    if next((cell for cell in row.cells.values() if cell), "").rstrip(":：") in _SUMS:
        raise _RowUnusableError("是合计行，不是商品")
    if not title:
        raise _RowUnusableError("没有标题")
    url = _url(fields.get("url", ""))
    item_id = fields.get("item_id", "")
    if not url and not item_id:
        raise _RowUnusableError("既没有链接也没有商品编号，无法定位到具体商品")
    host = url.split("/")[2].rpartition("@")[2].split(":")[0] if url else ""
    domain = registrable_domain(host)
    named = fields.get("platform") or platform or domain or path.stem
    seller = pseudonym(fields["seller"]) if "seller" in fields else ""
    filing = f"APP备案号：{fields['filing']}" if "filing" in fields else ""
    listing = Listing(
        platform=named,
        item_id=item_id,
        title=title,
        text=f"{fields.get('text', '')}\n{filing}".strip(),
        price_text=fields.get("price", ""),
        price_cny=_price(fields.get("price", "")),
        seller=seller,
        area=fields.get("area", ""),
        published_at=_instant(fields.get("published_at", ""), now=at),
        image_urls=tuple(part for part in re.split(r"[\s,;|]+", fields.get("images", "")) if part.startswith("http")),
        is_delisted=bool(_DELISTED.search(fields.get("status", ""))),
    )
    return Observation(
        candidate=Candidate(
            kind=CandidateKind.LISTING,
            url=url,
            host=host,
            registrable_domain=domain,
            key=url or f"{named}:{item_id}",
            discovery=Discovery(source=f"file:{path.name}", found_at=at, rank=row.line),
        ),
        observed_at=at,
        listing=listing,
        attachments=(
            Attachment(
                kind=EvidenceKind.LISTING,
                media_type="application/json",
                content=msgspec.json.encode(
                    {"file": path.name, "line": row.line, "cells": _without_seller(row, own, seller)}
                ),
            ),
        ),
    )


def _without_seller(row: Row, own: Mapping[str, str], seller: str) -> dict[str, str]:
    """Return the row as evidence keeps it: who sells stands under a pseudonym there too."""
    return {
        column: seller if text and (own.get(_plain(column)) or _FIELD_OF.get(_plain(column))) == "seller" else text
        for column, text in row.cells.items()
    }


def _url(text: str) -> str:
    if not text:
        return ""
    try:
        url = canonical_url(text)
    except (ValueError, UnicodeError):
        raise _RowUnusableError(f"链接“{text[:80]}”不是可用的网址") from None
    if "." not in url.split("/")[2]:
        raise _RowUnusableError(f"链接“{text[:80]}”不是可用的网址")
    return url


def _price(text: str) -> float | None:
    """Return the first amount in yuan; None where none is named. Texts such as 面议 are no error, garbage is."""
    if not text:
        return None
    if re.match(r"^\s*[¥￥]?\s*-\s*\d", text):
        raise _RowUnusableError(f"价格“{text[:40]}”是负数")
    found = _PRICE.search(text)
    if found is None:
        if re.search(r"[\u4e00-\u9fff]", text):
            return None
        raise _RowUnusableError(f"价格“{text[:40]}”无法识别")
    amount = float(found[1].replace(",", "").replace("，", "")) * {
        "万": 10_000,
        "w": 10_000,
        "千": 1_000,
        "k": 1_000,
    }.get((found[2] or "").lower(), 1)
    if not math.isfinite(amount):
        raise _RowUnusableError(f"价格“{text[:40]}”无法识别")
    return amount


def _instant(text: str, *, now: datetime) -> datetime | None:
    if not text:
        return None
    instant = _epoch(text) or _written(text)
    if instant is None:
        raise _RowUnusableError(f"发布时间“{text[:40]}”无法识别")
    if instant.year < _EARLIEST_YEAR or instant > now + timedelta(days=2):
        raise _RowUnusableError(f"发布时间“{text[:40]}”不合理")
    return instant


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, as interfaces of platforms give them."""
    if not re.fullmatch(r"\d{10}|\d{13}", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _written(text: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        for pattern in _DATE_FORMATS:
            try:
                parsed = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is added below: platforms write China time
            except ValueError:
                continue
            break
        else:
            return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=CHINA)).astimezone(UTC)
