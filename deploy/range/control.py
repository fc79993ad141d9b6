"""The control port: what was requested, which phase the world is in, and the ground truth. On loopback only."""

import asyncio

import msgspec

from deploy.range.conversation import Incoming, converse
from deploy.range.exchange import Answer, as_text
from deploy.range.stage import Stage
from deploy.range.wire import PlainWire
from deploy.range.wrappers import advert_truths

__all__ = ["Control"]


class Control:
    """Serves the connections of the control port.

    `GET /requests` and `GET /truth` answer JSON lists, `POST /phase` takes `{"name": …}`; anything else is 404 and recorded, since only
    something lured to a loopback address asks for it.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves."""
        try:
            await converse(PlainWire(reader, writer), self._respond)
        except ConnectionError:
            pass  # Clients leave whenever they like.
        finally:
            writer.close()

    async def _respond(self, incoming: Incoming) -> Answer:
        stage = self._stage
        match incoming.method, incoming.target:
            case "GET", "/requests":
                return _as_json(list(stage.records))
            case "GET", "/truth":
                return _as_json([*stage.world.truth(stage.phase), *advert_truths(stage.world)])
            case "POST", "/phase":
                try:
                    stage.phase = str(msgspec.json.decode(incoming.body, type=dict[str, str])["name"])
                except (msgspec.DecodeError, KeyError):
                    return as_text('send {"name": "..."}\n', 400)
                return _as_json({"phase": stage.phase})
        stage.record(
            method=incoming.method, scheme="http", authority=stage.control_url.removeprefix("http://"), host="",
            path=incoming.target, user_agent=incoming.headers.get("user-agent", ""), status=404, body_bytes=incoming.body_bytes,
        )  # fmt: skip
        return as_text("There is /requests, /phase and /truth.\n", 404)


def _as_json(value: object) -> Answer:
    return Answer(headers=(("content-type", "application/json"),), body=msgspec.json.encode(value))
