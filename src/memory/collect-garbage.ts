import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Called with the bytes of every body that was read; collects garbage where bodies have made much of it. */
export type GarbageWatch = (bytes: number) => void;

/** Smaller bodies become garbage of the young generation, which is collected all the time. */
const largeBody = 32 * 1024;
/** What JSON text becomes: its text in two forms, and objects of 20 to 60 bytes for some characters. */
const garbagePerByte = 12;

/**
 * Collects garbage once large bodies have made more than `most` bytes of it. The smallest heap limit that Node gives
 * itself is 256 MiB, whatever the container has, so it lets garbage of 100 MiB lie where 64 are to be had.
 */
export function createGarbageWatch(most: number, collect: () => void = garbageCollector()): GarbageWatch {
  let made = 0;
  return (bytes) => {
    if (bytes < largeBody) return;
    made += bytes * garbagePerByte;
    if (made < most) return;
    made = 0;
    collect();
  };
}

/**
 * The collector of this process, which Node shows only where it is asked to. It gives memory back to the system too: a
 * collection without "last-resort" keeps the pages that it emptied (Node 24: 58 of 67 MB, with it 12; 21 ms, not 7).
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: object) => void;
  setFlagsFromString('--no-expose-gc');
  return () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
