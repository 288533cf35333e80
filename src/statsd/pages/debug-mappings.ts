import type { PageAnswer, PageRequest } from '../../runtime/runtime.ts';
import { type HtmlValue, html } from '../../scrape/html.ts';
import { htmlDocument } from '../../scrape/html-document.ts';
import { pageType } from '../../scrape/page-type.ts';
import type { MappingUse, Reject, RuleUse, UnmappedName } from '../counts/mapping-use.ts';

/** The most rows of a table; JSON has all. */
const shownRows = 1000;

const styleSheet = `
body{max-width:72rem}
.use th,.use td{width:auto;padding-right:1rem}.use thead th{white-space:nowrap}
.use .count{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.use .idle td,.use .idle a{color:var(--soft)}
.wide{overflow-x:auto}.use td:nth-child(n+2):not(.count){min-width:7.5rem}
@media(max-width:40rem){.use th,.use td{padding-right:.5rem}}
`;

/** Answers `/debug/mappings`. `file`: the file of the mapping in use; undefined: there is none. */
export function mappingsPage(request: PageRequest, use: MappingUse, file: string | undefined): PageAnswer {
  if (pageType(request) === 'json') {
    const since = new Date(use.since).toISOString();
    const text = JSON.stringify({ file: file ?? null, ...use, since }, undefined, 2);
    return { status: 200, type: 'json', body: `${text}\n`, headers: { vary: 'Accept' } };
  }
  const { since, rules, unmapped, rejects } = use;
  const body = html`<h1>Mapping use</h1>
<p>${summary(rules, file)} Counted since ${time(since)}; refusals since the start.</p>
<nav><a href="../">Sidecar</a><a href="explain">Playground</a><a href="mappings?format=json">JSON</a></nav>
${rules.length > 0 && section('Rules', ['Line', 'Match', 'Name', 'Samples'], rules, ruleRow)}${section(
  'Names without a rule',
  ['Name', 'Samples'],
  unmapped,
  nameRow,
)}${section('Refused', ['Reason', 'One of the last', 'Times'], rejects, rejectRow)}`;
  const page = htmlDocument({ title: 'Mapping use · metrics-sidecar', style: styleSheet }, body);
  return { status: 200, type: 'html', body: page, headers: { vary: 'Accept' } };
}

function summary(rules: readonly RuleUse[], file: string | undefined): string {
  if (file === undefined) return 'No mapping is in use.';
  const idle = rules.filter(({ hits }) => hits === 0).length;
  const never = idle === 0 ? 'each of which decided on a sample' : `${idle} of which decided on no sample`;
  return `${file}: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, ${never}.`;
}

function section<T>(
  title: string,
  heads: readonly string[],
  items: readonly T[],
  row: (item: T) => HtmlValue,
): HtmlValue {
  const more = items.length - shownRows;
  const head = heads.map(
    (text, i) => html`<th scope="col"${i === heads.length - 1 && html` class="count"`}>${text}</th>`,
  );
  return html`<h2>${title}</h2>
${
  items.length === 0
    ? html`<p>None.</p>\n`
    : html`<div class="wide"><table class="use">
<thead><tr>${head}</tr></thead>
<tbody>
${items.slice(0, shownRows).map(row)}</tbody>
</table></div>
`
}${more > 0 && html`<p>… and ${more} more.</p>\n`}`;
}

function ruleRow({ line, match, matchType, action, name, hits }: RuleUse): HtmlValue {
  const notes = [matchType === 'regex' && 'regex', action === 'drop' && 'drop'].filter(Boolean).join(', ');
  return html`<tr${hits === 0 && html` class="idle"`}><td>${line}</td><td>${match}${notes !== '' && ` (${notes})`}</td><td>${
    action === 'drop' ? '–' : name
  }</td><td class="count">${hits}</td></tr>\n`;
}

function nameRow({ name, count, atMost }: UnmappedName): HtmlValue {
  const samples = atMost > count ? `${count} to ${atMost}` : `${count}`;
  return html`<tr><td>${tryOut(`${name}:1|c`, name)}</td><td class="count">${samples}</td></tr>\n`;
}

function rejectRow({ reason, count, sample }: Reject): HtmlValue {
  return html`<tr><td>${reason}</td><td>${sample === '' ? '–' : tryOut(sample, sample)}</td><td class="count">${count}</td></tr>\n`;
}

/** A link to the playground's explanation of a line. */
function tryOut(line: string, text: string): HtmlValue {
  return html`<a href="explain?line=${encodeURIComponent(line.toWellFormed())}">${text}</a>`;
}

/** A time of UTC in seconds, in the format of RFC 3339. */
function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, '');
}
