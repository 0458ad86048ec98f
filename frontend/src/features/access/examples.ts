/** What a program writes to ask a service, for people to copy. The token comes from the environment, never from the text. */

export type Language = 'shell' | 'python' | 'curl';

/** What of the page stands in its address. */
export interface AccessSearch {
  language?: Language;
  service?: string;
}

export const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'shell', label: 'Command line' },
  { value: 'python', label: 'Python' },
  { value: 'curl', label: 'curl' },
];

export const ABOUT: Record<Language, string> = {
  shell: 'Splits and seals the image on that machine, sends the halves, opens the answer. A folder in place of an image makes one job of all its images.',
  python: 'The same in a program. AsyncDiagnosisClient has the same methods for asyncio.',
  curl: 'An image cannot be split and sealed with curl; use the command line or Python for that. With curl a program can follow what they have sent.',
};

const ID = 'SERVICE';

export function example(language: Language, origin: string, service: string | undefined): string {
  const id = service ?? ID;
  const address = `${origin}/services/${id}`;
  switch (language) {
    case 'shell':
      return ['export PRIMIA_TOKEN=…   # a token with the scope diagnoses', `primia diagnose chest.png --service ${address} --json`, `primia diagnose FOLDER --service ${address} --csv results.csv --fhir reports/`].join('\n');
    case 'python':
      return [
        'import os',
        '',
        'from primia_core.client.diagnosis import DiagnosisClient',
        '',
        `with DiagnosisClient("${origin}", token=os.environ["PRIMIA_TOKEN"]) as client:`,
        `    service = client.service("${id}")  # verifies signatures, log and the parties' own keys`,
        '    result = client.diagnose("chest.png", service)',
        'print(result.label, result.probabilities, result.certainty)',
      ].join('\n');
    case 'curl':
      return [
        `curl -H "Authorization: Bearer $PRIMIA_TOKEN" ${origin}/api/v1/services/${id}/descriptor`,
        `curl -H "Authorization: Bearer $PRIMIA_TOKEN" ${origin}/api/v1/diagnoses`,
        `curl -H "Authorization: Bearer $PRIMIA_TOKEN" "${origin}/api/v1/diagnoses/DIAGNOSIS/events?after=0"`,
        `curl -H "Authorization: Bearer $PRIMIA_TOKEN" ${origin}/api/v1/services/${id}/operations`,
      ].join('\n');
  }
}

/** How a receiver checks that a message came from this platform, and lately. */
export const VERIFY_WEBHOOK = [
  'import hashlib, hmac, time',
  '',
  'def check(secret: str, header: str, body: bytes) -> None:',
  '    """Raise unless the message was signed with our secret within five minutes."""',
  '    parts = dict(part.split("=", 1) for part in header.split(","))  # Primia-Signature: t=…,v1=…',
  '    signed = parts["t"].encode() + b"." + body',
  '    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()',
  '    if not hmac.compare_digest(expected, parts["v1"]) or abs(time.time() - int(parts["t"])) > 300:',
  '        raise ValueError("not signed by the platform, or too old")',
].join('\n');
