import { listenStream, type StreamListener, type StreamOptions } from '../stream/listen-stream.ts';
import { isAbstract, setMode, takeOver } from './socket-file.ts';

export interface UnixStreamOptions extends StreamOptions {
  /** A path, or `@NAME` of Linux's abstract namespace. */
  readonly path: string;
  /** Permissions of the file. */
  readonly mode: number;
}

export type UnixStreamListener = Omit<StreamListener, 'address'>;

/**
 * Listens on a Unix stream socket, lines framed as over TCP or, as DogStatsD's `unixstream://` has it, in packets with
 * their lengths before them; each connection as it begins. A file that a dead process left is taken over; closing
 * removes ours. Rejects where it cannot bind, and where somebody else listens.
 */
export async function listenUnixStream(options: UnixStreamOptions): Promise<UnixStreamListener> {
  const { path, mode } = options;
  const taken = await takeOver(path);
  if (taken !== undefined) throw new Error(taken);
  const listener = await listenStream({ path: isAbstract(path) ? `\0${path.slice(1)}` : path }, options, true);
  try {
    setMode(path, mode);
  } catch (error) {
    await listener.close();
    throw error;
  }
  return listener;
}
