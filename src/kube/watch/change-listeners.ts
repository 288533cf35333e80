/** Who is told of changes. */
export interface Changes {
  /** Gives back how to end it. */
  readonly listen: (listener: () => void) => () => void;
  /** Tells all of them, once for all that happens in one turn of the event loop: a chunk of a watch holds many events. */
  readonly tell: () => void;
  readonly stop: () => void;
}

/** @param failed gets what a listener threw; the others are told all the same. */
export function createChanges(failed: (error: unknown) => void): Changes {
  const listeners = new Set<() => void>();
  let pending: NodeJS.Immediate | undefined;
  return {
    listen: (listener) => {
      // Of its own, so that a function that listens twice is told twice, and each ends by itself.
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    tell: () => {
      pending ??= setImmediate(() => {
        pending = undefined;
        for (const listener of [...listeners]) {
          try {
            listener();
          } catch (error) {
            failed(error);
          }
        }
      });
    },
    stop: () => {
      clearImmediate(pending);
      listeners.clear();
    },
  };
}
