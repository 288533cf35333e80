import type { KubeProblem } from '../../kube/kube.ts';
import { get } from '../cluster/reading.ts';
import { type CalledService, readCalledService } from '../cluster/webhook-pods.ts';
import type { Check } from '../finding/check.ts';
import { error, type Finding, ok, serverMessage, skipped, unread } from '../finding/finding.ts';

/**
 * Connects to the webhook's TLS port through the API server's proxy of the Service, which is the network path of a
 * review. Any answer of the webhook is a success, a refusal too.
 */
export const webhookReachable: Check = {
  id: 'webhook.reachable',
  title: 'the API server reaches the webhook',
  category: 'webhook',
  needs: ['webhook.endpoints'],
  async run(context) {
    const called = await context.once(readCalledService);
    if (!called.ok) return called.problem;
    const { namespace, name, port } = called.value;
    const path = `/api/v1/namespaces/${namespace}/services/https:${name}:${port}/proxy/mutate`;
    const answer = await get<unknown>(context.kube, path);
    return answer.ok ? reached(called.value) : judgeProxied(answer.problem, called.value);
  },
};

function reached({ namespace, name }: CalledService): Finding {
  return ok(`the API server reaches Service ${namespace}/${name}`);
}

/** Judges the network path behind the proxy by the proxy's answer. */
function judgeProxied(problem: KubeProblem, called: CalledService): Finding {
  const { code, status = 0, message } = problem;
  const service = `Service ${called.namespace}/${called.name}`;
  if (code === 'forbidden') return unread(problem, `use the proxy of ${service}`);
  if (/no endpoints available/.test(message)) {
    return error(`the API server finds no ready pod behind ${service}: see webhook.endpoints`);
  }
  const phase = phaseOf(message);
  if (phase !== undefined)
    return error(`the API server does not reach ${service}: ${phase}: ${serverMessage(problem)}`);
  // The webhook itself answers 404 and 405, since reviews are posted.
  if (status >= 400 && status < 500) return reached(called);
  if (code === 'unreachable') return skipped(`the API server gave no answer for ${service}: ${message}`);
  return error(`the API server gets no answer from ${service}: ${message}`);
}

const phases: readonly (readonly [RegExp, string])[] = [
  [/no such host|server misbehaving/, 'DNS: its name does not resolve'],
  [/connection refused/, 'TCP: nothing listens on the target port'],
  [
    /i\/o timeout|no route to host|network is unreachable|dial tcp/,
    'TCP: no connection; a firewall between the control plane and the nodes, or a network that the control plane ' +
      'is not part of',
  ],
  [/context deadline exceeded/, 'no answer in time; a firewall as with TCP, or a webhook that is overloaded'],
  [/x509:|tls:|remote error/, 'TLS: the handshake fails'],
  [/EOF|connection reset|malformed HTTP/, 'HTTP: the connection was cut, so what listens there is not the webhook'],
];

function phaseOf(message: string): string | undefined {
  return phases.find(([pattern]) => pattern.test(message))?.[1];
}
