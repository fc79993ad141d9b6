"""A browser without pictures: speaks to the desk in memory, keeps cookies, fills forms with the token of the page."""

import asyncio
import re
from types import TracebackType
from typing import Self

import httpx
from fastapi import FastAPI

from pipelines.model import Role

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


class DeskClient:
    """Use it in a `with` block."""

    def __init__(self, app: FastAPI, base_url: str = "http://127.0.0.1:8600", *, raises: bool = True) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000), raise_app_exceptions=raises)
        self._http = httpx.AsyncClient(transport=transport, base_url=base_url)
        self.token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    def get(self, address: str, **more: object) -> httpx.Response:
        return self._run(self._http.get(address, **more))

    def post(self, address: str, fields: dict[str, str] | None = None, **more: object) -> httpx.Response:
        """Send a form with the token of the last page; give `csrf_token` to send another."""
        return self._run(self._http.post(address, data={"csrf_token": self.token, **(fields or {})}, **more))

    def as_role(self, role: Role) -> Self:
        """Sign in by the practice button."""
        self.get("/sign-in")
        answer = self.post("/sign-in/practice", {"role": role.value, "next": "/help"})
        assert answer.status_code == 303, answer.text
        self.get("/help")
        return self

    @property
    def cookies(self) -> httpx.Cookies:
        return self._http.cookies

    def _run(self, call) -> httpx.Response:
        async def sent() -> httpx.Response:
            return await call

        answer = self._runner.run(sent())
        found = _TOKEN.search(answer.text) if "html" in answer.headers.get("content-type", "") else None
        self.token = found.group(1) if found else self.token
        return answer
