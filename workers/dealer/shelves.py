"""The services of a dealer, each with its outbox, and who is served there. Opens no socket."""

import shutil
from pathlib import Path
from threading import RLock

from primia_core.mpc.delivery import Counter
from primia_core.mpc.errors import DeliveryRefused
from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.ledger import Ledger
from primia_core.mpc.stock.outbox import Outbox
from primia_core.mpc.transport.tls import Certificate
from primia_core.mpc.weight_masks import WeightMasks
from workers.dealer.errors import ServiceUnknown, StaleEpoch
from workers.dealer.masked import MaskedService
from workers.node import NodeFolder

FIRST_EPOCH = 1


class Shelves:
    """What is masked, dealt and waiting; a ``delivery.Desk``. Used by the worker and by the door's thread."""

    def __init__(self, folder: NodeFolder, ledger: Ledger) -> None:
        self._folder, self._ledger = folder, ledger
        self._masks, self.epochs = WeightMasks(ledger), Epochs(ledger)
        if self.epochs.latest == 0:
            self.epochs.open(FIRST_EPOCH)
        self._lock = RLock()
        self._services: dict[str, MaskedService] = {}
        self._outboxes: dict[str, Outbox] = {}
        for path in sorted(folder.services.glob("*")):
            service = MaskedService.load(path)
            self._services[service.service] = service
        self._sweep()

    def keep(self, service: MaskedService) -> None:
        """Keep a service under its new mask; sets that wait under an older one are thrown away.

        Raises:
            MaskReused: the mask belongs to another model version.
        """
        with self._lock:
            self._masks.assign(service.mask, service.model_version)
            service.save(self._folder.service(service.service))
            self._services[service.service] = service
            self._sweep()

    def close(self, service_id: str) -> None:
        """Forget a service, its seeds and whatever waits. Twice changes nothing."""
        with self._lock:
            self._services.pop(service_id, None)
            shutil.rmtree(self._folder.service(service_id), ignore_errors=True)
            self._sweep()

    def service(self, service_id: str) -> MaskedService:
        """Return a service whose sets may be dealt.

        Raises:
            ServiceUnknown: it is not masked here.
            StaleEpoch: its mask is of an epoch that is over.
        """
        with self._lock:
            service = self._services.get(service_id)
        if service is None:
            raise ServiceUnknown(f"service {service_id} is not masked here, or closed; publish it again")
        if service.epoch != (epoch := self.epochs.current):
            raise StaleEpoch(
                f"service {service_id} was masked in epoch {service.epoch}, the dealer is in {epoch}; publish it again"
            )
        return service

    def outbox(self, service: MaskedService) -> Outbox:
        """Return where a service's sets wait."""
        with self._lock:
            name = service.outbox_name
            if name not in self._outboxes:
                self._outboxes[name] = Outbox(self._folder.outbox / name, self._ledger)
            return self._outboxes[name]

    def counter(self, service_id: str, fingerprint: str) -> Counter:
        """Return where the holder of a certificate is served."""
        try:
            service = self.service(service_id)
        except (ServiceUnknown, StaleEpoch) as error:
            raise DeliveryRefused(error.message) from error
        for number, party in enumerate(service.parties):
            if party.tls.fingerprint == fingerprint:
                return Counter(self.outbox(service), number, service.kind)
        raise DeliveryRefused(
            f"the certificate {fingerprint[:16]} is of neither party of service {service_id}; ask its owner"
        )

    def callers(self) -> list[Certificate]:
        """Return the certificates of all parties."""
        with self._lock:
            return [party.tls for service in self._services.values() for party in service.parties]

    def _sweep(self) -> None:
        """Throw away outboxes of masks that are no longer used."""
        used = {service.outbox_name for service in self._services.values()}
        for path in self._folder.outbox.glob("*"):
            if path.name not in used:
                self._outboxes.pop(path.name, None)
                _remove(path)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
