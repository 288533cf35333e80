import { existsSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { delimiter, dirname, resolve } from 'node:path';
import { type Cluster, KubeConfig, loadYaml, type User } from '@kubernetes/client-node';
import { type Access, ownAgent, type TlsOptions } from './https.ts';
import type { Environment, Located } from './in-cluster.ts';

/**
 * The API server of a context of a kubeconfig, with that context's user: certificates, tokens, password, plugins,
 * proxy.
 * @param files a path, or several as in KUBECONFIG: what comes first wins, files that do not exist are left out
 * @param context the current one where undefined
 */
export async function fromKubeconfig(files: string, context: string | undefined, env: Environment): Promise<Located> {
  const paths = files.split(delimiter).filter((path) => path !== '');
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) return { ok: false, problem: `there is no kubeconfig at ${paths.join(', ')}` };
  let config: KubeConfig;
  try {
    config = merged(present.map(load));
  } catch (error) {
    return { ok: false, problem: `the kubeconfig ${present.join(', ')} cannot be used: ${withoutText(error)}` };
  }
  const chosen = context ?? config.getCurrentContext();
  config.setCurrentContext(chosen);
  const entry = config.getContexts().find(({ name }) => name === chosen);
  const cluster = entry && config.getClusters().find(({ name }) => name === entry.cluster);
  if (entry === undefined || cluster === undefined) return { ok: false, problem: missingText(config, chosen, paths) };
  return located(config, cluster, { namespace: entry.namespace ?? 'default', context: chosen }, env);
}

/**
 * Why a kubeconfig cannot be read, without any of its text: it holds tokens and keys, and messages end up in logs. The
 * YAML reader quotes the lines around a mistake; the message has the position alone.
 */
function withoutText(error: unknown): string {
  const { mark, code, message } = error as { mark?: { line: number; column: number }; code?: string; message: string };
  if (mark !== undefined) return `not YAML at line ${mark.line + 1}, column ${mark.column + 1}`;
  // Files that cannot be read, by their path; fields that are missing, by their names.
  if (code !== undefined || /^[a-z]+\[\d+\][\w.]* is missing$/.test(message)) return message;
  return 'it does not hold a kubeconfig';
}

function load(path: string): KubeConfig {
  const text = readFileSync(path, 'utf8');
  const config = new KubeConfig();
  config.loadFromString(text);
  config.makePathsAbsolute(dirname(path));
  const { users } = loadYaml<{ users?: readonly { user?: { tokenFile?: string } }[] }>(text);
  config.users = config.users.map((user, at) => withPaths(user, users?.[at]?.user?.tokenFile, dirname(path)));
  return config;
}

/**
 * Resolves two paths that the library leaves alone and that kubectl resolves by the kubeconfig's folder: that of a
 * plugin, and that of a token file, which the library knows under another name only (it then reads the file every
 * minute).
 */
function withPaths(user: User, tokenFile: string | undefined, dir: string): User {
  const command: unknown = user.exec?.command;
  if (typeof command === 'string' && command.includes('/')) user.exec.command = resolve(dir, command);
  if (tokenFile === undefined) return user;
  const { token: _, ...rest } = user;
  return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(dir, tokenFile) } } };
}

/** Merges as kubectl does: of two entries with one name the first counts. (The library's own merge throws.) */
function merged([first, ...others]: readonly KubeConfig[]): KubeConfig {
  const config = first!;
  for (const other of others) {
    config.clusters = withMore(config.clusters, other.clusters);
    config.users = withMore(config.users, other.users);
    config.contexts = withMore(config.contexts, other.contexts);
    config.currentContext ||= other.currentContext;
  }
  return config;
}

function withMore<T extends { readonly name: string }>(first: readonly T[], others: readonly T[]): T[] {
  const all = new Map(first.map((one) => [one.name, one]));
  for (const one of others) if (!all.has(one.name)) all.set(one.name, one);
  return [...all.values()];
}

function missingText(config: KubeConfig, context: string | undefined, paths: readonly string[]): string {
  const names = config.getContexts().map(({ name }) => name);
  const where = `the kubeconfig ${paths.join(', ')}`;
  if (context === undefined || context === '') return `${where} has no current context; it has: ${names.join(', ')}`;
  if (!names.includes(context)) return `${where} has no context ${context}; it has: ${names.join(', ') || 'none'}`;
  return `${where} has no cluster for the context ${context}`;
}

async function located(
  config: KubeConfig,
  cluster: Cluster,
  names: { readonly namespace: string; readonly context: string },
  env: Environment,
): Promise<Located> {
  const { server } = cluster;
  if (!/^https?:/.test(server) || !URL.canParse(server)) {
    return { ok: false, problem: `the server of the context ${names.context} is no URL: ${server}` };
  }
  const user = config.getCurrentUser();
  if (user !== null) setPluginInfo(user, cluster);
  // The library refuses plain HTTP (`kubectl proxy`) unless certificates are not checked; there are none.
  if (server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
  const first = await applied(config);
  if (!first.ok) return first;
  const agent = cluster.proxyUrl === undefined ? proxiedAgent(new URL(server), env) : first.agent;
  return { ok: true, endpoint: { server, agent, access: () => applied(config) }, ...names };
}

/**
 * Sets the environment of the user's plugin (client.authentication.k8s.io, `KUBERNETES_EXEC_INFO`): some plugins refuse
 * to run without it, and the library does not set it.
 */
function setPluginInfo(user: User, cluster: Cluster): void {
  const exec = user.exec as { apiVersion?: string; provideClusterInfo?: boolean; env?: object[] } | null | undefined;
  if (exec === null || exec === undefined) return;
  const about = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify,
    'certificate-authority-data': cluster.caData,
  };
  const spec = { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: about } : {}) };
  const value = JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', spec });
  exec.env = [{ name: 'KUBERNETES_EXEC_INFO', value }, ...(exec.env ?? [])];
}

/** Calls the library, which runs plugins, renews tokens and reads files, and throws where one of these fails. */
async function applied(config: KubeConfig): Promise<Access & { readonly agent?: Agent }> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const name = config.getCurrentUser()?.name ?? '';
    // The error of `JSON.parse` quotes the output of the plugin, which holds the token.
    const why = error instanceof SyntaxError ? 'what the plugin printed is not JSON' : (error as Error).message.trim();
    return { ok: false, problem: `no credentials for the user ${name}: ${why}` };
  }
  const { ca, cert, key, servername, rejectUnauthorized, auth, agent } = options;
  // A token from a file ends with a newline, which no header may hold.
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]);
  if (auth) headers.push(['Authorization', `Basic ${Buffer.from(auth).toString('base64')}`]);
  const tls = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ok: true,
    headers: Object.fromEntries(headers),
    tls: Object.fromEntries(tls) as TlsOptions,
    ...(agent instanceof Agent ? { agent } : {}),
  };
}

/** Like kubectl: uses the proxy of the environment, except for the machine itself. Node 24.5 and later. */
function proxiedAgent(server: URL, env: Environment): Agent {
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(server.hostname);
  return ownAgent(server, local ? {} : env);
}
