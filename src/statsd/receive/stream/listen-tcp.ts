import type { Address } from '../../../flags/codecs.ts';
import { listenStream, type StreamListener, type StreamOptions } from './listen-stream.ts';

export interface TcpOptions extends StreamOptions {
  readonly address: Address;
}

export type TcpListener = Omit<StreamListener, 'address'> & Address;

/** Listens for TCP connections that send lines. An empty host means IPv4 and IPv6. Rejects where it cannot bind. */
export async function listenTcp(options: TcpOptions): Promise<TcpListener> {
  const { host, port } = options.address;
  const { address, drain, close } = await listenStream(host === '' ? { port } : { port, host }, options);
  const bound = address as { readonly address: string; readonly port: number };
  return { host: bound.address, port: bound.port, drain, close };
}
