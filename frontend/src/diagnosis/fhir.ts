import type { Descriptor } from './descriptor.ts';
import { type Certainty, NOTICE, type Result } from './result.ts';

/**
 * A result as a FHIR R4 DiagnosticReport, as primia_core/diagnosis/fhir.py writes it. It is preliminary: a model has made
 * it and nobody has signed it. It names no patient; its reader adds the subject.
 */

export interface Told {
  readonly diagnosis: string;
  readonly descriptor: Pick<Descriptor, 'name' | 'intendedUse' | 'service' | 'model'>;
  readonly result: Result;
  readonly issued: Date;
  readonly source?: string;
}

const CATEGORY = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'RAD', display: 'Radiology' }] };
const UNIT = { system: 'http://unitsofmeasure.org', code: '1' };

const SAYS: Record<Certainty, string> = {
  clear: 'The model is clear about it.',
  unsure: 'The model is unsure.',
  'cannot tell': 'The model cannot tell.',
  'not told': 'The service gives a label alone, without a measure of certainty.',
};

export function diagnosticReport({ diagnosis, descriptor, result, issued, source }: Told): Record<string, unknown> {
  const moment = `${issued.toISOString().slice(0, 19)}Z`;
  const observations = (result.probabilities ?? []).map(({ name, value }, index) => ({
    resourceType: 'Observation',
    id: `class-${index + 1}`,
    status: 'preliminary',
    code: { text: `Probability of ${name}` },
    effectiveDateTime: moment,
    valueQuantity: { value: Number(value.toFixed(6)), ...UNIT },
  }));
  const { model } = descriptor;
  return {
    resourceType: 'DiagnosticReport',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${diagnosis}` }],
    status: 'preliminary',
    category: [CATEGORY],
    code: { text: `${descriptor.name}: ${descriptor.intendedUse}`.replace(/[: ]+$/, '') },
    effectiveDateTime: moment,
    issued: moment,
    performer: [{ display: `${model.name} ${model.number} (service ${descriptor.service})` }],
    conclusion: conclusionOf(result),
    conclusionCode: [{ text: result.label }],
    ...(observations.length > 0 && { contained: observations, result: observations.map(({ id }) => ({ reference: `#${id}` })) }),
    ...(source !== undefined && { imagingStudy: [{ display: source }] }),
  };
}

function conclusionOf({ label, certainty, implausible }: Result): string {
  const doubt = implausible ? ' A value was out of range, so the answer counts as none.' : '';
  return `${label}. ${SAYS[certainty]}${doubt} ${NOTICE}`;
}
