import type { RefusedName } from '../exposition/metric-store.ts';
import type { LandingSection } from './runtime.ts';

/** What the landing page shows. */
export interface Landing {
  readonly version: string;
  readonly telemetryPath: string;
  readonly families: number;
  readonly series: number;
  readonly settings: readonly (readonly [flag: string, value: string])[];
  readonly sections: readonly LandingSection[];
  /** By reason, and the names most often refused. */
  readonly refused: ReadonlyMap<string, number>;
  readonly topRefused: readonly RefusedName[];
}

const STYLE = `:root{color-scheme:light dark;--line:#d8dce3;--soft:#667;--back:#fff;--text:#1b1f27;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--line:#343a46;--soft:#9aa3b2;--back:#14171d;--text:#e6e9ef;--link:#8ab4f8}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--back);color:var(--text)}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}a{color:var(--link)}p{color:var(--soft);margin:.3rem 0}
nav a{margin-right:1rem}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem .3rem 0;text-align:left;vertical-align:top;font-weight:400}
th{width:40%;color:var(--soft)}td{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere;white-space:pre-wrap}`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function section({ title, rows }: LandingSection): string {
  if (rows.length === 0) return '';
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<h2>${escapeHtml(title)}</h2>\n<table>\n${cells.join('\n')}\n</table>\n`;
}

/** The page at `/`: HTML without scripts, readable in the dark too. */
export function landingPage(landing: Landing): string {
  const { version, telemetryPath, settings, sections, refused, topRefused } = landing;
  const reasons = [...refused].map(([reason, count]) => [reason, String(count)] as const);
  const names = topRefused.map(
    ({ name, reason, count }) => [name, `${reason}, ${count === 1 ? 'once' : `${count} times`}`] as const,
  );
  const path = escapeHtml(telemetryPath);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>metrics-sidecar</title>
<style>${STYLE}</style>
</head>
<body>
<h1>metrics-sidecar</h1>
<p>Version ${escapeHtml(version)} · ${landing.series} series in ${landing.families} families</p>
<nav><a href="${path}">${path}</a><a href="/-/healthy">/-/healthy</a><a href="/-/ready">/-/ready</a></nav>
${sections.map(section).join('')}${section({ title: 'Refused, by reason', rows: reasons })}${section({
  title: 'Refused most',
  rows: names,
})}${section({ title: 'Settings', rows: settings })}</body>
</html>
`;
}
