import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { MemoryBudget } from '../memory/budget.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import type { ConnectionGuard } from '../net/connections.ts';
import type { Result } from '../result/result.ts';
import type { Logger } from './logger.ts';

/** A table on the landing page; plain text, escaped when it is written. */
export interface LandingSection {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** Under the table: a question for one of the runtime's pages. */
  readonly form?: LandingForm;
  /** Under the table: pages that tell more. */
  readonly links?: readonly { readonly path: string; readonly text: string }[];
}

/** One field that is sent to a page with GET. */
export interface LandingForm {
  /** Of the page, from the root: `/debug/explain`. */
  readonly path: string;
  readonly label: string;
  /** The parameter's name. */
  readonly field: string;
  /** Shown in the field while it is empty. */
  readonly example: string;
  readonly button: string;
}

/** A request for a page of a runtime. */
export interface PageRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the method has none. */
  readonly body: Buffer;
}

export interface PageAnswer {
  readonly status: number;
  readonly type: 'html' | 'json' | 'script' | 'text';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page of a runtime's own. It shows; whatever a request says, nothing of the runtime changes by it. */
export interface RuntimePage {
  /** From the root: `/debug/mappings`. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  /** Bytes of a body at most. */
  readonly bodyLimit?: number;
  answer(request: PageRequest): PageAnswer | Promise<PageAnswer>;
}

/** Answers a scrape (GET or HEAD) with the whole page. */
export type ScrapeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** The services of the process that runs a runtime. */
export interface RuntimeContext {
  readonly store: MetricStore;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that is never set: only differences have a meaning. */
  readonly monotonic: () => number;
  /** Answers a scrape: lets ingest serve the same page on its own port. */
  readonly page: ScrapeHandler;
  /** Bounds the connections of all HTTP servers of the process. */
  readonly connections?: ConnectionGuard;
  /** The shares of the container's memory limit; absent: there is no limit. */
  readonly memory?: MemoryBudget;
  /** Bytes that the process may still take; absent: any number. */
  readonly memoryLeft?: () => number;
  /** Called before work that takes much memory for a moment. */
  readonly makeRoom?: MakeRoom;
}

/** The result of a reload: a sentence for the log, or the problem. */
export type Reloaded = Result<string>;

/** The functions of a runtime that the process calls. */
export interface Runtime {
  readonly kind: string;
  /**
   * Brings gauges up to date before a page is rendered, by `deadline` (ms since the epoch); a late one is not waited
   * for.
   */
  collect?(deadline: number): void | Promise<void>;
  /** Samples that it was sent since the start; absent where it only shows what others count. */
  samples?(): number;
  landing(): readonly LandingSection[];
  /** Beside those that every sidecar has, which win where paths are equal. */
  readonly pages?: readonly RuntimePage[];
  reload?(): Promise<Reloaded>;
  /** Stops taking new input and takes in what already lies in the sockets. */
  drain?(): Promise<void>;
  /** Closes everything; may be called twice. */
  stop(): Promise<void>;
}

export type Started = Result<Runtime>;

export type StartRuntime<Settings> = (settings: Settings, context: RuntimeContext) => Promise<Started>;
