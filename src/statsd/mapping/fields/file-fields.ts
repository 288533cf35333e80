import { Findings } from '../findings.ts';
import { readDocument } from './mapping-document.ts';
import { type Pieces, piecesOf } from './pieces.ts';
import { type FileFields, type RuleFields, readFile } from './rule-fields.ts';

/** A smaller file takes some milliseconds as a whole. */
const small = 8 * 1024;
/**
 * A larger file is not read as a whole: the parser needs some hundred times its size, and the lines of a minute would
 * wait for it.
 */
const mostWhole = 128 * 1024;
/** The most rules. Each takes 2 KiB for as long as the mapping is in use. */
const mostRules = 20_000;

/** A file that is larger than a ConfigMap can be is not read. */
const empty: FileFields = { defaults: { observer: {} }, rules: [] };
const top = { line: 1, column: 1 };

/** Reads the keys of a file, of a large one in steps. Problems are reported, and the keys in question left out. */
export function* fileFields(text: string, findings: Findings, strict: boolean): Generator<void, FileFields> {
  const fields = text.length <= small ? undefined : yield* inPieces(text, findings, strict);
  if (fields !== undefined) return fields;
  if (text.length > mostWhole) {
    const message = `a file of more than ${mostWhole / 1024} KiB has to have its rules below "mappings:", each behind a dash in a line of its own, without aliases of other rules`;
    findings.error(top, 'too_large', message);
    return empty;
  }
  const whole = readFile(readDocument(text, findings, strict), { findings, strict });
  if (whole.rules.length <= mostRules) return whole;
  return tooMany(findings);
}

/**
 * Reads piece by piece, with one piece in memory at a time.
 *
 * @returns undefined where the file has another layout, or is not YAML: it may be valid as a whole, or its error is
 *   clearer there.
 */
function* inPieces(text: string, findings: Findings, strict: boolean): Generator<void, FileFields | undefined> {
  const divided = piecesOf(text);
  if (divided === undefined) return undefined;
  const large = tooLarge(divided);
  if (large !== undefined) {
    const message = `one of the rules from here on, or what stands around the rules, has more than ${mostWhole / 1024} KiB`;
    findings.error({ line: large, column: 1 }, 'too_large', message);
    return empty;
  }
  const pieceFindings = new Findings();
  const context = { findings: pieceFindings, strict };
  const head = readFile(readDocument(divided.head, pieceFindings, strict), context);
  const rules: RuleFields[] = [];
  for (const { text: piece, line } of divided.pieces) {
    rules.push(...readFile(readDocument(piece, pieceFindings, strict, line), context).rules);
    if (pieceFindings.has('yaml')) {
      if (text.length <= mostWhole) return undefined;
      break;
    }
    if (rules.length > mostRules) return tooMany(findings);
    yield;
  }
  findings.take(pieceFindings);
  return { defaults: head.defaults, rules };
}

/** The line of a part that is too large to read: the parser would take half a second. */
function tooLarge({ head, pieces }: Pieces): number | undefined {
  const rule = pieces.find((piece) => piece.text.length > mostWhole);
  if (rule !== undefined) return rule.line + 1;
  // The head keeps an empty line for each line of the rules.
  return head.length > mostWhole && head.replaceAll(/\n+/g, '\n').length > mostWhole ? 1 : undefined;
}

function tooMany(findings: Findings): FileFields {
  findings.error(
    top,
    'too_large',
    `more than ${mostRules} rules are too many: a regular expression or a glob can stand for several`,
  );
  return empty;
}
