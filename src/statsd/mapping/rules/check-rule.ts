import { isReservedName } from '../../../exposition/metric/metric-names.ts';
import { quote } from '../../../flags/codec.ts';
import type { LabelField, RuleFields } from '../fields/rule-fields.ts';
import type { Findings, Located } from '../findings.ts';
import type { Rule } from '../mapping.ts';
import { compatGlobTemplate } from '../match/compat-template.ts';
import type { CompiledRule, Pattern } from '../match/compiled-rule.ts';
import { eventKinds } from '../match/glob.ts';
import type { ReadRegex } from '../match/regex.ts';
import { globTemplate, type ReadTemplate, regexTemplate, type Template } from '../match/template.ts';

// The expressions of statsd_exporter, which refuses the same texts.
/**
 * A reference takes all of its digits. Otherwise each digit could belong to the reference or to the name: two ways for
 * each of a thousand references.
 */
const namePattern = /^(?:[a-zA-Z_]|\$\{?\d+(?!\d)\}?)(?:[a-zA-Z0-9_]|\$\{?\d+(?!\d)\}?)*$/;
const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]+$/;
const firstSegment = /^(?:\*|[a-zA-Z_][a-zA-Z0-9_-]*)$/;
const laterSegment = /^(?:\*|[a-zA-Z0-9_][a-zA-Z0-9_-]*)$/;

/** The labels that Prometheus adds to every series of a pod. */
const targetLabels: readonly string[] = ['job', 'instance', 'namespace', 'pod'];
const ownPrefixes: readonly string[] = ['statsd_exporter_', 'metrics_sidecar_'];

export interface RuleOptions {
  /** Read the references of globs as statsd_exporter does. */
  readonly compat: boolean;
  /** Reads the regular expressions of the file, one after the other; undefined: the file has used up its size. */
  readonly readRegex: (match: string) => ReadRegex | undefined;
}

type ReadPattern = { readonly pattern: Pattern; readonly read: (text: string) => ReadTemplate };

/**
 * Checks one rule, and reports all of its problems.
 *
 * @returns undefined where a problem makes the rule impossible.
 */
export function checkRule(
  fields: RuleFields,
  rule: Rule,
  findings: Findings,
  options: RuleOptions,
): CompiledRule | undefined {
  for (const label of fields.labels) checkLabel(label, fields, rule, findings);
  const nameField = fields.invalidKeys.has('name') ? undefined : checkName(fields, findings);
  const readPattern = rule.matchType === 'glob' ? readGlob : readExpression;
  const read = fields.invalidKeys.has('match') ? undefined : readPattern(fields, findings, options);
  if (read === undefined || nameField === undefined) return undefined;
  const template = ({ value, place }: Located<string>): Template => {
    const { template: parts, unknown } = read.read(value);
    if (rule.action === 'map') {
      for (const reference of unknown) {
        findings.warning(
          place,
          'reference',
          `${quote(reference)} leads to no capture of ${quote(rule.match)}: it is empty`,
        );
      }
    }
    return parts;
  };
  return {
    rule,
    fields,
    kinds: fields.kind === undefined ? eventKinds : [fields.kind.value],
    pattern: read.pattern,
    name: template(nameField),
    labels: fields.labels.map((label) => [label.name, template(label.value)] as const),
  };
}

function checkName({ name, place, action }: RuleFields, findings: Findings): Located<string> | undefined {
  if (name === undefined || name.value === '') {
    const message = `the mapping has no name${action === 'drop' ? '; one that drops needs it too' : ''}`;
    findings.error(name?.place ?? place, 'name', message);
    return undefined;
  }
  if (!namePattern.test(name.value)) {
    const message = `name ${quote(name.value)} has to be letters, digits and _ with references such as \${1}, and begin with no digit`;
    findings.error(name.place, 'name', message);
    return undefined;
  }
  const prefix = ownPrefixes.find((own) => name.value.startsWith(own));
  if (prefix !== undefined && action !== 'drop') {
    findings.warning(
      name.place,
      'own_name',
      `names of the sidecar begin with ${prefix}: samples that meet one are refused`,
    );
  }
  if (isReservedName(name.value) && action !== 'drop') {
    const message = `Prometheus gives the name ${quote(name.value)} to series that it makes itself: samples that get it are refused`;
    findings.warning(name.place, 'reserved_name', message);
  }
  return name;
}

function checkLabel({ name, namePlace }: LabelField, { kind }: RuleFields, rule: Rule, findings: Findings): void {
  if (!labelPattern.test(name)) {
    const message = `label ${quote(name)} has to be two or more letters, digits and _, and begin with no digit`;
    findings.error(namePlace, 'label', message);
    return;
  }
  if (rule.action === 'drop') return;
  if (name.startsWith('__')) {
    findings.error(namePlace, 'reserved_label', `labels that begin with __ are Prometheus's own: ${quote(name)}`);
    return;
  }
  if (targetLabels.includes(name)) {
    const message = `Prometheus gives the label ${name} to what it scrapes: this one becomes exported_${name}, or, where the job has honor_labels, takes its place`;
    findings.warning(namePlace, 'target_label', message);
    return;
  }
  const { type } = rule.observer;
  if (name !== (type === 'histogram' ? 'le' : 'quantile')) return;
  const message = `a ${type} writes the label ${name} itself`;
  if (kind?.value === 'observer') findings.error(namePlace, 'reserved_label', message);
  else if (kind === undefined) {
    findings.warning(namePlace, 'reserved_label', `${message}: timers, histograms and distributions are refused`);
  }
}

function readGlob({ match, place }: RuleFields, findings: Findings, { compat }: RuleOptions): ReadPattern | undefined {
  const text = match?.value ?? '';
  const segments = text.split('.');
  const badSegment = segments.find((segment, i) => !(i === 0 ? firstSegment : laterSegment).test(segment));
  if (badSegment === undefined) {
    const captures = segments.filter((segment) => segment === '*').length;
    const readTemplate = compat ? compatGlobTemplate : globTemplate;
    return { pattern: { type: 'glob', segments }, read: (template) => readTemplate(template, captures) };
  }
  findings.error(
    match?.place ?? place,
    'match',
    match === undefined ? 'the mapping has no match' : globProblem(text, badSegment),
  );
  return undefined;
}

function globProblem(text: string, segment: string): string {
  const match = `match ${quote(text)}`;
  if (segment === '') return text === '' ? 'match is empty' : `${match} has an empty segment`;
  if (/[()[\]\\+?|^$]/.test(text)) return `${match} is no glob; for a regular expression say match_type: regex`;
  if (segment.includes('*')) {
    return `${match}: * stands for a whole segment between dots, not for a part of ${quote(segment)}; match_type: regex can say that`;
  }
  return `${match}: ${quote(segment)} has to be letters, digits, _ and -${/^\d/.test(text) ? ', and the first begin with no digit' : ''}`;
}

function readExpression(
  { match, place }: RuleFields,
  findings: Findings,
  { readRegex }: RuleOptions,
): ReadPattern | undefined {
  const result = readRegex(match?.value ?? '');
  if (result === undefined) return undefined;
  if (!result.ok) {
    findings.error(match?.place ?? place, result.code, result.problem);
    return undefined;
  }
  const { value: regex } = result;
  const groups = regex.namedGroups();
  return {
    pattern: { type: 'regex', regex },
    read: (template) => regexTemplate(template, regex.groupCount(), groups),
  };
}
