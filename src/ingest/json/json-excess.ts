import { excessPlace } from '../../json/excess-place.ts';
import { jsonExcess } from '../../json/json-bounds.ts';
import type { Refusal } from '../http/http-answer.ts';
import type { ProblemCode } from '../payload/payload-problem.ts';

/** Lists and objects inside each other: list, family, values, row and labels are five. */
const deepest = 16;

/**
 * Why a text is not even read: JSON.parse makes some 50 bytes of each `{},`, and objects of strangers have no other
 * bound.
 */
export function excessOf(text: string, values: number): Refusal | undefined {
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
