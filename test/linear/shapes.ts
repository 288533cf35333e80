/** One way to make a text that is hard to read: a part that is repeated, between a beginning and an end. */
export interface Shape {
  readonly name: string;
  readonly make: (length: number) => string;
}

function repeated(name: string, part: string, end = '', start = ''): Shape {
  return {
    name,
    make(length) {
      const room = Math.max(1, length - start.length - end.length);
      return `${start}${part.repeat(Math.ceil(room / part.length)).slice(0, room)}${end}`;
    },
  };
}

/**
 * The same words with a number, so that each differs: what looks up each part among all others is quadratic in them.
 */
function distinct(name: string, part: (i: number) => string): Shape {
  return {
    name,
    make(length) {
      let text = '';
      for (let i = 0; text.length < length; i++) text += part(i);
      return text.slice(0, length);
    },
  };
}

export const shapes: readonly Shape[] = [
  repeated('digits', '1', 'x'),
  repeated('digits behind a point', '1', 'x', '0.'),
  repeated('points', '.'),
  repeated('numbers and points', '1.'),
  repeated('exponents', '1e'),
  repeated('hashes', '#', '\na: 1\n'),
  repeated('percent signs', '%', '\na: 1\n'),
  repeated('comments', '# see #1 ## %\n', 'a: 1\n'),
  repeated('brackets', '['),
  repeated('braces', '{'),
  repeated('objects', '{},', '', '['),
  repeated('commas', ','),
  repeated('spaces', ' ', 'x'),
  repeated('tabs', '\t', 'x'),
  repeated('lines', '\n', 'x'),
  repeated('lines with spaces', ' \n', 'x'),
  repeated('carriage returns', '\r', 'x'),
  repeated('double quotes', '"'),
  repeated('single quotes', "'"),
  repeated('backslashes', '\\'),
  repeated('escaped quotes', '\\"', '', '"'),
  repeated('colons', ':'),
  repeated('keys', 'a: '),
  repeated('settings', 'a=1,'),
  repeated('dashes', '-'),
  repeated('list items', '- '),
  repeated('slashes', '/'),
  repeated('letters', 'a', '!'),
  repeated('letters and dashes', 'a-', '!'),
  repeated('names', 'a.b-c_d/', '!'),
  repeated('questions', '? '),
  repeated('stars', '*'),
  repeated('anchors', '&a '),
  repeated('aliases', '*a ', '', '- &a [x]\n- ['),
  repeated('open tags', '<a '),
  repeated('pipes', '|1'),
  repeated('nested groups', '(a|'),
  repeated('underscores', '1_', 'x'),
  repeated('units', '1h', 'x'),
  repeated('base64', 'QUJD+/'),
  repeated('wide characters', 'é😀'),
  repeated('surrogates', '\ud800'),
  repeated('nulls', '\0'),
  distinct('words', (i) => `w${i},`),
  distinct('labels', (i) => `l${i}="v",`),
  distinct('yaml keys', (i) => `k${i}: v\n`),
  distinct('list of objects', (i) => `- name: n${i}\n`),
];

const attacks: ReadonlySet<string> = new Set([
  ...['digits', 'points', 'numbers and points', 'exponents', 'hashes', 'brackets', 'braces', 'objects', 'commas'],
  ...['spaces', 'lines', 'double quotes', 'backslashes', 'escaped quotes', 'colons', 'settings', 'dashes', 'letters'],
  ...['names', 'stars', 'pipes', 'nested groups', 'wide characters', 'nulls', 'words', 'labels'],
]);

/** Those that differ most from each other, where a run takes long or there are many of them. */
export const attackShapes = shapes.filter(({ name }) => attacks.has(name));
