"""What a search engine is to us: two pure functions and typed failures."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

__all__ = [
    "FAILURES",
    "EngineCaptcha",
    "EngineChanged",
    "EngineDenied",
    "EngineFailure",
    "EngineRequest",
    "EngineTooMany",
    "Provider",
    "ResultPage",
    "Row",
    "RowKind",
    "SelectorCount",
    "Wrapper",
]  # fmt: skip


class RowKind(StrEnum):
    """Whether a row was found or paid for."""

    ORGANIC = "organic"
    ADVERT = "advert"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """How to ask."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """The engine's own link in front of a row's target. Opening it is a request to the engine; a paid one costs the advertiser money."""

    url: str
    is_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorCount:
    """How often one rule of a definition matched on a page: what `jianwei engines check` says when a page no longer parses."""

    rule: str
    """`layout.rule`, as in the definition."""
    selector: str
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a result page."""

    kind: RowKind
    rank: int
    """Place among the rows of its kind on the page, 1 first."""
    title: str
    url: str
    """The link as the page has it, absolute; often the engine's wrapper."""
    target: str = ""
    """Where it really leads, when the row says so; empty: only the wrapper knows."""
    text: str = ""
    advertiser: str = ""
    """Who pays, as shown; empty: not shown."""
    markup: str = ""
    wrapper: Wrapper | None = None
    """None: the link is the target itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """What one result page shows."""

    rows: tuple[Row, ...]
    has_next: bool = False

    @property
    def organic(self) -> tuple[Row, ...]:
        """Return the found rows."""
        return tuple(row for row in self.rows if row.kind is RowKind.ORGANIC)

    @property
    def adverts(self) -> tuple[Row, ...]:
        """Return the paid rows."""
        return tuple(row for row in self.rows if row.kind is RowKind.ADVERT)


class EngineFailure(Exception):
    """The engine did not give results. `zh` and `en` say what happened, `wait_s` how long to leave the engine alone."""

    kind: ClassVar[str] = "failure"
    zh = "没有给出结果"
    en = "gave no results"
    usual_wait_s: ClassVar[int] = 3600

    def __init__(self, detail: str = "", wait_s: int = 0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.wait_s = wait_s or self.usual_wait_s


class EngineCaptcha(EngineFailure):
    """It wants to see a person. We never solve that."""

    kind = "captcha"
    usual_wait_s = 21600
    zh = "要求人机验证，需要人工处理"
    en = "shows a captcha page; a person is needed"


class EngineDenied(EngineFailure):
    """It does not want us."""

    kind = "denied"
    usual_wait_s = 86400
    zh = "拒绝访问"
    en = "denies access"


class EngineTooMany(EngineFailure):
    """We asked too much."""

    kind = "too_many"
    usual_wait_s = 3600
    zh = "提示访问过于频繁或返回空页"
    en = "answers that there were too many requests, or nothing"


class EngineChanged(EngineFailure):
    """The page is none we know: its definition needs a person."""

    kind = "changed"
    usual_wait_s = 3600
    zh = "结果页面结构已变化，解析规则需要更新"
    en = "result page no longer parses; the definition must be updated"


FAILURES: dict[str, type[EngineFailure]] = {
    one.kind: one for one in (EngineCaptcha, EngineDenied, EngineTooMany, EngineChanged)
}
"""Kind, as definitions and the run's memory write it → failure."""


class Provider(Protocol):
    """A search engine. Pure: it neither connects nor remembers."""

    @property
    def name(self) -> str:
        """Return its name in the configuration."""

    @property
    def title(self) -> str:
        """Return its name for staff."""

    @property
    def host(self) -> str:
        """Return the host that is asked."""

    @property
    def home(self) -> str:
        """Return the address whose visit gives the cookies a visitor has; empty: none are needed."""

    def request(self, query: str, page: int) -> EngineRequest:
        """Return how to ask for the page (1 first) of a query."""

    def parse(self, html: str, url: str) -> ResultPage:
        """Read a result page got from `url`. Raises an `EngineFailure`."""

    def refuse_redirect(self, location: str) -> EngineFailure:
        """Say what it means that a query was answered with a redirect to this address."""

    def is_wrapper(self, url: str) -> bool:
        """Say whether the address is the engine's own link that leads on elsewhere."""

    def target_in(self, html: str) -> str:
        """Return where the page behind a wrapper leads (script, refresh), absolute; empty: it does not say."""

    def counts(self, html: str) -> tuple[SelectorCount, ...]:
        """Return how often each row, heading and advert rule matches on a page."""
