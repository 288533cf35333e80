import type { Completes } from '../flags/codec.ts';
import { type Completion, quoted, type Scope, valued } from './completion-scope.ts';

/** For bash from 3.2 on, which is what macOS has; nothing of the package bash-completion is needed. */
export function bashCompletion({ kinds, scopes }: Completion): string {
  return `# bash completion of metrics-sidecar, printed by: metrics-sidecar completion bash
# Load it with: source <(metrics-sidecar completion bash)

# The flags of a command, of '' before one; those with a value end in =.
_metrics_sidecar_flags() {
  case $1 in
${scopes.map(flagsArm).join('\n')}
  esac
}

# The values that a flag of a command takes, @file or @directory, nothing where nobody knows; fails for one that takes none.
_metrics_sidecar_value() {
  case "$1 $2" in
${scopes.flatMap(valueArms).join('\n')}
    *) return 1 ;;
  esac
}

# What a command works on, as for values.
_metrics_sidecar_operands() {
  case $1 in
${scopes.flatMap(operandsArm).join('\n')}
  esac
}

_metrics_sidecar() {
  local kinds=${quoted(kinds.join(' '))}
  local words=() last=-1 raw before='' i
  # Bash parts words at = and : too; they are put together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    raw=\${COMP_WORDS[i]}
    if [[ $last -ge 0 && \${words[last]} == --* && $raw == =* ]] ||
      [[ $last -ge 0 && \${words[last]} == --*=* && ( $raw == :* || $before == *[=:] ) ]]; then
      words[last]+=$raw
    else
      words[++last]=$raw
    fi
    before=$raw
  done

  local current=\${words[last]} scope='' flag='' used=' ' word
  for ((i = 0; i < last; i++)); do
    word=\${words[i]}
    if [[ -n $flag ]]; then
      flag=''
      continue
    fi
    case $word in
      --*=*) ;;
      -?*) if _metrics_sidecar_value "$scope" "$word" >/dev/null; then flag=$word; fi ;;
      +) if [[ " $kinds " == *" $scope "* ]]; then scope=+; fi ;;
      *)
        if [[ -z $scope || $scope == + ]]; then scope=$word; fi
        used+="$word "
        ;;
    esac
  done

  local found='' prefix=''
  if [[ -n $flag ]]; then
    found=$(_metrics_sidecar_value "$scope" "$flag")
  elif [[ $current == --*=* ]]; then
    found=$(_metrics_sidecar_value "$scope" "\${current%%=*}")
    # Where = parts no words, what is typed includes the flag.
    if [[ \${COMP_WORDS[COMP_CWORD]} == --* ]]; then prefix="\${current%%=*}="; fi
    current=\${current#*=}
  elif [[ $current == -?* ]]; then
    found=$(_metrics_sidecar_flags "$scope")
  else
    found=$(_metrics_sidecar_operands "$scope")
    if [[ " $kinds " == *" $scope "* ]]; then found=+; fi
    if [[ -z $current && ( -z $found || $found == + ) ]]; then found+=" $(_metrics_sidecar_flags "$scope")"; fi
    if [[ $scope == + ]]; then
      found=''
      for word in $kinds; do
        if [[ $used != *" $word "* ]]; then found+=" $word"; fi
      done
    fi
  fi

  COMPREPLY=()
  local how=(-W "$found")
  if [[ $found == @file ]]; then how=(-f); elif [[ $found == @directory ]]; then how=(-d); fi
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -P "$prefix" "\${how[@]}" -- "$current")
  # compopt came with bash 4.
  if type compopt >/dev/null 2>&1; then
    if [[ $found == @* ]]; then compopt -o filenames; fi
    if [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
  fi
} 2>/dev/null

complete -F _metrics_sidecar metrics-sidecar
`;
}

function flagsArm({ name, offers }: Scope): string {
  const flags = offers.map((offer) => `--${offer.name}${offer.value === undefined ? '' : '='}`);
  return `    ${quoted(name)}) echo ${quoted(flags.join(' '))} ;;`;
}

function valueArms(scope: Scope): readonly string[] {
  return valued(scope).map(
    ({ value, asked }) => `    ${asked.map(quoted).join(' | ')}) ${value === 'any' ? '' : `echo ${saying(value)} `};;`,
  );
}

function operandsArm({ name, operands }: Scope): readonly string[] {
  return operands === undefined ? [] : [`    ${quoted(name)}) echo ${saying(operands)} ;;`];
}

function saying(completes: Completes): string {
  return typeof completes === 'string' ? `@${completes}` : quoted(completes.join(' '));
}
