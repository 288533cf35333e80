# What bash offers for a line: bash --norc complete.bash SCRIPT WORD..., the words parted as bash parts them; one match a line.
source "$1"
shift
COMP_WORDS=(metrics-sidecar "$@")
COMP_CWORD=$#
$(complete -p metrics-sidecar | sed 's/.*-F \([^ ]*\) .*/\1/')
printf '%s\n' "${COMPREPLY[@]}"
