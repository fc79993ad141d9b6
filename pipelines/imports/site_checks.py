"""What keeps a mistyped or malicious row from blinding the system: hosts no roster may hold, and what a person should look at."""

from collections.abc import Iterable, Iterator

from detectors.names.engine import matcher_of
from keywords.model import OfficialSite
from keywords.roster import Roster, is_government_host, is_shared_parent, load_roster, owned_domains, shared_parent_of
from pipelines.imports.site_rows import RowUnusableError

__all__ = ["HostChecks", "conflicts_of", "conflicts_of_withdrawal"]


class HostChecks:
    """Refuses hosts that would make strangers official. Built from the roster as it stands before the import."""

    def __init__(self, roster: Roster, *, accepts_lookalikes: bool = False) -> None:
        self._roster = roster
        self._accepts_lookalikes = accepts_lookalikes
        self._shipped = load_roster()
        self._matcher = matcher_of(roster)

    def check(self, site: OfficialSite, standing: OfficialSite | None) -> tuple[str, ...]:
        """Return what was accepted though it looks like another site; raise `RowUnusableError` for a host that cannot be.

        Hosts the row has already (`standing`; None: it is new) were looked at before.
        """
        accepted = []
        known = frozenset(_hosts(standing)) if standing else frozenset()
        for host in (host for host in _hosts(site) if host not in known):
            self.refuse_parent(host)
            reason = self._likeness(host)
            if reason and not self._accepts_lookalikes:
                raise RowUnusableError(f"{reason}。确为官方网站的，请核对后加 --accept-lookalike 再导入")
            accepted += [f"按 --accept-lookalike 接受：{reason}"] if reason else []
        return tuple(accepted)

    def refuse_parent(self, host: str) -> None:
        """Raise `RowUnusableError` for a public suffix or the domain of a hosting service."""
        if is_shared_parent(host):
            raise RowUnusableError(f"{host} 是公共后缀或托管平台的域名，其下的网站属于不同的人，不能列为官方")

    def _likeness(self, host: str) -> str:
        # A shipped host that was withdrawn looks like its own body; it may come back.
        hits = () if self._shipped.is_official(host) else self._matcher.match(host)
        return f"{host} 像是仿冒官方网站：{hits[0].reason}" if hits else ""


def _hosts(site: OfficialSite) -> tuple[str, ...]:
    return (site.host, *site.other_hosts, *site.allowed_hosts)


def conflicts_of(site: OfficialSite, roster: Roster) -> Iterator[str]:
    """Yield what does not go together with the roster as it stands: one Chinese sentence each. The row is taken all the same."""
    yield from _hosts_of_others(site, roster)
    yield from _names_of_others(site, roster.sites)
    for host in _hosts(site):
        if parent := shared_parent_of(host):
            yield f"{host} 位于共用平台 {parent} 之下，只按完整主机名放行"
        elif not is_government_host(host) and roster.site_of(host) is None:
            yield f"{host} 不在 .gov.cn 之下，请核对确为官方网站"
    for domain in owned_domains(site):
        if not is_government_host(domain) and roster.site_of(domain) is None:
            yield f"{domain} 之下的所有主机都将视为官方"


def _hosts_of_others(site: OfficialSite, roster: Roster) -> Iterator[str]:
    by_host = {one.host: one for one in roster.sites}
    for host in _hosts(site):
        # The row of the very host comes first: it is the one that would be replaced.
        standing = by_host.get(host) or next(
            (s for s in roster.sites if host in (*s.other_hosts, *s.allowed_hosts)), None
        )
        if standing is None:
            continue
        if standing.sponsor != site.sponsor:
            yield f"{host} 的主办单位在名录中是“{standing.sponsor}”，本行是“{site.sponsor}”"
        if standing.is_protected and (standing.host != site.host or not site.is_protected):
            yield f"{host} 已属于重点保护网站 {standing.host}（{standing.name}）"


def _names_of_others(site: OfficialSite, standing: Iterable[OfficialSite]) -> Iterator[str]:
    names = {site.name, *site.aliases}
    for other in standing:
        shared = names & {other.name, *other.aliases}
        if shared and other.host != site.host and other.sponsor != site.sponsor:
            yield f"名称“{min(shared)}”也属于“{other.sponsor}”（{other.host}）"


def conflicts_of_withdrawal(host: str, roster: Roster) -> Iterator[str]:
    """Yield what a person should know before the host is taken off."""
    site = roster.site_of(host)
    if site and site.is_protected and host in (site.host, *site.other_hosts):
        yield f"停用的 {host} 是重点保护网站（{site.name}）"
    if is_government_host(host):
        yield f"停用的 {host} 在 .gov.cn 之下，停用后连同其下未列入名录的主机不再视为官方"
