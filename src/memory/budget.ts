/** The shares of a process's memory that senders can fill. Bytes. */
export interface MemoryBudget {
  /** Names, labels and numbers of series, and their lines on a page. */
  readonly series: number;
  /**
   * The quantiles of summaries. They may take twice as much, and again as much for gaps between their arrays, which are
   * replaced all the time.
   */
  readonly sketches: number;
  /** Pages that are kept from scrape to scrape, and those that clients are still reading. */
  readonly pages: number;
  /** The clients that push to ingest: their last numbers, and the shape of their last push. */
  readonly clients: number;
  /**
   * The text of a mapping file: its rules, the rules before and the garbage of its parser take some seventy times as
   * much.
   */
  readonly mapping: number;
  /** The heap of a worker thread; 0: there is no room for one beside the received data. */
  readonly worker: number;
}

const MIB = 2 ** 20;
/** The memory of an empty sidecar, Node's own files in the page cache included. */
const BASE = 56 * MIB;
/** The memory of the watchdog's thread. */
const WATCHDOG = 10 * MIB;
/** The least memory that is shared out; a limit that leaves less is too small for any work. */
const LEAST = 8 * MIB;
/** Without a limit: that of a large sidecar. */
const UNLIMITED = 1024 * MIB;
/** The kernel reports "no limit" as a number above the memory of any machine. */
const MOST = 2 ** 50;
const MOST_WORKER = 32 * MIB;
/** With less a worker could not load its code. */
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
