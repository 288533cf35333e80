import { type PodBudget, podBudget } from '../../contract/cluster-commands.ts';
import { columns, printable } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import type { Target } from '../cluster/targets.ts';
import type { Phase, PhaseName } from '../plan/phase.ts';
import { guardOf } from '../plan/view.ts';
import type { Renewal } from '../renew.ts';

/** One workload at the end of a run, or in the plan of one. */
interface Row extends Pick<Target, 'namespace' | 'owner' | 'pods' | 'drift'> {
  readonly state: PhaseName | 'restart';
  readonly why: string;
  /** Of a plan: the pods that its update strategy takes down at once. */
  readonly takes?: number;
}

function rowsOf({ survey, ended, plan }: Renewal): Row[] {
  const targets = new Map(survey.targets.map((target) => [target.key, target]));
  return [...ended.phases].map(([key, phase]): Row => {
    const { namespace, owner, pods, drift } = targets.get(key) ?? ofEarlierRun(key);
    const row = { namespace, owner, pods, drift, ...stateOf(phase) };
    if (plan === undefined) return row;
    const { step, view } = plan;
    const workload = view.workloads.get(key);
    const takes = workload === undefined ? {} : { takes: workload.takes };
    if (phase.name !== 'waiting' || workload === undefined) return { ...row, ...takes };
    const why = step.blocked.get(key) ?? guardOf(workload, [], view);
    return { ...row, ...takes, ...(why === undefined ? { state: 'restart', why: '' } : { state: 'waiting', why }) };
  });
}

/** A workload without outdated pods whose rollout is still waited for. */
function ofEarlierRun(key: string): Omit<Row, 'state' | 'why'> {
  const [namespace, owner] = key.split(' ') as [string, string];
  return { namespace, owner, pods: 0, drift: 'restarted by an earlier run' };
}

function stateOf(phase: Phase): { readonly state: PhaseName; readonly why: string } {
  return { state: phase.name, why: 'why' in phase ? phase.why : '' };
}

/** Whether a workload is left as it was, or its rollout failed. */
export function isIncomplete(renewal: Renewal): boolean {
  return rowsOf(renewal).some(({ state }) => !['renewed', 'gone', 'restart'].includes(state));
}

/** The workloads that need a person, or all of a plan, and a line with the totals. */
export function renewText(renewal: Renewal, budget: PodBudget | undefined, missed: boolean): string {
  const { survey, ended, plan } = renewal;
  if (ended.phases.size === 0) {
    const none = missed
      ? 'every pod that asks has its sidecar'
      : `${counted(survey.injectedPods, 'injected pod')}, none outdated`;
    return `metrics-sidecar renew: nothing to do: ${none}\n`;
  }
  const rows = rowsOf(renewal);
  if (plan !== undefined) return `${[...planTable(rows), planSummary(rows, renewal, budget)].join('\n')}\n`;
  const shown = rows.filter(({ state }) => state !== 'renewed');
  const table = [
    ['NAMESPACE', 'OWNER', 'STATE', 'WHY'],
    ...shown.map(({ namespace, owner, state, why }) => [namespace, owner, words[state], why].map(printable)),
  ];
  return `${[...(shown.length > 0 ? columns(table) : []), runSummary(rows)].join('\n')}\n`;
}

/** The phases as people read them. */
const words: Readonly<Record<Row['state'], string>> = {
  waiting: 'not begun',
  restarting: 'in progress',
  rolling: 'in progress',
  renewed: 'renewed',
  gone: 'deleted',
  failed: 'failed',
  left: 'left',
  restart: 'restart',
};

function planTable(rows: readonly Row[]): string[] {
  const head = ['NAMESPACE', 'OWNER', 'PODS', 'TAKES DOWN', 'WHAT', 'WHY'];
  const cells = rows.map(({ namespace, owner, pods, takes, state, why, drift }) =>
    [
      namespace,
      owner,
      String(pods),
      takes === undefined ? '-' : String(takes),
      state === 'waiting' ? 'wait' : state === 'left' ? 'leave' : words[state],
      state === 'restart' ? drift : why,
    ].map(printable),
  );
  return columns([head, ...cells]);
}

function planSummary(rows: readonly Row[], { plan }: Renewal, budget: PodBudget | undefined): string {
  const { size, usage } = plan!.step;
  const count = (wanted: Row['state']) => rows.filter(({ state }) => state === wanted).length;
  const pace =
    budget === undefined
      ? 'one workload at a time'
      : `at most ${size} unavailable (--max-unavailable=${podBudget.format(budget)}), ${usage} now`;
  return (
    `metrics-sidecar renew: would restart ${counted(count('restart'), 'workload')}, ${pace}; ${count('waiting')} to wait ` +
    `for, ${count('left')} left`
  );
}

function runSummary(rows: readonly Row[]): string {
  const { renewed, gone, failed, left, inProgress, notBegun } = totals(rows);
  const parts = [
    [renewed, 'renewed'],
    [gone, 'deleted meanwhile'],
    [failed, 'failed'],
    [left, 'left'],
    [inProgress, 'in progress'],
    [notBegun, 'not begun'],
  ] as const;
  const shown = parts.filter(([count], i) => count > 0 || i === 0).map(([count, word]) => `${count} ${word}`);
  return `metrics-sidecar renew: of ${counted(rows.length, 'workload')} ${shown.join(', ')}`;
}

function totals(rows: readonly Row[]) {
  const count = (...states: readonly Row['state'][]) => rows.filter(({ state }) => states.includes(state)).length;
  return {
    renewed: count('renewed'),
    gone: count('gone'),
    failed: count('failed'),
    left: count('left'),
    inProgress: count('rolling', 'restarting'),
    notBegun: count('waiting'),
    restart: count('restart'),
  };
}

/** JSON for programs. Later versions add fields and remove none. */
export function renewJson(renewal: Renewal, budget: PodBudget | undefined): string {
  const rows = rowsOf(renewal);
  const { step } = renewal.plan ?? {};
  const document = {
    dryRun: step !== undefined,
    ended: renewal.ended.how,
    maxUnavailable: budget === undefined ? null : podBudget.format(budget),
    ...(step !== undefined && { pods: { allowed: step.size ?? null, unavailable: step.usage } }),
    summary: totals(rows),
    workloads: rows.map(({ state, ...row }) => ({ ...row, state: jsonState(state) })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function jsonState(state: Row['state']): string {
  if (state === 'rolling' || state === 'restarting') return 'inProgress';
  return state === 'waiting' ? 'notBegun' : state;
}
