const mib = 2 ** 20;

const lines = (bytes: number, line: (i: number) => string) => {
  const made: string[] = [];
  for (let i = 0, size = 0; size < bytes; i++) {
    made.push(line(i));
    size += made.at(-1)!.length;
  }
  return made.join('');
};
const label = (i: number) => `l${i}="v"`;

/** Pages of other programs that do harm to whoever merges them, up to the most bytes of a page by default. */
export const hostilePages: Readonly<Record<string, () => string>> = {
  'a page without end of lines': () => 'x'.repeat(12 * mib),
  'short series': () => lines(9 * mib, (i) => `a{b="${i}"} 1\n`),
  'families of one series': () => lines(9 * mib, (i) => `f${i} 1\n`),
  'families of a name each, with a type': () => lines(9 * mib, (i) => `# TYPE f${i} gauge\nf${i} 1\n`),
  'families without series': () => lines(9 * mib, (i) => `# TYPE f${i} gauge\n`),
  'help texts': () => lines(9 * mib, (i) => `# HELP f${i} ${'h'.repeat(1000)}\n`),
  'series of many labels': () =>
    lines(9 * mib, (i) => `a{${Array.from({ length: 30 }, (_, j) => label(j)).join()},i="${i}"} 1\n`),
  'lines of ten thousand labels': () =>
    lines(5 * mib, () => `a{${Array.from({ length: 6000 }, (_, j) => label(j)).join()}} 1\n`),
  'long values': () => lines(9 * mib, (i) => `a{b="${i}${'v'.repeat(2000)}"} 1\n`),
  'values over the limit': () => lines(9 * mib, (i) => `a{b="${i}${'v'.repeat(60_000)}"} 1\n`),
  digits: () => lines(9 * mib, () => `a ${'1'.repeat(60_000)}x\n`),
  backslashes: () => lines(9 * mib, () => `a{b="${'\\\\'.repeat(30_000)}\n`),
  'lines that are none': () => '\n'.repeat(9 * mib),
  'wrong lines': () => 'a\n'.repeat(4 * mib),
  'a histogram of many bounds': () =>
    `# TYPE h histogram\n${lines(9 * mib, (i) => `h_bucket{le="${i}"} 1\n`)}h_sum 1\nh_count 1\n`,
};
