"""What becomes of a run's report when a person asks that it stop, and when the run writes its report meanwhile. Pure."""

from dataclasses import replace

from pipelines.model import RunReport, StopRequest

__all__ = ["asked_to_stop", "with_stop_of"]


def with_stop_of(stored: RunReport | None, report: RunReport) -> RunReport:
    """Return the report with the request that stands in the store: a run that writes its report knows of none, or of an old one."""
    return replace(report, stop=stored.stop) if stored else report


def asked_to_stop(stored: RunReport | None, request: StopRequest) -> RunReport | None:
    """Return the report with the first request; None: there is no such run, or it has ended."""
    if stored is None or stored.finished_at is not None:
        return None
    return replace(stored, stop=stored.stop or request)
