"""What a party of encrypted inference says and awaits: steps, without sockets, clocks or files.

A party is a generator. It yields a ``Step``, the messages that it sends and the sizes of those that it awaits, and is
resumed with what came. Whoever drives it, a test, a simulator or a transport, carries the bytes. One step is one
communication round, so counting yields counts rounds.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from primia_core.mpc.errors import SessionError

Buffer = bytes | bytearray | memoryview
Answers = Mapping[int, memoryview]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Step:
    """One round of one party.

    Attributes:
        label: the operation that this round belongs to, for counters: ``"<operation index>:<kind>"``.
        send: message by receiving party.
        expect: size in bytes of the awaited message, by sending party. A party that awaits nothing is absent.
    """

    label: str
    send: Mapping[int, Buffer] = field(default_factory=dict, repr=False)
    expect: Mapping[int, int] = field(default_factory=dict)


Exchange = Generator[Step, Answers, Result]
"""A sans-IO computation: yields steps, gets ``{sender: message}`` for each, returns its result."""


@dataclass
class Tally:
    """What one party sent and how often it waited, in all and by label."""

    rounds: int = 0
    bytes_sent: int = 0
    by_label: dict[str, tuple[int, int]] = field(default_factory=dict)

    def note(self, step: Step) -> None:
        """Count one step: its round and the bytes of its messages."""
        sent = sum(memoryview(message).nbytes for message in step.send.values())
        rounds_before, bytes_before = self.by_label.get(step.label, (0, 0))
        self.rounds += 1
        self.bytes_sent += sent
        self.by_label[step.label] = (rounds_before + 1, bytes_before + sent)


def play(parties: Sequence[Exchange[Result]], tallies: Sequence[Tally] | None = None) -> list[Result]:
    """Run the parties of one computation in this process, round by round.

    Args:
        parties: one exchange a party; party ``i`` is the i-th.
        tallies: one a party, filled with rounds and bytes.
    Returns:
        The result of each party.
    Raises:
        SessionError: a party awaits what nobody sends, is sent what it does not await, or ends before the others.
    """
    tallies = tallies or [Tally() for _ in parties]
    running = list(parties)
    answers: list[Answers | None] = [None] * len(running)
    results: dict[int, Result] = {}
    while len(results) < len(running):
        steps: dict[int, Step] = {}
        for index, party in enumerate(running):
            if index in results:
                continue
            try:
                given = answers[index]
                steps[index] = next(party) if given is None else party.send(given)
                tallies[index].note(steps[index])
            except StopIteration as end:
                results[index] = end.value
        _check_ends(steps, results)
        for index in steps:
            answers[index] = _delivered(index, steps)
    return [results[index] for index in range(len(running))]


def _check_ends(steps: Mapping[int, Step], results: Mapping[int, object]) -> None:
    for index, step in steps.items():
        gone = [peer for peer in (*step.send, *step.expect) if peer in results]
        if gone:
            raise SessionError(f"party {index} is at {step.label} and party {gone[0]} has ended; their programs differ")


def _delivered(receiver: int, steps: Mapping[int, Step]) -> Answers:
    expected = steps[receiver].expect
    sent = {sender: step.send[receiver] for sender, step in steps.items() if receiver in step.send}
    sizes = {sender: memoryview(message).nbytes for sender, message in sent.items()}
    if sizes != dict(expected):
        raise SessionError(
            f"party {receiver} at {steps[receiver].label} awaits {dict(expected)} bytes and is sent {sizes}; "
            "give all parties the same program and batch"
        )
    return {sender: memoryview(message).cast("B") for sender, message in sent.items()}
