/** What is wrong with a value of a form, in one line. The platform checks again; this only answers sooner. */

export function range(value: number | '', low: number, high: number, unit = ''): string | null {
  if (value === '' || !Number.isInteger(value)) return `Enter a whole number from ${low} to ${high}${unit}`;
  return value < low || value > high ? `From ${low} to ${high}${unit}; this is ${value}` : null;
}

export function titleProblem(title: string): string | null {
  if (title.trim() === '') return 'Give the job a title that its sites will recognise';
  return title.length > 120 ? `At most 120 characters; this has ${title.length}` : null;
}

/** What the platform says of fields, put beside the inputs; what has no input of its own is told above the form. */
export function fromPlatform<Name extends string>(fields: Record<string, string[]>, places: Readonly<Record<string, Name>>): { beside: Partial<Record<Name, string>>; above: string[] } {
  const beside: Partial<Record<Name, string>> = {};
  const above: string[] = [];
  for (const [place, messages] of Object.entries(fields)) {
    const input = places[place];
    if (input === undefined) above.push(`${place.replace('settings.', '')}: ${messages.join(' ')}`);
    else beside[input] = messages.join(' ');
  }
  return { beside, above };
}
