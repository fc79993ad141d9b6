"""What hosts of the range do beyond serving files: one function per behaviour, named in `host.toml` as `behaviour`.

A behaviour takes the request and the stage and returns an `Answer`. To add one, write the function and list it in `BEHAVIOURS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from deploy.range.behaviours import articles, engines, platforms, traps
from deploy.range.exchange import Answer, Request
from deploy.range.stage import Stage

__all__ = ["BEHAVIOURS"]

BEHAVIOURS: Mapping[str, Callable[[Request, Stage], Answer]] = MappingProxyType(
    {
        "articles": articles.articles,
        "baidu": engines.baidu,
        "baidu_captcha": engines.baidu_captcha,
        "so360": engines.so360,
        "so360_adverts": engines.so360_adverts,
        "sogou": engines.sogou,
        "anpeiyun": platforms.anpeiyun,
        "gongyou": platforms.gongyou,
        "zhaohuo": platforms.zhaohuo,
        "broken_html": traps.broken_html,
        "download": traps.download,
        "endless_body": traps.endless_body,
        "gzip_bomb": traps.gzip_bomb,
        "hostile_headers": traps.hostile_headers,
        "long_line": traps.long_line,
        "many_links": traps.many_links,
        "redirect_inside": traps.redirect_inside,
        "redirect_loop": traps.redirect_loop,
        "redirect_metadata": traps.redirect_metadata,
        "script_dialogs": traps.script_dialogs,
        "slow_drip": traps.slow_drip,
        "wrong_charset": traps.wrong_charset,
    }
)
