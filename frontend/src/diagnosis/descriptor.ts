import { fromBase64, fromHex, joined } from './bytes.ts';
import type { JsonObject } from './canonical.ts';
import { purpose, sha256Hex } from './digest.ts';
import { DiagnosisError } from './errors.ts';
import { readIdentity } from './identity.ts';
import { type PublicNode, readNode } from './node.ts';
import { HEX32, HEX64, list, Misfit, moment, object, oneOf, positive, real, text, texts, UUID, whole } from './reading.ts';
import type { RingBits } from './words.ts';

/** What a requester must know of a service before asking it: canonical JSON that both compute parties have signed. */

export interface InputSpec {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly mean: number;
  readonly std: number;
  readonly scale: number;
  readonly limit: number;
  readonly ring_bits: RingBits;
}

export interface OutputSpec {
  readonly policy: 'logits' | 'label';
  readonly scale: number;
  readonly limit: number;
  readonly words: number;
  readonly ring_bits: 16 | 24 | 32 | 64;
  readonly temperature: number;
}

export interface Party extends PublicNode {
  readonly origin: string;
}

export type Seat = 'p0' | 'p1' | 'dealer' | 'hub' | 'requester';

export interface Price {
  readonly bytesEachWay: number;
  readonly rounds: number;
  readonly onlineSeconds: number;
  readonly stockBytes: number;
  readonly learns: Readonly<Record<Seat, readonly string[]>>;
}

export interface Descriptor {
  readonly json: JsonObject;
  readonly digest: string;
  readonly service: string;
  readonly name: string;
  readonly federation: string;
  readonly model: { readonly name: string; readonly number: number; readonly version: string; readonly commitment: string };
  readonly classes: readonly string[];
  readonly intendedUse: string;
  readonly input: InputSpec;
  readonly output: OutputSpec;
  readonly program: string;
  readonly protocol: string;
  readonly profile: string;
  readonly parties: readonly [Party, Party];
  readonly dealer: PublicNode;
  readonly owner: PublicNode;
  readonly price: Price;
  readonly accuracy: { readonly images: number; readonly labelsAgree: number; readonly largestLogitError: number };
  readonly created: Date;
  readonly expires: Date;
}

export interface Vouching {
  readonly signer: string;
  readonly role: 'p0' | 'p1' | 'owner' | 'site';
  readonly name: string;
}

export interface CheckedService {
  readonly descriptor: Descriptor;
  readonly signatures: readonly Vouching[];
}

const FIELDS = ['version', 'service', 'name', 'federation', 'model', 'classes', 'intended_use', 'input', 'output', 'program', 'protocol', 'profile', 'mask', 'epoch', 'parties', 'dealer', 'owner', 'price', 'accuracy', 'created', 'expires'];
const SEATS: readonly Seat[] = ['p0', 'p1', 'dealer', 'hub', 'requester'];
const ORIGIN = /^https?:\/\/[^/\s]+$/;

/**
 * Reads a signed descriptor and verifies every signature, and that both parties have signed.
 *
 * This shows that whoever holds the keys in it has signed it, and not who they are: that takes the parties' own
 * origins, a countersigning site, or a fingerprint compared by telephone.
 */
export async function checkSigned(signed: unknown): Promise<CheckedService> {
  const { descriptor: json, signatures: rows } = refusing(() => {
    const both = object(signed, 'a signed descriptor', ['descriptor', 'signatures']);
    return { descriptor: both.descriptor, signatures: list(both.signatures, 'signatures') };
  });
  const descriptor = await readDescriptor(json);
  const signatures = await Promise.all(rows.map((row) => verified(descriptor, row)));
  const missing = ['p0', 'p1'].filter((role) => !signatures.some((one) => one.role === role));
  if (missing.length > 0) {
    throw new DiagnosisError('descriptor.unsigned', `The description of this service lacks the signature of ${missing.join(' and ')}. Wait until every party has signed.`);
  }
  return { descriptor, signatures };
}

export async function readDescriptor(value: unknown): Promise<Descriptor> {
  const json = refusing(() => object(value, 'descriptor', FIELDS));
  const parties = refusing(() => list(json.parties, 'parties').map((one) => object(one, 'a party')));
  const [first, second] = await Promise.all(parties.map(readParty));
  const [dealer, owner] = await Promise.all([readNode(json.dealer), readNode(json.owner)]);
  const digest = await sha256Hex(json).catch((error: unknown) => {
    throw unusable(error);
  });
  return refusing(() => {
    if (first === undefined || second === undefined || parties.length !== 2) throw new Misfit(`it names ${parties.length} parties, not two`);
    const read = { ...plainFields(json), json, digest, parties: [first, second] as const, dealer, owner };
    holdsTogether(read);
    return read;
  });
}

async function readParty({ origin, ...node }: JsonObject): Promise<Party> {
  return { ...(await readNode(node)), origin: refusing(() => text({ origin: origin ?? null }, 'origin', ORIGIN)) };
}

function plainFields(json: JsonObject) {
  oneOf(json, 'version', [1]);
  text(json, 'mask', HEX32);
  whole(json, 'epoch');
  const model = object(json.model, 'model', ['name', 'number', 'version', 'commitment']);
  const accuracy = object(json.accuracy, 'accuracy', ['images', 'labels_agree', 'largest_logit_error']);
  return {
    service: text(json, 'service', UUID),
    name: text(json, 'name'),
    federation: text(json, 'federation'),
    model: { name: text(model, 'name'), number: whole(model, 'number'), version: text(model, 'version', UUID), commitment: text(model, 'commitment', HEX64) },
    classes: texts(json.classes, 'classes'),
    intendedUse: text(json, 'intended_use'),
    input: inputOf(json),
    output: outputOf(json),
    program: text(json, 'program', HEX64),
    protocol: text(json, 'protocol'),
    profile: text(json, 'profile'),
    price: priceOf(json),
    accuracy: { images: whole(accuracy, 'images'), labelsAgree: whole(accuracy, 'labels_agree'), largestLogitError: real(accuracy, 'largest_logit_error') },
    created: moment(json, 'created'),
    expires: moment(json, 'expires'),
  };
}

function inputOf(json: JsonObject): InputSpec {
  const from = object(json.input, 'input', ['size', 'channels', 'mean', 'std', 'scale', 'limit', 'ring_bits']);
  const size = whole(from, 'size');
  if (size < 1 || size > 4096) throw new Misfit(`input.size is ${size}, outside 1 to 4096`);
  return { size, channels: oneOf(from, 'channels', [1, 3]), mean: real(from, 'mean'), std: positive(from, 'std'), scale: positive(from, 'scale'), limit: positive(from, 'limit'), ring_bits: oneOf(from, 'ring_bits', [32, 64]) };
}

function outputOf(json: JsonObject): OutputSpec {
  const from = object(json.output, 'output', ['policy', 'scale', 'limit', 'words', 'ring_bits', 'temperature']);
  return { policy: oneOf(from, 'policy', ['logits', 'label']), scale: positive(from, 'scale'), limit: positive(from, 'limit'), words: whole(from, 'words'), ring_bits: oneOf(from, 'ring_bits', [16, 24, 32, 64]), temperature: positive(from, 'temperature') };
}

function priceOf(json: JsonObject): Price {
  const from = object(json.price, 'price', ['bytes_each_way', 'rounds', 'online_seconds', 'stock_bytes', 'learns']);
  const learns = object(from.learns, 'learns', SEATS);
  const told = (seat: Seat) => texts(learns[seat], `learns.${seat}`);
  return {
    bytesEachWay: whole(from, 'bytes_each_way'),
    rounds: whole(from, 'rounds'),
    onlineSeconds: real(from, 'online_seconds'),
    stockBytes: whole(from, 'stock_bytes'),
    learns: { p0: told('p0'), p1: told('p1'), dealer: told('dealer'), hub: told('hub'), requester: told('requester') },
  };
}

function holdsTogether({ classes, input, output, parties, dealer, created, expires }: Omit<Descriptor, 'signatures'>): void {
  const wanted = output.policy === 'logits' ? classes.length : 1;
  if (classes.length === 0 || output.words !== wanted) throw new Misfit(`an answer holds ${output.words} values, not ${wanted}`);
  if (output.policy === 'logits' && output.ring_bits !== input.ring_bits) throw new Misfit('input and output are shared in two rings');
  const seats = [...parties, dealer];
  if (new Set(seats.map(({ identity }) => identity.fingerprint)).size < seats.length) throw new Misfit('parties and dealer are three nodes, and two have one signing key');
  if (expires <= created) throw new Misfit('it expires before it is made');
}

async function verified(descriptor: Descriptor, row: unknown): Promise<Vouching> {
  try {
    const json = object(row, 'a signature', ['signer', 'role', 'name', 'signature', 'identity']);
    const vouching = { signer: text(json, 'signer', HEX64), role: oneOf(json, 'role', ['p0', 'p1', 'owner', 'site']), name: text(json, 'name') };
    const { identity, fingerprint } = await signerOf(descriptor, vouching.role, json.identity);
    const message = joined(purpose('primia descriptor v1'), fromHex(descriptor.digest));
    const its = fingerprint === vouching.signer && identity.name === vouching.name && (await identity.signed(message, fromBase64(text(json, 'signature'))));
    if (!its) throw new Misfit(`it is not by ${vouching.name} (${vouching.role})`);
    return vouching;
  } catch (error) {
    throw new DiagnosisError('descriptor.forged', `A signature beside the description of this service cannot be trusted: ${error instanceof Error ? error.message : 'not readable'}. Do not use the service, and tell its operator.`);
  }
}

async function signerOf(descriptor: Descriptor, role: Vouching['role'], identity: unknown) {
  if (role !== 'site') return role === 'owner' ? descriptor.owner : descriptor.parties[role === 'p0' ? 0 : 1];
  const site = await readIdentity(identity);
  return { identity: site, fingerprint: site.fingerprint };
}

function refusing<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw unusable(error);
  }
}

const unusable = (error: unknown) =>
  error instanceof DiagnosisError ? error : new DiagnosisError('descriptor.invalid', `The description of this service cannot be used: ${error instanceof Error ? error.message : 'not readable'}. Ask the hub's operator.`);
