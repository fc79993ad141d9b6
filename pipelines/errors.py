"""The one error tree. Every error a user meets is one sentence in their language: what is wrong, where, what to do.

    MonitorError                    exit
    ├── UsageError                  2     a command's words or a configuration are wrong
    │   ├── SettingInvalid
    │   ├── QuerySyntaxError              a search cannot be understood; points at the place
    │   └── InputUnreadable               a file as a whole cannot be used
    ├── Unreachable                 3     a source, store or service cannot be reached
    │   ├── StoreUnavailable              locked, full, or damaged
    │   ├── SourceUnreachable             name server, proxy, search engine
    │   └── BrowserMissing
    │       └── RendererMissing           pages are rendered elsewhere, and nobody is there
    ├── VersionConflict             1     someone else changed the document meanwhile
    ├── TransitionNotAllowed        1     the lead is not in a state for this step
    ├── PermissionMissing           1
    ├── EvidenceDamaged             1     something in the vault changed or is gone
    ├── DocumentDamaged             1     a stored document cannot be read
    ├── DocumentDiffers             1     a moved document meets another one under its key
    └── Interrupted                 4     stopped by a person; can be resumed

A rejected row of an otherwise readable file is no error but a `pipelines.imports.model.Rejection`.
"""

from enum import IntEnum

__all__ = [
    "BrowserMissing", "DocumentDamaged", "DocumentDiffers", "EvidenceDamaged", "ExitCode", "InputUnreadable", "Interrupted",
    "MonitorError", "PermissionMissing", "QuerySyntaxError", "RendererMissing", "SettingInvalid", "SourceUnreachable", "StoreUnavailable", "TransitionNotAllowed", "Unreachable", "UsageError",
    "VersionConflict",
]  # fmt: skip


class ExitCode(IntEnum):
    """Exit codes of the `jianwei` command."""

    DONE = 0
    NEEDS_PERSON = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 4


class MonitorError(Exception):
    """Something went wrong that a person should read about, in Chinese and in English."""

    exit_code = ExitCode.NEEDS_PERSON

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def sentence(self, lang: str) -> str:
        """Return the sentence in `lang` (`zh` or `en`)."""
        return self.zh if lang == "zh" else self.en


class UsageError(MonitorError):
    """A command's words, a setting or a file cannot be used as they are."""

    exit_code = ExitCode.USAGE


class SettingInvalid(UsageError):
    """A setting is unknown or has a value that cannot work."""

    def __init__(self, key: str, where: str, problem_zh: str, problem_en: str) -> None:
        super().__init__(
            f"配置项 {key}（来自 {where}）有误：{problem_zh}。请改正后重试，可用 jianwei config check 查看全部配置。",
            f"Setting {key} (from {where}): {problem_en}. Correct it and try again; jianwei config check lists all settings.",
        )
        self.key = key
        self.where = where


class QuerySyntaxError(UsageError):
    """A search text cannot be understood. Characters `start` to `end` of it are what is wrong; `problem` and `advice` are sentences."""

    def __init__(self, text: str, start: int, end: int, problem: tuple[str, str], advice: tuple[str, str]) -> None:
        """Take the whole text, the place, and (Chinese, English) what is wrong and what to write instead, both without full stop."""
        place = text[start:end][:40]
        super().__init__(
            f"搜索语句第 {start + 1} 个字符处“{place}”有误：{problem[0]}。{advice[0]}。",
            f"Search, character {start + 1}, “{place}”: {problem[1]}. {advice[1]}.",
        )
        self.text = text
        self.start = start
        self.end = end
        self.problem = problem
        self.advice = advice


class InputUnreadable(UsageError):
    """A file as a whole cannot be read as what it should be."""

    def __init__(self, path: str, problem_zh: str, problem_en: str) -> None:
        super().__init__(f"文件 {path} 无法读取：{problem_zh}。", f"File {path} cannot be read: {problem_en}.")
        self.path = path


class Unreachable(MonitorError):
    """Something outside does not answer."""

    exit_code = ExitCode.UNREACHABLE


class StoreUnavailable(Unreachable):
    """The store is locked, full, damaged or gone. Nothing acknowledged before was lost."""

    def __init__(self, where: str, problem_zh: str, problem_en: str) -> None:
        super().__init__(
            f"数据存储 {where} 暂不可用：{problem_zh}。已保存的内容没有丢失，处理后再次操作即可（中断的巡查和复制加 --resume 继续）。",
            f"Store {where} is not available: {problem_en}. Nothing saved was lost; do it again afterwards (a sweep or copy goes on with --resume).",
        )
        self.where = where


class SourceUnreachable(Unreachable):
    """A name server, proxy, search engine or site we depend on does not answer."""

    def __init__(self, what_zh: str, what_en: str, where: str, advice_zh: str, advice_en: str) -> None:
        super().__init__(
            f"{what_zh} {where} 无法连接：{advice_zh}。", f"{what_en} {where} cannot be reached: {advice_en}."
        )
        self.where = where


class BrowserMissing(Unreachable):
    """There is no Chromium to render with."""

    def __init__(self) -> None:
        super().__init__(
            "没有可用的 Chromium 浏览器，无法渲染网页和截图：请运行 make setup，或安装系统软件包 chromium。",
            "There is no Chromium to render pages and take screenshots with: run make setup, or install the package chromium.",
        )


class RendererMissing(BrowserMissing):
    """Pages are rendered elsewhere, and nobody is there to do it."""

    def __init__(self) -> None:
        MonitorError.__init__(
            self,
            "没有渲染进程在运行，本机也不渲染网页：请在任一机器上运行 jianwei render，或将 workers.renders_here 设为 true。",
            "No renderer is at work and this machine may not render: run jianwei render on some machine, or set workers.renders_here = true.",
        )


class VersionConflict(MonitorError):
    """A document was changed by someone else since it was read. Nothing was overwritten."""

    def __init__(self, document_id: str, expected: int, actual: int) -> None:
        super().__init__(
            f"{document_id} 已被他人修改（您看到的是第 {expected} 版，现为第 {actual} 版），您的操作未保存。请刷新后再试。",
            f"{document_id} was changed meanwhile (you saw version {expected}, it is now {actual}); nothing was saved. Reload and try again.",
        )
        self.document_id = document_id
        self.expected = expected
        self.actual = actual


class TransitionNotAllowed(MonitorError):
    """The lead's state does not allow this step."""

    def __init__(self, lead_id: str, status_zh: str, step_zh: str, status: str, step: str) -> None:
        super().__init__(
            f"线索 {lead_id} 处于“{status_zh}”状态，不能{step_zh}。",
            f"Lead {lead_id} is {status}; it cannot be {step}.",
        )
        self.lead_id = lead_id


class PermissionMissing(MonitorError):
    """The signed-in person's role may not do this."""

    def __init__(self, act_zh: str, role_zh: str, act: str, role: str) -> None:
        super().__init__(
            f"{role_zh}没有“{act_zh}”的权限，请联系管理员或有权限的部门办理。", f"The role {role} may not {act}."
        )


class EvidenceDamaged(MonitorError):
    """Evidence is missing or no longer has the digest it was stored under."""

    def __init__(self, sha256: str, problem_zh: str, problem_en: str) -> None:
        super().__init__(
            f"证据 {sha256[:12]} 校验不通过：{problem_zh}。", f"Evidence {sha256[:12]} fails its check: {problem_en}."
        )
        self.sha256 = sha256


class DocumentDamaged(MonitorError):
    """A stored document cannot be read as what it should be."""

    def __init__(self, kind: str, key: str) -> None:
        shown = _shown(key)
        super().__init__(
            f"数据存储中 {kind} 的记录 {shown} 无法读取，请从备份恢复。",
            f"Of {kind}, the document {shown} cannot be read; restore it from a backup.",
        )
        self.kind = kind
        self.key = key


class DocumentDiffers(MonitorError):
    """Under this key stands another document. Nothing was overwritten."""

    def __init__(self, kind: str, key: str) -> None:
        shown = _shown(key)
        super().__init__(
            f"目标存储中 {kind} 的记录 {shown} 已有不同内容，没有覆盖。请换一个空的目标存储。",
            f"Of {kind}, another document stands under {shown} in the target; nothing was overwritten. Use an empty target.",
        )
        self.kind = kind
        self.key = key


class Interrupted(MonitorError):
    """A person stopped the work. What was acknowledged is kept."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, resume_command: str, by: str = "") -> None:
        """Take what goes on with the work, and who stopped it from elsewhere (empty: whoever reads this)."""
        who_zh, who_en = (f" {by} 在审查台的", f" by {by} at the review desk") if by else ("", "")
        super().__init__(
            f"已按{who_zh}要求停止，已完成的工作都已保存。继续请运行：{resume_command}",
            f"Stopped as asked{who_en}; all finished work is kept. Go on with: {resume_command}",
        )


def _shown(key: str) -> str:
    return key.replace("\x1f", " / ")
