"""Vectors on a real Chroma server: what happens while it is down, killed, slow, guarded or not Chroma at all."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from llama_index.core.schema import TextNode

from retrieval.embedding.vectors import DIMENSIONS, unit
from retrieval.errors import IndexBroken, ServerUnreachable
from retrieval.index.vector_server import VectorServer
from tests.chroma_server import ChromaServer, Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.chroma_server import Fault

ONE, OTHER = "footnote-0123456789ab", "footnote-ba9876543210"
TOKEN = "s3cret-of-the-proxy"  # noqa: S105 - opens nothing but the tests' proxy


def vectors(count: int, seed: int = 3) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32))


def nodes(rows: NDArray[np.float32], first: int = 0) -> list[TextNode]:
    return [
        TextNode(id_=f"p{number}", text=f"Passage {number}.", embedding=row.tolist())
        for number, row in enumerate(rows, first)
    ]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server that no test ends."""
    with ChromaServer(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaServer]:
    """A Chroma server to be killed."""
    with ChromaServer(tmp_path / "chroma") as running:
        yield running


@pytest.fixture
def proxy(shared: ChromaServer) -> Iterator[Proxy]:
    with Proxy(shared.url) as running:
        yield running


@pytest.fixture
def server(proxy: Proxy) -> Iterator[VectorServer]:
    """Our side, through the proxy; nothing of it stays on the server."""
    with closing(VectorServer(proxy.url)) as found:
        yield found
        proxy.faults.clear()
        for name in found.names():
            found.remove(name)


class TestCollections:
    def test_a_new_index_is_empty_and_known_by_its_name(self, server: VectorServer) -> None:
        assert (server.create(ONE).count(), server.names()) == (0, [ONE])

    def test_collections_of_others_are_not_ours(self, server: VectorServer) -> None:
        for name in (OTHER, "somebody-elses", ONE):
            server.create(name)
        assert server.names() == [ONE, OTHER]
        server.remove("somebody-elses")

    def test_what_was_added_is_there_for_another_process(self, server: VectorServer, shared: ChromaServer) -> None:
        server.create(ONE).add(nodes(vectors(20)))
        with closing(VectorServer(shared.url)) as another:
            assert another.open(ONE).count() == 20
            assert another.open(ONE).search(vectors(20)[7], 1) == ["p7"]

    def test_two_indexes_hold_their_own(self, server: VectorServer) -> None:
        server.create(ONE).add(nodes(vectors(2)))
        server.create(OTHER).add(nodes(vectors(3)))
        assert (server.open(ONE).count(), server.open(OTHER).count()) == (2, 3)

    def test_a_closed_index_leaves_the_others_open(self, server: VectorServer) -> None:
        index = server.create(ONE)
        index.add(nodes(vectors(2)))
        server.create(OTHER).close()
        server.open(ONE).close()
        assert index.search(vectors(2)[1], 1) == ["p1"]

    def test_a_name_with_rows_is_not_taken_for_a_new_index(self, server: VectorServer) -> None:
        server.create(ONE).add(nodes(vectors(1)))
        with pytest.raises(IndexBroken, match=f"holds a collection {ONE} already"):
            server.create(ONE)

    def test_an_index_that_is_not_there_cannot_be_opened(self, server: VectorServer) -> None:
        with pytest.raises(IndexBroken, match=f"has no collection {ONE}"):
            server.open(ONE)

    def test_a_removed_index_is_gone_and_may_be_removed_again(self, server: VectorServer) -> None:
        server.create(ONE)
        server.remove(ONE)
        server.remove(ONE)
        assert server.names() == []

    def test_an_index_that_somebody_removed_says_so(self, server: VectorServer) -> None:
        index = server.create(ONE)
        server.remove(ONE)
        with pytest.raises(IndexBroken, match="does not exist"):
            index.search(vectors(1)[0], 1)

    def test_many_ask_at_once(self, server: VectorServer) -> None:
        rows = vectors(64)
        index = server.create(ONE)
        index.add(nodes(rows))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda row: index.search(row, 1), rows))
        assert found == [[f"p{number}"] for number in range(64)]

    def test_opening_and_closing_leaves_no_file_open(self, shared: ChromaServer) -> None:
        def opened(times: int) -> int:
            with closing(VectorServer(shared.url)) as server:
                server.create(ONE)
                for _ in range(times):
                    with closing(server.open(ONE)) as index:
                        index.count()
                server.remove(ONE)
            return psutil.Process().num_fds()

        assert [opened(20) for _ in range(5)] == [opened(1)] * 5


class TestAway:
    def test_down_at_the_start_is_a_sentence(self, chroma: ChromaServer) -> None:
        chroma.kill()
        with closing(VectorServer(chroma.url)) as server, pytest.raises(ServerUnreachable) as caught:
            server.open(ONE)
        assert str(caught.value) == f"The Chroma server at {chroma.url} does not answer (connection refused)."

    def test_a_server_that_comes_later_is_found(self, chroma: ChromaServer) -> None:
        chroma.kill()
        with closing(VectorServer(chroma.url)) as server:
            with pytest.raises(ServerUnreachable):
                server.names()
            chroma.start()
            assert server.names() == []

    def test_killed_between_two_questions_and_back_is_not_noticed(self, chroma: ChromaServer) -> None:
        with closing(VectorServer(chroma.url)) as server:
            index = server.create(ONE)
            index.add(nodes(vectors(20)))
            assert index.search(vectors(20)[7], 1) == ["p7"]
            chroma.kill()
            coming = Thread(target=chroma.start)
            coming.start()
            assert index.search(vectors(20)[8], 1) == ["p8"]
            coming.join()

    def test_killed_for_good_is_a_sentence_and_not_the_end(self, chroma: ChromaServer) -> None:
        with closing(VectorServer(chroma.url)) as server:
            index = server.create(ONE)
            index.add(nodes(vectors(5)))
            chroma.kill()
            with pytest.raises(ServerUnreachable, match=r"does not answer \(connection refused\)"):
                index.search(vectors(5)[0], 1)
            chroma.start()
            assert index.search(vectors(5)[0], 1) == ["p0"]

    def test_killed_while_rows_come_in_loses_and_doubles_none(self, chroma: ChromaServer) -> None:
        rows = vectors(3000)
        with closing(VectorServer(chroma.url)) as server, ThreadPoolExecutor(1) as pool:
            index = server.create(ONE)
            for first in range(0, len(rows), 250):
                adding = pool.submit(index.add, nodes(rows[first : first + 250], first))
                if first in {500, 1500}:
                    chroma.kill()
                    chroma.start()
                adding.result()
            assert index.count() == len(rows)
            assert [index.search(rows[number], 1) for number in range(0, 3000, 100)] == [
                [f"p{number}"] for number in range(0, 3000, 100)
            ]

    @pytest.mark.parametrize("fault", ["refuse", "lose the answer", 429, 500, 503])
    def test_a_batch_is_there_once_whatever_went_wrong(self, server: VectorServer, proxy: Proxy, fault: Fault) -> None:
        index = server.create(ONE)
        proxy.faults.extend([fault, fault])
        index.add(nodes(vectors(20)))
        assert proxy.asked[-3:] == ["POST add"] * 3
        assert index.count() == 20
        assert index.search(vectors(20)[7], 1) == ["p7"]

    @pytest.mark.parametrize("fault", ["refuse", "lose the answer", 503])
    def test_a_question_is_asked_again(self, server: VectorServer, proxy: Proxy, fault: Fault) -> None:
        index = server.create(ONE)
        index.add(nodes(vectors(20)))
        proxy.faults.append(fault)
        assert index.search(vectors(20)[7], 1) == ["p7"]

    def test_making_and_removing_survive_a_lost_answer(self, server: VectorServer, proxy: Proxy) -> None:
        server.names()
        proxy.faults.append("lose the answer")
        server.create(ONE).add(nodes(vectors(3)))
        proxy.faults.append("lose the answer")
        server.open(ONE).remove(["p1"])
        assert server.open(ONE).count() == 2
        proxy.faults.append("lose the answer")
        server.remove(ONE)
        assert server.names() == []

    def test_each_new_try_is_logged(self, server: VectorServer, proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
        server.names()
        proxy.faults.append(503)
        with caplog.at_level(logging.WARNING):
            server.names()
        assert caplog.messages == [
            f"The Chroma server at {proxy.url} does not answer (503 Service Unavailable). Trying again."
        ]

    def test_a_server_that_takes_requests_and_is_silent_is_a_sentence(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with closing(VectorServer(url)) as server, pytest.raises(ServerUnreachable, match=r"\(timed out\)"):
                server.names()

    def test_a_server_that_stays_unwell_is_a_sentence(self, server: VectorServer, proxy: Proxy) -> None:
        server.names()
        proxy.faults.extend([503] * 99)
        with pytest.raises(ServerUnreachable, match=r"does not answer \(503 Service Unavailable\)\.$"):
            server.names()


class TestToken:
    @pytest.fixture
    def guarded(self, shared: ChromaServer) -> Iterator[Proxy]:
        with Proxy(shared.url, token=TOKEN) as running:
            yield running

    def test_the_token_opens_the_proxy(self, guarded: Proxy) -> None:
        with closing(VectorServer(guarded.url, TOKEN)) as server:
            server.create(ONE).add(nodes(vectors(2)))
            assert server.open(ONE).count() == 2
            server.remove(ONE)

    def test_a_wrong_token_is_named_and_not_shown(self, guarded: Proxy) -> None:
        with closing(VectorServer(guarded.url, "another-secret")) as server, pytest.raises(ServerUnreachable) as caught:
            server.names()
        assert str(caught.value) == f"The Chroma server at {guarded.url} refuses CHROMA_TOKEN."

    def test_a_missing_token_is_named(self, guarded: Proxy) -> None:
        with (
            closing(VectorServer(guarded.url)) as server,
            pytest.raises(ServerUnreachable, match="asks for a token, and CHROMA_TOKEN is not set"),
        ):
            server.names()

    def test_a_refusal_is_not_repeated(self, guarded: Proxy) -> None:
        with closing(VectorServer(guarded.url)) as server, pytest.raises(ServerUnreachable):
            server.names()
        assert guarded.asked == ["GET version"]

    def test_the_token_is_in_no_log_and_no_repr(self, guarded: Proxy, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG), closing(VectorServer(guarded.url, TOKEN)) as server:
            index = server.create(ONE)
            guarded.faults.append(503)
            assert index.count() == 0
            assert TOKEN not in "".join(map(repr, (server, vars(server), index, vars(index))))
            server.remove(ONE)
        assert caplog.text
        assert TOKEN not in caplog.text

    @pytest.mark.parametrize("token", ["two words", "line\n", "schlüssel"])
    def test_a_token_that_no_header_can_carry_is_refused(self, token: str) -> None:
        with pytest.raises(ServerUnreachable, match="CHROMA_TOKEN") as caught:
            VectorServer("http://127.0.0.1:8000", token)
        assert token not in str(caught.value)


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "127.0.0.1:8000",
            "ftp://127.0.0.1",
            "http://",
            "http://me:word@127.0.0.1",
            "http://[::1",
            "http://a:99999",
        ],
    )
    def test_what_is_no_address_is_refused(self, url: str) -> None:
        with pytest.raises(ServerUnreachable, match="CHROMA_URL must be an address") as caught:
            VectorServer(url)
        assert "word@" not in str(caught.value)

    def test_a_server_may_stand_below_a_path(self, shared: ChromaServer) -> None:
        with Proxy(shared.url, path="/behind") as proxy, closing(VectorServer(f"{proxy.url}/")) as server:
            assert server.create(ONE).count() == 0
            server.remove(ONE)

    @pytest.mark.parametrize("answer", [b'"0.6.3"', b'{"detail":"Not Found"}', b"[]"])
    def test_an_old_server_or_another_one_is_told(self, server: VectorServer, proxy: Proxy, answer: bytes) -> None:
        proxy.faults.append(answer)
        with pytest.raises(ServerUnreachable, match="there is no Chroma server of version 1 or later"):
            server.names()

    def test_a_page_that_is_not_chromas_is_told(self, server: VectorServer, proxy: Proxy) -> None:
        server.names()
        proxy.faults.append(404)
        with pytest.raises(ServerUnreachable, match=r"does not answer as Chroma does \(404 Not Found\)"):
            server.names()

    def test_a_proxy_that_takes_small_bodies_only_is_told(self, server: VectorServer, proxy: Proxy) -> None:
        index = server.create(ONE)
        proxy.faults.append(413)
        with pytest.raises(ServerUnreachable, match="must let 40 MB through"):
            index.add(nodes(vectors(1)))
