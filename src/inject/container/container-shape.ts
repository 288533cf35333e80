import { quote } from '../../flags/codec.ts';
import type { Json, JsonObject } from '../../json/json.ts';
import { killingProbe, lifecycle, readinessProbe } from './actions.ts';
import { env, envFrom } from './environment.ts';
import { resizePolicy, resources } from './quantities.ts';
import { securityContext } from './security.ts';
import {
  exactWord,
  flag,
  integer,
  isGiven,
  list,
  needs,
  object,
  type Rule,
  type Shape,
  text,
  unique,
  word,
} from './shape.ts';
import { descendingProblem, notEmpty, portNameProblem, portNumber } from './texts.ts';

/** A list whose items differ in what `keyOf` gives. */
function listOfUnique(of: Shape, keyOf: (item: JsonObject) => Json | undefined, field: string, problem: string): Shape {
  const items = list(of);
  return (value, path, report) => {
    items(value, path, report);
    if (!Array.isArray(value)) return;
    unique(
      value as readonly Json[],
      (item) => {
        const key = keyOf(item);
        return typeof key === 'string' && key !== '' ? key : undefined;
      },
      (i, key) => report(`${path}/${i}/${field}`, `${quote(key)} ${problem}`),
    );
  };
}

const port = object(
  {
    name: notEmpty(portNameProblem),
    containerPort: portNumber,
    hostPort: integer(0, 65535),
    hostIP: text(),
    protocol: word('TCP', 'UDP', 'SCTP'),
  },
  needs('containerPort'),
);

const onePath: Rule = ({ subPath, subPathExpr }, path, report) => {
  if (isGiven(subPath) && subPath !== '' && isGiven(subPathExpr) && subPathExpr !== '')
    report(path, 'has subPath and subPathExpr: one of them is right');
};

const recursive: Rule = ({ recursiveReadOnly, readOnly, mountPropagation }, path, report) => {
  if (!isGiven(recursiveReadOnly) || recursiveReadOnly === 'Disabled') return;
  const at = `${path}/recursiveReadOnly`;
  if (readOnly !== true) report(at, 'needs readOnly: true');
  if (isGiven(mountPropagation) && mountPropagation !== 'None') report(at, 'needs mountPropagation None');
};

const mount = object(
  {
    name: text(),
    mountPath: text(),
    readOnly: flag,
    recursiveReadOnly: word('Disabled', 'IfPossible', 'Enabled'),
    mountPropagation: exactWord('None', 'HostToContainer', 'Bidirectional'),
    subPath: notEmpty(descendingProblem),
    subPathExpr: notEmpty(descendingProblem),
  },
  needs('name', 'mountPath'),
  onePath,
  recursive,
);

const device = object(
  {
    name: text(),
    devicePath: notEmpty((path) => (path.split('/').includes('..') ? 'leads upwards by ..' : undefined)),
  },
  needs('name', 'devicePath'),
);

const image = text((value) => (value !== value.trim() ? 'has spaces around it' : undefined));

/**
 * A container as Kubernetes 1.35 takes it, as far as it can be told without the pod. A field that is not here is
 * refused: the API server would drop it without a word, and kubectl refuses it in a manifest.
 */
export const containerShape = object(
  {
    name: text(),
    image,
    imagePullPolicy: word('Always', 'IfNotPresent', 'Never'),
    command: list(text(), ''),
    args: list(text(), ''),
    workingDir: text(),
    ports: listOfUnique(port, ({ name }) => name, 'name', 'is the name of another port'),
    env,
    envFrom,
    resources,
    resizePolicy,
    restartPolicy: text(),
    volumeMounts: listOfUnique(mount, ({ mountPath }) => mountPath, 'mountPath', 'is mounted already'),
    volumeDevices: listOfUnique(device, ({ devicePath }) => devicePath, 'devicePath', 'has a device already'),
    livenessProbe: killingProbe,
    readinessProbe,
    startupProbe: killingProbe,
    lifecycle,
    terminationMessagePath: text(),
    terminationMessagePolicy: word('File', 'FallbackToLogsOnError'),
    securityContext,
    stdin: flag,
    stdinOnce: flag,
    tty: flag,
  },
  needs('name', 'image'),
);
