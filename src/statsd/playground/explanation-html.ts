import { type Html, type HtmlValue, html } from '../../scrape/html.ts';
import type {
  Explanation,
  LineExplanation,
  RuleExplanation,
  SampleExplanation,
  SeriesExplanation,
} from '../explain/explanation.ts';
import type { Finding, ObserverSettings } from '../mapping/mapping.ts';

/** The most samples of each line; a packed one may have thousands. */
const mostShownSamples = 20;
const mostShownFindings = 100;
const mostShownCaptures = 20;

/** An explanation on the page of the playground: first the findings of the mapping, then the lines, then the page. */
export function explanationHtml({ lines, page, findings, problem }: Explanation): Html {
  const shownFindings = findings.slice(0, mostShownFindings);
  return html`${problem !== undefined && html`<p class="problem" role="alert">${problemText(problem, findings)}</p>\n`}${
    shownFindings.length > 0 &&
    html`<h2>Findings</h2>\n<ul class="findings">\n${shownFindings.map(finding)}${more(findings.length - shownFindings.length, 'li')}</ul>\n`
  }${lines.length > 0 && html`<h2>Lines</h2>\n<ol class="lines">\n${lines.map(line)}</ol>\n`}${
    lines.length > 0 &&
    html`<h2>Page</h2>\n${page === '' ? html`<p>These lines give no series.</p>\n` : html`<pre class="page" tabindex="0">${page}</pre>\n`}`
  }`;
}

/** The errors stand below it; the first one is the problem. */
function problemText(problem: string, findings: readonly Finding[]): string {
  const why = findings.some(({ severity }) => severity === 'error') ? 'it has errors.' : problem;
  return `The lines are explained without this mapping: ${why}`;
}

function finding({ severity, code, line, column, message }: Finding): HtmlValue {
  return html`<li><span class="tag ${severity}">${severity}</span> ${place(line, column)} ${message} <code>${code}</code></li>\n`;
}

/** A link to the line of the mapping: it leads to the text area, and the script turns it into a jump to the place. */
function place(line: number, column?: number): HtmlValue {
  const text = column === undefined ? `line ${line}` : `${line}:${column}`;
  return html`<a class="place" href="#mapping" data-line="${line}" data-column="${column ?? 1}">${text}</a>`;
}

function line(one: LineExplanation): HtmlValue {
  const shownSamples = one.samples.slice(0, mostShownSamples);
  return html`<li class="line">
<p class="head"><code class="raw">${one.line === '' ? ' ' : one.line}</code> ${badge(lineOutcome(one), one.reason ?? onlyReason(one))}</p>
${notes(one.notes)}${shownSamples.map((sample) => sampleHtml(sample, one.samples.length > 1))}${more(one.samples.length - shownSamples.length, 'p')}</li>
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
  const shownCaptures = captures.slice(0, mostShownCaptures);
  return html`<dt>rule</dt><dd>${place(line)} <code>${match}</code> <span class="soft">${matchType}${action === 'drop' && ', drops it'}</span></dd>
${
  shownCaptures.length > 0 &&
  html`<dt>captures</dt><dd>${shownCaptures.map((text, i) => html`<span class="capture"><span class="soft">$${i + 1}</span> <code>${text}</code></span> `)}${more(captures.length - shownCaptures.length, 'span')}</dd>\n`
}`;
}

function seriesHtml({ name, type, labels, ttl, observer }: SeriesExplanation): HtmlValue {
  const pairs = labels.map(([label, value]) => `${label}="${escapeLabel(value)}"`).join(',');
  const lives = ttl === 0 ? '' : `, forgotten after ${durationText(ttl)} without samples`;
  return html`<dt>series</dt><dd><code>${name}${pairs === '' ? '' : `{${pairs}}`}</code> <span class="soft">${type}${observer && `, ${observerText(observer)}`}${lives}</span></dd>
`;
}

/** Nanoseconds too, since a `ttl` without a unit in a mapping is in nanoseconds. */
function durationText(milliseconds: number): string {
  const format = (value: number) => String(Number(value.toPrecision(6)));
  if (milliseconds >= 1000) return `${format(milliseconds / 1000)} s`;
  return milliseconds >= 0.001 ? `${format(milliseconds)} ms` : `${format(milliseconds * 1e6)} ns`;
}

function observerText(observer: ObserverSettings): string {
  if (observer.type === 'histogram') return `buckets ${observer.buckets.join(', ')}`;
  return `quantiles ${observer.quantiles.map(({ quantile }) => quantile).join(', ')}`;
}

/** A value of a label in the format of the page. */
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
