import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricStore } from '../exposition/metric-store.ts';

/** Where a runtime says what happened: one line each, fields beside the message. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A table on the landing page; plain text, escaped when it is written. */
export interface LandingSection {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** Answers a scrape (GET or HEAD) with the whole page. */
export type ScrapeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a runtime is given by the process that runs it. */
export interface RuntimeContext {
  readonly store: MetricStore;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Answers a scrape: lets ingest serve the same page on its own port. */
  readonly page: ScrapeHandler;
}

/** What came of a reload. */
export type Reloaded = { readonly ok: true; readonly what: string } | { readonly ok: false; readonly problem: string };

/** What a runtime is to the process that runs it. */
export interface Runtime {
  readonly kind: string;
  /** Brings gauges up to date before a page is rendered, by `deadline` (ms since the epoch); a late one is not waited for. */
  collect?(deadline: number): void | Promise<void>;
  landing(): readonly LandingSection[];
  reload?(): Promise<Reloaded>;
  /** Stops taking new input and takes in what already lies in the sockets. */
  drain?(): Promise<void>;
  /** Closes everything; may be called twice. */
  stop(): Promise<void>;
}

export type Started =
  | { readonly ok: true; readonly runtime: Runtime }
  /** One sentence, for example that an address is in use. */
  | { readonly ok: false; readonly problem: string };

export type StartRuntime<Settings> = (settings: Settings, context: RuntimeContext) => Promise<Started>;
