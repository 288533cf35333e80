import { wrap } from '../text/wrap.ts';
import type { FlagTable } from './flag.ts';

/** The help lines of a table: name and placeholder, then the sentence with its default, wrapped at `width` columns. */
export function helpLines(table: FlagTable, width = 100): string[] {
  return Object.values(table).flatMap(({ name, codec, default: standard, doc, env, short }) => {
    const shown = codec.format(standard);
    const head = typeof standard === 'boolean' ? `--[no-]${name}` : `--${name}=${codec.placeholder}`;
    const notes = [
      ...(short === undefined ? [] : [`short -${short}`]),
      ...(shown === '' ? [] : [`default ${shown}`]),
      ...(env === undefined ? [] : [`environment ${env}`]),
    ];
    const sentence = notes.length === 0 ? doc : `${doc} (${notes.join('; ')})`;
    return [`  ${head}`, ...wrap(sentence, width - 8).map((line) => `        ${line}`)];
  });
}
