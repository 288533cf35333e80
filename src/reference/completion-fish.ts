import type { Completes } from '../flags/codec.ts';
import { type Completion, type Offer, type Scope, valued } from './completion-scope.ts';

/** For fish from 3.0 on. */
export function fishCompletion({ commands, kinds, scopes }: Completion): string {
  return `# fish completion of metrics-sidecar, printed by: metrics-sidecar completion fish
# Load it with: metrics-sidecar completion fish | source

# Whether a flag of a command takes the next word for its value.
function __metrics_sidecar_takes_value
    switch "$argv"
        case ${scopes
          .flatMap(valued)
          .flatMap(({ asked }) => asked.map(fishQuoted))
          .join(' ')}
            return 0
    end
    return 1
end

# The command that the cursor is in; nothing before one, + behind a plus. All words before the cursor follow it.
function __metrics_sidecar_scope
    set -l scope ''
    set -l flag ''
    set -l used
    for word in (commandline -opc)[2..-1]
        if test -n "$flag"
            set flag ''
            continue
        end
        switch $word
            case '--*=*'
            case '-?*'
                if __metrics_sidecar_takes_value "$scope $word"
                    set flag $word
                end
            case '+'
                if contains -- "$scope" ${kinds.join(' ')}
                    set scope +
                end
            case '*'
                if test -z "$scope" -o "$scope" = +
                    set scope $word
                end
                set -a used $word
        end
    end
    echo $scope
    string join \\n -- $used
end

function __metrics_sidecar_at
    set -l scope (__metrics_sidecar_scope)
    contains -- "$scope[1]" $argv
end

function __metrics_sidecar_unused
    set -l scope (__metrics_sidecar_scope)
    test "$scope[1]" = +; and not contains -- $argv[1] $scope[2..-1]
end

complete -c metrics-sidecar -e
complete -c metrics-sidecar -f
${[
  ...commands.map(({ name, summary }) => `${at('')} -a ${fishQuoted(name)} -d ${fishQuoted(summary)}`),
  ...kinds.map((kind) => `complete -c metrics-sidecar -n ${fishQuoted(`__metrics_sidecar_unused ${kind}`)} -a ${kind}`),
  `${at(...kinds)} -a + -d 'Another kind in the same process'`,
  ...scopes.filter(({ name }) => name !== '').flatMap(operands),
  ...scopes.flatMap(flags),
].join('\n')}
`;
}

function operands({ name, operands: completes }: Scope): readonly string[] {
  if (completes === undefined || name === '+') return [];
  return [`${at(name)} ${completing(completes)}`];
}

function flags({ name, offers }: Scope): readonly string[] {
  return offers.map((offer) => {
    const short = offer.short === undefined ? '' : ` -s ${offer.short}`;
    return `${at(name)} -l ${fishQuoted(offer.name)}${short}${valueArguments(offer)} -d ${fishQuoted(offer.doc)}`;
  });
}

function valueArguments({ value }: Offer): string {
  if (value === undefined) return '';
  return value === 'any' ? ' -x' : ` -r ${completing(value)}`;
}

function completing(completes: Completes): string {
  if (completes === 'file') return '-F';
  if (completes === 'directory') return "-f -a '(__fish_complete_directories (commandline -ct))'";
  return `-f -a ${fishQuoted(completes.join(' '))}`;
}

function at(...scopes: readonly string[]): string {
  const names = scopes.map((scope) => (scope === '' ? "''" : scope)).join(' ');
  return `complete -c metrics-sidecar -n ${fishQuoted(`__metrics_sidecar_at ${names}`)}`;
}

/** Text in single quotes of fish. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
