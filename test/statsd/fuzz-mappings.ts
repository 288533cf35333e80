import type { Random } from './fuzz-random.ts';

/** A choice of a valid value, or now and then of a wrong or odd one. */
interface Choice {
  readonly right: readonly string[];
  readonly odd: readonly string[];
}

const oddShare = 40;

const matches: Choice = {
  right: [
    'a',
    'a.b',
    'a.*',
    '*.b',
    '*',
    '*.*',
    '*.*.*',
    'a.b.c',
    'service.*.requests',
    'x-y',
    'n1.*',
    'p.*.r.*',
    'n1',
    'n2',
  ],
  odd: ['a..b', 'a.b*', '', '0day', 'é', '.', '*.', '_e{1,1}'],
};
const regexes: Choice = {
  right: [
    'a',
    '^a$',
    '(a|b)',
    '(\\w+)\\.(\\w+)',
    'n(\\d)(\\d)?',
    '',
    '.*',
    '(?i)A',
    '(?P<who>a+)',
    '(a+)+$',
    '[[:alpha:]]+',
    '^(.*)$',
  ],
  odd: ['(a', 'a(?=b)', '\\pL', 'x*?', '(?<n>.)', '(a)\\1', '\\C', '[z-a]', 'a{1001}'],
};
const names: Choice = {
  right: [
    'x',
    'x_$1',
    '$\u007b1}',
    '$1$2',
    'a',
    'y_$\u007b2}_z',
    'a_count',
    'n1',
    'le',
    '$99',
    'statsd_exporter_lines_total',
  ],
  odd: ['$who', 'x.$1', '', '100%_$1', '$\u007b', 'a b', '$0', '1x'],
};
const values: Choice = {
  right: [...names.right, '$1.$2', 'é "q" \\', '100%_$1', '', '$0', '$who'],
  odd: ['$\u007b', '$$'],
};
const labelNames: Choice = {
  right: ['kk', 'who', 'job', 'instance', 'le', 'quantile'],
  odd: ['__name__', 'k', 'a-b', '0a', 'é', ''],
};
const durations: Choice = {
  right: ['1s', '1h30m', '0s', '1.5h', '100ms', 'null'],
  odd: ['60', '-1s', '1d', '"60"', '1:30', '9999999h'],
};
const numbers: Choice = {
  right: ['0', '1', '2.5', '-1', '0x10', '1_000', 'null'],
  odd: ['.inf', '-.inf', '.nan', '1e400', '010', '"1"', 'yes', '[]'],
};
const counts: Choice = { right: ['1', '5', '10', 'null'], odd: ['0', '-1', '2.5', '99999999999', 'x', '[]'] };
const lists: Choice = {
  right: ['[]', '[1]', '[1, 2, 5]', '[0.1, .inf]', 'null'],
  odd: ['[2, 1]', '[1, 1]', '[.nan, 1]', '[a]', '1', '[[1]]'],
};
const quantiles: Choice = {
  right: [
    '[]',
    '[{quantile: 0.5, error: 0.05}]',
    'null',
    '[{quantile: 0.9, error: 0.01}, {quantile: 0.5, error: 0.01}]',
  ],
  odd: ['[{quantile: 1.5, error: 0.1}]', '[{quantile: 0.5}]', '[{error: 1}]', '[1]', '[{quantile: .nan, error: 0.1}]'],
};

type Maker = (random: Random) => string;
const chosen = (random: Random, { right, odd }: Choice) => random.of(random.chance(oddShare) ? odd : right);
const word =
  (right: readonly string[], odd: readonly string[] = ['x']): Maker =>
  (random) =>
    chosen(random, { right, odd });
const from =
  (choice: Choice): Maker =>
  (random) =>
    chosen(random, choice);

const summary: Maker = (random) =>
  `{quantiles: ${chosen(random, quantiles)}, max_age: ${random.of(['1m', '1s', 'null'])}, age_buckets: ${chosen(random, counts)}}`;
const histogram: Maker = (random) =>
  `{buckets: ${chosen(random, lists)}, native_histogram_bucket_factor: ${chosen(random, numbers)}}`;
const observers: readonly Maker[] = [
  () => '',
  () => '',
  () => 'observer_type: summary',
  () => 'observer_type: histogram',
  (random) => `observer_type: summary, summary_options: ${summary(random)}`,
  (random) => `observer_type: histogram, histogram_options: ${histogram(random)}`,
  (random) => `timer_type: histogram, buckets: ${chosen(random, lists)}`,
  (random) => `timer_type: summary, quantiles: ${chosen(random, quantiles)}`,
];
const oddObservers: readonly Maker[] = [
  () => 'observer_type: timer',
  (random) => `observer_type: summary, histogram_options: ${histogram(random)}`,
  (random) => `buckets: ${chosen(random, lists)}, histogram_options: ${histogram(random)}`,
];
const labels: Maker = (random) =>
  `{${Array.from({ length: random.below(3) }, () => `"${chosen(random, labelNames)}": ${JSON.stringify(chosen(random, values))}`).join(', ')}}`;
const optional: Readonly<Record<string, Maker>> = {
  labels,
  ttl: from(durations),
  scale: from(numbers),
  honor_labels: word(['true', 'yes', 'off', 'null'], ['1']),
  action: word(['map', 'drop', '""']),
  help: word(['text', '"a\\nb\\\\"', 'null', '1'], ['[]']),
  match_metric_type: word(['counter', 'gauge', 'observer', 'timer'], ['""']),
};
const defaults: Readonly<Record<string, Maker>> = {
  ttl: from(durations),
  glob_disable_ordering: word(['true', 'false', 'yes'], ['1']),
  match_type: word(['glob', '""', 'regex']),
};

function some(random: Random, makers: Readonly<Record<string, Maker>>, one: number): string[] {
  return Object.entries(makers).flatMap(([key, make]) => (random.chance(one) ? [`${key}: ${make(random)}`] : []));
}

function observer(random: Random): string[] {
  const text = random.of(random.chance(oddShare) ? oddObservers : observers)(random);
  return text === '' ? [] : [text];
}

const extras = ['<<: *one', '&one x: 1', '<<: {name: y}', 'name: twice', 'unknown: {}'];

function rule(random: Random): string {
  const regex = random.chance(3);
  const rows = [
    `match: ${JSON.stringify(chosen(random, regex ? regexes : matches))}`,
    `match_type: ${regex ? 'regex' : 'glob'}`,
    `name: ${JSON.stringify(chosen(random, names))}`,
    ...some(random, optional, 5),
    ...(random.chance(3) ? observer(random) : []),
    ...(random.chance(oddShare) ? [random.of(extras)] : []),
  ];
  if (random.chance(2)) return `- {${rows.join(', ')}}`;
  const block = rows.flatMap((row) => row.split(/, (?=[a-z]+_options: |buckets: |quantiles: \[)/));
  return block.map((row, i) => (i === 0 ? `- ${row}` : `  ${row}`)).join('\n');
}

const marks = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    '-',
    ':',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '!!str ',
    '#',
    '|',
    '>',
    '%',
    '?',
    ',',
  ],
  ...['\0', '\r', '---\n', '...', 'é', '\ufeff', '\u2028', '<<: '],
];

/** A mapping file, mostly valid; `wrong` ones have characters changed. */
export function fuzzedMapping(random: Random, wrong: boolean): string {
  const set = [...some(random, defaults, 4), ...observer(random)];
  const head = set.length === 0 || random.chance(2) ? '' : `defaults: {${set.join(', ')}}\n`;
  const rules = Array.from({ length: random.below(8) }, () => rule(random)).join('\n');
  let text = `${head}mappings:\n${rules}\n`;
  for (let changes = wrong ? random.below(4) : 0; changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const kind = random.below(4);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1 + random.below(6));
    else if (kind === 1) text = text.slice(0, at) + random.of(marks) + text.slice(at);
    else if (kind === 2) text = text.slice(0, at);
    else text = text.slice(0, at) + text.slice(random.below(text.length), at) + text.slice(at);
  }
  return text;
}
