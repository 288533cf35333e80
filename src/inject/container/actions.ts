import {
  integer,
  isGiven,
  list,
  mostInt32,
  mostInt64,
  needs,
  object,
  oneOf,
  type Rule,
  type Shape,
  text,
  word,
} from './shape.ts';
import { headerNameProblem, portNumber, portReference } from './texts.ts';

const count = integer(0, mostInt32);

const exec = object({ command: list(text(), '') }, needs('command'));
const httpGet = object(
  {
    path: text(),
    port: portReference,
    host: text(),
    scheme: word('HTTP', 'HTTPS'),
    httpHeaders: list(object({ name: text(headerNameProblem), value: text() }, needs('name'))),
  },
  needs('port'),
);
const tcpSocket = object({ port: portReference, host: text() }, needs('port'));
const grpc = object({ port: portNumber, service: text() }, needs('port'));
const sleep = object({ seconds: integer(0, mostInt64) });

const handler = object({ exec, httpGet, tcpSocket, sleep }, oneOf('exec', 'httpGet', 'tcpSocket', 'sleep'));

export const lifecycle = object({ postStart: handler, preStop: handler, stopSignal: text() });

const probeFields: Readonly<Record<string, Shape>> = {
  exec,
  httpGet,
  tcpSocket,
  grpc,
  initialDelaySeconds: count,
  timeoutSeconds: count,
  periodSeconds: count,
  successThreshold: count,
  failureThreshold: count,
};
const oneHandler = oneOf('exec', 'httpGet', 'tcpSocket', 'grpc');

/** A probe that kills the container counts one success, and may shorten its grace period. */
const killing: Rule = ({ successThreshold }, path, report) => {
  if (typeof successThreshold === 'number' && successThreshold > 1) report(`${path}/successThreshold`, 'must be 1');
};

export const killingProbe = object(
  { ...probeFields, terminationGracePeriodSeconds: integer(1, mostInt64) },
  oneHandler,
  killing,
);

export const readinessProbe = object(
  { ...probeFields, terminationGracePeriodSeconds: integer(1, mostInt64) },
  oneHandler,
  (probe, path, report) => {
    if (isGiven(probe.terminationGracePeriodSeconds))
      report(`${path}/terminationGracePeriodSeconds`, 'is of other probes');
  },
);
