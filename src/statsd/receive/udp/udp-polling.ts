import type { Receiving } from './udp-receiving.ts';

/** Datagrams of one read: about 0.3 ms, in which nothing else runs. */
const atATime = 256;
/** Wakes between two looks at the clock; where they took less than `BUSY` ms, polling costs less than waking. */
const wakesBetweenLooks = 16;
const busyMs = 4;
/** Polls between two decisions to go on, and the datagrams that make them worth it. */
const pollsBetweenDecisions = 16;
const worth = 2 * pollsBetweenDecisions;
/** The longest time between two polls, in ms. */
const longestPauseMs = 8;
/** The time without another try, in ms, after the buffer was too small for polls. */
const restMs = 1000;

export interface PollingOptions {
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  readonly receiving: Receiving;
  /** Bytes of the socket's receive buffer. */
  readonly capacity: number;
  /** Called before the datagrams of one poll. */
  readonly wake: () => void;
  /** Takes at most `most` waiting datagrams; returns their number, and their bytes of the receive buffer. */
  readonly read: (most: number) => { readonly count: number; readonly bytes: number };
}

export interface Polling {
  /** To be called at each wake. @returns true: wakes came so fast that polling begins. */
  woken(): boolean;
  /** Whether polling is on. */
  active(): boolean;
  stop(): void;
}

/**
 * Reads a socket on a timer while datagrams come faster than four a millisecond; Node's own reading stops meanwhile. At
 * a lower rate a poll costs more than a wake, and waiting for an idle socket costs nothing.
 *
 * A poll every 8 ms costs 10 % less than one every 2 ms, so the time between polls grows while the datagrams in between
 * take less than a quarter of the receive buffer. Where a millisecond is too long already, polling ends.
 */
export function createPolling({ clock, receiving, capacity, wake, read }: PollingOptions): Polling {
  let active = false;
  let wakes = 0;
  let since = clock();
  let polls = 0;
  let datagrams = 0;
  let bytes = 0;
  let interval = 1;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  function poll(): void {
    wake();
    const batch = read(atATime);
    datagrams += batch.count;
    bytes += batch.bytes;
    if (batch.count === atATime) {
      immediate = setImmediate(poll);
      return;
    }
    if (++polls === pollsBetweenDecisions) {
      if (datagrams < worth) {
        end();
        return;
      }
      polls = datagrams = 0;
    }
    if (bytes > capacity / 4 && interval === 1) {
      restsUntil = clock() + restMs;
      end();
      return;
    }
    if (bytes > capacity / 4) interval /= 2;
    else if (bytes < capacity / 16) interval = Math.min(longestPauseMs, interval * 2);
    bytes = 0;
    timer = setTimeout(poll, interval);
  }

  function end(): void {
    active = false;
    wakes = 0;
    since = clock();
    receiving.start();
  }

  return {
    woken() {
      if (++wakes < wakesBetweenLooks) return false;
      const before = since;
      wakes = 0;
      since = clock();
      if (since - before >= busyMs || since < restsUntil) return false;
      active = true;
      polls = datagrams = bytes = 0;
      interval = 1;
      receiving.stop();
      poll();
      return true;
    },
    active: () => active,
    stop() {
      clearTimeout(timer);
      clearImmediate(immediate);
    },
  };
}
