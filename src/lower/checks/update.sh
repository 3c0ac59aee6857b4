#!/usr/bin/env bash
# Fetches the bundle of this node's group, if it has changed, and puts it in place as a whole.
#
#   update.sh URL [FOLDER]
#
# URL is where the folder of the bundle is served: http://, https:// or file://. FOLDER, usually /opt/alertsmith/checks,
# becomes a link to the version in use; versions lie beside it in FOLDER.d. A server is asked whether SHA256SUMS has
# changed since the last time, and only files that differ are fetched. A version is used when every file has the hash that
# SHA256SUMS names, and never before. The runner notices that the link leads elsewhere and is started anew.
#
# Needs bash and coreutils, and curl for http and https. Ends with 0 if there was nothing to do or all went well.
set -u
LC_ALL=C

readonly MOST_FILES=1000
readonly LARGEST_FILE=8388608

fail() {
    printf 'update.sh: %s\n' "$*" >&2
    exit 1
}

if (($# < 1 || $# > 2)); then
    echo 'usage: update.sh URL [FOLDER]' >&2
    exit 2
fi
url=${1%/}
folder=${2:-/opt/alertsmith/checks}
folder=${folder%/}
store=$folder.d

mkdir -p -- "$store" || fail "cannot make $store"
exec 9>"$store/.lock" || fail "cannot write to $store"
flock --nonblock 9 || fail 'another update is running'
rm -rf -- "$store/.next"
mkdir -- "$store/.next" || fail "cannot write to $store"
trap 'rm -rf -- "$store/.next"' EXIT

# Fetches file $1 of the bundle to $2, with further options of curl after it; sets `code` as HTTP would.
fetch() {
    local name=$1 to=$2
    shift 2
    case $url in
    file://*)
        code=200
        head -c $((LARGEST_FILE + 1)) -- "${url#file://}/$name" >"$to" || return 1
        ;;
    http://* | https://*)
        code=$(curl --silent --show-error --fail --proto '=http,https' --max-time 60 --retry 2 \
            --max-filesize "$LARGEST_FILE" --write-out '%{http_code}' --output "$to" "$@" -- "$url/$name") || return 1
        ;;
    *) fail "cannot fetch from $url: it is neither http://, https:// nor file://" ;;
    esac
    [[ ! -e $to ]] || (($(wc -c <"$to") <= LARGEST_FILE))
}

# ---- Has it changed? -----------------------------------------------------------------------------------------------

conditions=(--remote-time --etag-save "$store/.next/etag")
if [[ -L $folder && -f $store/SHA256SUMS ]]; then
    conditions+=(--time-cond "$store/SHA256SUMS")
    if [[ -s $store/etag ]]; then
        conditions+=(--etag-compare "$store/etag")
    fi
fi
sums=$store/.next/SHA256SUMS
fetch SHA256SUMS "$sums" "${conditions[@]}" || fail "cannot fetch $url/SHA256SUMS"
if [[ $code == 304 || ! -s $sums && $code == 200 && -L $folder ]]; then
    exit 0
fi
if [[ -L $folder ]] && cmp -s -- "$sums" "$folder/SHA256SUMS"; then
    # Served anew without a change, or from a file: remember by what the server will know it.
    cp -p -- "$sums" "$store/SHA256SUMS"
    [[ -e $store/.next/etag ]] && mv -f -- "$store/.next/etag" "$store/etag"
    exit 0
fi

# ---- Bring what differs --------------------------------------------------------------------------------------------

version=$(sha256sum <"$sums") || fail 'cannot read SHA256SUMS'
version=${version%% *}
new=$store/.next/$version
mkdir -p -- "$new/scripts" || fail "cannot write to $store"
count=0
while IFS= read -r line; do
    # Names lead nowhere else: one folder deep at most, and no part begins with a dot.
    [[ $line =~ ^([0-9a-f]{64})\ \ ((scripts/)?[A-Za-z0-9_-][A-Za-z0-9._-]*)$ ]] || fail "SHA256SUMS has a line that cannot be read: $line"
    hash=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]}
    ((++count <= MOST_FILES)) || fail "SHA256SUMS has more than $MOST_FILES lines"
    own=''
    if [[ -f $folder/$name ]]; then
        own=$(sha256sum <"$folder/$name")
    fi
    if [[ ${own%% *} == "$hash" ]]; then
        cp -- "$folder/$name" "$new/$name" || fail "cannot write to $store"
    else
        fetch "$name" "$new/$name" || fail "cannot fetch $url/$name"
    fi
done <"$sums"
cp -- "$sums" "$new/SHA256SUMS" || fail "cannot write to $store"
(cd -- "$new" && sha256sum --check --strict --quiet SHA256SUMS >&2) || fail 'a file is not what SHA256SUMS says: nothing was changed'
for name in checks.list runner.sh; do
    [[ -f $new/$name ]] || fail "the bundle has no $name: nothing was changed"
done
chmod -R u=rwX,go=rX -- "$new"
sync -- "$new" 2>/dev/null

# ---- Put it in place -----------------------------------------------------------------------------------------------

rm -rf -- "${store:?}/$version"
mv -T -- "$new" "$store/$version" || fail "cannot write to $store"
if [[ -d $folder && ! -L $folder ]]; then
    # What was copied here by hand makes room once.
    mv -T -- "$folder" "$store/before-updates" || fail "cannot replace $folder"
fi
if ! ln -sfn -- "$store/$version" "$store/.next/link" || ! mv -fT -- "$store/.next/link" "$folder"; then
    fail "cannot replace $folder"
fi
mv -f -- "$sums" "$store/SHA256SUMS"
if [[ -e $store/.next/etag ]]; then
    mv -f -- "$store/.next/etag" "$store/etag"
else
    rm -f -- "$store/etag"
fi
for old in "$store"/*/; do
    old=${old%/}
    [[ $old == "$store/$version" ]] || rm -rf -- "$old"
done
printf 'update.sh: %s files, version %s\n' "$count" "${version:0:12}" >&2
