import type { Format, MetricType } from '../metric/family.ts';
import { escapeValue } from '../metric/labels.ts';
import { textType } from '../metric/metric-names.ts';

/** The lines above the samples of a family. `name` and `type` are those of the format that it is written in. */
export interface Header {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit?: string | undefined;
}

function escapeHelp(help: string, format: Format): string {
  const wellFormed = help.toWellFormed();
  if (format === 'openmetrics') return escapeValue(wellFormed);
  return wellFormed.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** The HELP and TYPE lines; and UNIT where the format has it and the name ends in it, as OpenMetrics demands. */
export function headerText({ name, type, help, unit }: Header, format: Format): string {
  const helpLine = help === '' ? '' : `# HELP ${name} ${escapeHelp(help, format)}\n`;
  if (format === 'text') return `${helpLine}# TYPE ${name} ${textType(type)}\n`;
  const unitLine = unit !== undefined && unit !== '' && name.endsWith(`_${unit}`) ? `# UNIT ${name} ${unit}\n` : '';
  return `# TYPE ${name} ${type}\n${unitLine}${helpLine}`;
}
