# What zsh offers for lines: zsh -f complete.zsh SCRIPT LINE..., one match a line on standard output, and an empty line behind
# those of each LINE. A script with the name of a function is found in its folder, as people install it; another one is sourced.
#
# A second zsh on a pseudo terminal completes the lines as it would for a person; compadd, by which every completion adds
# its matches, prints what matched.
zmodload zsh/zpty
zpty it zsh -f -i
# The script and all settings in one command, whose end is told by a line of its own.
zpty -w it "PROMPT= RPROMPT=
unsetopt zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste
stty -echo
[[ ${(q)1:t} == _* ]] && fpath=(${(q)1:h} \$fpath)
autoload -Uz compinit && compinit -D -u
[[ ${(q)1:t} == _* ]] || source ${(q)1}
bindkey '^U' kill-whole-line
zstyle ':completion:*' verbose no
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi
  local -a hits
  builtin compadd -A hits \"\$@\"
  local hit
  for hit in \$hits; do print -r -- \"<match \$hit>\"; done
  builtin compadd \"\$@\"
}
# Nothing is put into the line nor listed below it: the next line is typed where this one stood.
finish() { print -r -- '<end>'; compstate[insert]= compstate[list]= }
# Each completion forgets what is to be done behind it.
ask() { comppostfuncs=(finish); zle complete-word }
zle -N ask
bindkey '^I' ask
print ready"
local line asked
while zpty -r it line; do
  [[ $line == ready* ]] && break
done
for asked in "${@[2,-1]}"; do
  zpty -n -w it $'\C-u'"$asked"$'\t'
  while zpty -r it line; do
    # What was typed and what moves the cursor stands before.
    [[ $line == *'<end>'* ]] && break
    [[ $line == *'<match '*'>'* ]] && print -r -- "${${line#*<match }%%>*}"
  done
  print
done
zpty -d it
exit 0
