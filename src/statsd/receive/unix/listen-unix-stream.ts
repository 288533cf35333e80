import { listenStream, type StreamListener, type StreamOptions } from '../stream/listen-stream.ts';
import { isAbstract, setMode, takeOver } from './socket-file.ts';

export interface UnixStreamOptions extends StreamOptions {
  /** A path, or `@NAME` in the abstract namespace of Linux. */
  readonly path: string;
  /** Permissions of the file. */
  readonly mode: number;
}

export type UnixStreamListener = Omit<StreamListener, 'address'>;

/**
 * Listens on a Unix stream socket. Lines are framed as over TCP or, as in DogStatsD's `unixstream://`, in packets with
 * a length before each; the first bytes of a connection decide. The file of a dead process is replaced; closing removes
 * ours. Rejects where it cannot bind, and where another process listens.
 */
export async function listenUnixStream(options: UnixStreamOptions): Promise<UnixStreamListener> {
  const { path, mode } = options;
  const problemOfPath = await takeOver(path);
  if (problemOfPath !== undefined) throw new Error(problemOfPath);
  const listener = await listenStream({ path: isAbstract(path) ? `\0${path.slice(1)}` : path }, options, true);
  try {
    setMode(path, mode);
  } catch (error) {
    await listener.close();
    throw error;
  }
  return listener;
}
