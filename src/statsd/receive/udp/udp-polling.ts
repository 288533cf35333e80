import type { Receiving } from './udp-receiving.ts';

/** Datagrams read at a time: some 0.3 ms in which nothing else is done. */
const AT_A_TIME = 256;
/** Wakes between two looks at the clock; where they took less than `BUSY` ms, polling costs less than waking. */
const WAKES = 16;
const BUSY = 4;
/** Polls between two decisions whether to go on, and the datagrams they must have found. */
const POLLS = 16;
const WORTH = 2 * POLLS;
/** The longest time between two polls, in ms. */
const LONGEST = 8;
/** How long a socket whose buffer is too small for polls is not tried again, in ms. */
const REST = 1000;

export interface PollingOptions {
  /** Milliseconds that pass, from anywhere. */
  readonly clock: () => number;
  readonly receiving: Receiving;
  /** Bytes of the socket's receive buffer. */
  readonly capacity: number;
  /** Called before the datagrams of one poll. */
  readonly wake: () => void;
  /** Takes at most `most` waiting datagrams; returns how many there were, and how many bytes of the receive buffer they had. */
  readonly read: (most: number) => { readonly count: number; readonly held: number };
}

export interface Polling {
  /** To be told of each wake. @returns true: the wakes came so fast that the socket is polled from now on. */
  woken(): boolean;
  /** Whether the socket is polled at present. */
  active(): boolean;
  stop(): void;
}

/**
 * Reads a socket on a timer while datagrams come faster than four a millisecond: Node's own reading is stopped meanwhile. Below that a
 * poll costs more than a wake, and an idle socket costs nothing when it is waited for.
 *
 * A poll every 8 ms costs 10 % less than one every 2 ms, so the time between polls grows as far as the receive buffer has room for
 * what arrives meanwhile: up to a quarter of it. Where a millisecond is too long already, the socket is waited for.
 */
export function createPolling({ clock, receiving, capacity, wake, read }: PollingOptions): Polling {
  let active = false;
  let wakes = 0;
  let since = clock();
  let polls = 0;
  let found = 0;
  let held = 0;
  let interval = 1;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  function poll(): void {
    wake();
    const got = read(AT_A_TIME);
    found += got.count;
    held += got.held;
    if (got.count === AT_A_TIME) {
      immediate = setImmediate(poll);
      return;
    }
    if (++polls === POLLS) {
      if (found < WORTH) {
        end();
        return;
      }
      polls = found = 0;
    }
    if (held > capacity / 4 && interval === 1) {
      restsUntil = clock() + REST;
      end();
      return;
    }
    if (held > capacity / 4) interval /= 2;
    else if (held < capacity / 16) interval = Math.min(LONGEST, interval * 2);
    held = 0;
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
      if (++wakes < WAKES) return false;
      const before = since;
      wakes = 0;
      since = clock();
      if (since - before >= BUSY || since < restsUntil) return false;
      active = true;
      polls = found = held = 0;
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
