import type { RefusedName } from '../exposition/metric/metric-store.ts';
import type { LandingForm, LandingSection } from '../runtime/runtime.ts';
import { type HtmlValue, html } from './html.ts';
import { htmlDocument } from './html-document.ts';

/** The content of the landing page. */
export interface Landing {
  readonly version: string;
  readonly telemetryPath: string;
  readonly families: number;
  readonly series: number;
  readonly settings: readonly (readonly [flag: string, value: string])[];
  readonly sections: readonly LandingSection[];
  /** Refusals by reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly topRefused: readonly RefusedName[];
}

function section({ title, rows, form, links = [] }: LandingSection): HtmlValue {
  if (rows.length === 0 && form === undefined && links.length === 0) return undefined;
  const cells = rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`);
  return html`<h2>${title}</h2>
${rows.length > 0 && html`<table>\n${cells}</table>\n`}${form && ask(form)}${
  links.length > 0 && html`<nav>${links.map(({ path, text }) => link(path, text))}</nav>\n`
}`;
}

function ask({ path, label, field, example, button }: LandingForm): HtmlValue {
  return html`<form action="${relative(path)}">
<label for="${field}">${label}</label>
<div class="ask"><input id="${field}" name="${field}" placeholder="${example}" required autocomplete="off" autocapitalize="off" spellcheck="false"><button>${button}</button></div>
</form>
`;
}

function link(path: string, text: string): HtmlValue {
  return html`<a href="${relative(path)}">${text}</a>`;
}

/** A path relative to `/`: a proxy may serve the sidecar's root at another path. */
function relative(path: string): string {
  return path.startsWith('/') ? `.${path}` : path;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The page at `/`: HTML without scripts. */
export function landingPage(landing: Landing): string {
  const { version, telemetryPath, settings, sections, refused, topRefused } = landing;
  const reasons = [...refused].map(([reason, count]) => [reason, String(count)] as const);
  const names = topRefused.map(
    ({ name, reason, count, atMost }) =>
      [name, `${reason}, ${times(count)}${atMost > count ? ' or more' : ''}`] as const,
  );
  const own: readonly LandingSection[] = [
    { title: 'Refused, by reason', rows: reasons },
    { title: 'Refused most', rows: names },
    { title: 'Settings', rows: settings },
  ];
  const paths = [telemetryPath, '/-/healthy', '/-/ready'];
  const body = html`<h1>metrics-sidecar</h1>
<p>Version ${version} · ${landing.series} series in ${landing.families} families</p>
<nav>${paths.map((path) => link(path, path))}</nav>
${[...sections, ...own].map(section)}`;
  return htmlDocument({ title: 'metrics-sidecar' }, body);
}
