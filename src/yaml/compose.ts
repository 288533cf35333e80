import { Composer, type CST, type Document, type ParseOptions, Parser, type YAMLParseError } from 'yaml';
import { GoYamlLexer } from './go-yaml-lexer.ts';

/** An error that every YAML reader reports. */
export interface YamlError {
  /** In UTF-16 units of the text. */
  readonly offset: number;
  /** `rest`: text behind the first value, which go-yaml does not read. */
  readonly reason: 'syntax' | 'too_deep' | 'rest';
  readonly message: string;
}

export interface Composed {
  /** The first document, without contents where the text has none; undefined where it cannot be composed. */
  readonly first: Document.Parsed | undefined;
  readonly second: Document.Parsed | undefined;
  readonly errors: readonly YamlError[];
}

const tooDeep = 'values are nested too deeply';

/**
 * Composes the first document of a text as YAML 1.1 with all scalars as text: `plainMeaning` gives their meaning. It
 * never throws, whatever the text is.
 *
 * @param onLine is called with the offset of each line
 */
export function composeYaml(
  text: string,
  options: Pick<ParseOptions, 'keepSourceTokens' | 'strict'>,
  onLine?: (offset: number) => void,
): Composed {
  try {
    const composer = new Composer({ version: '1.1', schema: 'failsafe', uniqueKeys: false, ...options });
    const lexer = new GoYamlLexer();
    const [first, second] = composer.compose(tokensOf(text, lexer, onLine), true, text.length);
    return { first, second, errors: errorsOf(first, text, lexer.tab, options.keepSourceTokens === true) };
  } catch (error) {
    // The library descends into nested values by recursion.
    if (!(error instanceof RangeError)) throw error;
    return { first: undefined, second: undefined, errors: [{ offset: 0, reason: 'too_deep', message: tooDeep }] };
  }
}

function* tokensOf(
  text: string,
  lexer: GoYamlLexer,
  onLine: (offset: number) => void = () => {},
): Generator<CST.Token, void> {
  onLine(0);
  const parser = new Parser(onLine);
  for (const lexeme of lexer.lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

function errorsOf(
  document: Document.Parsed | undefined,
  text: string,
  tab: number | undefined,
  isSource: boolean,
): readonly YamlError[] {
  const errors = document?.errors ?? [];
  // The stack ended here; all other errors follow from that.
  const deepest = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (deepest !== undefined) return [{ offset: deepest.pos[0], reason: 'too_deep', message: tooDeep }];
  const found = errors
    .filter((error) => !isRead(error, text, isSource))
    .map(
      ({ code, message, pos: [offset] }): YamlError => ({
        offset,
        reason: code === 'UNEXPECTED_TOKEN' && / (?:at node end|in YAML stream)/.test(message) ? 'rest' : 'syntax',
        message: sentence(code, message, text[offset]),
      }),
    );
  if (tab === undefined || found.some(({ offset }) => offset === tab)) return found;
  return [...found, { offset: tab, reason: 'syntax', message: sentence('TAB_AS_INDENT', '', '\t') }];
}

/** Whether go-yaml reads a text that the library refuses. */
function isRead({ code, message, pos: [offset] }: YAMLParseError, text: string, isSource: boolean): boolean {
  // A comment may follow quotes and brackets at once: `'a'#b`.
  if (code === 'MISSING_CHAR') return message.startsWith('Comments must be separated from other tokens');
  // The value of the library is wrong, so the source has to be there.
  return code === 'BAD_DQ_ESCAPE' && isSource && text[offset + 1] === "'";
}

/**
 * The library's words, or better ones where people are known to stumble; it quotes the text as it is, which may hold
 * anything.
 */
function sentence(code: string, message: string, character: string | undefined): string {
  if (code === 'TAB_AS_INDENT') return 'a tab cannot indent: use spaces';
  if (code === 'BAD_SCALAR_START') return `text that begins with ${character} has to be in quotes`;
  if (message.startsWith('Nested mappings'))
    return 'text that holds ": " has to be in quotes, or a line break is missing';
  const first = message.split('\n')[0]!.replace(/:$/, '').slice(0, 200);
  const shown = first.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return character === '*' ? `${shown}; text that begins with * has to be in quotes` : shown;
}
