/**
 * The state of a connection: `silent` never sent a whole request head (it is in its handshake, or sent half a head, or
 * nothing at all), `idle` waits after an answer, `busy` has a request under way.
 */
export type ConnectionState = 'silent' | 'idle' | 'busy';

/** Connections that were closed to make room, by their state. */
export type Closed = Readonly<Record<ConnectionState, number>>;

export interface ClosedCount {
  closed(doing: ConnectionState): void;
  /** The counts since the start. */
  readonly counts: Closed;
}

const quietMs = 60_000;

/**
 * Counts closed connections. Reports the first one at once, and those of the next minute at its end.
 *
 * @param report receives the connections since its last call
 */
export function createClosedCount(
  report: (closed: Closed) => void,
  later: (run: () => void, milliseconds: number) => void = laterUnlessEnded,
): ClosedCount {
  const counts: Record<ConnectionState, number> = { silent: 0, idle: 0, busy: 0 };
  let reported: Closed = { ...counts };
  let waiting = false;
  const reportRest = () => {
    const { silent, idle, busy } = counts;
    const rest = { silent: silent - reported.silent, idle: idle - reported.idle, busy: busy - reported.busy };
    waiting = rest.silent + rest.idle + rest.busy > 0;
    if (!waiting) return;
    reported = { ...counts };
    later(reportRest, quietMs);
    report(rest);
  };
  return {
    counts,
    closed(doing) {
      counts[doing] += 1;
      if (!waiting) reportRest();
    },
  };
}

/** The timer does not keep a process alive. */
function laterUnlessEnded(run: () => void, milliseconds: number): void {
  setTimeout(run, milliseconds).unref();
}
