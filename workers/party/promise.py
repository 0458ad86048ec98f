"""Whether a descriptor promises what this party has opened: the party signs that, and nothing else."""

from math import prod

from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.identity import PublicNode
from primia_core.mpc.program.operations import Input, SecureProgram
from workers.party.errors import DescriptorRefused
from workers.party.kept import Facts


def check_promise(
    descriptor: Descriptor, facts: Facts, program: SecureProgram, *, party: int, own: PublicNode, origin: str
) -> None:
    """Compare a descriptor with a service.

    Args:
        own: this node.
        origin: where it serves its keys.
    Raises:
        DescriptorRefused: something differs; the message says what.
    """
    first, last, scales = program.operations[0], program.output, program.scales
    assert isinstance(first, Input)
    channels, *sides = first.shape
    asked, given = descriptor.input, descriptor.output
    logits = last.policy == "logits"
    seats: list[PublicNode] = [own, facts.peer.node] if party == 0 else [facts.peer.node, own]
    promised = {
        "service": (descriptor.service, facts.service),
        "model version": (str(descriptor.model.version), facts.version),
        "program": (descriptor.program, program.digest),
        "protocol": (descriptor.protocol, facts.protocol),
        "profile": (descriptor.profile, program.profile),
        "mask": (descriptor.mask, facts.mask),
        "epoch": (descriptor.epoch, facts.epoch),
        "policy": (given.policy, last.policy),
        "input shape": ((asked.channels, asked.size, asked.size), (channels, *sides)),
        "input scale": (asked.scale, scales[0]),
        "input ring": (asked.ring_bits, program.widths.ring_bits),
        "answer words": (given.words, prod(last.shape) if logits else 1),
        "answer scale": (given.scale, scales[-1] if logits else 1.0),
        "answer ring": (given.ring_bits, program.widths.ring_bits if logits else program.widths.wire_bits),
        "party 0": (descriptor.parties[0].fingerprint, seats[0].fingerprint),
        "party 1": (descriptor.parties[1].fingerprint, seats[1].fingerprint),
        "dealer": (descriptor.dealer.fingerprint, facts.dealer.node.fingerprint),
        "owner": (descriptor.owner.fingerprint, facts.owner.fingerprint),
        "origin": (descriptor.parties[party].origin, origin.rstrip("/")),
    }
    for what, (said, here) in promised.items():
        if said != here:
            raise DescriptorRefused(
                f"the descriptor promises {what} {said}, this party has {here}; publish the service again"
            )
