"""The version of the interface that is spoken: 8's, whichever client is installed, for servers of 8.x and of 9.x both understand it.

A client asks in the dialect of its own version, and a server of 8.x refuses one of 9. What this store asks for is the same in both.
"""

import re
from typing import Any

from elastic_transport import Transport, TransportApiResponse

__all__ = ["InEight"]

_DIALECT = re.compile(r"compatible-with=\d+")


class InEight(Transport):
    """Sends every request as one of version 8."""

    def perform_request(self, method: str, target: str, **options: Any) -> TransportApiResponse:
        """Send the request; see `Transport`."""
        headers = {name: _DIALECT.sub("compatible-with=8", value) for name, value in options["headers"].items()}
        return super().perform_request(method, target, **{**options, "headers": headers})
