#!/usr/bin/env bash
# Runs the node checks of this folder and hands their metrics to node_exporter's textfile collector.
#
#   runner.sh            run every check at its interval, until stopped or until this folder changes
#   runner.sh --once     run every check once and stop
#
# Needs bash 4.2 or newer, coreutils and flock, which every Linux node has; python3 only for checks written in it.
# What to run stands in checks.list beside this file, as data: nothing in it is ever evaluated as shell.
#
# A check gets its parameters as environment variables (CHECK_PATHS for `paths`) and as one JSON object on standard
# input. It prints samples in the Prometheus text format; HELP and TYPE lines are written here, from what the check
# declares, because two files that disagree on them make node_exporter drop one. Output is published as a whole or not
# at all: a check that fails, takes too long or prints anything it has not declared leaves only its health behind:
#
#   alertsmith_check_success                     1 if the last run ended well and its output was accepted
#   alertsmith_check_duration_seconds            how long the last run took
#   alertsmith_check_last_run_timestamp_seconds  when it ended
#   alertsmith_check_exit_status                 what the script ended with; 124 or 137 if it was stopped
#   alertsmith_check_output_rejected             1 if the script ended well and its output was not accepted
set -u
# Bytes, not characters, for everything this file does; checks keep the locale of the service.
LC_ALL=C
declare +x LC_ALL

readonly MARK='# Written by the alertsmith check runner; removed when the check leaves the bundle.'
readonly MOST_OUTPUT=262144
readonly LONGEST_LINE=8192
readonly MOST_MESSAGES=4096

# An update leads the link to another folder; this process stays with the one that it has read.
link=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd) || exit 2
folder=$(cd -- "$link" && pwd -P) || exit 2
textfile=${ALERTSMITH_TEXTFILE_DIR:-/var/lib/node_exporter/textfile}
once=0

while (($#)); do
    case $1 in
    --once) once=1 ;;
    --textfile)
        if (($# < 2)); then
            echo "runner.sh: --textfile needs a folder" >&2
            exit 2
        fi
        textfile=$2
        shift
        ;;
    *)
        echo "usage: runner.sh [--once] [--textfile FOLDER]" >&2
        exit 2
        ;;
    esac
    shift
done

say() {
    printf '%s\n' "$*" >&2
}

# ---- What to run ---------------------------------------------------------------------------------------------------

checks=()
declare -A label file language sha256 interval timeout params config metrics
declare -A metric_type metric_labels metric_help

# Reads checks.list: lines of a key, a blank and a value in which only line breaks and backslashes are escaped.
read_list() {
    local line key value now='' rest
    while IFS= read -r line; do
        key=${line%% *}
        value=${line#* }
        case $key in
        check)
            now=$value
            checks+=("$now")
            params[$now]=''
            metrics[$now]=''
            ;;
        label) label[$now]=$value ;;
        file) file[$now]=$value ;;
        language) language[$now]=$value ;;
        sha256) sha256[$now]=$value ;;
        interval) interval[$now]=$value ;;
        timeout) timeout[$now]=$value ;;
        param) params[$now]+=$value$'\n' ;;
        config) config[$now]=$value ;;
        metric)
            rest=${value#* }
            metrics[$now]+="${value%% *} "
            metric_type[${value%% *}]=${rest%% *}
            metric_labels[$now/${value%% *}]=,${rest#* },
            ;;
        help) metric_help[${value%% *}]=${value#* } ;;
        esac
    done <"$folder/checks.list"
}

# ---- Time ----------------------------------------------------------------------------------------------------------

# Sets `now_ms` to the milliseconds since boot, which no change of the clock disturbs.
uptime_ms() {
    local up _
    read -r up _ </proc/uptime
    up=${up/./}
    now_ms=$((10#$up * 10))
}

# Prints milliseconds as seconds.
seconds() {
    printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

# ---- What a check printed ------------------------------------------------------------------------------------------

readonly UTF8=$'^([\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$'
readonly SAMPLE='^([a-zA-Z_:][a-zA-Z0-9_:]*)[[:blank:]]*(\{.*\})?[[:blank:]]*([^[:blank:]{}]+)[[:blank:]]*$'
readonly LABEL='^[[:blank:]]*([a-zA-Z_][a-zA-Z0-9_]*)[[:blank:]]*=[[:blank:]]*"(([^"\\]|\\["\\n])*)"[[:blank:]]*(,|$)'
readonly VALUE='^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[iI]nf|NaN)$'

# Checks the samples in file $2 against what check $1 declares and sets `accepted` to the text to publish. Sets
# `reason` and fails at the first line that is not right.
accept() {
    local check=$1 raw=$2 line name braces value rest key number=0 labels at
    local -A samples=() seen=() has=()
    local -a pairs
    accepted=''
    if (($(tr -dc '\000' <"$raw" | wc -c) > 0)); then
        reason='it printed a NUL byte'
        return 1
    fi
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        line=${line%$'\r'}
        # Comments of the script, HELP and TYPE among them, are replaced by those of the declaration.
        if [[ $line =~ ^[[:blank:]]*(#|$) ]]; then
            continue
        fi
        if ((${#line} > LONGEST_LINE)); then
            reason="line $number is longer than $LONGEST_LINE bytes"
            return 1
        fi
        if ! [[ $line =~ $SAMPLE ]]; then
            reason="line $number is not a sample (a name, labels in braces, a value, and no time stamp)"
            return 1
        fi
        name=${BASH_REMATCH[1]} braces=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
        if [[ " ${metrics[$check]}" != *" $name "* ]]; then
            reason="line $number has the metric $name, which the check does not declare"
            return 1
        fi
        if ! [[ $value =~ $VALUE ]]; then
            reason="line $number has a value that is not a number"
            return 1
        fi
        if ! [[ $line =~ $UTF8 ]]; then
            reason="line $number is not UTF-8"
            return 1
        fi
        pairs=()
        has=()
        rest=${braces#\{}
        rest=${rest%\}}
        while [[ $rest =~ [^[:blank:]] ]]; do
            if ! [[ $rest =~ $LABEL ]]; then
                reason="line $number has labels that cannot be read"
                return 1
            fi
            key=${BASH_REMATCH[1]}
            if [[ ${metric_labels[$check/$name]} != *",$key,"* ]]; then
                reason="line $number has the label $key, which the check does not declare for $name"
                return 1
            fi
            if [[ -n ${has[$key]-} ]]; then
                reason="line $number has the label $key twice"
                return 1
            fi
            has[$key]=1
            # Sorted by name, so that one series is written in one way and found again.
            at=${#pairs[@]}
            while ((at > 0)) && [[ ${pairs[at - 1]%%=*} > $key ]]; do
                pairs[at]=${pairs[at - 1]}
                at=$((at - 1))
            done
            pairs[at]="$key=\"${BASH_REMATCH[2]}\""
            rest=${rest:${#BASH_REMATCH[0]}}
        done
        labels=''
        for key in ${pairs[@]+"${pairs[@]}"}; do
            labels+=,$key
        done
        labels=${labels:+{${labels#,}\}}
        if [[ -n ${seen[$name$labels]-} ]]; then
            reason="line $number repeats the series of line ${seen[$name$labels]}"
            return 1
        fi
        seen[$name$labels]=$number
        samples[$name]+="$name$labels $value"$'\n'
    done <"$raw"
    for name in ${metrics[$check]}; do
        if [[ -n ${samples[$name]-} ]]; then
            accepted+="# HELP $name ${metric_help[$name]-}"$'\n'"# TYPE $name ${metric_type[$name]}"$'\n'${samples[$name]}
        fi
    done
}

# ---- One run -------------------------------------------------------------------------------------------------------

# Waits until process $1 has ended, for at most $2 tenths of a second, then ends it. Fails as the process did.
end_of() {
    local left=$2
    while kill -0 "$1" 2>/dev/null; do
        if ((left-- <= 0)); then
            kill -KILL "$1" 2>/dev/null
            break
        fi
        sleep 0.1
    done
    wait "$1" 2>/dev/null
}

# Runs the script of check $1 in folder $2 and sets `status`. `timeout` puts it into a process group of its own, which is
# ended as a whole, so that nothing the script leaves behind lives on; pipes with a limit stand between it and the disk.
execute() {
    local check=$1 work=$2 interpreter line readers=() group
    local -a variables=()
    case ${language[$check]} in
    python) interpreter=python3 ;;
    *) interpreter=bash ;;
    esac
    while IFS= read -r line; do
        if [[ -n $line ]]; then
            printf -v line '%b' "$line"
            variables+=("$line")
        fi
    done <<<"${params[$check]}"
    printf '%s\n' "${config[$check]}" >"$work/config"
    mkfifo "$work/out.pipe" "$work/err.pipe" || return 1
    head -c $((MOST_OUTPUT + 1)) <"$work/out.pipe" >"$work/out" &
    readers+=("$!")
    { head -c "$MOST_MESSAGES" >"$work/err"; cat >/dev/null; } <"$work/err.pipe" &
    readers+=("$!")
    env -- ${variables[@]+"${variables[@]}"} timeout --kill-after=2 "$(seconds "${timeout[$check]}")" \
        "$interpreter" "$folder/${file[$check]}" \
        <"$work/config" >"$work/out.pipe" 2>"$work/err.pipe" 9>&- &
    group=$!
    # shellcheck disable=SC2064 # the group is known now and will not be later
    trap "kill -KILL -- -$group 2>/dev/null; exit 143" TERM INT
    wait "$group" 2>/dev/null
    status=$?
    kill -KILL -- "-$group" 2>/dev/null
    trap - TERM INT
    for line in "${readers[@]}"; do
        # A reader that fails, on a full disk say, has kept only a part.
        end_of "$line" 10 || status=125
    done
}

# Writes text $2 to $1.prom in one step: readers see the old file or the new one, never a part.
publish() {
    local part=$textfile/.alertsmith.$1.part
    rm -f -- "$part"
    if ! printf '%s' "$2" >"$part" || ! chmod 0644 -- "$part" || ! mv -f -- "$part" "$textfile/$1.prom"; then
        rm -f -- "$part"
        say "$1: cannot write $textfile/$1.prom"
        return 1
    fi
}

# Adds to `text` the health metric $2 of the check labelled $1: its value $3 and what it says $4.
health() {
    text+="# HELP alertsmith_check_$2 $4"$'\n'"# TYPE alertsmith_check_$2 gauge"$'\n'
    text+="alertsmith_check_$2{check=\"$1\"} $3"$'\n'
}

# Runs check $1 once and publishes what came of it.
run() {
    local check=$1 work started took status=0 success=0 rejected=0 reason='' accepted='' now_ms wall sum text
    work=$(mktemp -d) || return 1
    # shellcheck disable=SC2064 # the folder is known now
    trap "rm -rf -- '$work'" EXIT
    uptime_ms
    started=$now_ms
    sum=$(sha256sum <"$folder/${file[$check]}") || sum=missing
    if [[ ${sum%% *} != "${sha256[$check]}" ]]; then
        status=126
        say "$check: not run: ${file[$check]} is not the file that the bundle was made with"
    else
        execute "$check" "$work" || status=125
        uptime_ms
        if ((status == 124 || (status == 137 && now_ms - started >= ${timeout[$check]}))); then
            say "$check: stopped after $(seconds "${timeout[$check]}") s"
        elif (($(wc -c <"$work/out") > MOST_OUTPUT)); then
            rejected=1
            say "$check: output not accepted: it is longer than $MOST_OUTPUT bytes"
        elif ((status != 0)); then
            say "$check: ended with status $status: $(head -n 1 "$work/err")"
        elif accept "$check" "$work/out"; then
            success=1
        else
            rejected=1
            say "$check: output not accepted: $reason"
        fi
    fi
    uptime_ms
    took=$((now_ms - started))
    printf -v wall '%(%s)T' -1
    text=$MARK$'\n'
    if ((success)); then
        text+=$accepted
    fi
    health "${label[$check]}" duration_seconds "$(seconds "$took")" 'How long the last run of the check took.'
    health "${label[$check]}" exit_status "$status" 'What the last run of the check ended with.'
    health "${label[$check]}" last_run_timestamp_seconds "$wall" 'When the last run of the check ended.'
    health "${label[$check]}" output_rejected "$rejected" 'Whether the output of the last run was not accepted.'
    health "${label[$check]}" success "$success" 'Whether the last run ended well and its output was accepted.'
    publish "$check" "$text"
}

# ---- All of them ---------------------------------------------------------------------------------------------------

# Removes the files of checks that are no longer in the list, and what a killed runner left half written.
remove_old() {
    local path first name
    rm -f -- "$textfile"/.alertsmith.*.part
    for path in "$textfile"/*.prom; do
        [[ -f $path ]] && IFS= read -r first <"$path" && [[ $first == "$MARK" ]] || continue
        name=${path##*/}
        if [[ -z ${file[${name%.prom}]-} ]]; then
            rm -f -- "$path"
        fi
    done
}

declare -A running=() due=()

# Starts check $1 beside this process.
start() {
    (run "$1") 9>&- &
    running[$1]=$!
}

# Whether a run of check $1 is still going on; reaps it if not.
is_running() {
    [[ -n ${running[$1]-} ]] || return 1
    if kill -0 "${running[$1]}" 2>/dev/null; then
        return 0
    fi
    wait "${running[$1]}" 2>/dev/null
    unset "running[$1]"
    return 1
}

# shellcheck disable=SC2317,SC2329 # called by the trap
stop() {
    local check
    for check in "${!running[@]}"; do
        kill -TERM "${running[$check]}" 2>/dev/null
    done
    wait
    exit 0
}

if [[ ! -d $textfile ]]; then
    say "runner.sh: there is no folder $textfile; node_exporter reads it with --collector.textfile.directory"
    exit 2
fi
if ! exec 9>"$textfile/.alertsmith.lock"; then
    say "runner.sh: cannot write to $textfile"
    exit 2
fi
if ! flock --nonblock 9; then
    say "runner.sh: another runner writes to $textfile"
    exit 3
fi
if ! read_list; then
    say "runner.sh: cannot read $folder/checks.list"
    exit 2
fi
remove_old
trap stop TERM INT

if ((once)); then
    for check in ${checks[@]+"${checks[@]}"}; do
        start "$check"
    done
    wait
    exit 0
fi

stamp=$(sha256sum "$link/checks.list" "$link/runner.sh")
uptime_ms
look=$now_ms
while :; do
    uptime_ms
    pause=10000
    for check in ${checks[@]+"${checks[@]}"}; do
        if ((now_ms >= ${due[$check]:-0})) && ! is_running "$check"; then
            due[$check]=$((now_ms + ${interval[$check]}))
            start "$check"
        fi
        if ((${due[$check]} - now_ms < pause)); then
            pause=$((${due[$check]} - now_ms))
        fi
    done
    sleep "$(seconds $((pause < 500 ? 500 : pause)))" 9>&- &
    wait "$!"
    # A new bundle is taken up by the service starting this program again.
    if ((now_ms - look >= 10000)); then
        look=$now_ms
        if [[ $(sha256sum "$link/checks.list" "$link/runner.sh") != "$stamp" || $(cd -- "$link" && pwd -P) != "$folder" ]]; then
            say 'runner.sh: the bundle has changed'
            stop
        fi
    fi
done
