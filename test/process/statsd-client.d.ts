/** What is used of statsd-client, which has no types of its own. */
declare module 'statsd-client' {
  interface Options {
    readonly host?: string;
    readonly port?: number;
    readonly tcp?: boolean;
    readonly prefix?: string;
    readonly tags?: Readonly<Record<string, string>>;
    /** Milliseconds between two looks at the buffer. */
    readonly socketTimeout?: number;
    readonly maxBufferSize?: number;
  }
  type Tags = Readonly<Record<string, string>>;
  export default class StatsDClient {
    constructor(options: Options);
    increment(name: string, delta?: number, tags?: Tags): this;
    decrement(name: string, delta?: number, tags?: Tags): this;
    counter(name: string, delta: number, tags?: Tags): this;
    gauge(name: string, value: number, tags?: Tags): this;
    gaugeDelta(name: string, delta: number, tags?: Tags): this;
    set(name: string, value: string | number, tags?: Tags): this;
    timing(name: string, value: number | Date, tags?: Tags): this;
    histogram(name: string, value: number, tags?: Tags): this;
    distribution(name: string, value: number, tags?: Tags): this;
    raw(line: string): this;
    getChildClient(prefix: string): StatsDClient;
    close(): this;
  }
}
