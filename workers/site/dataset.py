"""The hospital's PySyft dataset: drawn mock images that others may see, and a private manifest of the real ones.

No real image is ever in it: PySyft copies whatever it is given, so it is given drawings and a table. Who may see the
mock stands in PySyft's own permission files, which are read anew before anything is shown. What PySyft needs is
imported on first use.
"""

import csv
import hashlib
import hmac
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from primia_core.imaging import Cohort
from primia_core.imaging.phantoms import CLASSES, draw
from workers.link.settings_file import write_private
from workers.site.errors import DataError
from workers.site.folder import SiteFolder, SiteSettings

MOCK_PATIENTS = 12
MOCK_SIZE = 64
KEY_FILE = "pseudonym.key"
README = """# {name}: {task}

The images here are **drawings** (phantoms), not patients. They have the size, the classes and the folder layout of
this hospital's real cohort, so that code written against them runs there. The real images stay where the hospital
keeps them; a federation's approved plan is the only way to compute on them.
"""


@dataclass(frozen=True)
class Published:
    """A dataset as PySyft knows it."""

    name: str
    owner: str
    mock: Path
    manifest: Path


class HospitalDataset:
    """The PySyft dataset of one hospital, in the folder ``dataset`` of its site.

    Args:
        folder: the site's.
        settings: its ``site.toml``.
    """

    def __init__(self, folder: SiteFolder, settings: SiteSettings) -> None:
        self._folder, self._settings = folder, settings
        self.owner = f"{settings.site}@primia.invalid"
        self.name = settings.data.task

    def publish(self, cohort: Cohort, readers: Sequence[str]) -> Published:
        """Make the dataset anew, and let these PySyft users read its mock.

        Args:
            cohort: the real one; only its table is used.
            readers: e-mail addresses as PySyft knows them; ``any`` for everybody, none for nobody.
        """
        from syft_datasets.dataset_manager import SHARE_WITH_ANY

        manager = self._manager()
        self._folder.dataset.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._exists():
            manager.delete(self.name, require_confirmation=False)
        with tempfile.TemporaryDirectory(prefix=".publishing-", dir=self._folder.path) as made:
            mock, private, readme = Path(made) / "mock", Path(made) / "private", Path(made) / "readme.md"
            known = set(cohort.classes) <= set(CLASSES)
            draw(mock, MOCK_PATIENTS, seed=1, size=MOCK_SIZE, classes=cohort.classes if known else CLASSES)
            private.mkdir()
            self._write_manifest(cohort, private / "manifest.csv")
            readme.write_text(README.format(name=self._settings.name, task=self.name))
            manager.create(
                name=self.name,
                mock_path=mock,
                private_path=private,
                readme_path=readme,
                summary=f"{self._settings.data.name} of {self._settings.name}: drawings for everybody who may look",
                users=SHARE_WITH_ANY if list(readers) == [SHARE_WITH_ANY] else list(readers),
            )
        return self.published()

    def published(self) -> Published:
        """Return the dataset.

        Raises:
            DataError: none has been published.
        """
        if not self._exists():
            raise DataError("this site has published no dataset; run `primia site publish`")
        dataset = self._manager().get(self.name)
        return Published(self.name, self.owner, Path(dataset.mock_dir), Path(dataset.private_dir) / "manifest.csv")

    def mock_files(self, reader: str) -> list[Path]:
        """Return the mock's files that ``reader`` may see, by the permission files as they are now.

        Raises:
            DataError: there is none that they may see.
        """
        from syft_permissions import AccessLevel, ACLRequest, ACLService, User

        datasite = self._folder.dataset / self.owner
        rules = ACLService(owner=self.owner)
        rules.load_permissions_from_filesystem(datasite)

        def may_read(path: Path) -> bool:
            named = path.relative_to(datasite).as_posix()
            return rules.can_access(ACLRequest(path=named, level=AccessLevel.READ, user=User(id=reader)))

        found = sorted(path for path in self.published().mock.rglob("*") if path.is_file() and may_read(path))
        if not found:
            raise DataError(f"{reader} may see nothing of {self.name}; publish it again with --reader {reader}")
        return found

    def _write_manifest(self, cohort: Cohort, path: Path) -> None:
        """Write relative path, file hash, keyed pseudonym and label of every real image; no image, no patient id."""
        key = self._key()
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("path", "sha256", "pseudonym", "label"))
            for record in cohort.records:
                pseudonym = hmac.new(key, record.patient_id.encode(), hashlib.sha256).hexdigest()[:32]
                writer.writerow((record.path, record.sha256 or "", pseudonym, record.label))

    def _key(self) -> bytes:
        path = self._folder.path / KEY_FILE
        if not path.exists():
            write_private(path, secrets.token_bytes(32))
        return path.read_bytes()

    def _exists(self) -> bool:
        return (self._folder.dataset / self.owner / "public" / "syft_datasets").exists() and any(
            dataset.name == self.name for dataset in self._manager().get_all(datasite=self.owner)
        )

    def _manager(self):
        from syft_datasets.dataset_manager import SyftDatasetManager

        return SyftDatasetManager(self._folder.dataset, self.owner)
