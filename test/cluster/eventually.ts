/**
 * Asks again until `check` no longer throws: for what a cluster does in its own time and tells nobody.
 * The last error stands when `seconds` are over.
 */
export async function eventually<T>(check: () => Promise<T>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
