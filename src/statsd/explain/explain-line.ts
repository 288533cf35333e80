import type { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import { type ParsedLine, parseLine } from '../line/parse-line.ts';
import type { ObserverSettings } from '../mapping/mapping.ts';
import { type LinePipeline, processLine } from '../pipeline/line-pipeline.ts';
import { type Explaining, explainSample } from './explain-sample.ts';
import type { LineExplanation, SampleExplanation } from './explanation.ts';
import { sentences } from './reason-sentences.ts';
import { shorten } from './shorten.ts';

/** The most samples of one line; a packed one may have thousands. */
const mostSamples = 100;
const lineCharacters = 2000;
const crByte = 13;

/** Explains lines, one after the other, by processing them. */
export class LineExplainer {
  readonly #pipeline: LinePipeline;
  readonly #explaining: Explaining;
  readonly #settings: Settings<typeof statsdFlags>;
  #name = '';
  #samples: SampleExplanation[] = [];

  /**
   * @param pipeline a pipeline of its own.
   * @param observer the settings of timers, histograms and distributions in the flags.
   */
  constructor(pipeline: LinePipeline, settings: Settings<typeof statsdFlags>, observer: ObserverSettings) {
    const { setWindow } = settings;
    this.#settings = settings;
    this.#explaining = { pipeline, setWindow, observer, types: new Map() };
    this.#pipeline = {
      ...pipeline,
      witness: (sample, reason) => {
        if (this.#samples.length < mostSamples) {
          this.#samples.push(explainSample(this.#explaining, this.#name, sample, reason));
        }
      },
    };
  }

  /** @param bytes of the line, without its newline. */
  explain(bytes: Buffer): LineExplanation {
    const line = bytes[bytes.length - 1] === crByte ? bytes.subarray(0, -1) : bytes;
    const parsed = parseLine(line, this.#pipeline.options);
    this.#samples = [];
    this.#name = parsed.kind === 'samples' ? parsed.name : '';
    processLine(this.#pipeline, bytes, 0, bytes.length);
    return {
      line: shorten(line.toString(), lineCharacters),
      outcome: parsed.kind,
      ...(parsed.kind === 'refused' && { reason: parsed.reason }),
      notes: [...this.#notes(parsed), ...this.#lengthNotes(line)],
      name: shorten(parsed.kind === 'samples' || parsed.kind === 'service_check' ? parsed.name : ''),
      samples: this.#samples,
    };
  }

  #notes(parsed: ParsedLine): readonly string[] {
    if (parsed.kind === 'empty') return [];
    if (parsed.kind === 'event') return [this.#messageNote('An event of DogStatsD', 'dogstatsd_events_total')];
    const left = parsed.tagErrors === 0 ? [] : ['Malformed tags are left out: each needs a key and a value.'];
    if (parsed.kind === 'refused') return [sentences[parsed.reason], ...left];
    if (parsed.kind === 'service_check') {
      return [this.#messageNote('A service check of DogStatsD', 'dogstatsd_service_check_status'), ...left];
    }
    const ignored = parsed.sectionsIgnored === 0 ? [] : ['Unknown sections are ignored.'];
    const notes = [...left, ...ignored];
    const hidden = parsed.samples.length - this.#samples.length;
    return hidden === 0 ? notes : [...notes, `${hidden} more samples are processed like these, and not shown.`];
  }

  #messageNote(what: string, name: string): string {
    const { exposeEvents } = this.#settings;
    return `${what}: counted${exposeEvents ? `, and shown as ${name}` : '; --statsd.expose-events shows it'}.`;
  }

  #lengthNotes(line: Buffer): readonly string[] {
    const { tcpLineLimit } = this.#settings;
    return line.length > tcpLineLimit ? ['Over TCP the line is too long (--statsd.tcp-line-limit).'] : [];
  }
}
