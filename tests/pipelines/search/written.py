"""Random conditions, and the text a person could have typed for each."""

from datetime import date, datetime

from hypothesis import strategies as st

from pipelines.clock import CHINA
from pipelines.search.fields import FIELDS, Stored, microseconds
from pipelines.search.model import And, Condition, Contains, FieldIs, IsEmpty, Not, Or, Range, all_of, any_of
from pipelines.stores.search_text import fold

_FIELD = {field.code: field for field in FIELDS}
_WORDS = st.text("包过免考ab1.-:()或|*，", min_size=1, max_size=6).map(fold).filter(bool)
_PHRASES = st.text("包过 a1:-()，或 ", min_size=1, max_size=8).map(fold).filter(bool)
_DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def written(condition: Condition) -> str:
    """Return a text that stands for the condition; never empty brackets."""
    match condition:
        case Contains(text, part):
            typed = f'{part}:"{text}"' if part else f'"{text}"'
        case FieldIs(field, values):
            typed = f"{field}:" + (f'"{values[0]}"' if values[0] else "无")
        case IsEmpty(field):
            typed = f"{field}:无"
        case Range(field, low, high):
            typed = f"{field}:{_end(field, low)}..{_end(field, high)}"
        case Not(one):
            typed = f"-({written(one)})"
        case And(some):
            typed = " ".join(f"({written(one)})" for one in some)
        case Or(some):
            typed = " 或 ".join(f"({written(one)})" for one in some)
    return typed


def _end(field: str, value: int | None) -> str:
    if value is None:
        return ""
    if _FIELD[field].stored is Stored.NUMBER:
        return str(value)
    if _FIELD[field].stored is Stored.DAY:
        return date.fromordinal(value).isoformat()
    return datetime.fromtimestamp(value // 1_000_000, CHINA).date().isoformat()


def _ranges(field: str):
    stored = _FIELD[field].stored
    if stored is Stored.NUMBER:
        pairs = st.tuples(st.integers(0, 999), st.integers(0, 999)).map(sorted)
    elif stored is Stored.DAY:
        pairs = st.tuples(_DAYS, _DAYS).map(sorted).map(lambda two: [day.toordinal() for day in two])
    else:
        pairs = (
            st.tuples(_DAYS, _DAYS).map(sorted).map(lambda two: [_starts(two[0]), _starts(two[1]) + 86_400_000_000 - 1])
        )
    return pairs.map(lambda two: Range(field, *two))


def _starts(day: date) -> int:
    return microseconds(datetime(day.year, day.month, day.day, tzinfo=CHINA))


def _keywords(field):
    values = [fold(v) for known in field.labels.values() for v in known] if field.is_closed else ["wang", "x y"]
    values = ["cx.mem.gov.cn"] if field.code == "imitates" else ["L0123456789abcdef"] if field.code == "id" else values
    return st.sampled_from([*values, ""]).map(lambda value: FieldIs(field.code, (value,)))


_LEAVES = st.one_of(
    _WORDS.map(Contains),
    _PHRASES.map(Contains),
    *(st.tuples(_PHRASES, st.just(f.code)).map(lambda two: Contains(*two)) for f in FIELDS if f.stored is Stored.PART),
    *(_keywords(f) for f in FIELDS if f.stored is Stored.KEYWORD),
    *(_ranges(f.code) for f in FIELDS if f.stored in (Stored.NUMBER, Stored.INSTANT, Stored.DAY)),
    *(st.just(IsEmpty(f.code)) for f in FIELDS if f.stored in (Stored.DAY, Stored.PART)),
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(all_of),
        st.lists(inner, min_size=2, max_size=3).map(any_of),
    ),
    max_leaves=4,
)
