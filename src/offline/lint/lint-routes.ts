import { quote } from '../../flags/codec.ts';
import { sentence } from '../../inject/outcome/reason-text.ts';
import { lintReasons, type ReasonCode } from '../../inject/outcome/reasons.ts';
import { routedPort, targetField, tcpPorts } from '../../inject/service/route.ts';
import type { LocatedEvaluation } from '../evaluate/evaluate.ts';
import { nearestField } from '../evaluate/reason-path.ts';
import type { DocumentFinding } from './lint-finding.ts';
import { listed } from './sentences.ts';
import { editOfNumber, type PortsOfPod, pastProxy, takeoverEdit, withoutPort } from './service-ports.ts';

const numberCodes: ReadonlySet<ReasonCode> = new Set(['service_number', 'service_proxy_number']);

/**
 * A Service that asks for HAProxy, against the ports of its pods. With a number it has the engine's finding once more,
 * with the edits by the names of these pods as advice.
 */
export function lintRoute(
  { document, object, evaluation }: LocatedEvaluation,
  wanted: number | string | undefined,
  pods: readonly PortsOfPod[],
): readonly DocumentFinding[] {
  const port = routedPort(tcpPorts(object.value), wanted);
  if (port === undefined) return [];
  const field = targetField(port);
  const path = nearestField(field, object) ?? object.path;
  const { target } = port;
  if (typeof target === 'number') {
    const advice = editOfNumber(pods, port);
    return evaluation.outcome.reasons
      .filter(({ code }) => numberCodes.has(code))
      .map((one) => ({ document, object, path, code: one.code, sentence: sentence(one), advice }));
  }
  const found = (code: keyof typeof lintReasons, names: readonly string[], advice: string): DocumentFinding[] => {
    const text = `${field}: ${lintReasons[code].sentence}: ${quote(target)}, ${listed([...new Set(names)])}`;
    return names.length === 0 ? [] : [{ document, object, path, code, sentence: text, advice }];
  };
  return [
    ...found('service_port_missing', withoutPort(pods, target), lintReasons.service_port_missing.action),
    ...found('service_past_haproxy', pastProxy(pods, target), `Write ${takeoverEdit(target)} on the pods.`),
  ];
}
