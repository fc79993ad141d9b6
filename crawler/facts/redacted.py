"""What registries and registrars write where a person's name would stand. Pure."""

import re

from detectors.model import Unknown

__all__ = ["NOT_PUBLISHED", "published"]

NOT_PUBLISHED = Unknown("登记机构未公布")
_REDACTED_FACT = Unknown("登记机构已隐去（隐私保护）")
_REDACTED = re.compile(
    r"redact|privacy|not disclosed|data protected|withheld|gdpr|select request|隐私(保护|服务)|已?(隐去|隐藏)|(未|不)公开",
    re.IGNORECASE,
)


def published(text: str) -> str | Unknown:
    """Return the text, or that it only says that something is kept back."""
    return _REDACTED_FACT if _REDACTED.search(text) else text
