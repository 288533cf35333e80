import type { Format } from '../metric/family.ts';
import type { PageLimits, ParsedFamily } from '../metric/parsed-page.ts';
import { PageFamilies } from './page-families.ts';

/** A line that is left out. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/** The content of a page. */
export interface ParsedPage {
  readonly families: readonly ParsedFamily[];
  readonly samples: number;
  /** The first lines that are left out. */
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
  /** The limit at which parsing stopped; `families` has the lines before it. */
  readonly over?: 'bytes' | 'samples' | 'families' | 'memory';
  /** OpenMetrics: whether `# EOF` ended the page. Text 0.0.4: true. */
  readonly complete: boolean;
}

/** Parses a page in pieces as they come from a socket. */
export interface PageParser {
  /** False: a limit is reached, and the rest of the page is not wanted. */
  push(chunk: Uint8Array): boolean;
  end(): ParsedPage;
}

const badLinesListed = 20;

/** Makes a parser of one page. It throws for no input: a bad line is left out, and listed in `badLines`. */
export function createPageParser(format: Format, limits: PageLimits): PageParser {
  const families = new PageFamilies(format, limits);
  const decoder = new TextDecoder();
  const badLines: BadLine[] = [];
  let badLineCount = 0;
  let bytes = 0;
  let line = 0;
  let rest = '';
  /** Whether the next bytes belong to a line that is too long. */
  let skipping = false;
  let over: ParsedPage['over'];

  function leaveOut(problem: string): void {
    badLineCount++;
    if (badLines.length < badLinesListed) badLines.push({ line, problem });
  }

  function readLine(text: string): void {
    line++;
    if (text.length > limits.lineCharacters) {
      leaveOut('line is too long');
      return;
    }
    const problem = families.line(text);
    if (problem !== undefined) leaveOut(problem);
    over ??= families.over;
  }

  function readLines(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0 && over === undefined; end = text.indexOf('\n', from)) {
      if (skipping) skipping = false;
      else readLine(text.slice(from, end));
      from = end + 1;
    }
    rest = skipping ? '' : text.slice(from);
    if (rest.length > limits.lineCharacters) {
      readLine(rest);
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
      readLines(rest + decoder.decode(chunk, { stream: true }));
      return over === undefined;
    },
    end() {
      if (over === undefined) readLines(rest + decoder.decode());
      if (over === undefined && rest !== '' && !skipping) readLine(rest);
      const page = { families: families.result(), samples: families.samples, badLines, badLineCount };
      return { ...page, complete: families.complete && over === undefined, ...(over === undefined ? {} : { over }) };
    },
  };
}

/** The format of a page by its Content-Type. */
export function formatOf(contentType: string | undefined): Format {
  return contentType?.trim().toLowerCase().startsWith('application/openmetrics-text') ? 'openmetrics' : 'text';
}
