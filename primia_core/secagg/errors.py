"""Everything that secure aggregation refuses, as one tree. Each refusal has a class and a code of its own.

SecaggError
├── IdentityError                     keys of a site or of the coordinator cannot be read, or do not fit together
│   └── FingerprintMismatch           a fingerprint is not that of the keys beside it
├── SpecError                         a session's settings contradict themselves or the rules
├── EncodingError                     values cannot be encoded or decoded
│   └── NotFinite                     a value is NaN or infinite
├── ShamirError                       a secret cannot be split or reconstructed as asked
├── SequenceError                     a step is out of its order
│   ├── StepOutOfOrder                the step before it has not been taken
│   ├── RepeatedDifferently           a step already taken is asked again with other input
│   ├── LateMessage                   a message for a phase that is closed
│   └── SessionAborted                this site has sworn never to release the session
├── WrongVectors                      vectors are not those of the session
├── Refusal                           a party refuses another's message
│   ├── ForgedSignature               a signature does not belong to its author
│   ├── WeakKey                       a public key that gives no secret
│   ├── MixedPlan, MixedModel, MixedRoster   parties were given different plans, models or rosters
│   ├── ReplayedRound                 a message or proposal of another round or attempt
│   ├── UnknownSender                 a message by or to somebody outside the roster
│   ├── RosterRefusal
│   │   ├── TruncatedRoster           fewer parties than the threshold or the federation's minimum
│   │   ├── TooFewConfirmed           too few fingerprints that a person confirmed
│   │   ├── SybilInRoster             one party under two names, or more strangers than may collude
│   │   └── ForgedAdvertisement       this site's own advertisement is not the one it made
│   ├── ShareRefusal
│   │   ├── MissingShare              a party is said to have shared, and its share is not there
│   │   ├── ShareNotAuthentic         a sealed share does not open for this session, sender and receiver
│   │   └── ShareAgainstAnotherCommitment   a share that is not the one its dealer committed to
│   ├── SurvivorRefusal
│   │   ├── TooFewSurvivors           a sum over fewer sites than agreed
│   │   ├── ThinMaskGraph             survivors whose masks the colluders could split
│   │   ├── UnknownSurvivor           a survivor that never submitted
│   │   ├── ContradictorySurvivors    one site alive and dropped, twice, or in neither list
│   │   ├── SplitParticipants         sites masked for different sets of peers
│   │   ├── SplitSurvivors            a second survivor list in one attempt
│   │   ├── NotASurvivor              a site is asked about a sum that it is not in
│   │   ├── TooFewSignatures          a list that too few sites signed
│   │   └── BothShareKinds            the self-mask and the mask key of one peer
│   ├── QuantityRefusal
│   │   ├── QuantityUnderAnotherRoster    submitted before under another roster
│   │   ├── QuantityPending           submitted before in an attempt that may still be opened
│   │   ├── QuantityReleased          submitted before and opened for other survivors
│   │   └── AbortNotCertain           an abort certificate that proves too little
│   ├── AlreadyReleased               an abort is asked of a site that has released its shares
│   └── AggregateRefusal
│       ├── AggregateMismatch         the sums are not those that the coordinator signed
│       └── AggregateOutOfBounds      a coordinate that no honest sites could have summed to
└── CoordinatorError                  the coordinator cannot go on
    ├── TooFewAnswers                 a phase has fewer answers than it needs
    ├── DishonestShares               reconstructed secrets are not those that were advertised
    └── SubmissionMismatch            a site's vectors are not those that its header signed
"""

from primia_core.errors import PrimiaError


class SecaggError(PrimiaError):
    """Secure aggregation cannot go on."""

    code = "secagg.error"


class IdentityError(SecaggError):
    """Keys cannot be read or do not fit together."""

    code = "secagg.identity"


class FingerprintMismatch(IdentityError):
    """A fingerprint is not that of the keys beside it."""

    code = "secagg.fingerprint_mismatch"


class SpecError(SecaggError):
    """A session's settings contradict themselves or the rules."""

    code = "secagg.spec"


class EncodingError(SecaggError):
    """Values cannot be encoded or decoded."""

    code = "secagg.encoding"


class NotFinite(EncodingError):
    """A value is NaN or infinite."""

    code = "secagg.not_finite"


class ShamirError(SecaggError):
    """A secret cannot be split or reconstructed as asked."""

    code = "secagg.shamir"


class SequenceError(SecaggError):
    """A step is out of its order."""

    code = "secagg.sequence"


class StepOutOfOrder(SequenceError):
    """The step before this one has not been taken."""

    code = "secagg.step_out_of_order"


class RepeatedDifferently(SequenceError):
    """A step already taken is asked again with other input."""

    code = "secagg.repeated_differently"


class LateMessage(SequenceError):
    """A message came for a phase that is closed."""

    code = "secagg.late_message"


class SessionAborted(SequenceError):
    """This site has sworn never to release the session."""

    code = "secagg.session_aborted"


class WrongVectors(SecaggError):
    """Vectors are not those of the session."""

    code = "secagg.wrong_vectors"


class Refusal(SecaggError):
    """A party refuses another's message."""

    code = "secagg.refused"


class ForgedSignature(Refusal):
    """A signature does not belong to its author."""

    code = "secagg.forged_signature"


class WeakKey(Refusal):
    """A public key gives no secret."""

    code = "secagg.weak_key"


class MixedPlan(Refusal):
    """Parties were given different plans."""

    code = "secagg.mixed_plan"


class MixedModel(Refusal):
    """Parties were given different global models."""

    code = "secagg.mixed_model"


class MixedRoster(Refusal):
    """Parties were given different rosters."""

    code = "secagg.mixed_roster"


class ReplayedRound(Refusal):
    """A message or proposal belongs to another round or attempt."""

    code = "secagg.replayed_round"


class UnknownSender(Refusal):
    """A message is by or to somebody outside the roster."""

    code = "secagg.unknown_sender"


class RosterRefusal(Refusal):
    """The parties of a session cannot be accepted."""

    code = "secagg.roster"


class TruncatedRoster(RosterRefusal):
    """There are fewer parties than the threshold or the federation's minimum."""

    code = "secagg.truncated_roster"


class TooFewConfirmed(RosterRefusal):
    """Too few fingerprints have been confirmed by a person."""

    code = "secagg.too_few_confirmed"


class SybilInRoster(RosterRefusal):
    """One party has two names, or there are more strangers than may collude."""

    code = "secagg.sybil_in_roster"


class ForgedAdvertisement(RosterRefusal):
    """This site's own advertisement is not the one it made."""

    code = "secagg.forged_advertisement"


class ShareRefusal(Refusal):
    """A share cannot be accepted."""

    code = "secagg.share"


class MissingShare(ShareRefusal):
    """A party is said to have shared, and its share is not there."""

    code = "secagg.missing_share"


class ShareNotAuthentic(ShareRefusal):
    """A sealed share does not open for this session, sender and receiver."""

    code = "secagg.share_not_authentic"


class ShareAgainstAnotherCommitment(ShareRefusal):
    """A share is not the one its dealer committed to."""

    code = "secagg.share_against_another_commitment"


class SurvivorRefusal(Refusal):
    """A survivor list cannot be accepted."""

    code = "secagg.survivors"


class TooFewSurvivors(SurvivorRefusal):
    """The sum would be over fewer sites than agreed."""

    code = "secagg.too_few_survivors"


class ThinMaskGraph(SurvivorRefusal):
    """The masks of these sites could be split by as many colluders as there may be."""

    code = "secagg.thin_mask_graph"


class UnknownSurvivor(SurvivorRefusal):
    """A survivor never submitted."""

    code = "secagg.unknown_survivor"


class ContradictorySurvivors(SurvivorRefusal):
    """One site is alive and dropped, listed twice, or in neither list."""

    code = "secagg.contradictory_survivors"


class SplitParticipants(SurvivorRefusal):
    """Sites masked for different sets of peers."""

    code = "secagg.split_participants"


class SplitSurvivors(SurvivorRefusal):
    """There is a second survivor list in one attempt."""

    code = "secagg.split_survivors"


class NotASurvivor(SurvivorRefusal):
    """A site is asked about a sum that it is not in."""

    code = "secagg.not_a_survivor"


class TooFewSignatures(SurvivorRefusal):
    """Too few sites signed the survivor list."""

    code = "secagg.too_few_signatures"


class BothShareKinds(SurvivorRefusal):
    """The self-mask and the mask key of one peer are asked for."""

    code = "secagg.both_share_kinds"


class QuantityRefusal(Refusal):
    """A quantity may not be submitted in this session."""

    code = "secagg.quantity"


class QuantityUnderAnotherRoster(QuantityRefusal):
    """The quantity was submitted before under another roster."""

    code = "secagg.quantity_under_another_roster"


class QuantityPending(QuantityRefusal):
    """The quantity was submitted before in an attempt that may still be opened."""

    code = "secagg.quantity_pending"


class QuantityReleased(QuantityRefusal):
    """The quantity was submitted before and opened for other survivors."""

    code = "secagg.quantity_released"


class AbortNotCertain(QuantityRefusal):
    """An abort certificate proves too little."""

    code = "secagg.abort_not_certain"


class AlreadyReleased(Refusal):
    """An abort is asked of a site that has released its shares."""

    code = "secagg.already_released"


class AggregateRefusal(Refusal):
    """An aggregate cannot be accepted."""

    code = "secagg.aggregate"


class AggregateMismatch(AggregateRefusal):
    """The sums are not those that the coordinator signed."""

    code = "secagg.aggregate_mismatch"


class AggregateOutOfBounds(AggregateRefusal):
    """A coordinate is one that no honest sites could have summed to."""

    code = "secagg.aggregate_out_of_bounds"


class CoordinatorError(SecaggError):
    """The coordinator cannot go on."""

    code = "secagg.coordinator"


class TooFewAnswers(CoordinatorError):
    """A phase has fewer answers than it needs."""

    code = "secagg.too_few_answers"


class DishonestShares(CoordinatorError):
    """Reconstructed secrets are not those that were advertised."""

    code = "secagg.dishonest_shares"


class SubmissionMismatch(CoordinatorError):
    """A site's vectors are not those that its header signed."""

    code = "secagg.submission_mismatch"
