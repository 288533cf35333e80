/**
 * What a connection does: `silent` never sent a whole request head (it is in its handshake, sent half a head, or
 * nothing at all), `idle` waits after an answer, `busy` has a request under way.
 */
export type Doing = 'silent' | 'idle' | 'busy';

/** Connections that were closed to make room, by what they did. */
export type Closed = Readonly<Record<Doing, number>>;

export interface ClosedCount {
  closed(doing: Doing): void;
  /** Since the start. */
  readonly counts: Closed;
}

const quietMilliseconds = 60_000;

/** Counts; tells of the first at once, and of those that come within a minute when it is over. */
export function createClosedCount(
  tell: (closed: Closed) => void,
  later: (run: () => void, milliseconds: number) => void = laterUnlessEnded,
): ClosedCount {
  const counts: Record<Doing, number> = { silent: 0, idle: 0, busy: 0 };
  let told: Closed = { ...counts };
  let quiet = false;
  const tellRest = () => {
    const { silent, idle, busy } = counts;
    const rest = { silent: silent - told.silent, idle: idle - told.idle, busy: busy - told.busy };
    quiet = rest.silent + rest.idle + rest.busy > 0;
    if (!quiet) return;
    told = { ...counts };
    later(tellRest, quietMilliseconds);
    tell(rest);
  };
  return {
    counts,
    closed(doing) {
      counts[doing] += 1;
      if (!quiet) tellRest();
    },
  };
}

/** A process that ends does not wait for it. */
function laterUnlessEnded(run: () => void, milliseconds: number): void {
  setTimeout(run, milliseconds).unref();
}
