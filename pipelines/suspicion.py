"""What a site is suspected of, by the reasons against it: posing as an official site, or selling false certificates."""

from detectors.model import CandidateKind, Direction
from pipelines.model import Lead

__all__ = ["is_sale_only"]

_POSING = {"name", "identity", "clone", "query_form", "site_code", "badge"}


def is_sale_only(lead: Lead) -> bool:
    """Say whether a site sells certificates without posing as an official one. False for everything that is no site."""
    if lead.observation.candidate.kind is not CandidateKind.SITE:
        return False
    families = {one.code.partition(".")[0] for one in lead.assessment.signals if one.direction is Direction.FOR}
    return "offer" in families and not families & _POSING
