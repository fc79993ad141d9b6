"""Each change of a name as one Chinese sentence for staff, made of the change alone. Days are China's. Pure."""

from collections.abc import Callable
from datetime import datetime

from keywords.hosts import to_unicode
from pipelines.clock import CHINA
from pipelines.name_addresses import leads_nowhere
from pipelines.name_record import ChangeKind, NameChange, Presence

__all__ = ["CHANGE_ZH", "sentence_of", "shown_name"]

CHANGE_ZH = {
    ChangeKind.FIRST_SEEN: "首次发现",
    ChangeKind.REGISTERED: "被注册",
    ChangeKind.RESOLVING: "开始解析",
    ChangeKind.STOPPED_RESOLVING: "停止解析",
    ChangeKind.GONE: "消失",
    ChangeKind.BACK: "重新出现",
    ChangeKind.REREGISTERED: "重新注册",
    ChangeKind.TRANSFERRED: "更换注册服务机构",
    ChangeKind.ADDRESS_CHANGED: "更换地址",
    ChangeKind.ADDRESS_ROTATED: "地址轮换",
    ChangeKind.PARKED: "停放",
    ChangeKind.UNPARKED: "结束停放",
    ChangeKind.NAMESERVERS_CHANGED: "更换域名服务器",
    ChangeKind.CERTIFICATE_CHANGED: "更换证书",
}
"""Kind → its short name."""
_PRESENCE_ZH = {
    Presence.UNKNOWN: "情况不明",
    Presence.UNREGISTERED: "未注册",
    Presence.REGISTERED: "已注册、未解析",
    Presence.RESOLVING: "在解析",
    Presence.GONE: "已消失",
}
_LASTING = {ChangeKind.GONE, ChangeKind.STOPPED_RESOLVING}
_SHOWN_VALUES = 3
_SHOWN_LENGTH = 80


def sentence_of(host: str, imitates: str, change: NameChange) -> str:
    """Return the sentence. What a suspect's servers said is cut and made printable."""
    day = change.at.astimezone(CHINA).date()
    word = "自" if change.kind in _LASTING else "于"
    return f"{shown_name(host)} {word} {day} {_SENTENCES[change.kind](change, imitates)}"


def shown_name(host: str) -> str:
    """Return the name as people read it, followed by its A-labels where these differ."""
    read = _plain(to_unicode(host))
    return read if read == host else f"{read}（{host}）"


def _first_seen(change: NameChange, imitates: str) -> str:
    return f"首次发现，{_suspicion(imitates)}（来源：{_values(change.after)}）"


def _suspicion(imitates: str) -> str:
    return f"涉嫌仿冒 {imitates}" if imitates else "涉嫌仿冒政府网站"


def _rise(change: NameChange, imitates: str) -> str:
    before, after = Presence(change.before[0]), Presence(change.after[0])
    to = (
        f"解析到 {_values(change.after[1:])}"
        if change.after[1:]
        else "开始解析"
        if after is Presence.RESOLVING
        else "被注册"
    )
    if before is Presence.UNKNOWN:
        return f"首次查询即已{to}，{_suspicion(imitates)}"
    if change.kind is ChangeKind.BACK:
        lost = "已消失" if before is Presence.GONE else "停止解析"
        return f"重新{to}（此前{lost} {_elapsed(change)}）"
    return f"{to}（此前{_PRESENCE_ZH[before]} {_elapsed(change)}）"


def _fall(change: NameChange, _: str) -> str:
    is_held = not change.after[1:]
    what = "起停止解析，注册仍在" if is_held else "起停止解析，注册是否仍在尚未查明"
    if change.kind is ChangeKind.GONE:
        what = "起消失，域名已不存在"
    had = f"解析到 {_values(change.before[1:])}" if change.before[1:] else _PRESENCE_ZH[Presence(change.before[0])]
    return f"{what}（此前{had}，历时 {_elapsed(change)}）"


def _reregistered(change: NameChange, _: str) -> str:
    before, after = change.before, change.after
    registrars = f"，注册服务机构由 {_values(before[1:])} 变为 {_values(after[1:])}" if before[1:] and after[1:] else ""
    return f"查明已重新注册：注册日期由 {_plain(before[0])} 变为 {_plain(after[0])}{registrars}"


def _parked(change: NameChange, _: str) -> str:
    if change.before:
        return f"停放服务由 {_values(change.before)} 变为 {_values(change.after)}"
    return f"已转为停放、待售或到期页（{_values(change.after)}）"


def _unparked(change: NameChange, _: str) -> str:
    return f"结束停放，可能即将启用（此前停放于 {_values(change.before)} {_elapsed(change)}）"


def _address_changed(change: NameChange, imitates: str) -> str:
    said = _from_to("解析地址")(change, imitates)
    if all(map(leads_nowhere, change.after)):
        return f"{said}，该地址打不开任何网站：可能已被处置，也可能是我方网络拦截"
    return said


def _from_to(what: str) -> Callable[[NameChange, str], str]:
    return lambda change, _: f"{what}由 {_values(change.before)} 变为 {_values(change.after)}"


def _certificate(change: NameChange, _: str) -> str:
    return f"网站证书由 {change.before[0][:12]} 变为 {change.after[0][:12]}"


_SENTENCES: dict[ChangeKind, Callable[[NameChange, str], str]] = {
    ChangeKind.FIRST_SEEN: _first_seen,
    ChangeKind.REGISTERED: _rise,
    ChangeKind.RESOLVING: _rise,
    ChangeKind.BACK: _rise,
    ChangeKind.STOPPED_RESOLVING: _fall,
    ChangeKind.GONE: _fall,
    ChangeKind.REREGISTERED: _reregistered,
    ChangeKind.TRANSFERRED: _from_to("注册服务机构"),
    ChangeKind.ADDRESS_CHANGED: _address_changed,
    ChangeKind.ADDRESS_ROTATED: _from_to("解析地址在同一网络内"),
    ChangeKind.PARKED: _parked,
    ChangeKind.UNPARKED: _unparked,
    ChangeKind.NAMESERVERS_CHANGED: _from_to("域名服务器"),
    ChangeKind.CERTIFICATE_CHANGED: _certificate,
}


def _values(values: tuple[str, ...]) -> str:
    shown = "、".join(_plain(value) for value in values[:_SHOWN_VALUES])
    return f"{shown} 等 {len(values)} 个" if len(values) > _SHOWN_VALUES else shown or "无"


def _plain(text: str) -> str:
    """Return the text without what could steer a terminal or turn a line round."""
    return "".join(char if char.isprintable() else "�" for char in text[:_SHOWN_LENGTH])


def _elapsed(change: NameChange) -> str:
    since: datetime = change.before_since or change.at
    days = (change.at - since).days
    return f"{days} 天" if days > 0 else "不足 1 天"
