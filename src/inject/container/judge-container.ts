import type { JsonObject } from '../../json/json.ts';
import { containerShape } from './container-shape.ts';
import type { Place } from './place.ts';
import { checkInPod } from './pod-rules.ts';

/** A reader corrects some and looks again. */
const mostProblems = 20;

/**
 * The problems for which the API server would refuse a pod with this container, each led by the JSON pointer of its
 * value: `/ports/1/containerPort: 99999 is not 1 to 65535`. All at once, but 20 at most.
 */
export function containerProblems(container: JsonObject, place: Place): readonly string[] {
  const problems: string[] = [];
  const isFull = () => problems.length >= mostProblems;
  const report = Object.assign(
    (path: string, problem: string) => {
      if (!isFull()) problems.push(`${path === '' ? 'the container' : path}: ${problem}`);
    },
    { isFull },
  );
  containerShape(container, '', report);
  checkInPod(container, place, report);
  return problems;
}
