/**
 * The thread that tries the mappings of the playground: a few kilobytes of YAML or of regular expressions can take
 * seconds and gigabytes, and here they take neither from the thread that receives and serves scrapes.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { explainLines } from '../explain/explain-lines.ts';
import { mostLines } from './explain-request.ts';
import { type ExplainResult, type ExplainTask, mostCharacters, type WorkerStart } from './explain-task.ts';
import { explanationHtml } from './explanation-html.ts';

const { settings } = workerData as WorkerStart;

async function explain({ lines, mapping, as }: ExplainTask): Promise<ExplainResult> {
  const explanation = await explainLines(lines, { settings, mapping, most: mostLines });
  const text = as === 'json' ? `${JSON.stringify(explanation, undefined, 2)}\n` : explanationHtml(explanation).text;
  if (text.length > mostCharacters) return { ok: false, problem: 'The explanation is too long: ask for fewer lines.' };
  return { ok: true, value: text };
}

parentPort?.on('message', (task: ExplainTask) => {
  explain(task).then(
    (done) => parentPort?.postMessage(done),
    (error: unknown) => parentPort?.postMessage({ ok: false, problem: String(error) } satisfies ExplainResult),
  );
});
