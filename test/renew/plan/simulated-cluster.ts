import { advance, type Limits, type Run } from '../../../src/renew/plan/advance.ts';
import { inspected, restarted, restarting } from '../../../src/renew/plan/outcomes.ts';
import { withUnfinished } from '../../../src/renew/plan/unfinished.ts';
import type { View } from '../../../src/renew/plan/view.ts';
import { keyOf, type Workload } from '../../../src/renew/workload/workload.ts';

export interface Shape {
  readonly replicas: number;
  /** 0: new pods come before the old ones go. */
  readonly takes: number;
  /** Whether one pod is down when the run begins; it comes back at some time. */
  readonly isDegraded: boolean;
}

/** What a workload really is; its status tells it later. */
interface Model {
  readonly key: string;
  readonly shape: Shape;
  generation: number;
  /** Grows with each change. */
  version: number;
  at: string | undefined;
  oldUp: number;
  oldDown: number;
  newUp: number;
  newDown: number;
  /** Each version that was written, the oldest first. */
  readonly history: Workload[];
  /** Whether the controller has seen the last generation. */
  isSeen: boolean;
}

/** Workloads whose controllers and watches take their own time: as a real cluster, with a random schedule. */
export class SimulatedCluster {
  readonly models: readonly Model[];
  /** How far the watch has come, by workload. */
  readonly #shown = new Map<string, number>();
  readonly #random: () => number;
  most = 0;

  constructor(shapes: readonly Shape[], random: () => number) {
    this.#random = random;
    this.models = shapes.map((shape, i) => {
      const down = shape.isDegraded ? 1 : 0;
      const up = shape.replicas - down;
      const key = `shop deployment/w${String(i).padStart(3, '0')}`;
      const model: Model = {
        ...{ key, shape, generation: 1, version: 1, at: undefined, isSeen: true, history: [] },
        ...{ oldUp: up, oldDown: down, newUp: 0, newDown: 0 },
      };
      return model;
    });
    for (const model of this.models) this.#write(model);
    this.#measure();
  }

  unavailable(): number {
    return this.models.reduce((sum, model) => sum + missing(model), 0);
  }

  /** Each workload as the watch tells it: perhaps not its newest version. */
  view(): View {
    const workloads = this.models.map(({ key, history }) => [key, history[this.#shown.get(key)!]!] as const);
    return { workloads: new Map(workloads), disruptions: new Map() };
  }

  /** A list has the newest versions, and so does a new run. */
  beginAgain(now: number): Run {
    // The pods are listed first; the rest of the cluster goes on until the watch begins.
    const outdated = this.models.filter(({ oldUp, oldDown }) => oldUp + oldDown > 0);
    for (let events = Math.floor(this.#random() * 50); events > 0; events--) this.happen();
    for (const { key, history } of this.models) this.#shown.set(key, history.length - 1);
    const run: Run = { phases: new Map(outdated.map(({ key }) => [key, { name: 'waiting' }])) };
    return withUnfinished(run, this.view(), now);
  }

  restart(key: string, version: string, at: string): 'accepted' | 'conflict' {
    const model = this.#model(key);
    if (model.at === at) return 'accepted';
    if (String(model.version) !== version) return 'conflict';
    model.at = at;
    model.generation += 1;
    model.isSeen = false;
    model.oldUp += model.newUp;
    model.oldDown += model.newDown;
    [model.newUp, model.newDown] = [0, 0];
    this.#write(model);
    return 'accepted';
  }

  isRenewed(key: string): boolean {
    const { oldUp, oldDown } = this.#model(key);
    return oldUp + oldDown === 0;
  }

  generationOf(key: string): number {
    return this.#model(key).generation;
  }

  /** One event somewhere: a controller acts, a pod comes up, or the watch tells something. */
  happen(): void {
    const model = this.models[Math.floor(this.#random() * this.models.length)]!;
    const shown = this.#shown.get(model.key)!;
    if (this.#random() < 0.4) {
      if (shown < model.history.length - 1) this.#shown.set(model.key, shown + 1);
      return;
    }
    if (act(model, this.#random)) this.#write(model);
    this.#measure();
  }

  #model(key: string): Model {
    return this.models.find((model) => model.key === key)!;
  }

  #measure(): void {
    this.most = Math.max(this.most, this.unavailable());
  }

  #write(model: Model): void {
    model.version = model.history.length + 1;
    model.history.push(statusOf(model));
    if (!this.#shown.has(model.key)) this.#shown.set(model.key, 0);
  }
}

function missing({ shape, oldUp, newUp }: Model): number {
  return Math.max(0, shape.replicas - oldUp - newUp);
}

/** One step of the workload's controller or of its pods; whether anything changed. */
function act(model: Model, random: () => number): boolean {
  const { replicas, takes } = model.shape;
  if (!model.isSeen) {
    model.isSeen = true;
    return true;
  }
  if (random() < 0.5) {
    if (model.newDown > 0) [model.newDown, model.newUp] = [model.newDown - 1, model.newUp + 1];
    else if (model.oldDown > 0 && model.generation === 1) [model.oldDown, model.oldUp] = [0, model.oldUp + 1];
    else return false;
    return true;
  }
  const all = model.oldUp + model.oldDown + model.newUp + model.newDown;
  if (model.generation === 1 || (model.oldUp + model.oldDown === 0 && all >= replicas)) return false;
  if (model.oldDown > 0) model.oldDown -= 1;
  else if (all < replicas + (takes === 0 ? 1 : 0)) model.newDown += 1;
  else if (missing(model) < takes || model.oldUp + model.newUp > replicas) model.oldUp -= 1;
  else return false;
  return true;
}

function statusOf(model: Model): Workload {
  const { shape, generation, version, at, oldUp, oldDown, newUp, newDown, isSeen } = model;
  const isRolling =
    !isSeen || (generation > 1 && oldUp + oldDown > 0) || oldUp + oldDown + newUp + newDown < shape.replicas;
  const [namespace, owner] = model.key.split(' ') as [string, string];
  return workloadWith({
    namespace,
    name: owner.split('/')[1]!,
    resourceVersion: String(version),
    generation,
    replicas: shape.replicas,
    unavailable: missing(model),
    updated: newUp + newDown,
    takes: shape.takes,
    rollout: isRolling ? 'rolling' : 'settled',
    restartedAt: at,
    isRenewal: at !== undefined,
  });
}

/** A workload of three pods that all run; `more` says what is different. */
export function workloadWith(more: Partial<Workload> = {}): Workload {
  return {
    ...{ kind: 'deployment', namespace: 'shop', name: 'web', resourceVersion: '1', generation: 1 },
    ...{ replicas: 3, unavailable: 0, updated: 3, takes: 1, rollout: 'settled', hindrance: undefined },
    ...{
      restartedAt: undefined,
      minReadySeconds: 0,
      isEnding: false,
      isRenewal: false,
      selector: { matchLabels: { app: 'web' } },
      labels: { app: 'web' },
      asks: 'statsd',
    },
    ...more,
  };
}

export function viewOf(...workloads: readonly Workload[]): View {
  return { workloads: new Map(workloads.map((one) => [keyOf(one), one])), disruptions: new Map() };
}

export interface SimulatedRun {
  readonly run: Run;
  readonly steps: number;
}

/** Renews the cluster; `interrupts` is how likely each step ends the run, which then begins again. */
export function simulate(
  cluster: SimulatedCluster,
  limits: Limits,
  { random, interrupts, loses }: { random: () => number; interrupts: number; loses: number },
): SimulatedRun {
  let run = cluster.beginAgain(0);
  for (let steps = 0; ; steps++) {
    if (steps > 20_000) throw new Error(`the run does not end: ${JSON.stringify([...run.phases])}`);
    for (let events = Math.floor(random() * 4); events > 0; events--) cluster.happen();
    if (random() < interrupts) run = cluster.beginAgain(steps);
    const view = cluster.view();
    const step = advance(run, view, steps, limits);
    run = step.run;
    if (step.ended) return { run, steps };
    for (const key of step.restart) {
      const phase = run.phases.get(key)!;
      const { at, resourceVersion } =
        phase.name === 'restarting'
          ? phase
          : { at: `at-${steps}`, resourceVersion: view.workloads.get(key)!.resourceVersion };
      run = restarting(run, key, at, resourceVersion);
      // An answer that is lost: the API server has done it, or not.
      if (random() < loses) {
        if (random() < 0.5) cluster.restart(key, resourceVersion, at);
        continue;
      }
      const outcome = cluster.restart(key, resourceVersion, at);
      const result =
        outcome === 'accepted' ? { outcome, generation: cluster.generationOf(key) } : { outcome, resourceVersion };
      run = restarted(run, key, result, steps);
    }
    for (const key of step.inspect) {
      const result = cluster.isRenewed(key)
        ? ({ outcome: 'renewed' } as const)
        : ({ outcome: 'unchanged', why: 'old' } as const);
      run = inspected(run, key, result, view.workloads.get(key)!.generation);
    }
  }
}
