"""What the ledger of queries says: which words each engine was asked and when, what they brought, and what that means for the next plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from keywords.loader import Lexicon
from keywords.plan import Asked, certificates_asked, offers_asked
from pipelines.query_ledger import QueryRecord

__all__ = [
    "EngineCoverage",
    "WordCoverage",
    "asked_at",
    "asked_sources",
    "engine_coverage",
    "planned_words",
    "word_coverage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCoverage:
    """One word at one engine."""

    word: str
    source: str
    asked_count: int
    """Queries with the word that were answered, each as often as it was; 0: it was never asked."""
    row_count: int
    lead_count: int
    """Leads its queries led to; one that two of them led to counts for both."""
    last_asked_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCoverage:
    """One engine over all words of the plan."""

    source: str
    word_count: int
    """Words of the plan."""
    asked_word_count: int
    """Of them, those asked at least once."""
    longest_wait_days: int | None
    """How long ago the asked word that waits longest was asked; None: none was."""
    query_count: int
    page_count: int
    row_count: int
    advert_count: int
    lead_count: int
    spent_today: int


def asked_at(records: Iterable[QueryRecord], source: str, today: date) -> tuple[Asked, ...]:
    """Return what one engine has answered, as the plan wants it; a query it never answered is as good as never asked."""
    return tuple(
        Asked(
            text=one.text,
            terms=one.terms,
            asked_count=one.asked_count,
            lead_count=one.lead_count,
            waited_days=max((today - one.last_asked_on).days, 0),
        )
        for one in records
        if one.source == source and one.last_asked_on
    )


def planned_words(lexicon: Lexicon, regions: Iterable[str]) -> tuple[str, ...]:
    """Return every word of the standing plan, each once: certificates, offers, regions."""
    return tuple(dict.fromkeys((*certificates_asked(lexicon), *offers_asked(lexicon), *regions)))


def asked_sources(engines: Iterable[str], records: Iterable[QueryRecord]) -> tuple[str, ...]:
    """Return the engines of the configuration, then whoever else was asked before, each once."""
    return tuple(dict.fromkeys((*(f"engine:{name}" for name in engines), *(one.source for one in records))))


def word_coverage(
    records: Sequence[QueryRecord], words: Iterable[str], sources: Iterable[str]
) -> tuple[WordCoverage, ...]:
    """Return each word at each engine, those never asked too: by word in the order given, then by engine."""
    by_place: dict[tuple[str, str], list[QueryRecord]] = {}
    for one in records:
        for word in one.terms:
            by_place.setdefault((word, one.source), []).append(one)
    kept = tuple(sources)
    return tuple(_word(word, source, by_place.get((word, source), ())) for word in words for source in kept)


def engine_coverage(
    records: Sequence[QueryRecord], words: Sequence[str], source: str, today: date, spent_today: int
) -> EngineCoverage:
    """Return what one engine was asked of the words of the plan, and what it brought."""
    own = [one for one in records if one.source == source]
    asked = [one.last_asked_on for one in word_coverage(own, words, (source,)) if one.last_asked_on]
    return EngineCoverage(
        source=source,
        word_count=len(words),
        asked_word_count=len(asked),
        longest_wait_days=(today - min(asked)).days if asked else None,
        query_count=sum(1 for one in own if one.asked_count),
        page_count=sum(one.page_count for one in own),
        row_count=sum(one.row_count for one in own),
        advert_count=sum(one.advert_count for one in own),
        lead_count=sum(one.lead_count for one in own),
        spent_today=spent_today,
    )


def _word(word: str, source: str, records: Sequence[QueryRecord]) -> WordCoverage:
    return WordCoverage(
        word=word,
        source=source,
        asked_count=sum(one.asked_count for one in records),
        row_count=sum(one.row_count for one in records),
        lead_count=sum(one.lead_count for one in records),
        last_asked_on=max((one.last_asked_on for one in records if one.last_asked_on), default=None),
    )
