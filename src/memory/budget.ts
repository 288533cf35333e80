/** How the memory of a process is shared out among what strangers can make it hold. Bytes. */
export interface MemoryBudget {
  /** Names, labels and numbers of series, and their lines on a page. */
  readonly series: number;
  /**
   * The quantiles of summaries, which may take twice as much, and again as much for what their arrays leave between
   * them: they are replaced all the time.
   */
  readonly sketches: number;
  /** Pages that are kept from scrape to scrape, and those that clients are still reading. */
  readonly pages: number;
  /** What ingest remembers of the clients that push: their last numbers, and the shape of their last push. */
  readonly clients: number;
  /**
   * The text of a mapping file: its rules, the rules before, and what its parser leaves behind take some seventy times
   * as much.
   */
  readonly mapping: number;
  /** The heap of a worker thread; 0: there is no room for one beside what is received. */
  readonly worker: number;
}

const MIB = 2 ** 20;
/** What a sidecar takes that holds nothing, Node's own files in the page cache included. */
const BASE = 56 * MIB;
/** What the thread of the watchdog takes. */
const WATCHDOG = 10 * MIB;
/** Where a limit leaves less than this nothing is to be had anyway. */
const LEAST = 8 * MIB;
/** Where nobody says a limit: as much as a large sidecar is given. */
const UNLIMITED = 1024 * MIB;
/** The kernel says "no limit" by a number that no machine has. */
const MOST = 2 ** 50;
const MOST_WORKER = 32 * MIB;
/** With less it could not even load what it needs. */
const LEAST_WORKER = 12 * MIB;

/**
 * The shares of a process in a container of `limit` bytes. Series have less than half of what is left, for they take
 * twice what is counted while pages are made: the table of lines, buffers that were outgrown, and strings that are not
 * collected yet.
 *
 * @param limit of the cgroup, as `process.constrainedMemory` has it: 0, undefined or beyond all machines: none.
 */
export function memoryBudget(limit: number | undefined, hasWatchdog: boolean): MemoryBudget {
  const given = limit === undefined || limit <= 0 || limit >= MOST ? UNLIMITED : limit;
  const free = Math.max(LEAST, given - BASE - (hasWatchdog ? WATCHDOG : 0));
  const worker = Math.min(MOST_WORKER, Math.floor(free / 3));
  return {
    series: Math.floor(free * 0.45),
    sketches: Math.floor(free / 20),
    pages: Math.floor(free / 5),
    clients: Math.floor(free / 5),
    mapping: Math.min(MIB, Math.floor(free / 70)),
    worker: worker < LEAST_WORKER ? 0 : worker,
  };
}
