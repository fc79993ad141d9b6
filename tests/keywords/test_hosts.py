"""Host names in one written form."""

import idna
from hypothesis import given
from hypothesis import strategies as st

from keywords.hosts import canonical_host, to_unicode

LETTERS = "abxn-01._。．｡⒈é中应ſßʀаё\u200d\u200c\u00adא١ⅷ㊙ﬁ\u0301A"


def encoded_whole(host):
    try:
        return idna.encode(host.rstrip(".。．").lower(), uts46=True, transitional=False).decode("ascii")
    except UnicodeError:
        return None


def encoded_by_label(host):
    try:
        return canonical_host(host)
    except (ValueError, UnicodeError):
        return None


@given(st.text(LETTERS, min_size=1, max_size=12).filter(lambda host: not host.rstrip(".。．").isascii()))
def test_labels_encoded_one_by_one_are_what_the_whole_name_encodes_to(host):
    ours, whole = encoded_by_label(host), encoded_whole(host)
    assert ours == whole or ours is None
    if ours is None and whole is not None:
        # What IDNA lets through and no host may have: labels with a hyphen at an end, empty ones.
        assert any(not label.strip("-_") or label != label.strip("-_") for label in whole.split("."))


@given(st.text(LETTERS, min_size=1, max_size=12))
def test_what_was_put_in_one_form_stays_in_it(host):
    ours = encoded_by_label(host)
    if ours:
        assert canonical_host(ours) == ours
        assert encoded_by_label(to_unicode(ours)) in {ours, None}
