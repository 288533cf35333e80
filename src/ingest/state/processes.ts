/** A process that pushes and says when it started. */
export interface Process {
  readonly start: number;
  /** Whether it may have been counted before we saw it. */
  readonly old: boolean;
  /** A stream of it was let go: what it pushes next may have been counted. */
  forgot: boolean;
  /** The order of its first and of its last push. */
  readonly first: number;
  last: number;
}

/** What is known of the processes of one client. */
export interface Processes {
  /** Those that say when they started. */
  readonly processes: Process[];
  /** The latest start of those that were let go, in seconds. */
  watermark: number;
}

/** Processes under one name that are told from each other, and how far their starts may differ, in seconds. */
const mostProcesses = 64;
const startTolerance = 0.005;

/** The process of a client that started then, made where it is new. */
export function processOf(source: Processes, start: number, since: number, order: number): Process {
  const known = source.processes.find((process) => Math.abs(process.start - start) <= startTolerance);
  if (known !== undefined) {
    known.last = order;
    return known;
  }
  const old = start < since || start <= source.watermark;
  const made: Process = { start, old, forgot: false, first: order, last: order };
  source.processes.push(made);
  if (source.processes.length > mostProcesses) dropStalest(source);
  return made;
}

function dropStalest(source: Processes): void {
  let at = 0;
  source.processes.forEach(({ last }, i) => {
    if (last < source.processes[at]!.last) at = i;
  });
  const [gone] = source.processes.splice(at, 1);
  source.watermark = Math.max(source.watermark, gone!.start);
}

/** A stream of a process was let go. */
export function loseProcess(source: Processes, start: number): void {
  if (Number.isNaN(start)) return;
  const known = source.processes.find((process) => Math.abs(process.start - start) <= startTolerance);
  if (known === undefined) source.watermark = Math.max(source.watermark, start);
  else known.forgot = true;
}
