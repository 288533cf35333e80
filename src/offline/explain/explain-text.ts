import { type KindName, metricsPath } from '../../contract/names.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import { printable, type Style } from '../../terminal/style.ts';
import { wrap } from '../../text/wrap.ts';
import { colouredDiff } from '../change/change-output.ts';
import type { LintFinding } from '../lint/lint-finding.ts';
import { listed, namespaceAskingFor } from '../lint/sentences.ts';
import type { Explanation, SidecarRequest, SourcePosition } from './explain-manifests.ts';
import { type ExplainedSetting, isShown } from './explain-settings.ts';
import { metricsSentence, targetSentences } from './scrape-target.ts';

export interface Printing {
  readonly style: Style;
  readonly isColoured: boolean;
  readonly width: number;
  /** The settings file as the command line names it. */
  readonly settingsFile: string | undefined;
  /** Some metrics of each kind about itself. */
  readonly examples: ReadonlyMap<KindName, readonly string[]>;
}

/** Explanations for people: a block of sentences for each pod, pod template and Service. */
export function explainText(explanations: readonly Explanation[], printing: Printing): string {
  return explanations.map((one) => `${blockOf(one, printing).join('\n')}\n`).join('\n');
}

function blockOf(one: Explanation, printing: Printing): readonly string[] {
  const { style, width } = printing;
  const paragraph = (text: string, indent = 2) => indented(printable(text), indent, width);
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', `  ${title}`, ...lines]);
  const reasons = one.findings
    .filter(({ code }) => !givenByHead.has(code))
    .flatMap((finding) => findingLines(finding, printing));
  return [
    printable(titleOf(one)),
    ...paragraph(requestSentence(one)),
    `  ${paintedDecision(one, style)}`,
    ...section('Why, and what to do', reasons),
    ...sidecarLines(one, printing, section),
    ...(one.pods === undefined
      ? []
      : section(
          'Behind it',
          [podsLine(one.pods, one.podCount ?? 0)].flatMap((text) => paragraph(text, 4)),
        )),
    ...section(one.decision === 'injected' ? 'What is added' : 'What is written', diffLines(one.diff, printing)),
  ];
}

/** Reasons that the first sentences give in more words. */
const givenByHead: ReadonlySet<string> = new Set(['not_asked', 'opted_out', 'already_injected']);

type Section = (title: string, lines: readonly string[]) => readonly string[];

function sidecarLines({ sidecar, kinds: asked }: Explanation, printing: Printing, section: Section): readonly string[] {
  if (sidecar === undefined) return [];
  const { width, examples } = printing;
  const rows = (texts: readonly string[]) => texts.flatMap((text) => indented(printable(text), 4, width));
  const rest = sidecar.settings.filter((one) => !isShown(one)).length;
  const ownVariables = sidecar.apps.flatMap(({ container, kept: own }) =>
    own.length === 0 ? [] : [`container ${container} defines ${listed(own)} itself, and keeps the values`],
  );
  return [
    ...section('How it runs', rows([sidecar.placement])),
    ...section('Settings', [
      ...rows(sidecar.settings.filter(isShown).map((one) => settingText(one, printing))),
      ...rows([`${rest} more are as they are by default: -o json has them all`]),
    ]),
    ...section('What Prometheus sees', [
      ...rows(targetSentences(sidecar.target)),
      ...rows(asked.map((kind) => metricsSentence(kind, examples.get(kind) ?? []))),
    ]),
    ...section('What the application is told', rows([...sidecar.apps.flatMap(variableTexts), ...ownVariables])),
  ];
}

function titleOf({ object, namespace, template, source, line }: Explanation): string {
  const where = template === '' ? '' : `, ${template}`;
  return `${object}${where} (${source}:${line}, namespace ${namespace})`;
}

/** The request and its kinds; or advice how to ask. */
function requestSentence({ asked, kinds: requested, template, subject, decision, before }: Explanation): string {
  if (before !== undefined) {
    const { version, kinds: has, metricsPort } = before;
    const page = metricsPort === undefined ? '' : ` Prometheus sees one page, http://POD:${metricsPort}${metricsPath}.`;
    return `It has its sidecar already, of version ${version}, for ${listed(has)}.${page}`;
  }
  const by = `${requestWords[asked.by]} ${asked.key ?? ''}${asked.at === undefined ? '' : ` (${positionText(asked.at)})`}`;
  if (subject === 'service') return asked.by === 'nothing' ? 'Nothing is asked for.' : `Asked by ${by}.`;
  if (asked.by === 'nothing') {
    const metadata = template === '' ? 'metadata' : `${template}.metadata`;
    return [
      `Nothing asks for a sidecar. To ask, write ${injectAnnotation.inject.key}: "statsd" in ${metadata}.annotations`,
      `(the kinds: ${kindNames.join(', ')}), or give the namespace the label ${namespaceAskingFor(['statsd'])}.`,
    ].join(' ');
  }
  if (decision === 'unchanged' && asked.value === 'false') return `Opted out by ${by}.`;
  const what = requested.length === 0 ? `what cannot be read, ${JSON.stringify(asked.value)}` : listed(requested);
  return `Asks for ${what}, by ${by}.`;
}

const requestWords: Readonly<Record<SidecarRequest['by'], string>> = {
  annotation: 'the annotation',
  namespace: 'the label of its namespace',
  'service-annotation': 'the annotation',
  nothing: 'nothing',
};

function paintedDecision({ decision, subject, sidecar, findings }: Explanation, style: Style): string {
  if (subject === 'service') {
    return decision === 'injected' ? style.paint('ok', 'The Service is changed.') : 'The Service stays as it is.';
  }
  switch (decision) {
    case 'injected':
      return style.paint('ok', sidecar === undefined ? 'It is put right again.' : 'The sidecar is added.');
    case 'unchanged': {
      const codes = findings.map(({ code }) => code).filter((code) => givenByHead.has(code));
      return `It stays as it is${codes.length === 0 ? '' : ` (${codes.join(', ')})`}.`;
    }
    case 'denied':
      return style.paint('error', 'It is refused: it may not run without its sidecar.');
    default:
      if (findings.some(({ code }) => code === 'not_string'))
        return style.paint('error', 'Nothing is added: the API server refuses the object.');
      return style.paint('error', 'No sidecar is added; the pod runs without, and its status says why.');
  }
}

function findingLines(finding: LintFinding, { style, width }: Printing): readonly string[] {
  const { severity, code, sentence, advice } = finding;
  const [first = '', ...more] = indented(printable(`${sentence}${/[.?]$/.test(sentence) ? '' : '.'}`), 6, width);
  const name = severity === 'info' ? `- ${code}` : style.paint(severity, `${style.symbol[severity]} ${code}`);
  const action = advice === '' || advice === 'Nothing to do.' ? [] : indented(printable(advice), 6, width);
  return [`    ${name} (${printable(positionText(finding))})`, first, ...more, ...action];
}

function settingText(
  { key, value, source, instead, at }: ExplainedSetting & { readonly at?: SourcePosition },
  { settingsFile }: Printing,
): string {
  const from = {
    annotation: `annotation at ${at === undefined ? '' : positionText(at)}`,
    settings: `settings file ${settingsFile ?? ''}`.trim(),
    default: 'default',
  }[source];
  const text = short(value ?? 'none');
  return instead === undefined
    ? `${key}: ${text} (${from})`
    : `${key}: ${instead} (${from} ${text} is taken; this is the next free one)`;
}

function short(value: string): string {
  const first = value.split('\n')[0]!.slice(0, 80);
  return first === value ? value : `${first} …`;
}

function variableTexts({ container, variables }: { container: string; variables: Readonly<Record<string, string>> }) {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [] : [`container ${container}: ${pairs.join(' ')}`];
}

function podsLine(pods: readonly string[], count: number): string {
  if (pods.length === 0) return 'No pod that it selects is among the manifests.';
  return `${listed(pods, count - pods.length)}.`;
}

function diffLines(diff: string, { isColoured }: Printing): readonly string[] {
  const lines = diff.split('\n').filter((line) => line !== '');
  return lines.map(printable).map((line) => `    ${isColoured ? colouredDiff(line) : line}`);
}

function positionText({ source, line, column }: SourcePosition): string {
  return `${source}:${line}:${column}`;
}

function indented(text: string, indent: number, width: number): string[] {
  return wrap(text, Math.max(20, width - indent)).map((line) => ' '.repeat(indent) + line);
}

/** For programs; fields are added to it, never taken away. */
export function explainJson(
  explanations: readonly Explanation[],
  version: string,
  examples: ReadonlyMap<KindName, readonly string[]>,
): string {
  const metrics = Object.fromEntries(examples);
  return `${JSON.stringify({ version, objects: explanations, metrics }, null, 2)}\n`;
}
