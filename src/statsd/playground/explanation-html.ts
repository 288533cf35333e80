import { type Html, type HtmlValue, html } from '../../scrape/html.ts';
import type {
  Explanation,
  LineExplanation,
  RuleExplanation,
  SampleExplanation,
  SeriesExplanation,
} from '../explain/explanation.ts';
import type { Finding, ObserverSettings } from '../mapping/mapping.ts';

/** Of each line; a packed one may have thousands. */
const SHOWN_SAMPLES = 20;
const SHOWN_FINDINGS = 100;
const SHOWN_CAPTURES = 20;

/** An explanation as it stands on the playground's page: first what is wrong with the mapping, then line by line, then the page. */
export function explanationHtml({ lines, page, findings, problem }: Explanation): Html {
  const shown = findings.slice(0, SHOWN_FINDINGS);
  return html`${problem !== undefined && html`<p class="problem" role="alert">${problemText(problem, findings)}</p>\n`}${
    shown.length > 0 &&
    html`<h2>Findings</h2>\n<ul class="findings">\n${shown.map(finding)}${more(findings.length - shown.length, 'li')}</ul>\n`
  }${lines.length > 0 && html`<h2>Lines</h2>\n<ol class="lines">\n${lines.map(line)}</ol>\n`}${
    lines.length > 0 &&
    html`<h2>Page</h2>\n${page === '' ? html`<p>These lines give no series.</p>\n` : html`<pre class="page" tabindex="0">${page}</pre>\n`}`
  }`;
}

/** The errors stand below it, the first one in the problem's own words. */
function problemText(problem: string, findings: readonly Finding[]): string {
  const why = findings.some(({ severity }) => severity === 'error') ? 'it has errors.' : problem;
  return `The lines are explained without this mapping: ${why}`;
}

function finding({ severity, code, line, column, message }: Finding): HtmlValue {
  return html`<li><span class="tag ${severity}">${severity}</span> ${place(line, column)} ${message} <code>${code}</code></li>\n`;
}

/** Leads to the line of the mapping: a link to the text area, which the script turns into a jump to the place in it. */
function place(line: number, column?: number): HtmlValue {
  const text = column === undefined ? `line ${line}` : `${line}:${column}`;
  return html`<a class="place" href="#mapping" data-line="${line}" data-column="${column ?? 1}">${text}</a>`;
}

function line(one: LineExplanation): HtmlValue {
  const shown = one.samples.slice(0, SHOWN_SAMPLES);
  return html`<li class="line">
<p class="head"><code class="raw">${one.line === '' ? ' ' : one.line}</code> ${badge(lineOutcome(one), one.reason ?? onlyReason(one))}</p>
${notes(one.notes)}${shown.map((sample) => sampleHtml(sample, one.samples.length > 1))}${more(one.samples.length - shown.length, 'p')}</li>
`;
}

function lineOutcome({ outcome, samples }: LineExplanation): string {
  if (outcome !== 'samples') return outcome.replaceAll('_', ' ');
  const outcomes = new Set(samples.map((sample) => sample.outcome));
  return outcomes.size === 1 ? [...outcomes][0]! : 'mixed';
}

function onlyReason({ samples }: LineExplanation): string | undefined {
  return samples.length === 1 ? samples[0]?.reason : undefined;
}

function sampleHtml(sample: SampleExplanation, several: boolean): HtmlValue {
  const { value, type, samplingFactor, outcome, reason, rule, series } = sample;
  const sampled = samplingFactor === 1 ? '' : ` @${samplingFactor}`;
  return html`<dl>
<dt>sample</dt><dd><code>${value}|${type}${sampled}</code>${several && html` ${badge(outcome, reason)}`}</dd>
${rule === undefined ? html`<dt>rule</dt><dd class="soft">none matches</dd>\n` : ruleHtml(rule)}${series && seriesHtml(series)}${
  sample.notes.length > 0 && html`<dt>note</dt><dd>${sample.notes.map((note) => html`<p>${note}</p>`)}</dd>\n`
}</dl>
`;
}

function ruleHtml({ line, match, matchType, action, captures }: RuleExplanation): HtmlValue {
  const shown = captures.slice(0, SHOWN_CAPTURES);
  return html`<dt>rule</dt><dd>${place(line)} <code>${match}</code> <span class="soft">${matchType}${action === 'drop' && ', drops it'}</span></dd>
${
  shown.length > 0 &&
  html`<dt>captures</dt><dd>${shown.map((text, i) => html`<span class="capture"><span class="soft">$${i + 1}</span> <code>${text}</code></span> `)}${more(captures.length - shown.length, 'span')}</dd>\n`
}`;
}

function seriesHtml({ name, type, labels, ttl, observer }: SeriesExplanation): HtmlValue {
  const pairs = labels.map(([label, value]) => `${label}="${escapeLabel(value)}"`).join(',');
  const lives = ttl === 0 ? '' : `, forgotten after ${durationText(ttl)} without samples`;
  return html`<dt>series</dt><dd><code>${name}${pairs === '' ? '' : `{${pairs}}`}</code> <span class="soft">${type}${observer && `, ${observerText(observer)}`}${lives}</span></dd>
`;
}

/** Nanoseconds are what a mapping's `ttl` without a unit means. */
function durationText(milliseconds: number): string {
  const written = (value: number) => String(Number(value.toPrecision(6)));
  if (milliseconds >= 1000) return `${written(milliseconds / 1000)} s`;
  return milliseconds >= 0.001 ? `${written(milliseconds)} ms` : `${written(milliseconds * 1e6)} ns`;
}

function observerText(observer: ObserverSettings): string {
  if (observer.type === 'histogram') return `buckets ${observer.buckets.join(', ')}`;
  return `quantiles ${observer.quantiles.map(({ quantile }) => quantile).join(', ')}`;
}

/** As a label's value stands on the page. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function badge(outcome: string, reason: string | undefined): HtmlValue {
  return html`<span class="tag ${outcome.split(' ')[0]}">${outcome}${reason !== undefined && `: ${reason}`}</span>`;
}

function notes(texts: readonly string[]): HtmlValue {
  return texts.map((text) => html`<p class="note">${text}</p>\n`);
}

function more(count: number, tag: 'li' | 'p' | 'span'): HtmlValue {
  if (count <= 0) return undefined;
  const text = `… and ${count} more`;
  if (tag === 'li') return html`<li class="soft">${text}</li>\n`;
  return tag === 'p' ? html`<p class="soft">${text}</p>\n` : html`<span class="soft">${text}</span>`;
}
