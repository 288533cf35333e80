/** The part of the optional package unix-dgram that we use; it has no types of its own. */
declare module 'unix-dgram' {
  interface UnixDatagramSocket extends NodeJS.EventEmitter {
    /** -1 when closed. */
    readonly fd: number;
    /** Emits `listening` or `error` before it returns; the error's `code` is a negative error number. */
    bind(path: string): void;
    close(): void;
  }
  /** Throws where the platform has no such sockets. */
  function createSocket(type: 'unix_dgram', listener: (datagram: Buffer) => void): UnixDatagramSocket;
  const exported: { readonly createSocket: typeof createSocket };
  export default exported;
}
