import { Lexer } from 'yaml';

/** The parts of the library's lexer whose meaning go-yaml changes; the library's types keep them private. */
interface LexerParts {
  /** The column that the lines of a value of several lines have to reach; with 0 only `---` and `...` end it. */
  indentNext: number;
  readonly flowLevel: number;
  parseQuotedScalar(): Generator<string, unknown>;
  parseFlowCollection(): Generator<string, unknown>;
  lex(source: string): Generator<string, void>;
}

const Base = Lexer as unknown as new () => LexerParts;

/**
 * The lexer of go-yaml v2. Between quotes, braces and brackets the indentation of a line means nothing: a text that
 * goes on at the column of its key, or before it, is one text. YAML, and the library with it, asks for one more column.
 */
export class GoYamlLexer extends Base {
  /** The offset of the first tab where go-yaml allows none: before a token of a line, and behind `-` and `?`. */
  tab: number | undefined;

  override *lex(source: string): Generator<string, void> {
    const tabs = new TabRule();
    let offset = 0;
    for (const lexeme of super.lex(source)) {
      if (this.flowLevel === 0 && tabs.isBroken(lexeme)) {
        this.tab ??= offset + lexeme.indexOf('\t');
      }
      tabs.pass(lexeme, this.flowLevel, this.indentNext);
      if (!isMark(lexeme)) offset += lexeme.length;
      yield lexeme;
    }
  }

  override *parseQuotedScalar(): Generator<string, unknown> {
    return yield* this.#atAnyColumn(super.parseQuotedScalar());
  }

  override *parseFlowCollection(): Generator<string, unknown> {
    return yield* this.#atAnyColumn(super.parseFlowCollection());
  }

  *#atAnyColumn(lexemes: Generator<string, unknown>): Generator<string, unknown> {
    const indent = this.indentNext;
    this.indentNext = 0;
    const state = yield* lexemes;
    this.indentNext = indent;
    return state;
  }
}

/** The lexemes that stand for no text: a document begins, a flow collection breaks off, a scalar follows. */
const [documentMark, flowEnd, scalarMark] = ['\u0002', '\u0018', '\u001f'];

function isMark(lexeme: string): boolean {
  return lexeme === documentMark || lexeme === flowEnd || lexeme === scalarMark;
}

/** Where a tab may stand in the block context (`yaml_parser_scan_to_next_token`, `yaml_parser_scan_plain_scalar`). */
class TabRule {
  /** Whether a key could begin here, so that white space is indentation. */
  #isIndentation = true;
  /** Whether the lexeme is the text of a scalar. */
  #isScalar = false;
  /** Whether nothing but white space came since a scalar without quotes, which takes blank lines that are indented. */
  #isAfterPlain = false;
  /** The column that its further lines have to reach. */
  #indent = 0;
  /** Spaces since the begin of the line. */
  #column = 0;

  isBroken(lexeme: string): boolean {
    if (this.#isScalar || !this.#isIndentation || !/^[ \t]/.test(lexeme)) return false;
    const at = lexeme.indexOf('\t');
    return at >= 0 && !(this.#isAfterPlain && this.#column + at >= this.#indent);
  }

  pass(lexeme: string, flowLevel: number, indent: number): void {
    if (this.#isScalar) {
      this.#isScalar = false;
      // A block scalar ends with the line, and the next one begins.
      this.#isIndentation = lexeme.endsWith('\n');
      this.#isAfterPlain = !this.#isIndentation;
      this.#indent = indent;
      this.#column = 0;
    } else if (lexeme === scalarMark) this.#isScalar = true;
    else if (/^\r?\n$/.test(lexeme)) {
      this.#isIndentation = flowLevel === 0;
      this.#column = 0;
    } else if (/^[ \t]/.test(lexeme)) this.#column += lexeme.length;
    else if (!isMark(lexeme) && lexeme !== '') {
      this.#isIndentation = flowLevel === 0 && (lexeme === '-' || lexeme === '?');
      this.#isAfterPlain = false;
    }
  }
}
