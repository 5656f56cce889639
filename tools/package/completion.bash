# Completes what the program itself names, so it is never older than the program.
_tefter() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} sub="" one
    for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $one in -* | */* | "") ;; *) sub=$one; break ;; esac
    done
    mapfile -t COMPREPLY < <(compgen -W "$("$program" ${sub:+"$sub"} --help 2>/dev/null | grep -oE '^  (-[a-z],)?--?[a-z][a-z-]*|^  [a-z][a-z-]+' | tr ',' '\n' | tr -d ' ')" -- "$word")
    [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -F _tefter tefter tefter-server
