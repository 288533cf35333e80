import type { Format } from '../metric/family.ts';
import type { PageLimits, ParsedFamily } from '../metric/parsed-page.ts';
import { PageFamilies } from './page-families.ts';

/** A line that was left out. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/** What a page held. */
export interface ParsedPage {
  readonly families: readonly ParsedFamily[];
  readonly samples: number;
  /** The first of the lines left out. */
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
  /** The limit at which reading stopped; what came before it is in `families`. */
  readonly over?: 'bytes' | 'samples' | 'families' | 'memory';
  /** OpenMetrics: whether `# EOF` ended the page. Text 0.0.4: true. */
  readonly complete: boolean;
}

/** Takes a page in pieces as they come from a socket. */
export interface PageParser {
  /** False: a limit is reached, and the rest of the page is not wanted. */
  push(chunk: Uint8Array): boolean;
  end(): ParsedPage;
}

const BAD_LINES_KEPT = 20;

/** A parser of one page. Whatever the bytes are it does not throw: what is wrong is left out and told in `badLines`. */
export function createPageParser(format: Format, limits: PageLimits): PageParser {
  const families = new PageFamilies(format, limits);
  const decoder = new TextDecoder();
  const badLines: BadLine[] = [];
  let badLineCount = 0;
  let bytes = 0;
  let line = 0;
  let rest = '';
  /** Inside a line that is too long: its beginning is gone already. */
  let skipping = false;
  let over: ParsedPage['over'];

  function leaveOut(problem: string): void {
    badLineCount++;
    if (badLines.length < BAD_LINES_KEPT) badLines.push({ line, problem });
  }

  function take(text: string): void {
    line++;
    if (text.length > limits.lineCharacters) {
      leaveOut('line is too long');
      return;
    }
    const problem = families.line(text);
    if (problem !== undefined) leaveOut(problem);
    over ??= families.over;
  }

  function takeLines(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0 && over === undefined; end = text.indexOf('\n', from)) {
      if (skipping) skipping = false;
      else take(text.slice(from, end));
      from = end + 1;
    }
    rest = skipping ? '' : text.slice(from);
    if (rest.length > limits.lineCharacters) {
      take(rest);
      rest = '';
      skipping = true;
    }
  }

  return {
    push(chunk) {
      if (over !== undefined) return false;
      bytes += chunk.length;
      if (bytes > limits.bytes) {
        over = 'bytes';
        return false;
      }
      takeLines(rest + decoder.decode(chunk, { stream: true }));
      return over === undefined;
    },
    end() {
      if (over === undefined) takeLines(rest + decoder.decode());
      if (over === undefined && rest !== '' && !skipping) take(rest);
      const page = { families: families.result(), samples: families.samples, badLines, badLineCount };
      return { ...page, complete: families.complete && over === undefined, ...(over === undefined ? {} : { over }) };
    },
  };
}

/** The format of a page by the Content-Type it came with. */
export function formatOf(contentType: string | undefined): Format {
  return contentType?.trim().toLowerCase().startsWith('application/openmetrics-text') ? 'openmetrics' : 'text';
}
