import { printable } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import type { Survey } from '../cluster/targets.ts';
import type { Step } from '../plan/advance.ts';
import type { Phase } from '../plan/phase.ts';
import type { Progress } from '../renewal.ts';
import type { Workload } from '../workload/workload.ts';

export interface ProgressOutput {
  /** Prints a line that stays. */
  readonly line: (text: string) => void;
  /** Shows the standing in place, on a terminal. */
  readonly show: (text: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** One line for each step of a workload, and the standing of all. */
export function renewProgress({ warnings }: Survey, { line, show, now }: ProgressOutput): Progress {
  const began = new Map<string, number>();
  for (const warning of warnings) line(`warning: ${printable(warning)}`);
  return {
    moved: (key, phase, workload) => {
      if (phase.name === 'rolling') began.set(key, now());
      const text = sentenceOf(phase, workload, now() - (began.get(key) ?? now()));
      if (text !== undefined) line(printable(`${key}: ${text}`));
    },
    standing: (step) => show(standingOf(step)),
    trouble: (problem) => line(printable(`the API server cannot be asked, trying again: ${problem}`)),
  };
}

function sentenceOf(phase: Phase, workload: Workload | undefined, milliseconds: number): string | undefined {
  switch (phase.name) {
    case 'rolling': {
      const { takes = 0, replicas = 0 } = workload ?? {};
      return `restarted; takes ${takes} of ${counted(replicas, 'pod')} down at once`;
    }
    case 'renewed':
      return milliseconds === 0 ? 'up to date after a rollout of before' : `renewed after ${seconds(milliseconds)}`;
    case 'gone':
      return 'deleted meanwhile';
    case 'failed':
    case 'left':
      return `${phase.name}: ${phase.why}`;
    default:
      return undefined;
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function standingOf({ run, inProgress, usage, size }: Step): string {
  const renewed = [...run.phases.values()].filter(({ name }) => name === 'renewed').length;
  const budget = size === undefined ? '' : ` (at most ${size})`;
  return `${renewed} of ${run.phases.size} renewed, ${inProgress} in progress, ${counted(usage, 'pod')} unavailable${budget}`;
}
