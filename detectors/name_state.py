"""Decides in one word what a name is at the moment, from what DNS and the registry said. Pure."""

from detectors.model import Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, NameState, Registration

__all__ = ["state_of"]


def state_of(dns: DnsFacts | Unknown, registration: Registration | Unknown) -> tuple[NameState, str]:
    """Return the state and one Chinese sentence that says why.

    Addresses come first: a name that answers is there, whatever a registry says. Then the registry, whose word on "registered" beats
    that of DNS: a held domain has no name servers. Broken servers are `SERVFAIL` and never "registered" by themselves.
    """
    if isinstance(dns, Unknown):
        return NameState.UNKNOWN, dns.reason
    known = None if isinstance(registration, Unknown) else registration.is_registered
    if dns.addresses:
        if dns.wildcard is True:
            return (
                NameState.WILDCARD,
                f"泛解析：{dns.wildcard_parent} 对任意名称都给出同样的地址，不能说明有人专门设置了该域名",
            )
        doubt = "，但登记机构答复未注册，两者矛盾，请核实" if known is False else ""
        return NameState.RESOLVING, f"正在解析，地址 {len(dns.addresses)} 个{doubt}"
    if known is False:
        return NameState.NOT_REGISTERED, "登记机构答复：该域名未注册"
    return _without_address(dns, is_registered=known is True)


def _without_address(dns: DnsFacts, *, is_registered: bool) -> tuple[NameState, str]:
    outcomes = {dns.a.outcome, dns.aaaa.outcome}
    if DnsOutcome.SERVFAIL in outcomes:
        return NameState.SERVFAIL, "域名服务器返回失败（SERVFAIL），不能据此认为已注册或未注册"
    if is_registered:
        is_settled = outcomes <= {DnsOutcome.NO_RECORD, DnsOutcome.NXDOMAIN}
        return NameState.REGISTERED, "域名已注册，目前没有解析到地址" if is_settled else "域名已注册，地址未能查到"
    return _from_dns_alone(dns, outcomes)


def _from_dns_alone(dns: DnsFacts, outcomes: set[DnsOutcome]) -> tuple[NameState, str]:
    # A name that does not exist has no record of any type: one answer of NXDOMAIN speaks for both.
    if DnsOutcome.TIMEOUT in outcomes and DnsOutcome.NXDOMAIN not in outcomes:
        return NameState.TIMEOUT, "域名查询超时"
    if DnsOutcome.UNDECIDED in outcomes:
        return NameState.UNKNOWN, "多次查询结果互相矛盾，尚不能确定"
    if DnsOutcome.ANSWERED in {dns.ns.outcome, dns.soa.outcome}:
        return NameState.REGISTERED, "域名已设置域名服务器，目前没有解析到地址"
    if dns.cname.outcome is DnsOutcome.ANSWERED:
        return NameState.REGISTERED, "域名是另一名称的别名，那个名称目前没有解析到地址"
    if DnsOutcome.NXDOMAIN in outcomes:
        return NameState.NXDOMAIN, "域名不存在（NXDOMAIN），登记情况未能查到"
    return NameState.UNKNOWN, "没有查到地址，也没有查到域名服务器和登记情况"
