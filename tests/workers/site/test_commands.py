"""``primia site``: from an empty folder to a signed plan, as a person types it."""

import json

import pytest
import typer
from typer.testing import CliRunner

from primia_core.secagg import Identity
from tests.workers.link.fake_hub import CREDENTIAL
from tests.workers.site.hospitals import CLASSES, JOB, Federation, draw_images
from workers.link.errors import FolderError, NotEnrolled
from workers.site.commands import register
from workers.site.errors import NotApproved, PlanRefused, SiteError
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy
from workers.site.setup import join

app = typer.Typer()
register(app)


def primia(*words: object) -> str:
    """Run a command that must succeed, and return what it prints."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def folder(tmp_path):
    table = draw_images(tmp_path / "images", seed=1)
    out = primia(
        "site", "init", "basel", "--data", table, "--folder", tmp_path / "site", "--classes", ",".join(CLASSES)
    )
    assert "24 images" in out
    return SiteFolder(tmp_path / "site")


def test_init_makes_keys_that_only_the_owner_can_read_and_copies_no_image(folder):
    assert (folder.identity / "keys.json").stat().st_mode & 0o077 == 0
    assert folder.settings_file.stat().st_mode & 0o077 == 0
    assert [path.name for path in (folder.path / "data").iterdir()] == ["cohort.csv"]
    settings = folder.settings()
    assert (settings.site, settings.data.classes, settings.policy.approval) == ("basel", CLASSES, "manual")


def test_init_never_overwrites_a_site(folder):
    with pytest.raises(FolderError, match="exists already"):
        primia("site", "init", "other", "--data", folder.path / "data" / "cohort.csv", "--folder", folder.path)


@pytest.mark.parametrize("command", ["audits", "status", "privacy"])
def test_folder_that_is_no_site_is_told_as_much(command, tmp_path):
    with pytest.raises(FolderError, match="does not exist; make it with"):
        primia("site", command, "--folder", tmp_path)


def test_init_splits_by_patient_a_cohort_without_splits(tmp_path):
    table = draw_images(tmp_path / "images", seed=1, patients=60)
    rows = [line.rsplit(",", 1)[0] for line in table.read_text().splitlines()]
    table.write_text("\n".join(rows) + "\n")
    made = json.loads(primia("site", "init", "x", "--data", table, "--folder", tmp_path / "site", "--json"))
    assert made["images"] == 60
    written = (tmp_path / "site" / "data" / "cohort.csv").read_text()
    assert {line.rsplit(",", 1)[1] for line in written.splitlines()[1:]} == {"train", "validation", "test"}


def test_enrol_exchanges_the_token_pins_the_coordinator_and_is_in_the_journal(folder, hub, tmp_path):
    coordinator = Identity.create(tmp_path / "coordinator", "Coordinator").public
    hub.coordinator_identity = coordinator.to_json()
    hub.enrolments["token"] = "basel"
    with pytest.raises(NotEnrolled):
        folder.address()
    out = primia("site", "enrol", "--hub", hub.base_url, "--token", "token", "--folder", folder.path)
    assert coordinator.fingerprint in out
    assert CREDENTIAL not in out
    assert folder.settings().hub.coordinator == coordinator.to_json()
    assert folder.credential() == CREDENTIAL
    assert (folder.path / "credential").stat().st_mode & 0o077 == 0
    assert folder.address().base_url == hub.base_url
    rows = json.loads(primia("site", "journal", "--folder", folder.path, "--json"))["rows"]
    assert [row["what"] for row in rows] == ["enrol"]
    assert "bytes have left this site" in primia("site", "journal", "--folder", folder.path)


def test_enrolment_that_dies_half_way_leaves_no_credential_by_which_an_agent_would_be_started(
    folder, hub, tmp_path, monkeypatch
):
    hub.coordinator_identity = Identity.create(tmp_path / "coordinator", "Coordinator").public.to_json()
    hub.enrolments["token"] = "basel"

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SiteFolder, "write_settings", dies)
        with pytest.raises(KeyboardInterrupt):
            join(folder, hub=hub.base_url, token="token", plain_http=False)
    with pytest.raises(NotEnrolled):
        folder.credential()


def test_confirm_takes_a_fingerprint_as_people_write_it(folder):
    spaced = " ".join("ABCD" * 4 for _ in range(4))
    assert json.loads(primia("site", "confirm", spaced, "--folder", folder.path, "--json"))["confirmed"] == "abcd" * 16
    with pytest.raises(SiteError, match="no fingerprint"):
        primia("site", "confirm", "abc", "--folder", folder.path)


@pytest.fixture
def asked(tmp_path, hub):
    """A hospital that was asked about a plan and has confirmed nobody, and the plan."""
    federation = Federation(tmp_path, hub, policy=SitePolicy(approval="manual"))
    agent = federation.agents["basel"]
    agent.database.write("DELETE FROM confirmed")
    assert agent.approvals.review(federation.plan.to_json(), JOB).state == "pending"
    yield agent.folder, federation
    federation.close()


def test_approve_wants_confirmed_fingerprints_and_then_signs(asked):
    folder, federation = asked
    plan = federation.plan
    assert "waits for you" in primia("site", "status", "--folder", folder.path)
    with pytest.raises(PlanRefused, match="telephone"):
        primia("site", "approve", plan.hash[:10], "--folder", folder.path)
    for member in plan.roster:
        primia("site", "confirm", member.fingerprint, "--folder", folder.path)
    out = json.loads(primia("site", "approve", JOB[:8], "--folder", folder.path, "--json"))
    assert (out["state"], out["plan_hash"]) == ("approve", plan.hash)
    status = json.loads(primia("site", "status", "--folder", folder.path, "--json"))
    assert [row["state"] for row in status["plans"]] == ["approve"]
    with pytest.raises(PlanRefused, match="signed already"):
        primia("site", "refuse", plan.hash, "--reason", "no", "--folder", folder.path)


def test_refuse_keeps_the_reason(asked):
    folder, federation = asked
    out = primia("site", "refuse", federation.plan.hash, "--reason", "ethics vote missing", "--folder", folder.path)
    assert "ethics vote missing" in out
    with pytest.raises(NotApproved):
        primia("site", "approve", "ffff", "--folder", folder.path)
