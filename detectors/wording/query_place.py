"""Says whether a page queries certificates, or is titled as one that does."""

import re

from detectors.model import Capture

__all__ = ["is_query_place"]

_IDENTITY_FIELD = re.compile("证件|身份证|姓名|证书|编号|idcard|certno", re.IGNORECASE).search
_QUERY_BUTTON = re.compile("查询|查验|核验|验证|验真").search
_QUERY_TITLE = re.compile(
    r"^[^,。!?:|_-]{0,20}(?:(?:查询|核验|验证|监管|公示)[^,。!?:|_\s-]{0,6}(?:平台|系统|中心|网站?|门户)|(?:证书|操作证|信息)(?:查询|核验))\s*(?:$|[|_-])|公共服务门户"
).search


def is_query_place(capture: Capture) -> bool:
    """Say whether a counterfeit could look like this page: then it may have copied its warnings with the rest."""
    page = capture.page
    if _QUERY_TITLE(page.title):
        return True
    fields = (f"{one.name} {one.placeholder} {one.label}" for form in page.forms for one in form.fields)
    return any(map(_IDENTITY_FIELD, fields)) or any(map(_QUERY_BUTTON, (form.button for form in page.forms)))
