import type { Json, JsonObject } from './canonical.ts';

/** Reads values whose shape a signature depends on: what does not fit is refused with its place, never guessed. */

export class Misfit extends Error {}

export function object(value: unknown, where: string, names?: readonly string[]): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit(`${where} is no object`);
  const found = Object.keys(value);
  const odd = names === undefined ? undefined : [...names.filter((name) => !found.includes(name)), ...found.filter((name) => !names.includes(name))][0];
  if (odd !== undefined) throw new Misfit(`${where} ${found.includes(odd) ? 'has an unknown field' : 'lacks the field'} ${odd}`);
  return value as JsonObject;
}

export function list(value: unknown, where: string): readonly Json[] {
  if (!Array.isArray(value)) throw new Misfit(`${where} is no list`);
  return value as Json[];
}

export function text(from: JsonObject, name: string, pattern = /^[^]*$/): string {
  const value = from[name];
  if (typeof value !== 'string' || !pattern.test(value)) throw new Misfit(`${name} is not of its form`);
  return value;
}

export function texts(value: unknown, where: string): string[] {
  return list(value, where).map((one) => {
    if (typeof one !== 'string') throw new Misfit(`${where} holds something else than text`);
    return one;
  });
}

export function whole(from: JsonObject, name: string): number {
  const value = from[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Misfit(`${name} is no whole number`);
  return value;
}

/** A real number, which canonical JSON spells as text. */
export function real(from: JsonObject, name: string): number {
  const value = Number(text(from, name, /^-?\d+(\.\d+)?(e[+-]\d+)?$/));
  if (!Number.isFinite(value)) throw new Misfit(`${name} is not finite`);
  return value;
}

export function positive(from: JsonObject, name: string): number {
  const value = real(from, name);
  if (value <= 0) throw new Misfit(`${name} is ${value}, not above zero`);
  return value;
}

export function oneOf<Choice extends string | number>(from: JsonObject, name: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === from[name]);
  if (found === undefined) throw new Misfit(`${name} is none of ${choices.join(', ')}`);
  return found;
}

export function moment(from: JsonObject, name: string): Date {
  return new Date(text(from, name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));
}

export const HEX32 = /^[0-9a-f]{32}$/;
export const HEX64 = /^[0-9a-f]{64}$/;
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
