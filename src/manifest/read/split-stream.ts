import type { OffsetFinding } from './manifest-problem.ts';
import type { Span } from './node.ts';

/**
 * The documents of a stream as kubectl splits it: at each line that begins with `---`, whatever is around it. (For the
 * YAML reader alone one bad document would make all that follow unreadable.) A chunk between two separators may be
 * empty.
 */
export function splitStream(text: string): {
  readonly chunks: readonly Span[];
  readonly findings: readonly OffsetFinding[];
} {
  const chunks: Span[] = [];
  const findings: OffsetFinding[] = [];
  let start = text.startsWith('\ufeff') ? 1 : 0;
  const separator = /(?:^\ufeff?|(?<=\n))---([^\n]*)(?:\n|$)/g;
  for (let match = separator.exec(text); match !== null; match = separator.exec(text)) {
    const rest = match[1]!.trim();
    if (rest !== '' && !rest.startsWith('#')) {
      const message = `only a comment may follow the separator "---" in its line`;
      findings.push({ severity: 'error', offset: match.index + 3, message });
    }
    chunks.push({ start, end: Math.max(start, match.index) });
    start = separator.lastIndex;
    if (match[0].length === 3 && start === text.length) break;
  }
  chunks.push({ start, end: text.length });
  return { chunks, findings };
}
