"""Making, enrolling and running a node from the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from primia_core.diagnosis.identity import NodeIdentity
from tests.workers.node.node_hub import NodeHub
from workers.link import NODE
from workers.link.errors import AlreadyRunning, FolderError, HubRefused, NotEnrolled
from workers.node import NodeFolder, NodeSettings
from workers.node.commands import register
from workers.node.place import Place
from workers.node.setup import join, make_node

PARTY = NodeSettings(role="p1", name="Party south", origin="http://127.0.0.1:7101")


@pytest.fixture
def hub():
    hub = NodeHub()
    yield hub
    hub.close()


@pytest.fixture
def primia():
    app = typer.Typer()
    register(app)

    def run(*arguments):
        return CliRunner().invoke(app, ["node", *map(str, arguments)], catch_exceptions=False)

    return run


def test_node_is_made_enrolled_and_says_who_it_is(hub, primia, tmp_path):
    hub.tokens["once"] = "p0"
    folder = tmp_path / "p0"
    made = primia(
        "init", "p0", "--name", "Party north", "--address", "127.0.0.1:7000", "--origin", "http://127.0.0.1:7100",
        "--folder", folder, "--json",
    )  # fmt: skip
    fingerprint = json.loads(made.output)["fingerprint"]
    assert fingerprint == NodeIdentity.load(folder / "identity").public.fingerprint
    enrolled = primia("enrol", "--hub", hub.url, "--token", "once", "--folder", folder, "--json")
    assert json.loads(enrolled.output) == {"node": "p0-1", "federation": "demo", "fingerprint": fingerprint}
    confirmed = primia("confirm", "AB " * 32, "--note", "by telephone", "--folder", folder)
    assert "confirmed " + "ab" * 32 in confirmed.output
    told = json.loads(primia("status", "--folder", folder, "--json").output)
    assert (told["role"], told["fingerprint"], told["trust"]) == ("p0", fingerprint, "pinned")
    assert told["confirmed"] == {"ab" * 32: "by telephone"}
    address = NodeFolder(folder).address()
    assert (address.realm, address.credential) == (NODE, "credential-of-p0")
    assert "credential-of-p0" not in repr(address)


def test_used_token_is_refused_and_leaves_no_credential(hub, tmp_path):
    folder = NodeFolder(tmp_path / "p1")
    make_node(folder, PARTY)
    with pytest.raises(HubRefused, match="used"):
        join(folder, hub=hub.url, token="gone")
    with pytest.raises(NotEnrolled, match="primia node enrol"):
        folder.address()


def test_keys_and_credential_are_for_the_nodes_user_alone(hub, tmp_path):
    folder = hub.join(tmp_path / "p1", "p1", origin="http://127.0.0.1:7101")
    private = [folder.settings_file, folder.path / "credential", *folder.identity.glob("*.pem")]
    assert len(private) >= 4
    assert {path.stat().st_mode & 0o077 for path in private if "certificate" not in path.name} == {0}


@pytest.mark.parametrize(
    ("settings", "lacks"),
    [
        (NodeSettings(role="p0", name="North", origin="http://127.0.0.1:7100"), "address"),
        (NodeSettings(role="dealer", name="Dealer"), "address"),
        (NodeSettings(role="p1", name="South"), "origin"),
        (NodeSettings(role="dealer", name="Dealer", address="nowhere"), "host:port"),
        (NodeSettings(role="p1", name="South", origin="south"), "web address"),
    ],
)
def test_role_that_lacks_a_place_is_not_made(settings, lacks, tmp_path):
    with pytest.raises(FolderError, match=lacks):
        make_node(NodeFolder(tmp_path / "node"), settings)
    assert not (tmp_path / "node").exists()


def test_second_node_in_a_folder_is_not_made(tmp_path):
    folder = NodeFolder(tmp_path)
    fingerprint = make_node(folder, PARTY).public.fingerprint
    with pytest.raises(FolderError, match="exists already"):
        make_node(folder, PARTY)
    assert NodeIdentity.load(folder.identity).public.fingerprint == fingerprint


def test_settings_with_a_word_that_nobody_knows_are_refused(tmp_path):
    folder = NodeFolder(tmp_path)
    make_node(folder, PARTY)
    folder.settings_file.write_text(folder.settings_file.read_text().replace("trust", "believe"))
    with pytest.raises(FolderError, match="believe"):
        folder.settings()


def test_one_folder_has_one_process(tmp_path):
    folder = NodeFolder(tmp_path)
    with folder.claim(), pytest.raises(AlreadyRunning, match="another process"):
        folder.claim()


@pytest.mark.parametrize(
    ("text", "place"), [("p0:7000", ("p0", 7000)), ("[::1]:70", ("::1", 70)), ("10.0.0.1:7000", ("10.0.0.1", 7000))]
)
def test_places_are_read_as_people_write_them(text, place):
    assert Place.parse(text) == place


@pytest.mark.parametrize("text", ["", "p0", "p0:", ":7000", "p0:99999", "p0:door"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(FolderError, match="host:port"):
        Place.parse(text)
