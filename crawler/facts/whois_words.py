"""What a WHOIS answer that is no record says: that nobody registered the domain, that we may not ask, or nothing to rely on. Pure.

A refusal is looked for before "no match": rate-limit text must never be read as "not registered". Nor must a name that is hidden,
reserved or sold apart, an answer about another domain, or a web page.
"""

import re

from keywords.hosts import canonical_host

__all__ = ["a_label", "is_of_another", "keeps_back", "refuses", "why_not"]

_HEAD_LINES = 12
"""What a server has to say it says at the top; terms of use follow."""
_FIRST_LINES = 3
"""Here it gives its answer; what it says further down is mostly the law."""

_REFUSED = re.compile(
    r"(limit|quota|rate)\w*\s+(has\s+been\s+|was\s+)?(exceed|reach)"
    r"|quota\s+for\s+\S+\s+has\s+been\s+exceed"
    r"|exceed\w*\s+(the\s+|your\s+|its\s+)?(\w+\s+)?(\w+\s+)?(limit|quota|rate|number)"
    r"|too\s+(many|fast|frequent|short)|(interval|frequency)\s+is\s+too"
    r"|(access|query|connection|request)\w*\s+(is\s+|has\s+been\s+|was\s+)?(temporarily\s+)?(denied|refused|blocked|restricted|prohibited)"
    r"|requests?\s+of\s+this\s+client\s+(are|is)\s+not"
    r"|blacklist|\bbanned\b|try\s+again\s+(later|in|after)|please\s+wait|temporarily\s+unavailable|server\s+is\s+busy"
    r"|频繁|过快|繁忙|超出.{0,8}(限制|次数)|次数.{0,6}(超|上限)|稍[后候](再|重)试|拒绝(访问|查询)|(访问|查询)受限|(限制|禁止)(访问|查询)|封禁|黑名单|未授权|无权|维护中|验证码",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    r"隐藏|保留|保护|(限制|禁止|不予|不可|不能|不开放)注册|敏感|溢价"
    r"|hidden|(?<!rights )reserved|premium|prohibited|blocked|registration\s+is\s+restricted|can\s?not\s+be\s+registered|not\s+available",
    re.IGNORECASE,
)
"""Says that there may be a registration nobody is shown, or a name nobody may have."""
_NOT_FOUND = re.compile(
    r"^[%#*\s]*(>>>\s*)?("
    r"no\s+match(ing)?\b|not\s+found\b|no\s+data\s+(was\s+)?found|no\s+entries\s+found|nothing\s+found|no\s+object\s+found|no\s+found\b"
    r"|(the\s+)?((requested|queried)\s+)?domain\s+(name\s+)?(\S+\.\S+\s+)?(was\s+)?not\s+found|\S*object_not_found"
    r"|(the\s+)?(queried\s+)?object\s+(does\s+not|doesn't)\s+exist|domain\s+name\s+\S+\s+does\s+not\s+exist"
    r"|no\s+information\s+available\s+about\s+domain|we\s+do\s+not\s+have\s+an\s+entry"
    r"|(this|the|that)\s+domain(\s+name)?\s+(\S+\.\S+\s+)?(has\s+not\s+been|is\s+not|was\s+not)\s+(registered|found)"
    r"|(domain\s+)?status:\s*(free|available|no\s+object\s+found|not\s+registered)\s*$"
    r"|\S+\s+is\s+(available\s+for\s+registration|free\b)"
    r"|(没有|未)(找到|查到|查询到|匹配)|[找查]不到|(所?查询的|该)?域名不存在|(您?所?查询的|该|此)?域名\s*([a-z0-9.-]+\s*)?(未|尚未|暂未|没有)(被)?注册"
    r").*",
    re.IGNORECASE | re.MULTILINE,
)
_HOST = re.compile(r"[^\W_][\w-]*(?:\.[\w-]+)+")
_NOT_WHOIS = re.compile(r"\s*(<|HTTP/\d)")


def why_not(text: str, domain: str) -> str:
    """Return why the answer settles nothing about the domain, in Chinese behind the server's name; empty: it says that nobody registered it."""
    lines = _head(text)
    if not lines:
        return "没有给出内容"
    shown = lines[0].strip(" %#*")[:80]
    if _NOT_WHOIS.match(lines[0]):
        return f"返回的是网页，不是登记信息：{shown}"
    for part in (lines[:_FIRST_LINES], lines):
        if _REFUSED.search("\n".join(part)):
            return f"拒绝或限制查询：{shown}"
        if found := _NOT_FOUND.search("\n".join(part)):
            return _doubt(found[0], lines[:_FIRST_LINES], domain)
    return f"的应答无法识别：{shown}"


def refuses(text: str) -> bool:
    """Say whether an answer that is no record says that we ask too often or may not ask."""
    return bool(_REFUSED.search("\n".join(_head(text))))


def _head(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()][:_HEAD_LINES]


def _doubt(said: str, first: list[str], domain: str) -> str:
    if found := _DOUBTFUL.search("\n".join((said, *first))):
        return f"的应答不能说明未注册（{found[0]}）：{said.strip(' %#*')[:80]}"
    if is_of_another(domain, _HOST.findall(said)):
        return f"应答的是另一个域名：{said.strip(' %#*')[:80]}"
    return ""


def keeps_back(text: str) -> bool:
    """Say whether a text refuses an answer, or speaks of names that are hidden, kept back or sold apart."""
    return bool(_REFUSED.search(text) or _DOUBTFUL.search(text))


def is_of_another(domain: str, named: list[str]) -> bool:
    """Say whether hosts of the domain's suffix are named, and none of them is the domain."""
    suffix = "." + domain.rpartition(".")[2]
    alike = [name for name in map(a_label, named) if name.endswith(suffix)]
    return bool(alike) and domain not in alike


def a_label(name: str) -> str:
    """Return the name in A-labels, or as it is where it is none."""
    try:
        return canonical_host(name)
    except (ValueError, UnicodeError):
        return name
