import { describe, expect, test } from 'vitest';
import { settingOf } from '../../../src/contract/annotation.ts';
import { sidecarFlags } from '../../../src/contract/sidecar.ts';
import { sidecarAnnotations } from '../../../src/contract/sidecar-annotations.ts';
import { flagSettings, readRequest } from '../../../src/inject/request/request.ts';
import { statsdAnnotations } from '../../../src/kinds/statsd.ts';

const p = 'metrics-sidecar.io';
const read = (annotations: Record<string, string>, labels = {}, defaults: Record<string, string> = {}) =>
  readRequest(new Map(Object.entries(annotations)), labels, new Map(Object.entries(defaults)));

describe('who asks', () => {
  // pod, namespace -> asked
  test.each([
    [undefined, undefined, undefined],
    [undefined, 'statsd', ['statsd']],
    [undefined, 'port-monitor.statsd', ['statsd', 'port-monitor']],
    [undefined, 'false', false],
    ['false', 'statsd', false],
    ['ingest', 'statsd', ['ingest']],
    ['ingest', 'false', ['ingest']],
    [' statsd , ingest ', undefined, ['statsd', 'ingest']],
    ['', 'statsd', []],
    ['statsd,statsd', undefined, []],
  ])('pod %s, namespace %s: %s', (own, namespace, asked) => {
    const annotations = own === undefined ? {} : { [`${p}/inject`]: own };
    expect(read(annotations, namespace === undefined ? {} : { [`${p}/inject`]: namespace }).asked).toEqual(asked);
  });

  test('a label that is inherited from Object is none', () => {
    expect(read({}, Object.create({ [`${p}/inject`]: 'statsd' })).asked).toBeUndefined();
  });
});

describe('values', () => {
  test('the pod before the settings before the table, and each says who', () => {
    const request = read(
      { [`${p}/inject`]: 'statsd', [`${p}/cpu-limit`]: '1' },
      {},
      { [`${p}/cpu-limit`]: '2', [`${p}/memory-limit`]: '1Gi' },
    );
    expect(settingOf(request, sidecarAnnotations['cpu-limit'])).toEqual({ value: '1', source: 'annotation' });
    expect(settingOf(request, sidecarAnnotations['memory-limit'])).toEqual({ value: '1Gi', source: 'settings' });
    expect(settingOf(request, statsdAnnotations['udp-port'])).toEqual({ value: 9125, source: 'default' });
  });

  test('settings cannot ask for every pod', () => {
    expect(read({}, {}, { [`${p}/inject`]: 'statsd' }).asked).toBeUndefined();
  });

  test('an annotation that is a flag reaches the flag table', () => {
    const request = read({ [`${p}/inject`]: 'statsd', [`${p}/limit-series`]: '7' });
    expect(flagSettings(request, 'sidecar', sidecarFlags)).toMatchObject({ limitSeries: 7, limitFamilies: 5000 });
  });
});

describe('findings', () => {
  test.each([
    [{ [`${p}/injct`]: 'x' }, 'unknown_annotation', 'did you mean metrics-sidecar.io/inject?'],
    [{ [`statsd.${p}/udp-prot`]: '1' }, 'unknown_annotation', 'did you mean statsd.metrics-sidecar.io/udp-port?'],
    [{ [`other.${p}/x`]: '1' }, 'unknown_annotation', ''],
    [{ [`haproxy.${p}/route`]: 'true' }, 'wrong_object', ''],
    [{ [`${p}/native`]: 'ture' }, 'bad_value', '"ture" is not one of auto, true, false; did you mean "true"?'],
    [{ [`ingest.${p}/port`]: '1' }, 'kind_not_asked', ''],
  ])('%j', (annotations, code, detail) => {
    const [found, ...more] = read({ [`${p}/inject`]: 'statsd', ...annotations }).reasons;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code, subject: Object.keys(annotations)[0] });
    expect(found!.detail).toBe(detail);
  });

  test('all at once, sorted by key as the API server sorts them', () => {
    const { reasons } = read({ [`${p}/y`]: '', [`${p}/native`]: '?', [`${p}/inject`]: 'x' });
    expect(reasons.map(({ subject }) => subject)).toEqual([`${p}/inject`, `${p}/native`, `${p}/y`]);
  });

  test('settings without a request are told of, and other domains are not ours', () => {
    expect(read({ [`${p}/native`]: 'true' }).reasons).toMatchObject([{ code: 'inject_missing' }]);
    expect(read({ 'notmetrics-sidecar.io/inject': 'x', 'metrics-sidecar.iox/y': '' }).reasons).toEqual([]);
  });

  test('what we write ourselves is no finding', () => {
    expect(read({ [`${p}/status`]: 'x', [`${p}/scraped-by`]: 'y' }).reasons).toEqual([]);
  });
});
