import type { Completes } from '../flags/codec.ts';
import { type Completion, type Offer, quoted, type Scope, valued } from './completion-scope.ts';

/** For zsh with its completion system on; as a file `_metrics-sidecar` in a folder of `fpath`, or sourced. */
export function zshCompletion({ commands, kinds, scopes }: Completion): string {
  return `#compdef metrics-sidecar
# zsh completion of metrics-sidecar, printed by: metrics-sidecar completion zsh
# Load it with: source <(metrics-sidecar completion zsh), behind compinit; or put it into a folder of fpath as _metrics-sidecar

# The flags of a command, of '' before one: those that take a value, and those that take none.
_metrics-sidecar_flags() {
  case $1 in
${scopes.map(flagsArm).join('\n')}
  esac
}

# The values that a flag of a command takes, @file or @directory, nothing where nobody knows; fails for one that takes none.
_metrics-sidecar_value() {
  found=()
  case "$1 $2" in
${scopes.flatMap(valueArms).join('\n')}
    (*) return 1 ;;
  esac
}

# What a command works on, as for values.
_metrics-sidecar_operands() {
  found=()
  case $1 in
${scopes.flatMap(operandsArm).join('\n')}
  esac
}

_metrics-sidecar() {
  local -a kinds=(${kinds.map(quoted).join(' ')}) used found valued plain commands
  local scope='' flag='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $flag ]]; then
      flag=''
      continue
    fi
    case $word in
      (--*=*) ;;
      (-?*) if _metrics-sidecar_value "$scope" "$word"; then flag=$word; fi ;;
      (+) if (( \${kinds[(Ie)$scope]} )); then scope=+; fi ;;
      (*)
        if [[ -z $scope || $scope == + ]]; then scope=$word; fi
        used+=("$word")
        ;;
    esac
  done

  local current=\${words[CURRENT]}
  if [[ -z $flag && $current == --*=* ]]; then
    flag=\${current%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    _metrics-sidecar_value "$scope" "$flag"
  elif [[ $current == -?* ]]; then
    _metrics-sidecar_flags "$scope"
  elif [[ -z $scope ]]; then
    commands=(
${commands.map(({ name, summary }) => `      ${quoted(described(name, summary))}`).join('\n')}
    )
    _describe command commands
    return
  elif [[ $scope == + ]]; then
    found=("\${(@)kinds:|used}")
  else
    _metrics-sidecar_operands "$scope"
    if (( \${kinds[(Ie)$scope]} )); then found=(+); fi
    if [[ -z $current ]] && (( ! $#found || \${found[(Ie)+]} )); then _metrics-sidecar_flags "$scope"; fi
  fi

  case "$found" in
    (@file) _files ;;
    (@directory) _files -/ ;;
    (*)
      compadd -a found
      if (( $#valued + $#plain )); then _describe -o flag valued -qS = -- plain; fi
      ;;
  esac
}

compdef _metrics-sidecar metrics-sidecar

# Where it is loaded from fpath, this file is the function's first call.
if [[ $funcstack[1] == _metrics-sidecar ]]; then _metrics-sidecar "$@"; fi
`;
}

function flagsArm({ name, offers }: Scope): string {
  const list = (some: readonly Offer[]) =>
    some.map((offer) => `\n        ${quoted(described(`--${offer.name}`, offer.doc))}`).join('');
  const [withValue, plain] = [true, false].map((is) => offers.filter(({ value }) => (value !== undefined) === is));
  return `    (${quoted(name)})\n      valued=(${list(withValue!)})\n      plain=(${list(plain!)})\n      ;;`;
}

function valueArms(scope: Scope): readonly string[] {
  return valued(scope).map(
    ({ value, asked }) => `    (${asked.map(quoted).join('|')}) found=(${value === 'any' ? '' : saying(value)}) ;;`,
  );
}

function operandsArm({ name, operands }: Scope): readonly string[] {
  return operands === undefined ? [] : [`    (${quoted(name)}) found=(${saying(operands)}) ;;`];
}

function saying(completes: Completes): string {
  return typeof completes === 'string' ? `@${completes}` : completes.map(quoted).join(' ');
}

/** A name and what it is, as `_describe` takes them. */
function described(name: string, doc: string): string {
  return `${name.replaceAll(':', '\\:')}:${doc}`;
}
