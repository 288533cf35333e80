/** Texts and numbers of captures; 0 is the whole name. */
export type Template = readonly (string | number)[];

export interface ReadTemplate {
  readonly template: Template;
  /** References of the text that have no capture: they are empty. */
  readonly unknown: readonly string[];
}

const globReference = /\$(?:(\d+)|\{(\d+)(?![A-Za-z0-9_$])|[A-Za-z_$][A-Za-z0-9_$]*|\{[A-Za-z0-9_$]+)\}?/g;

/**
 * A name or label value of a glob rule: `$1`, `${1}`, and `$0` for the whole name. A reference is the digits after `$`
 * and no more, so `$1_total` and `$1$2` mean what they show; in statsd_exporter both are empty. As there, a bracket
 * need not be closed.
 */
export function globTemplate(text: string, captures: number): ReadTemplate {
  const [template, unknown]: [(string | number)[], string[]] = [[], []];
  let end = 0;
  for (const reference of text.matchAll(globReference)) {
    const [whole, bare, braced] = reference;
    push(template, text.slice(end, reference.index));
    end = reference.index + whole.length;
    const digits = bare ?? braced;
    const number = digits === undefined ? Number.NaN : Number(digits);
    if (number <= captures) template.push(number);
    else unknown.push(whole);
  }
  push(template, text.slice(end));
  return { template, unknown };
}

const regexReference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/**
 * A name or label value of a regex rule, read as Go's `Regexp.Expand` does: `$1`, `${1}`, `$name`, `${name}`, `$$` for
 * a dollar. `$` takes the longest run of letters, digits and `_`, so `$1_total` names a group of that name.
 *
 * @param groups the number of each named group
 * @param captures the number of groups
 */
export function regexTemplate(text: string, captures: number, groups: Readonly<Record<string, number>>): ReadTemplate {
  const [template, unknown]: [(string | number)[], string[]] = [[], []];
  let end = 0;
  for (const reference of text.matchAll(regexReference)) {
    const [whole, braced, bare] = reference;
    push(template, text.slice(end, reference.index));
    end = reference.index + whole.length;
    const name = braced ?? bare;
    if (name === undefined) {
      push(template, '$');
      continue;
    }
    const isNumber = /^(?:0|[1-9]\d{0,8})$/.test(name);
    const number = isNumber ? Number(name) : Object.hasOwn(groups, name) ? groups[name]! : Number.NaN;
    if (number <= captures) template.push(number);
    else unknown.push(whole);
  }
  push(template, text.slice(end));
  return { template, unknown };
}

function push(template: (string | number)[], text: string): void {
  if (text === '') return;
  const last = template.length - 1;
  if (typeof template[last] === 'string') template[last] += text;
  else template.push(text);
}

/** @param captures of the match, the first for `$1` */
export function render(template: Template, name: string, captures: readonly string[]): string {
  if (template.length === 1 && typeof template[0] === 'string') return template[0];
  let text = '';
  for (const part of template) {
    text += typeof part === 'string' ? part : part === 0 ? name : (captures[part - 1] ?? '');
  }
  return text;
}
