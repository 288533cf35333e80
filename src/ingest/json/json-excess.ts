import { excessPlace } from '../../json/excess-place.ts';
import { jsonExcess } from '../../json/json-bounds.ts';
import type { PushRefusal } from '../http/push-answer.ts';
import type { ProblemCode } from '../payload/payload-problem.ts';

/** Lists and objects inside each other; a push needs five: list, family, values, row and labels. */
const deepest = 16;

/**
 * The refusal of a text that is too deep or has too many values to be parsed. JSON.parse makes some 50 bytes of each
 * `{},`, and nothing else bounds the memory that a stranger's body takes.
 */
export function excessOf(text: string, values: number): PushRefusal | undefined {
  const bounds = { depth: deepest, values };
  const excess = jsonExcess(text, bounds);
  if (excess === undefined) return undefined;
  const [code, detail]: [ProblemCode, string] =
    excess === 'depth'
      ? ['bad_field', `lists and objects are more than ${deepest} deep; a push needs five`]
      : ['limit_exceeded', `more than ${values} lists, objects and members in one push (--ingest.push-limit)`];
  const problems = [{ pointer: excessPlace(text, bounds), code, detail }];
  const refusal = { detail: '1 problem; nothing was stored', problems, count: 1 };
  return excess === 'depth'
    ? { status: 400, code: 'invalid_payload', title: 'Invalid payload', ...refusal }
    : { status: 422, code: 'limit_exceeded', title: 'Limit exceeded', ...refusal };
}
