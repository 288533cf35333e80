/** Finds comments that go beyond the last column; the formatter sees to the code. */
import type { Sources } from './unused-exports.ts';

const columns = 120;

/** Lines of comments that are wider than 120 columns. */
export function wideComments(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, i) => {
      const isComment = /^\s*(?:\/\/|\/\*|\*)/.test(line) || (!/\.[mt]?[jt]s$/.test(file) && /^\s*#/.test(line));
      return isComment && line.length > columns ? [`${file}:${i + 1}: a comment of ${line.length} columns`] : [];
    }),
  );
}
