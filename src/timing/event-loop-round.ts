/** Resolves when the event loop has polled its sockets once more. */
export function eventLoopRound(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
