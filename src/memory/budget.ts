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

const mib = 2 ** 20;
/** The memory of an empty sidecar, Node's own files in the page cache included. */
const base = 56 * mib;
/** The memory of the watchdog's thread. */
const watchdog = 10 * mib;
/** The least memory that is shared out; a limit that leaves less is too small for any work. */
const least = 8 * mib;
/** Without a limit: that of a large sidecar. */
const unlimited = 1024 * mib;
/** The kernel reports "no limit" as a number above the memory of any machine. */
const most = 2 ** 50;
const mostWorker = 32 * mib;
/** With less a worker could not load its code. */
const leastWorker = 12 * mib;

/**
 * The shares of a process in a container of `limit` bytes. Series have less than half of what is left, for they take
 * twice what is counted while pages are made: the table of lines, buffers that were outgrown, and strings that are not
 * collected yet.
 *
 * @param limit of the cgroup, as `process.constrainedMemory` has it: 0, undefined or beyond all machines: none.
 */
export function memoryBudget(limit: number | undefined, hasWatchdog: boolean): MemoryBudget {
  const given = limit === undefined || limit <= 0 || limit >= most ? unlimited : limit;
  const free = Math.max(least, given - base - (hasWatchdog ? watchdog : 0));
  const worker = Math.min(mostWorker, Math.floor(free / 3));
  return {
    series: Math.floor(free * 0.45),
    sketches: Math.floor(free / 20),
    pages: Math.floor(free / 5),
    clients: Math.floor(free / 5),
    mapping: Math.min(mib, Math.floor(free / 70)),
    worker: worker < leastWorker ? 0 : worker,
  };
}
