import type { PageAnswer, PageRequest, RuntimePage } from '../../runtime/runtime.ts';
import { pageType } from '../../scrape/page-type.ts';
import { type ExplainRequest, readExplainRequest } from './explain-request.ts';
import { createExplainer, type ExplainerOptions } from './explainer.ts';
import { createRestingQueue } from './resting-queue.ts';

export interface PlaygroundOptions extends Pick<ExplainerOptions, 'settings' | 'heap'> {
  /** The mapping file in use; undefined: there is none. */
  readonly mapping: () => { readonly file: string; readonly text: string } | undefined;
  /** Milliseconds. */
  readonly now: () => number;
  /** The free memory of the process in bytes; undefined: unlimited. */
  readonly memoryLeft?: (() => number) | undefined;
  /** The longest time of one explanation in milliseconds; 5000 by default. */
  readonly patience?: number;
}

export interface Playground {
  readonly pages: readonly RuntimePage[];
  close(): Promise<void>;
}

const bodyBytes = 256 * 1024;
/** Milliseconds. */
const patienceMs = 5000;
const idleMs = 10_000;
/** Other requests wait meanwhile; with a longer queue the last one would wait for half a minute. */
const queueLimits = { most: 5, rest: 2, longestRest: 2000 };

const short =
  'The sidecar has too little free memory to explain lines. Run metrics-sidecar map elsewhere, or set a larger memory limit.';

/** `/debug/explain`: explains lines of the user with a mapping of the user. */
export function createPlayground(options: PlaygroundOptions): Playground {
  const { settings, mapping, now, heap, memoryLeft, patience = patienceMs } = options;
  const explainer = createExplainer({ settings, heap, patience, idle: idleMs });
  const queue = createRestingQueue({ ...queueLimits, now });

  async function answer(request: PageRequest): Promise<PageAnswer> {
    const as = pageType(request, isJson(request) ? 'json' : 'html');
    const read = readExplainRequest(request);
    if (!read.ok) return failed(read.status, read.problem, as, { lines: [], mapping: undefined });
    const { value: ask } = read;
    if (as === 'html' && ask.lines.length === 0 && request.method !== 'POST') return page(200, ask);
    if (memoryLeft !== undefined && memoryLeft() < explainer.wants()) return failed(503, short, as, ask);
    const outcome = queue.take(() => explainer.explain({ lines: ask.lines, mapping: textOf(ask), as }));
    if (outcome === undefined) {
      const busy = await failed(429, 'Too many requests: try again in a moment.', as, ask);
      return { ...busy, headers: { 'retry-after': '1' } };
    }
    const result = await outcome;
    if (!result.ok) return failed(422, result.problem, as, ask);
    return as === 'json' ? { status: 200, type: 'json', body: result.value } : page(200, ask, { result: result.value });
  }

  function textOf(ask: ExplainRequest): string | undefined {
    const text = ask.mapping ?? mapping()?.text;
    // An empty text area means no mapping. An empty file would be a mapping without rules.
    return text?.trim() === '' ? undefined : text;
  }

  async function failed(
    status: number,
    problem: string,
    as: 'html' | 'json',
    ask: ExplainRequest,
  ): Promise<PageAnswer> {
    if (as === 'json') return { status, type: 'json', body: `${JSON.stringify({ error: problem })}\n` };
    return page(status, ask, { problem });
  }

  async function page(
    status: number,
    ask: ExplainRequest,
    parts: { result?: string; problem?: string } = {},
  ): Promise<PageAnswer> {
    const { playgroundPage } = await import('./playground-page.ts');
    const inUse = mapping();
    const about = inUse === undefined ? 'Mapping (none is in use)' : `Mapping (at first the one in use, ${inUse.file})`;
    const texts = { lines: ask.lines.join('\n'), mapping: ask.mapping ?? inUse?.text ?? '' };
    return { status, type: 'html', body: playgroundPage({ ...texts, about, ...parts }) };
  }

  return {
    pages: [
      { path: '/debug/explain', methods: ['GET', 'HEAD', 'POST'], bodyLimit: bodyBytes, answer },
      { path: '/debug/explain.js', methods: ['GET', 'HEAD'], answer: script },
    ],
    close: () => explainer.close(),
  };
}

async function script(): Promise<PageAnswer> {
  const { playgroundScript } = await import('./playground-script.ts');
  return { status: 200, type: 'script', body: playgroundScript };
}

/** A client that sends JSON reads JSON. */
function isJson({ headers }: PageRequest): boolean {
  return headers['content-type']?.trim().toLowerCase().startsWith('application/json') ?? false;
}
