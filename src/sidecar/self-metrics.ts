import { selfPrefix } from '../contract/metric-prefixes.ts';
import { metricTable } from '../exposition/own/metric-table.ts';

/** The metrics of the process itself, whichever kinds run in it. */
export const selfMetrics = metricTable(selfPrefix, {
  build_info: { type: 'gauge', labels: ['version'], help: 'The version of this program; always 1.' },
  series: {
    type: 'gauge',
    labels: [],
    help: 'Series on the page, without those that the sidecar tells of itself, which no limit is for.',
  },
  series_limit: {
    type: 'gauge',
    labels: [],
    help: 'The most series that the page holds, without those of the sidecar itself.',
  },
  bytes: {
    type: 'gauge',
    labels: [],
    help: 'Bytes that names, labels and numbers of series take, about, as the limit counts them.',
  },
  bytes_limit: {
    type: 'gauge',
    labels: [],
    help: 'The most bytes that names, labels and numbers of series may take.',
  },
  refused_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Families and series that were refused because they would have spoiled the page, by reason.',
  },
  merge_dropped_samples: {
    type: 'gauge',
    labels: ['source'],
    help: 'Samples of a merged page that the last page left out, because their name was taken.',
  },
  connections: { type: 'gauge', labels: [], help: 'Open connections to the HTTP ports.' },
  connections_closed_total: {
    type: 'counter',
    labels: ['doing'],
    help: 'Connections that were closed to make room for new ones, by what they did: silent, idle or busy.',
  },
  scrapes_total: { type: 'counter', labels: ['format', 'encoding'], help: 'Pages served.' },
  scrapes_refused_total: {
    type: 'counter',
    labels: [],
    help: 'Pages that were not made, because clients were still reading as many as there is memory for.',
  },
  samples_unscraped: {
    type: 'gauge',
    labels: [],
    help: 'Samples that came since the last page that was sent whole: until this page no scrape had seen them.',
  },
  scrape_duration_seconds: { type: 'gauge', labels: [], help: 'How long it took to make the page before this one.' },
  scrape_bytes: { type: 'gauge', labels: [], help: 'The size of the page before this one, uncompressed.' },
  collect_failures_total: {
    type: 'counter',
    labels: ['kind', 'reason'],
    help: 'Times that a kind could not bring its values up to date for a page, or not in time.',
  },
});
