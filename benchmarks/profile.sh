#!/usr/bin/env bash
#
# Usage: benchmarks/profile.sh
#
# Samples the module's process with Linux' perf while it does three kinds of work, and prints the share of the samples of each kind of
# cost. Run it after `./build.sh` and `dotnet build benchmarks -c Release`.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

server=(dotnet artifacts/bin/Tokaify.Benchmarks/release/Tokaify.Benchmarks.dll server)
place=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$place"' EXIT

# Zeros behind the header of a PNG of 1024 x 1024.
write_sources() {
  local number=$1 length=$2 index
  rm -rf "$place/sources" "$place/target"
  mkdir "$place/sources" "$place/target"
  for ((index = 0; index < number; index++)); do
    { printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x04\0\x08\2\0\0\0'; head -c "$length" /dev/zero; } >"$place/sources/$index.png"
  done
}

profile() {
  local title=$1 number=$2 length=$3 answer=$4 delay=$5 limit=$6 url
  write_sources "$number" "$length"
  exec 3< <(exec "${server[@]}" "$answer" "$delay")
  pid=$!
  read -ru 3 url
  DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0 perf record -q -e cpu-clock -F 1999 -g -o "$place/perf.data" \
    pwsh -NoProfile -NonInteractive -File benchmarks/peers/tokaify.ps1 "$url" "$place/sources" "$place/target" "$limit"
  kill $pid
  printf '\n| %s | share |\n| --- | ---: |\n' "$title"
  perf script -i "$place/perf.data" -F comm,ip,sym,dso 2>/dev/null | awk -f benchmarks/profile.awk | sort -t'|' -k3 -rn
}

profile '24 files of 6 MB, answers of 2 MB, 8 in flight' 24 6291456 2097152 0 8
profile '320 files of 100 KB, answers of 1 MB after 1 s, 64 in flight' 320 102400 1048576 1000 64
profile '20,000 files of 10 KB, answers of 10 KB, 8 in flight' 20000 10240 10240 0 8
