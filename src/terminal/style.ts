/** The marks that a command sets before a result. */
export const marks = ['ok', 'warning', 'error', 'skipped'] as const;
export type Mark = (typeof marks)[number];

/** How findings look on a terminal. */
export interface Style {
  readonly symbol: Readonly<Record<Mark, string>>;
  /** The text in the colour of a mark, or as it is. */
  readonly paint: (result: Mark, text: string) => string;
}

const unicode = { ok: '√', warning: '‼', error: '×', skipped: '-' } as const;
const ascii = { ok: '+', warning: '!', error: 'x', skipped: '-' } as const;
/** SGR: green, yellow, red, faint. */
const colours = { ok: 32, warning: 33, error: 31, skipped: 2 } as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Colours on a terminal, unless NO_COLOR or TERM=dumb says no; FORCE_COLOR wins over all of them (no-color.org,
 * force-color.org: set and not empty). Symbols of ASCII where the locale is not one of UTF-8.
 */
export function styleOf(isTerminal: boolean, env: Environment): Style {
  const { LC_ALL, LC_CTYPE, LANG, TERM, NO_COLOR = '', FORCE_COLOR = '', WT_SESSION } = env;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  const isColoured = isForced || (FORCE_COLOR === '' && isTerminal && NO_COLOR === '' && TERM !== 'dumb');
  return {
    symbol: /utf-?8/i.test(locale) || WT_SESSION !== undefined ? unicode : ascii,
    paint: isColoured ? (result, text) => `\u001b[${colours[result]}m${text}\u001b[0m` : (_, text) => text,
  };
}

/** Text without control characters: an annotation of a pod must not move the cursor of the reader's terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** A column is padded to this width at most, however long its longest cell is. */
const widest = 120;

/** Columns as wide as their widest cell, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.min(
      widest,
      rows.reduce((most, row) => Math.max(most, row[i]!.length), 0),
    ),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
