import type { LineReason } from '../line/parse-line.ts';
import type { SampleReason } from '../line/sample.ts';
import type { RefusalReason } from '../pipeline/sample-processor.ts';

/** The sentence of each reason of a refusal. */
export const sentences: Readonly<Record<LineReason | SampleReason | RefusalReason, string>> = {
  malformed_line: 'A line is name:value|type in UTF-8. This one has no colon, or no name before it.',
  mixed_tagging_styles: 'The line has tags in the name and a |# section; only one of them is allowed.',
  not_enough_parts_after_colon: 'The value has no | behind it, so the line has no type.',
  invalid_extended_aggregate_type:
    'The value contains a colon. Only c, g, ms, h and d can have several values, and those of c and g have to be numbers.',
  empty_metric_name: 'Nothing is left of the name.',
  malformed_event: 'An event is _e{TITLE BYTES,TEXT BYTES}:TITLE|TEXT, and the lengths have to be right.',
  malformed_service_check: 'A service check is _sc|NAME|STATUS with a status from 0 to 3.',
  malformed_component:
    'A sample is value|type with at most three sections of statsd_exporter (@, #, c:); no section may be empty.',
  malformed_value: 'The value is not a number.',
  invalid_sample_factor:
    'A section is not @, #, T or name:text, or the sampling factor is not a number above 0 and up to 1.',
  malformed_container_id: 'A section that begins with c has to be c: and a container id.',
  illegal_event: 'The type is not c, g, ms, h, d or s.',
  illegal_negative_counter: 'A counter cannot fall.',
  non_finite_value: 'The value, or the sum with it, is infinite or NaN: the series would never be a number again.',
  name_limit: 'The name is longer than --statsd.name-limit.',
  bad_name: 'Prometheus does not allow the name.',
  reserved_name: 'Prometheus gives the name to series that it makes itself: up, scrape_… and ALERTS….',
  bad_label_name: 'Prometheus does not allow the name of a label.',
  reserved_label:
    'The name of a label is reserved by Prometheus or by the type: it begins with __, or is le or quantile.',
  duplicate_label: 'A label is repeated.',
  type_conflict: 'The name already has another type.',
  suffix_conflict:
    'A summary or histogram needs names with _sum, _count or _bucket, and another family has one of them.',
  owner_conflict:
    'The name belongs to the sidecar itself, to events or service checks, or is a set here and a gauge there.',
  bad_bounds: 'The buckets do not ascend.',
  bad_quantiles: 'The quantiles do not ascend, or are not from 0 to 1.',
  family_limit: 'The page has as many names as --limit.families allows.',
  series_limit: 'The page has as many series as --limit.series allows.',
  bytes_limit: 'Names and labels take as much memory as --limit.bytes allows.',
  series_per_family_limit: 'The name has as many series as --limit.series-per-family allows.',
  label_limit: 'The series has more labels than --limit.labels allows.',
  label_value_limit: 'The value of a label is longer than --limit.label-value allows.',
  label_values_limit: 'A label of the name has as many values as --limit.values-per-label allows.',
};
