import type { portMonitorFlags } from '../contract/port-monitor.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { Settings } from '../flags/flag.ts';
import type { LandingSection, StartRuntime } from '../runtime/runtime.ts';
import { optionalSeries } from './optional-series.ts';
import { fields, files, portMonitorMetrics, rangeFiles, type StatFile, statFiles } from './port-monitor-metrics.ts';
import { type PortRange, parsePortRange, parseReservedPorts, reservedWithin } from './port-range.ts';
import { createProcReader, type ReadProcFile } from './proc-file.ts';
import { parseCounters } from './protocol-counters.ts';
import { createReadErrors, type ReadErrors } from './read-errors.ts';
import { type Fields, parseSockstat } from './sockstat.ts';

/** Starts the runtime that shows the use of local ports in the network namespace, from counters of the kernel. */
export const startPortMonitor: StartRuntime<Settings<typeof portMonitorFlags>> = async (settings, context) => {
  const { store, log, now } = context;
  const { procPath, rangeInterval } = settings;
  const read = createProcReader();
  const errors = createReadErrors(store, log);
  const showFields = fieldsShown(store, errors);
  const showRange = rangeShown(store);
  const duration = optionalSeries(store, portMonitorMetrics.collect_duration_seconds);
  let ports: Ports = {};
  let rangeReadAt = Number.NEGATIVE_INFINITY;

  const collect = () => {
    const begun = process.hrtime.bigint();
    for (const file of statFiles) showFields(file, readFields(read, procPath, file, errors));
    // The absolute difference: a clock that was set back must not keep the range from being read.
    if (Math.abs(now() - rangeReadAt) >= rangeInterval) {
      rangeReadAt = now();
      ports = readPorts(read, procPath, errors);
      showRange(ports);
    }
    duration.show(Number(process.hrtime.bigint() - begun) / 1e9);
  };

  log.info('port-monitor reads', { path: procPath });
  return {
    ok: true,
    value: {
      kind: 'port-monitor',
      collect,
      landing: () => landing(procPath, ports, errors),
      stop: async () => {},
    },
  };
};

const wantedFields = new Set(fields.map(([, field]) => field));

/** The wanted fields of a file; undefined, and counted as an error, where it cannot be read. */
function readFields(read: ReadProcFile, procPath: string, file: StatFile, errors: ReadErrors): Fields | undefined {
  const result = read(`${procPath}/${files[file]}`);
  if (!result.ok) {
    errors.count(file, result.problem);
    return undefined;
  }
  const isSockstat = file === 'sockstat' || file === 'sockstat6';
  const numbers = isSockstat ? parseSockstat(result.value) : parseCounters(result.value, wantedFields);
  if (numbers.size > 0) return numbers;
  errors.count(file, 'malformed');
  return undefined;
}

/** Shows the fields of a file; a series without its field leaves the page. */
function fieldsShown(store: MetricStore, errors: ReadErrors) {
  const shown = fields.map(([file, field, key, ...labels]) => ({
    file,
    field,
    series: optionalSeries(store, portMonitorMetrics[key], labels),
  }));
  return (file: StatFile, numbers: Fields | undefined): void => {
    for (const { file: of, field, series } of shown) {
      if (of !== file) continue;
      const number = numbers?.get(field);
      series.show(number);
      if (numbers !== undefined && number === undefined) errors.count(file, 'no_field', field);
    }
  };
}

/** The port range, as far as it is known. */
interface Ports {
  readonly range?: PortRange | undefined;
  readonly reserved?: number | undefined;
}

function readPorts(read: ReadProcFile, procPath: string, errors: ReadErrors): Ports {
  const parsed = <T>(file: keyof typeof rangeFiles, parse: (bytes: Buffer) => T | undefined): T | undefined => {
    const result = read(`${procPath}/${rangeFiles[file]}`);
    const value = result.ok ? parse(result.value) : undefined;
    if (value === undefined) errors.count(file, result.ok ? 'malformed' : result.problem);
    return value;
  };
  const range = parsed('ip_local_port_range', parsePortRange);
  const reserved = parsed('ip_local_reserved_ports', parseReservedPorts);
  return { range, reserved: range && reserved && reservedWithin(range, reserved) };
}

function rangeShown(store: MetricStore) {
  const low = optionalSeries(store, portMonitorMetrics.ephemeral_ports_range_low);
  const high = optionalSeries(store, portMonitorMetrics.ephemeral_ports_range_high);
  const reserved = optionalSeries(store, portMonitorMetrics.ephemeral_ports_reserved);
  const usablePorts = optionalSeries(store, portMonitorMetrics.ephemeral_ports_usable);
  return (ports: Ports): void => {
    low.show(ports.range?.low);
    high.show(ports.range?.high);
    reserved.show(ports.reserved);
    usablePorts.show(usable(ports));
  };
}

/** The most ports towards one destination; undefined unless both files were read. */
function usable({ range, reserved }: Ports): number | undefined {
  return range === undefined || reserved === undefined ? undefined : range.high - range.low + 1 - reserved;
}

function landing(procPath: string, ports: Ports, errors: ReadErrors): readonly LandingSection[] {
  const { range } = ports;
  return [
    {
      title: 'Port monitor',
      rows: [
        ['Reads', procPath],
        ['Port range', range === undefined ? 'unknown' : `${range.low} to ${range.high}`],
        ['Usable to one destination', String(usable(ports) ?? 'unknown')],
        ...errors.counts().map(([file, reason, count]): [string, string] => [`${file}: ${reason}`, String(count)]),
      ],
    },
  ];
}
