import { Findings } from '../findings.ts';
import { readDocument } from './mapping-document.ts';
import { type Pieces, piecesOf } from './pieces.ts';
import { type FileFields, type RuleFields, readFile } from './rule-fields.ts';

/** A smaller file is read as a whole in some milliseconds. */
const SMALL = 8 * 1024;
/**
 * A larger file is not read as a whole: the parser needs some hundred times its size, and a minute's lines wait for it.
 */
const MOST_WHOLE = 128 * 1024;
/** Each takes 2 KiB for as long as the mapping is in use. */
const MOST_RULES = 20_000;

/** Nothing is to be read of a file that is larger than a ConfigMap can be. */
const EMPTY: FileFields = { defaults: { observer: {} }, rules: [] };
const TOP = { line: 1, column: 1 };

/** Reads the keys of a file, a large one in steps. What is wrong with it is said, and left out. */
export function* fileFields(text: string, findings: Findings, strict: boolean): Generator<void, FileFields> {
  const fields = text.length <= SMALL ? undefined : yield* inPieces(text, findings, strict);
  if (fields !== undefined) return fields;
  if (text.length > MOST_WHOLE) {
    const message = `a file of more than ${MOST_WHOLE / 1024} KiB has to have its rules below "mappings:", each behind a dash in a line of its own, without aliases of other rules`;
    findings.error(TOP, 'too_large', message);
    return EMPTY;
  }
  const whole = readFile(readDocument(text, findings, strict), { findings, strict });
  if (whole.rules.length <= MOST_RULES) return whole;
  return tooMany(findings);
}

/**
 * Reads piece by piece: only one is in memory at a time.
 *
 * @returns undefined where the file is not written that way, or is no YAML: as a whole it may be, or it is said better
 * there.
 */
function* inPieces(text: string, findings: Findings, strict: boolean): Generator<void, FileFields | undefined> {
  const divided = piecesOf(text);
  if (divided === undefined) return undefined;
  const large = tooLarge(divided);
  if (large !== undefined) {
    const message = `one of the rules from here on, or what stands around the rules, has more than ${MOST_WHOLE / 1024} KiB`;
    findings.error({ line: large, column: 1 }, 'too_large', message);
    return EMPTY;
  }
  const found = new Findings();
  const context = { findings: found, strict };
  const head = readFile(readDocument(divided.head, found, strict), context);
  const rules: RuleFields[] = [];
  for (const { text: piece, line } of divided.pieces) {
    rules.push(...readFile(readDocument(piece, found, strict, line), context).rules);
    if (found.has('yaml')) {
      if (text.length <= MOST_WHOLE) return undefined;
      break;
    }
    if (rules.length > MOST_RULES) return tooMany(findings);
    yield;
  }
  findings.take(found);
  return { defaults: head.defaults, rules };
}

/** The line of a part that is not read, for the parser would take half a second for it. */
function tooLarge({ head, pieces }: Pieces): number | undefined {
  const rule = pieces.find((piece) => piece.text.length > MOST_WHOLE);
  if (rule !== undefined) return rule.line + 1;
  // The head keeps a line for each line of the rules.
  return head.length > MOST_WHOLE && head.replaceAll(/\n+/g, '\n').length > MOST_WHOLE ? 1 : undefined;
}

function tooMany(findings: Findings): FileFields {
  findings.error(
    TOP,
    'too_large',
    `more than ${MOST_RULES} rules are too many: a regular expression or a glob can stand for several`,
  );
  return EMPTY;
}
