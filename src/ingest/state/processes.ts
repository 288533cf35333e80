/** A process that pushes and says its start. */
export interface Process {
  readonly start: number;
  /** Whether its counts may have been added before its first push here. */
  readonly old: boolean;
  /** A stream of it was removed: its next values may have been counted. */
  hasLostStream: boolean;
  /** The order of its first and of its last push. */
  readonly first: number;
  last: number;
}

/** The processes of one client. */
export interface Processes {
  /** The processes that say their start. */
  readonly processes: Process[];
  /** The latest start of those that were removed, in seconds. */
  watermark: number;
}

/** Processes that are told apart under one name, and the seconds by which two values of one start may differ. */
const mostProcesses = 64;
const startTolerance = 0.005;

/** Finds the process of a client by its start, or makes it. */
export function processOf(client: Processes, start: number, since: number, order: number): Process {
  const existing = processAt(client, start);
  if (existing !== undefined) {
    existing.last = order;
    return existing;
  }
  const old = start < since || start <= client.watermark;
  const process: Process = { start, old, hasLostStream: false, first: order, last: order };
  client.processes.push(process);
  if (client.processes.length > mostProcesses) dropStalest(client);
  return process;
}

function processAt({ processes }: Processes, start: number): Process | undefined {
  return processes.find((process) => Math.abs(process.start - start) <= startTolerance);
}

function dropStalest(client: Processes): void {
  let at = 0;
  client.processes.forEach(({ last }, i) => {
    if (last < client.processes[at]!.last) at = i;
  });
  const [stalest] = client.processes.splice(at, 1);
  client.watermark = Math.max(client.watermark, stalest!.start);
}

/** Remembers that a stream of a process was removed. */
export function markStreamLost(client: Processes, start: number): void {
  if (Number.isNaN(start)) return;
  const process = processAt(client, start);
  if (process === undefined) client.watermark = Math.max(client.watermark, start);
  else process.hasLostStream = true;
}
