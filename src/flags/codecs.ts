import { didYouMean } from '../text/nearest.ts';
import {
  type Codec,
  codecOf,
  listBytes,
  type Notation,
  parsed,
  refused,
  scalarBytes,
  unanchored,
  where,
} from './codec.ts';
import { commaList, wholeNumbers } from './patterns.ts';

/** Any text without control characters: it can be an argument of a container and a line of a log. */
export const text: Codec<string> = codecOf({
  placeholder: 'TEXT',
  expects: 'text without control characters',
  most: scalarBytes,
  read: (value) => (/[\u0000-\u001f\u007f]/.test(value) ? refused(value, text.expects) : parsed(value)),
  format: (value) => value,
});

/** `true` or `false`. A flag may also stand alone (`--name`) or negated (`--no-name`). */
export const boolean: Codec<boolean> = codecOf({
  placeholder: 'true|false',
  expects: '"true" or "false"',
  completes: ['true', 'false'],
  pattern: () => 'true|false',
  most: scalarBytes,
  read: (value) =>
    value === 'true' || value === 'false'
      ? parsed(value === 'true')
      : refused(value, boolean.expects, didYouMean(value, ['true', 'false'])),
  format: String,
});

/** A whole number between `least` and `most`, both included, in decimal digits. */
export function integer(
  least: number,
  most: number,
  placeholder = 'NUMBER',
  expects = most === Number.MAX_SAFE_INTEGER
    ? `a whole number from ${least} up`
    : `a whole number from ${least} to ${most}`,
): Codec<number> {
  return codecOf({
    placeholder,
    expects,
    numbers: { type: 'integer', minimum: least, maximum: most },
    pattern: () => wholeNumbers(least, most),
    most: scalarBytes,
    read(value) {
      const number = /^-?0*\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      // `-0` and leading zeros are read, because people write them; they are never written.
      return number >= least && number <= most ? parsed(number + 0) : refused(value, expects);
    },
    format: String,
  });
}

/** A TCP or UDP port. */
export const port: Codec<number> = integer(1, 65535, 'PORT', 'a port, 1 to 65535');

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A finite decimal number. */
export const number: Codec<number> = codecOf({
  placeholder: 'NUMBER',
  expects: 'a decimal number',
  numbers: { type: 'number' },
  pattern: () => unanchored(decimal),
  most: scalarBytes,
  read(value) {
    const result = decimal.test(value) ? Number(value) : Number.NaN;
    return Number.isFinite(result) ? parsed(result + 0) : refused(value, number.expects);
  },
  format: String,
});

const spans = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ms|s|m|h))+$/;
const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A time span in milliseconds, written as Go writes one, down to milliseconds: `200ms`, `1m30s`, `1.5h`, `0s`. */
export const duration: Codec<number> = codecOf({
  placeholder: 'DURATION',
  expects: 'a duration such as 200ms, 30s, 5m or 1h30m',
  numbers: { type: 'integer', minimum: 0, maximum: 0 },
  pattern: () => `0|${unanchored(spans)}`,
  most: scalarBytes,
  read(value) {
    if (value === '0') return parsed(0);
    if (!spans.test(value)) {
      return refused(value, duration.expects, /^\d+$/.test(value) ? '; the unit is missing' : '');
    }
    let sum = 0;
    for (const [, amount, unit] of value.matchAll(/([\d.]+)(ms|s|m|h)/gy)) {
      sum += Number(amount) * durationUnits[unit as keyof typeof durationUnits];
    }
    const milliseconds = Math.round(sum);
    return milliseconds <= Number.MAX_SAFE_INTEGER ? parsed(milliseconds) : refused(value, duration.expects);
  },
  format(milliseconds) {
    if (milliseconds === 0) return '0s';
    const { h, m, s } = durationUnits;
    const hours = Math.floor(milliseconds / h);
    const minutes = Math.floor((milliseconds % h) / m);
    const seconds = Math.floor((milliseconds % m) / s);
    const rest = milliseconds % s;
    return `${hours ? `${hours}h` : ''}${minutes ? `${minutes}m` : ''}${seconds ? `${seconds}s` : ''}${rest ? `${rest}ms` : ''}`;
  },
});

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
]);

const sizes = /^0*(\d{1,15})(k|M|G|Ki|Mi|Gi)?$/;

/** A size in bytes, written as Kubernetes writes one: `8Mi`, `65535`, `1G`. */
export const size: Codec<number> = codecOf({
  placeholder: 'SIZE',
  expects: 'a size such as 65535, 64Ki, 8Mi or 1Gi',
  numbers: { type: 'integer', minimum: 0, maximum: 10 ** 15 - 1 },
  pattern: () => unanchored(sizes),
  most: scalarBytes,
  read(value) {
    const [, amount, unit = ''] = sizes.exec(value) ?? [];
    const bytes = amount === undefined ? Number.NaN : Number(amount) * sizeUnits.get(unit)!;
    return Number.isSafeInteger(bytes) ? parsed(bytes) : refused(value, size.expects);
  },
  format: formatSize,
});

/** A size in bytes from one size to another, both included. */
export function sizeBetween(least: number, most: number): Codec<number> {
  const inUnit = ([unit, factor]: readonly [string, number]) => {
    const [low, high] = [Math.ceil(least / factor), Math.floor(most / factor)];
    return low > high ? [] : [`(?:${wholeNumbers(low, high, false)})${unit}`];
  };
  return where(
    {
      ...size,
      numbers: { type: 'integer', minimum: least, maximum: most },
      pattern: () => [...sizeUnits].flatMap(inUnit).join('|'),
    },
    `a size from ${formatSize(least)} to ${formatSize(most)}`,
    (bytes) => bytes >= least && bytes <= most,
  );
}

function formatSize(bytes: number): string {
  for (const unit of ['Gi', 'Mi', 'Ki']) {
    const factor = sizeUnits.get(unit)!;
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}

/** One of a few words; the problem of any other word proposes the most similar one. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Codec<Word> {
  const expects = words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`;
  return codecOf({
    placeholder: words.join('|'),
    expects,
    completes: words,
    pattern: () => words.join('|'),
    most: scalarBytes,
    read: (value) =>
      (words as readonly string[]).includes(value)
        ? parsed(value as Word)
        : refused(value, expects, didYouMean(value, words)),
    format: (value) => value,
  });
}

/** Problems of one list name at most this many bad elements. */
const mostNamed = 10;

/**
 * A comma list. Spaces around an element are dropped; an empty text is an empty list; the first bad elements are named.
 */
export function listOf<T>(element: Codec<T>): Codec<readonly T[]> {
  return codecOf({
    ...(element.completes !== undefined && { completes: element.completes }),
    placeholder: `${element.placeholder},...`,
    expects: `a comma list, each ${element.expects}`,
    element,
    ...(element.numbers !== undefined && { numbers: element.numbers }),
    ...(element.pattern !== undefined && { pattern: () => `\\s*|${commaList(element.pattern!())}` }),
    most: listBytes,
    read(value) {
      const values: T[] = [];
      const problems: string[] = [];
      for (const part of value.trim() === '' ? [] : value.split(',')) {
        const result = element.parse(part.trim());
        if (result.ok) values.push(result.value);
        else if (problems.length < mostNamed) problems.push(result.problem);
        else return { ok: false, problem: `${problems.join('; ')}; what follows is not read` };
      }
      return problems.length === 0 ? parsed(values) : { ok: false, problem: problems.join('; ') };
    },
    format: (values) => values.map((value) => element.format(value)).join(','),
  });
}

/** The codec of a setting that may be absent: empty text and `undefined` are the same. */
export function optional<T>(inner: Notation<T>): Codec<T | undefined> {
  return codecOf({
    ...inner,
    ...(inner.pattern !== undefined && { pattern: () => `|${inner.pattern!()}` }),
    read: (value) => (value === '' ? parsed(undefined) : inner.read(value)),
    format: (value) => (value === undefined ? '' : inner.format(value)),
  });
}

export interface Address {
  /** Empty: every address of the machine. */
  readonly host: string;
  readonly port: number;
}

/**
 * `host:port`, `:port` (every address) or `[::1]:port`, as Go programs take a listen address. Port 0: any free port.
 */
export const address: Codec<Address> = codecOf({
  placeholder: 'HOST:PORT',
  expects: 'an address such as :9102, 127.0.0.1:9125 or [::1]:9125',
  most: scalarBytes,
  read(value) {
    const [, six, host, digits] = /^(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/.exec(value) ?? [];
    const number = digits === undefined ? Number.NaN : Number(digits);
    if (!(number <= 65535)) return refused(value, address.expects);
    return parsed({ host: six ?? host ?? '', port: number });
  },
  format: ({ host, port: number }) => `${host.includes(':') ? `[${host}]` : host}:${number}`,
});

/**
 * An absolute path inside a container. No `..`, no `:` (Kubernetes refuses it in a mount path), no control characters.
 */
export const path: Codec<string> = where(
  { ...text, placeholder: 'PATH', completes: 'file', most: 1024 },
  'an absolute path without ".." or ":"',
  (value) => value.startsWith('/') && !value.includes(':') && !value.split('/').includes('..'),
);

/** A path of this machine, absolute or not; the kernel takes none that is longer (PATH_MAX). */
export const file: Codec<string> = where(
  { ...text, placeholder: 'FILE', completes: 'file', most: 4096 },
  'the path of a file',
  (value) => value !== '',
);

/** An absolute `http://` or `https://` URL. */
export const url: Codec<string> = where(
  { ...text, placeholder: 'URL', most: 2048 },
  'an http:// or https:// URL',
  (value) => /^https?:\/\/\S+$/.test(value) && URL.canParse(value),
);
