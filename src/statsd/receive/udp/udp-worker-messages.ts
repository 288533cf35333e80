import type { Address } from '../../../flags/codecs.ts';
import type { OwnSocket } from './proc-net-udp.ts';

/** The data with which a worker starts. */
export interface UdpWorkerData {
  readonly address: Address;
  /** The requested SO_RCVBUF; 0: the default of the kernel. */
  readonly readBuffer: number;
  /** The ring for its datagrams. */
  readonly ring: SharedArrayBuffer;
}

/** The messages to a worker. */
export type ToUdpWorker = 'drain';

/** The messages of a worker. */
export type FromUdpWorker =
  | { readonly kind: 'listening'; readonly own: OwnSocket | undefined }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'warning'; readonly message: string; readonly fields: object }
  /** All datagrams that had arrived are in the ring. */
  | { readonly kind: 'drained' };
