"""A data set folder with media: nothing is decoded, so no address in it is ever asked."""

from __future__ import annotations

import http.server
import threading

import pytest

from sft.data.sources import read_source


@pytest.fixture
def asked():
    """(address of a local server, the requests that reach it)."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(f"{self.command} {self.path}")
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()


def test_no_address_in_an_image_or_audio_column_is_fetched(tmp_path, asked, monkeypatch) -> None:
    datasets = pytest.importorskip("datasets")
    url, requests = asked
    picture = [{"path": f"{url}/a.png", "bytes": None}]
    features = datasets.Features(
        {
            "prompt": datasets.Value("string"),
            "image": datasets.Image(),
            "several": datasets.Sequence(datasets.Image()),
            "label": datasets.ClassLabel(names=["no", "yes"]),
        }
    )
    rows = {"prompt": ["draw"], "image": picture, "several": [picture], "label": [1]}
    monkeypatch.setattr("datasets.arrow_writer.embed_table_storage", lambda table, **_: table)  # it would fetch
    datasets.Dataset.from_dict(rows, features=features).save_to_disk(str(tmp_path / "set"), num_shards=1)
    requests.clear()
    (row,) = read_source(str(tmp_path / "set"))
    assert row.fields is not None
    assert (row.number, row.fields["prompt"], row.fields["label"]) == (1, "draw", 1)
    assert row.fields["image"]["path"] == f"{url}/a.png"
    assert requests == []
