import { Html, html } from '../../scrape/html.ts';
import { htmlDocument } from '../../scrape/html-document.ts';
import { styleSheet } from './playground-style.ts';

export interface PlaygroundPage {
  /** The content of the text areas. */
  readonly lines: string;
  readonly mapping: string;
  /** A sentence about the mapping at first. */
  readonly about: string;
  /** HTML of `explanationHtml`; absent: there was no request yet. */
  readonly result?: string;
  /** The reason why there is no result. */
  readonly problem?: string;
}

/** The page at `/debug/explain`; a form that works without the script, which only saves the button. */
export function playgroundPage({ lines, mapping, about, result, problem }: PlaygroundPage): string {
  const answer =
    problem === undefined ? new Html(result ?? '') : html`<p class="problem" role="alert">${problem}</p>\n`;
  const body = html`<header>
<h1>Mapping playground</h1>
<p>Explains statsd lines with a mapping. This is a trial: the running sidecar processes and counts nothing.</p>
<nav><a href="../">Sidecar</a><a href="mappings">Mapping use</a></nav>
</header>
<form id="ask" action="explain" method="post">
<div class="panes">
<div class="pane">
<label for="lines">Lines, as they are sent</label>
<div class="editor"><textarea id="lines" name="lines" rows="12" wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off" placeholder="orders.eu.done:1|c|#queue:fast">
${lines}</textarea></div>
</div>
<div class="pane">
<label for="mapping">${about}</label>
<div class="editor"><div class="mark" hidden></div><pre class="gutter" aria-hidden="true"></pre><textarea id="mapping" name="mapping" rows="12" wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off">
${mapping}</textarea></div>
</div>
</div>
<p class="go"><button>Explain</button> <span id="status" role="status"></span></p>
</form>
<section id="result" aria-label="Explanation">
${answer}</section>
`;
  return htmlDocument({ title: 'Mapping playground · metrics-sidecar', style: styleSheet, script: 'explain.js' }, body);
}
