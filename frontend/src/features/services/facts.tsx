import type { ServiceDetail } from '@/api/types';
import { count, percent } from '@/lib/format';
import { type Json, object, text, words } from '@/lib/read';
import { roleWords } from '@/lib/roles';
import type { Fact } from '@/ui/Facts';
import { Sentences } from './Sentences';

/** A service as rows of name and value. */

const asJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

export function inputFacts({ input, output, classes, policy }: ServiceDetail): Fact[] {
  if (input === null) return [];
  return [
    { name: 'An image is', value: `one grey picture, made ${input.size} × ${input.size} pixels by whoever asks` },
    { name: 'Normalised by', value: `mean ${input.mean.toFixed(4)}, standard deviation ${input.std.toFixed(4)}` },
    { name: 'The answer is', value: policy === 'logits' ? `a logit for each of ${count(classes.length)} classes, so probabilities` : 'the most likely class, and nothing else' },
    { name: 'Classes, in order', value: classes.join(', ') },
    ...(output === null || policy === 'label'
      ? []
      : [
          { name: 'Taken as no answer', value: `a logit beyond ±${output.limit.toPrecision(3)}: the image is unlike any the scales were fitted on` },
          { name: 'Temperature', value: `logits are divided by ${output.temperature.toFixed(2)} before they become probabilities` },
        ]),
  ];
}

const SOURCES: Record<string, string> = { phantoms: 'drawn by the software', folder: 'from the owner’s folder' };

/** Which images the scales were fitted on, where the owner's worker says so. */
function sourceOf(report: unknown): string {
  const calibration = object(asJson(report), 'calibration');
  const source = calibration === null ? null : text(calibration, 'source');
  return source === null ? '' : `, ${SOURCES[source] ?? source}`;
}

/** What the owner's worker wants people to know before they rely on the service. */
export const notesOf = ({ report }: ServiceDetail): string[] => words(asJson(report), 'notes');

export function accuracyFacts({ accuracy, policy, report }: ServiceDetail): Fact[] {
  if (accuracy === null) return [{ name: 'Compared on', value: 'nothing yet' }];
  const { images, labels_agree: agree, largest_logit_error: error } = accuracy;
  return [
    { name: 'Compared on', value: `${count(images)} calibration images${sourceOf(report)}` },
    { name: 'Computed', value: 'in plain numbers, and in whole ones as the parties do' },
    { name: 'Same label', value: `${count(agree)} of ${count(images)}, ${percent(agree / Math.max(1, images))}` },
    { name: 'Largest error', value: `${error.toPrecision(2)} of a logit${policy === 'label' ? ', which no requester sees' : ''}` },
    { name: 'What it says', value: 'That encryption changes nothing that matters. How good the model is, its own page says.' },
  ];
}

const WHO: Record<string, string> = { hub: 'The hub', requester: 'Whoever asks' };

export function learnsFacts(learns: Record<string, string[]>): Fact[] {
  const order = ['p0', 'p1', 'dealer', 'owner', 'hub', 'requester'];
  return order.flatMap((who) => {
    const what = learns[who];
    return what === undefined ? [] : [{ name: WHO[who] ?? roleWords(who).name, value: <Sentences lines={what} /> }];
  });
}

