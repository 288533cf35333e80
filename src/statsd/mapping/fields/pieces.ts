/** Some rules of a file, which can be read on their own. */
export interface Piece {
  /** A file: `mappings:`, and the text of the rules. */
  readonly text: string;
  /** The line of the whole file that its first line stands for. */
  readonly line: number;
}

export interface Pieces {
  /** The file with an empty list in place of its rules; every line keeps its number. */
  readonly head: string;
  readonly pieces: readonly Piece[];
}

/** The parser needs some hundred times the size of a text, and runs without a pause: this is a few milliseconds. */
const pieceCharacters = 4096;
const listPattern = /^mappings:\s*(?:#.*)?$/;

/** The role of a line in the list of rules, whose items begin with `indent` spaces and a dash. */
function kindOf(line: string, indent: number): 'item' | 'inside' | 'outside' {
  let spaces = 0;
  while (line[spaces] === ' ') spaces++;
  if (spaces > indent || /^\s*(?:#|$)/.test(line)) return 'inside';
  return spaces === indent && /^-(?:\s|$)/.test(line.slice(spaces, spaces + 2)) ? 'item' : 'outside';
}

/**
 * Divides a file into its rules, so that it can be read piece by piece. The parser of YAML decides the meaning of
 * lines: a cut is before a dash at the indentation of the list, where no value of the item before can continue, since
 * it would be indented more.
 *
 * @returns undefined where the file has another layout: a list in brackets, several documents.
 */
export function piecesOf(text: string): Pieces | undefined {
  const lines = text.split('\n');
  const list = lines.findIndex((line) => listPattern.test(line));
  if (list < 0 || /\r(?!\n)/.test(text)) return undefined;
  const first = lines.findIndex((line, i) => i > list && !/^\s*(?:#.*)?$/.test(line));
  const indent = first < 0 ? 0 : lines[first]!.search(/[^ ]/);
  if (first < 0 || kindOf(lines[first]!, indent) !== 'item') return undefined;
  const pieces: Piece[] = [];
  let from = first;
  let size = 0;
  const close = (to: number) => {
    pieces.push({ text: `mappings:\n${lines.slice(from, to).join('\n')}\n`, line: from });
    from = to;
    size = 0;
  };
  let end = first;
  for (; end < lines.length; end++) {
    const kind = kindOf(lines[end]!, indent);
    if (kind === 'outside') break;
    if (kind === 'item' && size >= pieceCharacters) close(end);
    size += lines[end]!.length + 1;
  }
  close(end);
  const after = lines.slice(end);
  if (after.some((line) => listPattern.test(line) || /^(?:---|\.\.\.)/.test(line))) return undefined;
  // Lines after the list keep their numbers; mostly there are none, and then empty lines would only take time.
  const gap = after.every((line) => line.trim() === '') ? [] : new Array<string>(end - first - 1).fill('');
  const head = [...lines.slice(0, first), `${' '.repeat(indent + 1)}[]`, ...gap, ...after];
  return { head: head.join('\n'), pieces };
}
