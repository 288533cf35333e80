/**
 * The matching of globs of statsd_exporter 0.30.0, statement by statement (`pkg/mapper/fsm/fsm.go`, Copyright 2018 The
 * Prometheus Authors, Apache License 2.0), to compare with.
 */

interface MappingState {
  transitions: Map<string, MappingState>;
  minRemainingLength: number;
  maxRemainingLength: number;
  result: number | undefined;
  resultPriority: number;
}

interface Cursor {
  fieldIndex: number;
  captureIndex: number;
  currentCapture: string;
  state: MappingState;
  prev: Cursor | undefined;
}

function newState(remaining: number): MappingState {
  return {
    transitions: new Map(),
    minRemainingLength: remaining,
    maxRemainingLength: remaining,
    result: undefined,
    resultPriority: 0,
  };
}

export class Fsm {
  readonly #roots: ReadonlyMap<string, MappingState>;
  readonly #orderingDisabled: boolean;
  #backtrackingNeeded = false;
  #statesCount = 0;

  constructor(metricTypes: readonly string[], orderingDisabled: boolean) {
    this.#roots = new Map(metricTypes.map((type) => [type, newState(0)]));
    this.#orderingDisabled = orderingDisabled;
  }

  addState(match: string, matchMetricType: string, result: number): number {
    const matchFields = match.split('.');
    const roots = matchMetricType === '' ? [...this.#roots.values()] : [this.#roots.get(matchMetricType)!];
    let captureCount = 0;
    const finalStates: MappingState[] = [];
    for (let root of roots) {
      captureCount = 0;
      for (const [i, field] of matchFields.entries()) {
        let state = root.transitions.get(field);
        const remaining = matchFields.length - i - 1;
        if (state === undefined) {
          state = newState(remaining);
          root.transitions.set(field, state);
          if (i === matchFields.length - 1) state.result = result;
        } else {
          state.maxRemainingLength = Math.max(remaining, state.maxRemainingLength);
          state.minRemainingLength = Math.min(remaining, state.minRemainingLength);
        }
        if (field === '*') captureCount++;
        root = state;
      }
      finalStates.push(root);
    }
    for (const state of finalStates) state.resultPriority = this.#statesCount;
    this.#statesCount++;
    return captureCount;
  }

  getMapping(statsdMetric: string, statsdMetricType: string): { result: number; captures: string[] } | undefined {
    const matchFields = statsdMetric.split('.');
    let currentState = this.#roots.get(statsdMetricType)!;
    let cursor: Cursor | undefined;
    let resumeFromBacktrack = false;
    let finalState: MappingState | undefined;
    const captures = matchFields.map(() => '');
    let finalCaptures = [...captures];
    let captureIdx = 0;
    const fieldsCount = matchFields.length;
    let i = 0;
    let state!: MappingState;
    const outOfReach = (to: MappingState, left: number) => left > to.maxRemainingLength || left < to.minRemainingLength;
    for (;;) {
      for (;;) {
        if (!resumeFromBacktrack) {
          if (currentState.transitions.size === 0) break;
          const field = matchFields[i]!;
          const left = fieldsCount - i - 1;
          const literal = currentState.transitions.get(field);
          const star = currentState.transitions.get('*');
          if (literal === undefined || outOfReach(literal, left)) {
            if (star === undefined || outOfReach(star, left)) break;
            state = star;
            captures[captureIdx] = field;
            captureIdx++;
          } else {
            state = literal;
            if (this.#backtrackingNeeded && star !== undefined && !outOfReach(star, left)) {
              cursor = { prev: cursor, state: star, fieldIndex: i, captureIndex: captureIdx, currentCapture: field };
            }
          }
        }
        if (state.result !== undefined && i === fieldsCount - 1) {
          if (this.#orderingDisabled) return { result: state.result, captures };
          if (finalState === undefined || finalState.resultPriority > state.resultPriority) {
            finalState = state;
            finalCaptures = [...captures];
          }
          break;
        }
        i++;
        if (i >= fieldsCount) break;
        resumeFromBacktrack = false;
        currentState = state;
      }
      if (cursor === undefined) break;
      state = cursor.state;
      currentState = state;
      i = cursor.fieldIndex;
      captureIdx = cursor.captureIndex + 1;
      captures[captureIdx - 1] = cursor.currentCapture;
      cursor = cursor.prev;
      resumeFromBacktrack = true;
    }
    return finalState && { result: finalState.result!, captures: finalCaptures };
  }

  testIfNeedBacktracking(mappings: readonly string[]): void {
    let backtrackingNeeded = false;
    const ruleByLength = Map.groupBy(mappings, (mapping) => mapping.split('.').length);
    const regexOf = (mapping: string) => new RegExp(`^${mapping.replaceAll('.', '\\.').replaceAll('*', '([^.]*)')}$`);
    for (const rules of ruleByLength.values()) {
      if (rules.length === 1) continue;
      for (const [i1, r1] of rules.entries()) {
        let currentRuleNeedBacktrack = false;
        const re1 = regexOf(r1);
        if (!r1.includes('*')) continue;
        for (let index = 0; index < r1.length; index++) {
          if (r1[index] !== '*') continue;
          const re = new RegExp(`^${r1.slice(0, index).replaceAll('.', '\\.').replaceAll('*', '\\*')}`);
          for (const [i2, r2] of rules.entries()) {
            if (i2 === i1) continue;
            if (re.test(r2)) {
              currentRuleNeedBacktrack = true;
              break;
            }
          }
        }
        for (const [i2, r2] of rules.entries()) if (i2 !== i1 && re1.test(r2)) currentRuleNeedBacktrack = false;
        for (const [i2, r2] of rules.entries()) if (i2 !== i1 && regexOf(r2).test(r1)) currentRuleNeedBacktrack = false;
        if (currentRuleNeedBacktrack) backtrackingNeeded = true;
      }
    }
    this.#backtrackingNeeded = !this.#orderingDisabled || backtrackingNeeded;
  }
}
