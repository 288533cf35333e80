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

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
