"""A staff member's search text → a condition.

    search  = { alternative }                         all must hold
    alternative = term { ("或" | "OR" | "|") term }      one must hold; binds tighter than standing side by side
    term    = ["-"] ( "(" search ")" | phrase | field ":" values | word )
    values  = value { "," value }                     one of them; ranges: >=800  >3  600..900  2026-01..2026-02
    phrase  = '"' anything '"'

Full-width forms of these signs mean the same. A sign that cannot be one is an ordinary character, and a colon after what is no
field is, too: `http://…`, `12:30`, `包过-免考` and `NEAR(` are words. Whatever is wrong raises `QuerySyntaxError`, nothing else.
"""

import re
from datetime import date

from pipelines.errors import QuerySyntaxError
from pipelines.search.fields import Field, field_named
from pipelines.search.model import Condition, Contains, Not, all_of, any_of
from pipelines.search.values import BadValue, value_condition
from pipelines.stores.search_text import fold

__all__ = ["DEPTH_LIMIT", "LENGTH_LIMIT", "TERM_LIMIT", "parse"]

LENGTH_LIMIT = 500
"""Characters of a search; a longer one is a pasted page."""
TERM_LIMIT = 50
"""Words, phrases and values of a search."""
DEPTH_LIMIT = 5
"""Brackets within brackets."""

_PLAIN = str.maketrans("：（）“”„＂－，、＞＜＝｜～", ':()""""-,,><=|~')
"""Signs in the forms an input method writes, one for one, so that places stay places."""
_FIELD = re.compile(r"([^\s:\"()\-,]{1,12}):")
_OR = re.compile(r"(?:或|\|\|?|(?i:or))(?=[\s(\"]|$)")


def parse(text: str, today: date) -> Condition:
    """Return the condition a text stands for; blank: every lead. `today` (at the office) is what 今天 means. Raises `QuerySyntaxError`."""
    if len(text) > LENGTH_LIMIT:
        problem = f"搜索语句超过 {LENGTH_LIMIT} 个字符", f"a search has at most {LENGTH_LIMIT} characters"
        raise QuerySyntaxError(
            text, LENGTH_LIMIT, len(text), problem, ("请只保留最要紧的几个词", "Keep the few words that matter")
        )
    return _Reader(text, today).whole()


class _Reader:
    """Goes through one text once, from left to right."""

    def __init__(self, text: str, today: date) -> None:
        self._raw = text
        self._text = text.translate(_PLAIN)
        self._today = today
        self._at = 0
        self._terms = 0

    def whole(self) -> Condition:
        found = self._search(depth=0)
        if self._at < len(self._text):
            advice = "请删去它，或在前面补上“(”", "Delete it, or open a bracket before"
            raise self._wrong(self._at, self._at + 1, ("多了一个右括号", "a closing bracket too many"), advice)
        return found

    def _search(self, depth: int) -> Condition:
        every: list[Condition] = []
        self._skip_blanks()
        while self._at < len(self._text) and self._text[self._at] != ")":
            every.append(self._alternative(depth))
            self._skip_blanks()
        return all_of(every)

    def _alternative(self, depth: int) -> Condition:
        if self._or_follows():
            advice = "请写成 包过 或 免考", "Write e.g. 包过 OR 免考"
            raise self._wrong(self._at, self._at + 1, ("“或”的前面没有条件", "nothing stands before the OR"), advice)
        some = [self._term(depth)]
        self._skip_blanks()
        while found := self._or_follows():
            start, self._at = self._at, found.end()
            self._skip_blanks()
            if self._at >= len(self._text) or self._text[self._at] == ")" or self._or_follows():
                advice = "请写成 包过 或 免考", "Write e.g. 包过 OR 免考"
                raise self._wrong(start, found.end(), ("“或”的后面没有条件", "nothing stands after the OR"), advice)
            some.append(self._term(depth))
            self._skip_blanks()
        return any_of(some)

    def _or_follows(self) -> re.Match[str] | None:
        return _OR.match(self._text, self._at)

    def _term(self, depth: int) -> Condition:
        # A dash before a blank, a dash or nothing is an ordinary character.
        if self._text[self._at] == "-" and self._text[self._at + 1 : self._at + 2].strip().strip("-)"):
            self._at += 1
            return Not(self._positive(depth))
        return self._positive(depth)

    def _positive(self, depth: int) -> Condition:
        sign = self._text[self._at]
        if sign == "(":
            return self._group(depth + 1)
        self._count()
        if sign == '"':
            start = self._at
            phrase = self._quoted()
            return self._contains(phrase, start)
        named = _FIELD.match(self._text, self._at)
        field = field_named(named.group(1)) if named else None
        if named and field:
            return self._of_field(field, named.end())
        start = self._at
        return self._contains(self._run(is_value=False), start)

    def _group(self, depth: int) -> Condition:
        start = self._at
        if depth > DEPTH_LIMIT:
            problem = f"括号套了 {DEPTH_LIMIT} 层以上", f"brackets stand more than {DEPTH_LIMIT} deep"
            raise self._wrong(start, start + 1, problem, ("请拆成几次搜索", "Search in several steps"))
        self._at += 1
        found = self._search(depth)
        if self._at >= len(self._text):
            advice = "请在后面补上“)”", "Close it"
            raise self._wrong(start, start + 1, ("括号没有结束", "the bracket is not closed"), advice)
        if not self._text[start + 1 : self._at].strip():
            advice = "请在括号里写上条件，或删去括号", "Write a condition into it, or delete it"
            raise self._wrong(start, self._at + 1, ("括号里没有条件", "the bracket is empty"), advice)
        self._at += 1
        return found

    def _of_field(self, field: Field, at: int) -> Condition:
        start, self._at = self._at, at
        self._skip_blanks()
        some: list[Condition] = []
        while True:
            if self._at >= len(self._text) or self._text[self._at] in ",)":
                name = field.names_zh[0]
                problem = f"“{name}”后面没有写值", f"{field.code} has no value"
                advice = f"请写成 {name}:{field.example}", f"Write e.g. {field.code}:{field.example}"
                raise self._wrong(start, self._at, problem, advice)
            some.append(self._value(field))
            if self._text[self._at : self._at + 1] != ",":
                return any_of(some)
            self._count()
            self._at += 1
            self._skip_blanks()

    def _value(self, field: Field) -> Condition:
        start = self._at
        is_quoted = self._text[start] == '"'
        written = self._quoted() if is_quoted else self._run(is_value=True)
        try:
            return value_condition(field, written.strip(), self._today, is_quoted=is_quoted)
        except BadValue as bad:
            raise self._wrong(start, self._at, bad.problem, bad.advice) from None

    def _contains(self, written: str, start: int) -> Condition:
        folded = fold(written)
        if not folded:
            advice = "请在引号里写上文字，或删去引号", "Write something into them, or delete them"
            raise self._wrong(start, self._at, ("引号里没有文字", "the quotes are empty"), advice)
        return Contains(folded)

    def _quoted(self) -> str:
        """Take a phrase up to its closing quote and return what stands inside, as written."""
        start = self._at
        end = self._text.find('"', start + 1)
        if end < 0:
            advice = "请在后面补上引号", "Close it"
            raise self._wrong(start, start + 1, ("引号没有结束", "the quote is not closed"), advice)
        self._at = end + 1
        return self._raw[start + 1 : end]

    def _run(self, *, is_value: bool) -> str:
        """Take characters up to a blank, a bracket that closes a group, or (in a value) a comma; return them as written."""
        start, opened = self._at, 0
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign.isspace() or (is_value and sign == ",") or (sign == ")" and not opened):
                break
            opened += (sign == "(") - (sign == ")")
            self._at += 1
        return self._raw[start : self._at]

    def _skip_blanks(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _count(self) -> None:
        self._terms += 1
        if self._terms > TERM_LIMIT:
            problem = f"条件超过 {TERM_LIMIT} 个", f"a search has at most {TERM_LIMIT} terms"
            advice = "请只保留最要紧的几个", "Keep the few that matter"
            raise self._wrong(self._at, self._at + 1, problem, advice)

    def _wrong(self, start: int, end: int, problem: tuple[str, str], advice: tuple[str, str]) -> QuerySyntaxError:
        return QuerySyntaxError(self._raw, start, max(end, start + 1), problem, advice)
