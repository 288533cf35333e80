import type { LineReason } from '../line/parse-line.ts';
import type { SampleReason } from '../line/sample.ts';
import type { RefusalReason } from '../pipeline/sample-processor.ts';

/** The sentence of each reason of a refusal. */
export const sentences: Readonly<Record<LineReason | SampleReason | RefusalReason, string>> = {
  malformed_line: 'A line is name:value|type in UTF-8: here is no colon, or nothing before it.',
  mixed_tagging_styles: 'There are tags in the name and a |# section: only one of them may be.',
  not_enough_parts_after_colon: 'There is no | behind the value, so there is no type.',
  invalid_extended_aggregate_type:
    'There is a colon in the value. Several values are for c, g, ms, h and d, and those of c and g have to be numbers.',
  empty_metric_name: 'Nothing is left of the name.',
  malformed_event: 'An event is _e{TITLE BYTES,TEXT BYTES}:TITLE|TEXT, and the lengths have to be right.',
  malformed_service_check: 'A service check is _sc|NAME|STATUS with a status from 0 to 3.',
  malformed_component:
    'A sample is value|type with at most three sections of statsd_exporter (@, #, c:), and none of all its sections is empty.',
  malformed_value: 'The value is no number.',
  invalid_sample_factor:
    'A section is none of @, #, T or name:text, or a sampling factor that is no number above 0 and up to 1.',
  malformed_container_id: 'A section that begins with c has to be c: and a container id.',
  illegal_event: 'The type is none of c, g, ms, h, d and s.',
  illegal_negative_counter: 'A counter cannot fall.',
  non_finite_value: 'The value is infinite or NaN, or the sum with it: the series would never be a number again.',
  name_limit: 'The name is longer than --statsd.name-limit.',
  bad_name: 'The name is none that Prometheus takes.',
  reserved_name: 'Prometheus gives the name to series that it makes itself: up, scrape_… and ALERTS….',
  bad_label_name: 'A label has a name that Prometheus does not take.',
  reserved_label:
    'A label has a name that Prometheus, or the type, has for itself: it begins with __, or is le or quantile.',
  duplicate_label: 'A label is there twice.',
  type_conflict: 'The name is another type already.',
  suffix_conflict:
    'A summary or histogram needs names with _sum, _count or _bucket, and another family has one of them.',
  owner_conflict:
    'The name belongs to the sidecar itself, to events or service checks, or is a set here and a gauge there.',
  bad_bounds: 'The buckets do not ascend.',
  bad_quantiles: 'The quantiles do not ascend, or are not from 0 to 1.',
  family_limit: 'There are as many names as --limit.families allows.',
  series_limit: 'There are as many series as --limit.series allows.',
  bytes_limit: 'Names and labels take as much memory as --limit.bytes allows.',
  series_per_family_limit: 'The name has as many series as --limit.series-per-family allows.',
  label_limit: 'There are more labels than --limit.labels allows.',
  label_value_limit: 'The value of a label is longer than --limit.label-value allows.',
  label_values_limit: 'A label of the name has as many values as --limit.values-per-label allows.',
};
