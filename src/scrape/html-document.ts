import { Html, type HtmlValue, html } from './html.ts';

/** The style of every page of a sidecar, light and dark. */
const styleSheet = `:root{color-scheme:light dark;--line:#d8dce3;--soft:#5c6473;--back:#fff;--text:#1b1f27;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--line:#343a46;--soft:#9aa3b2;--back:#14171d;--text:#e6e9ef;--link:#8ab4f8}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--back);color:var(--text)}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}a{color:var(--link)}p{color:var(--soft);margin:.3rem 0}
nav a{margin-right:1rem}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem .3rem 0;text-align:left;vertical-align:top;font-weight:400}
th{width:40%;color:var(--soft)}td{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere;white-space:pre-wrap}
form{margin:.6rem 0}label{display:block;color:var(--soft);margin:.3rem 0}
input,textarea,button{font:13.5px/1.5 ui-monospace,monospace;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:4px;padding:.35rem .6rem}
button{font:inherit;cursor:pointer}button:hover{border-color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.ask{display:flex;gap:.5rem}.ask input{flex:1;min-width:0}`;

/** Scripts come from the sidecar alone; no text in a page is run as a script. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of all answers that a browser may show. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export interface DocumentOptions {
  readonly title: string;
  /** CSS of this page alone; it is a constant, never made from values. */
  readonly style?: string;
  /** The address of a script, relative to the page. */
  readonly script?: string;
}

/** A complete HTML document around `body`. */
export function htmlDocument({ title, style = '', script }: DocumentOptions, body: HtmlValue): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styleSheet + style)}</style>
${script && html`<script src="${script}" defer></script>\n`}</head>
<body>
${body}</body>
</html>
`.text;
}
