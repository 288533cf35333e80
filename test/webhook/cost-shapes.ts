/** Texts that stop a careless reader, each made to `bytes` bytes. */
export const shapes: readonly ((bytes: number) => string)[] = [
  (bytes) => '1'.repeat(bytes),
  (bytes) => `${'1'.repeat(bytes)}x`,
  (bytes) => '1.'.repeat(bytes / 2),
  (bytes) => '1e'.repeat(bytes / 2),
  (bytes) => '#'.repeat(bytes),
  (bytes) => '['.repeat(bytes),
  (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  (bytes) => `[${'{},'.repeat(bytes / 3)}{}]`,
  (bytes) => `{"a":`.repeat(bytes / 5),
  (bytes) => words(bytes, ','),
  (bytes) => words(bytes, ' '),
  (bytes) => words(bytes, '='),
  (bytes) => words(bytes, '\n'),
  (bytes) => words(bytes, ':'),
  (bytes) => ','.repeat(bytes),
  (bytes) => ' '.repeat(bytes),
  (bytes) => '"'.repeat(bytes),
  (bytes) => '\\'.repeat(bytes),
  (bytes) => 'a-'.repeat(bytes / 2),
  (bytes) => 'a.'.repeat(bytes / 2),
  (bytes) => '/a'.repeat(bytes / 2),
  (bytes) => `statsd,${'statsb,'.repeat(bytes / 7)}`,
  (bytes) => '\u{1f600}'.repeat(bytes / 4),
  (bytes) => `- match: "*"\n  name: x\n`.repeat(bytes / 24),
  (bytes) => `[${'{"op":"add","path":"/env/-","value":{"name":"a"}},'.repeat(bytes / 49)}{}]`,
];

function words(bytes: number, separator: string): string {
  const made: string[] = [];
  for (let length = 0, i = 0; length < bytes; i++) {
    made.push(i.toString(36));
    length += made[i]!.length + 1;
  }
  return made.join(separator);
}
