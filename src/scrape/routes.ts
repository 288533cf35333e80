import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { Logger } from '../runtime/logger.ts';
import type { LandingSection, Reloaded, Runtime, ScrapeHandler } from '../runtime/runtime.ts';
import { pageHeaders } from './html-document.ts';
import { landingPage } from './landing-page.ts';
import { type PageRoute, runtimePages } from './runtime-pages.ts';
import type { ScrapePage } from './scrape-page.ts';
import { send } from './send-text.ts';

/** The state and functions that the routes answer with. */
export interface RoutesOptions {
  readonly telemetryPath: string;
  /** Whether `/-/reload` and `/-/quit` do anything. */
  readonly lifecycle: boolean;
  readonly runtimes: readonly Runtime[];
  readonly store: MetricStore;
  readonly version: string;
  readonly settings: readonly (readonly [flag: string, value: string])[];
  readonly ready: () => boolean;
  readonly reload: () => Promise<Reloaded>;
  readonly quit: () => void;
  readonly log: Logger;
}

const htmlType = 'text/html; charset=utf-8';
const refusedNamesShown = 20;
const read = ['GET', 'HEAD'];
const change = ['POST', 'PUT'];

function sections({ runtimes, log }: RoutesOptions): readonly LandingSection[] {
  return runtimes.flatMap((runtime) => {
    try {
      return runtime.landing();
    } catch (error) {
      log.error('landing section failed', { kind: runtime.kind, error: String(error) });
      return [];
    }
  });
}

function landing(options: RoutesOptions): ScrapeHandler {
  const { store, version, telemetryPath, settings } = options;
  return (_, response) => {
    const html = landingPage({
      version,
      telemetryPath,
      settings,
      families: store.familyCount,
      series: store.seriesCount,
      sections: sections(options),
      refused: store.refused(),
      topRefused: store.topRefused(refusedNamesShown),
    });
    send(response, 200, html, { ...pageHeaders, 'content-type': htmlType });
  };
}

function reload({ reload: run, log }: RoutesOptions): ScrapeHandler {
  return (_, response) => {
    run().then(
      (result) => {
        if (result.ok) send(response, 200, `${result.value}\n`);
        else send(response, 500, `${result.problem}\n`);
      },
      (error: unknown) => {
        log.error('reload failed', { error: String(error) });
        send(response, 500, 'The reload failed; the log says why.\n');
      },
    );
  };
}

function quit({ quit: run }: RoutesOptions): ScrapeHandler {
  return (_, response) => {
    response.once('close', run);
    send(response, 200, 'Requesting termination... Goodbye!\n', { connection: 'close' });
  };
}

function ready({ ready: isReady }: RoutesOptions): ScrapeHandler {
  return (_, response) => {
    if (isReady()) send(response, 200, 'metrics-sidecar is ready.\n');
    else send(response, 503, 'metrics-sidecar is not ready: it is starting or stopping.\n');
  };
}

function routeTable(options: RoutesOptions, page: ScrapePage): ReadonlyMap<string, PageRoute> {
  const healthy: PageRoute = {
    methods: read,
    handle: (_, response) => send(response, 200, 'metrics-sidecar is healthy.\n'),
  };
  const behindLifecycle = (handle: ScrapeHandler): PageRoute => ({
    methods: change,
    handle: options.lifecycle ? handle : (_, response) => send(response, 403, 'Lifecycle requests are not enabled.\n'),
  });
  return new Map<string, PageRoute>([
    ...runtimePages(options.runtimes, options.log),
    ['/', { methods: read, handle: landing(options) }],
    ['/-/healthy', healthy],
    ['/-/ready', { methods: read, handle: ready(options) }],
    // The statsd_exporter chart of prometheus-community probes this path.
    ['/health', healthy],
    ['/-/reload', behindLifecycle(reload(options))],
    ['/-/quit', behindLifecycle(quit(options))],
    [options.telemetryPath, { methods: read, handle: page.handler }],
  ]);
}

/** Answers every request by its path; 404 with the existing paths, 405 where the method does not fit. */
export function createRoutes(options: RoutesOptions, page: ScrapePage): ScrapeHandler {
  const routes = routeTable(options, page);
  const paths = [...routes.keys()].sort().join('\n');
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const route = routes.get(path);
    if (route?.body !== true || !route.methods.includes(request.method ?? '')) request.resume();
    if (route === undefined) {
      send(response, 404, `There is nothing here. There is:\n${paths}\n`);
    } else if (!route.methods.includes(request.method ?? '')) {
      const allow = route.methods.join(', ');
      send(response, 405, `This path is for ${allow}.\n`, { allow });
    } else {
      route.handle(request, response);
    }
  };
}
