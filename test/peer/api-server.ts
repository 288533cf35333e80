import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type Answered, send } from '../webhook/running.ts';

/** A real API server on loopback, with etcd behind it, and controllers where they are wanted. */
export interface ApiServer {
  /** As an administrator. */
  request(method: string, path: string, body?: object): Promise<Answered>;
  /** A file by which clients find it, as an administrator. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  /** Absent: no controller runs. */
  readonly controllerManager?: string;
}

/** The controllers that make pods and count them. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
];

/**
 * @param admission the AdmissionConfiguration
 * @param serviceAccounts whether pods need a service account, and get its token
 */
export async function startApiServer(
  programs: Programs,
  admission: object = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration' },
  serviceAccounts = false,
): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = file('accounts.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const token = randomBytes(16).toString('hex');
  const etcd = `http://127.0.0.1:${client}`;
  const run = (program: string, args: readonly string[]) => spawn(program, args, { cwd: folder, stdio: 'ignore' });
  const children: ChildProcess[] = [
    run(programs.etcd, [
      ...['--data-dir=etcd', '--unsafe-no-fsync', `--listen-client-urls=${etcd}`, `--advertise-client-urls=${etcd}`],
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
    ]),
    run(programs.apiServer, [
      ...[`--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, '--cert-dir=certs'],
      ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${key}`],
      ...[`--service-account-signing-key-file=${key}`, '--authorization-mode=AlwaysAllow'],
      ...[`--token-auth-file=${file('tokens.csv', `${token},admin,admin,system:masters\n`)}`],
      ...['--service-cluster-ip-range=10.96.0.0/16', '--allow-privileged'],
      ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
      `--admission-control-config-file=${file('admission.json', JSON.stringify(admission))}`,
    ]),
  ];
  const kubeconfig = file(
    'kubeconfig',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'admin', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      'current-context': 'test',
    }),
  );
  const exits = children.map((child) => once(child, 'exit'));
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = (method: string, path: string, body?: object) =>
    send({ host: '127.0.0.1', port, path, method, headers, agent }, body && JSON.stringify(body));
  const stop = async () => {
    agent.destroy();
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(exits);
    rmSync(folder, { recursive: true });
  };
  const isReady = () => request('GET', '/api/v1/namespaces/default').then(({ status }) => status === 200);
  for (let tries = 0; tries < 600; tries++) {
    if (await isReady().catch(() => false)) {
      if (programs.controllerManager !== undefined) {
        const child = run(programs.controllerManager, managed(kubeconfig));
        children.push(child);
        exits.push(once(child, 'exit'));
      }
      return { request, kubeconfig, stop };
    }
    await wait(100);
  }
  await stop();
  throw new Error('the API server did not come up within a minute');
}

/** The limits of requests are those of a cluster with hundreds of nodes: the test waits for the controllers alone. */
function managed(kubeconfig: string): readonly string[] {
  return [
    ...[`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--kube-api-qps=2000', '--kube-api-burst=4000'],
    ...[`--controllers=${controllers.join(',')},disruption-controller`, '--secure-port=0'],
  ];
}
