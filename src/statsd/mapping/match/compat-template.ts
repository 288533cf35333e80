import type { ReadTemplate } from './template.ts';

const reference = /\$\{?([A-Za-z0-9_$]+)\}?/g;
/** The placeholder of a capture; no YAML document can contain it. */
const hole = '\0';
const mostReferences = 256;
const missing = '%!s(MISSING)';

/**
 * A name or label value of a glob rule as statsd_exporter 0.30.0 reads it (pkg/mapper/fsm/formatter.go). Everything
 * that may follow a `$` belongs to the reference, so that `$1_total` and `$1$2` have no capture. References are
 * replaced as text, one after the other, so that `$1` is replaced within `$11` too, and the captures fill the
 * placeholders in the order of the references. Its formatting of a percent sign beside a reference is left out.
 */
export function compatGlobTemplate(text: string, captures: number): ReadTemplate {
  const references = [...text.matchAll(reference)];
  // Each reference is replaced in the whole text. A glob has no more captures than this.
  const excess = references[mostReferences];
  if (excess !== undefined) return { template: [], unknown: [excess[0]] };
  const unknown: string[] = [];
  const order: number[] = [];
  let holed = text;
  for (const [whole, run] of references) {
    const number = /^\d+$/.test(run!) ? Number(run) : Number.NaN;
    const exists = number >= 1 && number <= captures;
    if (exists) order.push(number);
    else unknown.push(whole);
    holed = holed.replaceAll(whole, exists ? hole : '');
  }
  const template: (string | number)[] = [];
  for (const [i, part] of holed.split(hole).entries()) {
    if (i > 0) template.push(order[i - 1] ?? missing);
    if (part !== '') template.push(part);
  }
  return { template, unknown };
}
