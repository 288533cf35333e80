import type { Address } from '../../../flags/codecs.ts';
import type { OwnSocket } from './proc-net-udp.ts';

/** What a worker is started with. */
export interface UdpWorkerData {
  readonly address: Address;
  /** SO_RCVBUF to ask for; 0 leaves the kernel's default. */
  readonly readBuffer: number;
  /** Where it puts datagrams. */
  readonly ring: SharedArrayBuffer;
}

/** What a worker is told. */
export type ToUdpWorker = 'drain';

/** What a worker says. */
export type FromUdpWorker =
  | { readonly kind: 'listening'; readonly own: OwnSocket | undefined }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'warning'; readonly message: string; readonly fields: object }
  /** All that had arrived is in the ring. */
  | { readonly kind: 'drained' };
