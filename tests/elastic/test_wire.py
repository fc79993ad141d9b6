"""What is sent to sign in, and what is said to a server we do not get on with, seen from the server's side of the wire."""

from contextlib import closing

import pytest
from elastic_transport.client_utils import url_to_node_config

from pipelines.errors import StoreUnavailable
from pipelines.settings import Settings
from pipelines.stores.elastic.dialect import InEight
from pipelines.stores.elastic.stores import cluster_of
from tests.elastic.wire import Wire, served

KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="


def settings_for(wire, home, **more) -> Settings:
    return Settings(home=home, store={"kind": "elasticsearch", "elasticsearch": {"nodes": (wire.url,), **more}})


def sign_in(wire, home, **more):
    cluster_of(settings_for(wire, home, **more)).close()


@pytest.mark.parametrize("place", ["api_key", "api_key_file"])
def test_an_api_key_is_sent_as_one_and_instead_of_a_password(tmp_path, place):
    (tmp_path / "key").write_text(f"{KEY}\n")
    with served(Wire(accepts=f"ApiKey {KEY}")) as wire:
        sign_in(wire, tmp_path, username="elastic", password="p", **{place: KEY if place == "api_key" else "key"})
    assert [headers["Authorization"] for _, headers in wire.seen] == [f"ApiKey {KEY}"]


def test_a_key_that_is_not_accepted_is_said_so_and_not_shown(tmp_path):
    with served(Wire(accepts="ApiKey b3RoZXI=")) as wire, pytest.raises(StoreUnavailable) as said:
        sign_in(wire, tmp_path, api_key=KEY)
    assert "API 密钥不被接受" in said.value.zh
    assert KEY not in said.value.zh + said.value.en


@pytest.mark.parametrize(
    ("versions", "refused"),
    [(("8.0.0",), ""), (("8.19.21", "9.4.1"), ""), (("8.19.21", "7.17.0"), "7.17.0"), (("10.0.0",), "10.0.0")],
)
def test_every_node_must_be_of_a_version_we_speak(tmp_path, versions, refused):
    with served(Wire(versions=versions)) as wire:
        if not refused:
            sign_in(wire, tmp_path)
            return
        with pytest.raises(StoreUnavailable) as said:
            sign_in(wire, tmp_path)
    assert refused in said.value.zh
    assert "8.x 或 9.x" in said.value.zh


def test_whichever_client_is_installed_version_8_is_spoken(tmp_path):
    with served(Wire()) as wire:
        sign_in(wire, tmp_path)
    assert {headers["Accept"] for _, headers in wire.seen} == {"application/vnd.elasticsearch+json; compatible-with=8"}


def test_what_a_client_of_version_9_would_send_is_sent_as_version_8():
    nine = "application/vnd.elasticsearch+json; compatible-with=9"
    with served(Wire()) as wire, closing(InEight([url_to_node_config(wire.url)])) as transport:
        transport.perform_request("GET", "/_nodes/http", headers={"accept": nine, "x-other": "compatible"})
    ((_, headers),) = wire.seen
    assert (headers["Accept"], headers["X-Other"]) == (nine.replace("=9", "=8"), "compatible")


def test_a_server_that_does_not_speak_version_8_is_said_so(tmp_path):
    # What 8.19.21 answers to a version it does not speak, word for word.
    answer = {
        "error": {
            "root_cause": [
                {
                    "type": "media_type_header_exception",
                    "reason": "Invalid media-type value on headers [Content-Type, Accept]",
                }
            ],
            "type": "media_type_header_exception",
            "reason": "Invalid media-type value on headers [Content-Type, Accept]",
            "caused_by": {
                "type": "status_exception",
                "reason": "Accept version must be either version 8 or 7, but found 9. Accept=application/vnd.elasticsearch+json; compatible-with=9",
            },
        },
        "status": 400,
    }
    with served(Wire(refuses=(400, answer))) as wire, pytest.raises(StoreUnavailable) as said:
        sign_in(wire, tmp_path)
    assert "8.x 或 9.x" in said.value.zh
    assert "either version 8 or 7" in said.value.zh
