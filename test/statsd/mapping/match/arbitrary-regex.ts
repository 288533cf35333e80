import fc from 'fast-check';

const atoms = [
  ...[
    'a',
    'b',
    '.',
    'é',
    '😀',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '\\.',
    '\\d',
    '\\W',
    '\\pL',
    '\\PN',
    '\\p{Greek}',
    '\\p{^Lu}',
  ],
  ...[
    '\\x41',
    '\\x{1F600}',
    '\\101',
    '\\n',
    '\\Qa.b\\E',
    '\\Q\\E',
    '(?i)',
    '(?-i)',
    '(?s)',
    '(?U)',
    '{',
    '}',
    ']',
    '-',
    '{,5}',
    '(?:)',
    '()',
  ],
];
const items = [
  ...[
    'a',
    '-',
    '^',
    'a-z',
    '0-9',
    'é-ü',
    '\\]',
    '\\-',
    '\\d',
    '\\S',
    '\\pL',
    '\\P{Greek}',
    '[:alpha:]',
    '[:^word:]',
    '[',
    '[:',
  ],
  ...['\\x{41}-\\x{5A}', '\\x41-z', 'k', 'K', '\\101-\\132', '😀', '\\x{80}-\\x{800}'],
];
const repeats = [
  '*',
  '+',
  '?',
  '*?',
  '{2}',
  '{0}',
  '{3,}',
  '{0,4}',
  '{2,5}?',
  '{1,1}',
  '{10}',
  '{100}',
  '{1000}',
  '{0,1000}',
];

const characterClass = fc
  .tuple(fc.constantFrom('[', '[^', '[]', '[^]'), fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: 40 }))
  .map(([start, held]) => `${start}${held.join('')}]`);

/** Expressions with everything that RE2 knows; some are invalid. */
export const regexText: fc.Arbitrary<string> = fc.letrec<{ readonly all: string; readonly one: string }>((tie) => ({
  all: fc.array(tie('one'), { maxLength: 5 }).map((parts) => parts.join('')),
  one: fc.oneof(
    { depthSize: 'medium' },
    { weight: 4, arbitrary: fc.constantFrom(...atoms) },
    characterClass,
    fc.tuple(tie('one'), fc.constantFrom(...repeats)).map(([one, repeat]) => `(?:${one})${repeat}`),
    fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...repeats)).map(([one, repeat]) => one + repeat),
    fc.tuple(characterClass, fc.constantFrom(...repeats)).map(([one, repeat]) => one + repeat),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?P<n>', '(?<m>', '(?s-i:'), tie('all'), tie('all'))
      .map(([start, left, right]) => `${start}${left}|${right})`),
    tie('all').map((inner) => `(${inner})`),
  ),
})).all;

/** Pieces of expressions in random order: mostly invalid. */
export const regexLitter = fc
  .array(
    fc.constantFrom(
      ...atoms,
      ...items,
      ...repeats,
      '(',
      ')',
      '|',
      '[',
      '[^',
      '(?',
      '(?P<',
      '\\',
      '\\Q',
      '\\p{',
      '\\x{',
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(''));
