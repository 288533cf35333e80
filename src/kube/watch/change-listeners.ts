/** The listeners to changes. */
export interface ChangeListeners {
  /** Adds a listener; the result removes it. */
  readonly add: (listener: () => void) => () => void;
  /** Calls all listeners, once for a whole turn of the event loop: a chunk of a watch holds many events. */
  readonly notify: () => void;
  readonly stop: () => void;
}

/** @param failed gets the exception of a listener; the others are called all the same. */
export function createChangeListeners(failed: (error: unknown) => void): ChangeListeners {
  const listeners = new Set<() => void>();
  let pending: NodeJS.Immediate | undefined;
  return {
    add: (listener) => {
      // A new function, so that one that is added twice is called twice, and removed one by one.
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    notify: () => {
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
