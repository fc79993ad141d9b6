"""培训考试机构名录: lawful training and examination institutions, and whether one of them is really the speaker.

Sellers claim to be schools, so a name in a text proves nothing. A speaker is proven by where the page was served from (the institution's
own host), or, for a text that names it, by its contacts: every number and account in the text is the institution's own and nobody else
offers to be written to, so whoever follows the text reaches the institution and no seller.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from detectors.model import Observation, Quote, Signal
from detectors.ruleset import signal
from detectors.wording.marks import Sense
from detectors.wording.passages import Document
from detectors.wording.told import Told
from keywords.fold import fold
from keywords.hosts import canonical_host

__all__ = ["Institution", "Institutions", "hosts_served_from", "known_speaker"]

_SELLING = 500
"""Scale where the institution's own page sells: its host may have been broken into, so it counts, but only by half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """One institution a department has published or a county knows."""

    name: str
    kind: str
    """`training` or `examination`."""
    region_code: str = ""
    """GB/T 2260; empty: not given."""
    hosts: tuple[str, ...] = ()
    """Its own hosts (A-labels); empty: none known."""
    contacts: tuple[str, ...] = ()
    """Its telephone numbers (digits, area code first) and accounts; empty: none known, so a text alone is never proven."""
    source: str


@dataclass(frozen=True, slots=True)
class Institutions:
    """The roster, looked up by host and by contact."""

    rows: tuple[Institution, ...] = ()
    _by_host: Mapping[str, Institution] = field(init=False, repr=False, compare=False)
    _by_contact: Mapping[str, Institution] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_host", {host: row for row in self.rows for host in row.hosts})
        by_contact = {_plain_contact(one): row for row in self.rows for one in row.contacts}
        object.__setattr__(self, "_by_contact", by_contact)

    def of_host(self, host: str) -> Institution | None:
        """Return whose host this is, or is below; None: nobody's."""
        labels = host.split(".")
        parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
        return next((self._by_host[name] for name in parents if name in self._by_host), None)

    def of_contacts(self, document: Document) -> Institution | None:
        """Return who is reached by every contact of a text that names it; None: nobody, or somebody else as well."""
        if not self._by_contact or not document.contacts or Sense.CONTACT in document.first:
            return None
        owners = [self._by_contact.get(_plain_contact(one.value)) for one in document.contacts]
        owner = owners[0]
        if owner is None or any(one is not owner for one in owners):
            return None
        return owner if fold(owner.name).text in document.folded.text else None


def hosts_served_from(observation: Observation) -> tuple[str, ...]:
    """Return the hosts the pages came from. A link to a school proves nothing; that its host served the page does."""
    hosts = []
    for capture in observation.captures:
        try:
            hosts.append(canonical_host(capture.final_url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]))
        except (ValueError, UnicodeError):
            continue
    return tuple(dict.fromkeys(hosts))


def known_speaker(
    institutions: Institutions, hosts: Collection[str], documents: Collection[Document], told: Told
) -> tuple[Signal, ...]:
    """Return the signal against, if a rostered institution is proven to speak; a guaranteed pass is forbidden to it too."""
    if not institutions.rows or ("offer.guaranteed_pass" in told.offers and not told.sells):
        return ()
    served = [row for row in map(institutions.of_host, hosts) if row]
    if hosts and len(served) == len(hosts):
        scale = _SELLING if told.sells else 1000
        quote = Quote(where="host", text=next(iter(hosts)), start=0, end=0)
        return (_signal(served[0], "页面来自该机构网站", quote, scale),)
    if told.sells or not documents:
        return ()
    owners = [institutions.of_contacts(document) for document in documents]
    first, contacts = owners[0], next(iter(documents)).contacts
    if first is None or any(owner is not first for owner in owners):
        return ()
    quote = next(iter(documents)).quote(contacts[0].start, contacts[0].end)
    return (_signal(first, "联系方式均属该机构", quote, 1000),)


def _signal(row: Institution, proof: str, quote: Quote, scale: int) -> Signal:
    return signal("context.known_institution", quote, scale_permille=scale, name=row.name, proof=proof)


def _plain_contact(contact: str) -> str:
    """Return digits of a number, or an account in lower case."""
    digits = "".join(filter(str.isdigit, contact))
    return digits if all(char.isdigit() or char in "-() +" for char in contact) else contact.strip().lower()
