"""The one door in: judged, then its evidence is stored, then it is logged, then merged into a lead, then its marks are written down.

The order is the promise: whatever a lead says, its proof was on disk before. Every step is idempotent, so an observation whose
acceptance was cut short is simply handed in again. Nothing is acknowledged before everything is stored. Last, what a re-check saw of a
lead that was handed over is taken in (`pipelines.rechecks`): measured against the newest marks. A watched name's story hears what it showed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from detectors import runner
from detectors.model import Assessment, CandidateKind, Observation
from detectors.registry import Detector
from detectors.ruleset import LEAD_FROM
from detectors.weights import SHIPPED, Weights
from pipelines.documents import well_formed
from pipelines.filings.lookup import with_filings
from pipelines.filings.registry import FilingRegistry
from pipelines.judged_aside import JudgedAside
from pipelines.judged_lately import Judged, JudgedLately
from pipelines.marks.books import Look, MarkBooks
from pipelines.model import EvidenceItem, MergeOutcome, Sighting
from pipelines.name_watch import NameWatch
from pipelines.ports import EvidenceStore, LeadStore, ObservationLog
from pipelines.rechecks.book import RecheckBook, SeenAgain

__all__ = ["Accepted", "Intake", "lead_id_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of one observation."""

    lead_id: str
    """Empty: too weak to be put before staff; the observation and its evidence are kept."""
    assessment: Assessment
    outcome: MergeOutcome | None
    """None: no lead came of it."""


class Intake:
    """Takes observations in. May be called from any thread; its stores do the locking."""

    def __init__(  # noqa: PLR0913 - one for each place that an observation is written to
        self,
        *,
        evidence: EvidenceStore,
        observations: ObservationLog,
        leads: LeadStore,
        detectors: Callable[[], Sequence[Detector]],
        weights: Weights = SHIPPED,
        filings: FilingRegistry | None = None,
        marks: MarkBooks | None = None,
        rechecks: RecheckBook | None = None,
        names: NameWatch | None = None,
    ) -> None:
        """`detectors` is asked for every judgement, so that what was learnt meanwhile (snapshots) counts.

        `filings` gives every observation what the filing registry says of it; None: there is no registry to ask.
        Without `marks` nobody asks who belongs together, without `rechecks` what became of leads that were handed over, without `names`
        what a watched name showed.
        """
        self._evidence = evidence
        self._observations = observations
        self._leads = leads
        self._detectors = detectors
        self._filings = filings
        self._weights = weights
        self._marks = marks
        self._rechecks = rechecks
        self._names = names
        self._lately = JudgedLately()
        self._aside: JudgedAside | None = None

    @contextmanager
    def judged_aside(self, aside: JudgedAside) -> Iterator[None]:
        """Let another process judge meanwhile; it has to know what the detectors here know."""
        self._aside = aside
        try:
            yield
        finally:
            self._aside = None

    def judge(self, observation: Observation) -> Assessment:
        """Return the machine's 初判 without storing anything, e.g. to decide whether a visit is worth a browser."""
        (judged,) = self._judge_together((observation,))
        self._lately.keep(observation, judged)
        return judged.assessment

    def accept(self, observation: Observation) -> Accepted:
        """Keep, judge and merge one observation. Raises `StoreUnavailable`; then hand it in again later."""
        return self.accept_many((observation,))[0]

    def accept_many(self, observations: Iterable[Observation]) -> tuple[Accepted, ...]:
        """Keep, judge and merge several, in order; the answers are in the same order. Raises `StoreUnavailable`."""
        judged = self._judged_each(tuple(observations))
        seen = [self._sighting(one) for one in judged]
        wanted = {one.lead_id for one in seen if one.assessment.score_permille >= LEAD_FROM}
        wanted |= {one.lead_id for one in seen if one.lead_id not in wanted and self._leads.get(one.lead_id)}
        for one in seen:
            self._observations.add(one.observation, one.lead_id if one.lead_id in wanted else "")
        sightings = [one for one in seen if one.lead_id in wanted]
        outcomes = iter(self._leads.merge_many(sightings) if sightings else ())
        accepted = tuple(
            Accepted(lead_id=one.lead_id, assessment=one.assessment, outcome=next(outcomes).outcome)
            if one.lead_id in wanted
            else Accepted(lead_id="", assessment=one.assessment, outcome=None)
            for one in seen
        )
        if self._marks:
            self._marks.note_many(
                Look(
                    observation=one.observation,
                    wearer_id=lead_id_of(one.observation),
                    outcome=answer.outcome,
                    marks=one.marks,
                )
                for one, answer in zip(judged, accepted, strict=True)
            )
        if self._rechecks:
            self._rechecks.note_many([_seen_again(one) for one in sightings])  # last: against the newest marks
        if self._names:
            for seen_there in judged:
                _tell_names(self._names, seen_there.observation)
        return accepted

    def _judged_each(self, observations: Sequence[Observation]) -> list[Judged]:
        """Return the judgements, in order: those kept lately as they are, the others made together."""
        kept = [self._lately.take(one, self._aside or self._detectors()) for one in observations]
        made = iter(self._judge_together([one for one, known in zip(observations, kept, strict=True) if known is None]))
        return [next(made) if known is None else known for known in kept]

    def _judge_together(self, observations: Sequence[Observation]) -> list[Judged]:
        """Return the judgements of the other process, where there is one; what it leaves is judged here."""
        whole = map(well_formed, observations)
        informed = [with_filings(one, self._filings) if self._filings else one for one in whole]
        aside = self._aside
        examined = [aside.examine(one) if aside else None for one in informed]
        left = [one for one, known in zip(informed, examined, strict=True) if known is None]
        detectors = self._detectors() if left else ()
        assessments = iter(runner.judge_each(left, detectors, self._weights))
        return [
            Judged(observation=one, assessment=known.assessment, by=aside, marks=known.marks)
            if known
            else Judged(observation=one, assessment=next(assessments), by=detectors)
            for one, known in zip(informed, examined, strict=True)
        ]

    def _sighting(self, judged: Judged) -> Sighting:
        """Store the evidence; return what goes into the log and the lead."""
        observation = judged.observation
        evidence = tuple(
            EvidenceItem(
                kind=attachment.kind,
                sha256=self._evidence.put(attachment.content),
                size_bytes=len(attachment.content),
                media_type=attachment.media_type,
                captured_at=observation.observed_at,
                label=attachment.label,
            )
            for attachment in observation.attachments
        )
        return Sighting(
            lead_id=lead_id_of(observation),
            observation=replace(observation, attachments=()),
            assessment=judged.assessment,
            evidence=evidence,
        )


def _seen_again(one: Sighting) -> SeenAgain:
    return SeenAgain(
        lead_id=one.lead_id,
        observation=one.observation,
        score_permille=one.assessment.score_permille,
        evidence=tuple(item.sha256 for item in one.evidence),
    )


def _tell_names(names: NameWatch, observation: Observation) -> None:
    """Let the story of a watched name hear what a visit saw there; a look that opened nothing says nothing."""
    shown = [one.page for one in observation.captures if one.page.title or one.page.text]
    if shown and observation.candidate.kind is CandidateKind.SITE and observation.candidate.host:
        names.showed(observation.candidate.host, shown)


def lead_id_of(observation: Observation) -> str:
    """Return the id of the lead this observation belongs to, whether or not it exists."""
    return f"L{observation.candidate.identity}"
