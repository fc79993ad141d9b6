"""One answer of a log: what the gate says of a failure counts only where the gate can have said it."""

import asyncio

import httpx
import pytest

from crawler.feeds.fetch import Failure, FetchFailed, LogServer


@pytest.mark.parametrize(("scheme", "failure"), [("http", Failure.UNREACHABLE), ("https", Failure.BUSY)])
def test_only_outside_a_tunnel_can_the_gate_have_spoken(scheme, failure):
    def answer(request):
        return httpx.Response(429, headers={"X-Jianwei-Refused": "name_local", "Retry-After": "60"})

    async def ask():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            await LogServer(client, f"{scheme}://log.example").get("ct/v1/get-sth")

    with pytest.raises(FetchFailed) as failed:
        asyncio.run(ask())
    assert failed.value.failure is failure
