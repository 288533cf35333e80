import { quote } from '../../flags/codec.ts';
import type { Json } from '../../json/json.ts';
import { amount } from './quantities.ts';
import { flag, isGiven, list, needs, object, oneOf, type Rule, text } from './shape.ts';
import { isQualifiedName, keyProblem, notEmpty, objectNameProblem, variableNameProblem } from './texts.ts';

const fields: ReadonlySet<string> = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

function fieldPathProblem(path: string): string | undefined {
  if (fields.has(path)) return undefined;
  const [, map, key] = /^metadata\.(annotations|labels)\['([^']*)'\]$/.exec(path) ?? [];
  if (key === undefined) return 'is no field of a pod that a variable can have';
  return isQualifiedName(map === 'annotations' ? key.toLowerCase() : key) ? undefined : `has no right key of ${map}`;
}

function resourceProblem(resource: string): string | undefined {
  const [side, name] = [resource.slice(0, resource.indexOf('.')), resource.slice(resource.indexOf('.') + 1)];
  const known = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  return ['limits', 'requests'].includes(side) && known ? undefined : 'is not limits. or requests. of a resource';
}

const ofBytes: ReadonlySet<string> = new Set([
  '0',
  '1',
  '1k',
  '1M',
  '1G',
  '1T',
  '1P',
  '1E',
  '1Ki',
  '1Mi',
  '1Gi',
  '1Ti',
  '1Pi',
  '1Ei',
]);

const divisor: Rule = ({ resource, divisor: given }, path, report) => {
  if (!isGiven(given) || typeof resource !== 'string') return;
  const right = resource.endsWith('.cpu') ? ['0', '1', '1m'].includes(String(given)) : ofBytes.has(String(given));
  if (!right) report(`${path}/divisor`, `${quote(String(given))} is not 1 or one of the resource's units`);
};

const keyOf = object(
  { name: notEmpty(objectNameProblem), key: notEmpty(keyProblem), optional: flag },
  needs('name', 'key'),
);
const fieldRef = object(
  {
    apiVersion: text((value) => (value === '' || value === 'v1' ? undefined : 'is not v1')),
    fieldPath: notEmpty(fieldPathProblem),
  },
  needs('fieldPath'),
);
const resourceFieldRef = object(
  { containerName: text(), resource: notEmpty(resourceProblem), divisor: amount },
  needs('resource'),
  divisor,
);

const valueFrom = object(
  { fieldRef, resourceFieldRef, configMapKeyRef: keyOf, secretKeyRef: keyOf },
  oneOf('fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'),
);

const oneValue: Rule = ({ value, valueFrom: from }, path, report) => {
  if (isGiven(from) && isGiven(value) && value !== ('' as Json))
    report(path, 'has value and valueFrom: one of them is right');
};

/** Names may repeat: the last one counts. */
export const env = list(
  object({ name: notEmpty(variableNameProblem), value: text(), valueFrom }, needs('name'), oneValue),
);

const source = object({ name: notEmpty(objectNameProblem), optional: flag }, needs('name'));
export const envFrom = list(
  object(
    { prefix: notEmpty(variableNameProblem), configMapRef: source, secretRef: source },
    oneOf('configMapRef', 'secretRef'),
  ),
);
