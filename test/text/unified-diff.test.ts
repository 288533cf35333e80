import { applyPatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits, type TextEdit } from '../../src/text/text-edit.ts';
import { unifiedDiff } from '../../src/text/unified-diff.ts';

const names = { before: 'a/pod.yaml', after: 'b/pod.yaml' };
const numbered = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join('');

test('lines that were added, changed and removed, with three around them', () => {
  const at = (line: string) => numbered.indexOf(`${line}\n`);
  const edits = [
    { start: at('line 5'), end: at('line 5'), text: 'new\n' },
    { start: at('line 9'), end: at('line 9') + 4, text: 'LINE' },
    { start: at('line 18'), end: at('line 19'), text: '' },
  ];
  expect(unifiedDiff(numbered, edits, names)).toBe(`--- a/pod.yaml
+++ b/pod.yaml
@@ -2,11 +2,12 @@
 line 2
 line 3
 line 4
+new
 line 5
 line 6
 line 7
 line 8
-line 9
+LINE 9
 line 10
 line 11
 line 12
@@ -15,6 +16,5 @@
 line 15
 line 16
 line 17
-line 18
 line 19
 line 20
`);
});

test('edits that change nothing make no difference', () => {
  expect(unifiedDiff(numbered, [], names)).toBe('');
  expect(unifiedDiff(numbered, [{ start: 0, end: 4, text: 'line' }], names)).toBe('');
});

test('a missing last line break is told', () => {
  expect(unifiedDiff('a\nb', [{ start: 3, end: 3, text: '\nc' }], names)).toContain(
    '-b\n\\ No newline at end of file\n+b\n+c\n\\ No newline at end of file\n',
  );
});

const texts = fc
  .array(fc.constantFrom('a', 'b', 'cc', ''), { maxLength: 30 })
  .chain((lines) => fc.boolean().map((ends) => lines.join('\n') + (ends ? '\n' : '')));

test('whoever patches with it gets the edited text', () => {
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.tuple(fc.nat(60), fc.nat(3), fc.constantFrom('', 'x', 'y\n', '\nz', 'v\nw\n')), { maxLength: 5 }),
      (text, wishes) => {
        const edits: TextEdit[] = [];
        let from = 0;
        for (const [skip, length, put] of wishes) {
          const start = from + skip;
          const end = start + length;
          if (end > text.length) break;
          edits.push({ start, end, text: put });
          from = end + 1;
        }
        const after = applyEdits(text, edits);
        const diff = unifiedDiff(text, edits, names);
        expect(diff === '' ? text : applyPatch(text, diff)).toBe(after);
      },
    ),
    { numRuns: 500 },
  );
});
